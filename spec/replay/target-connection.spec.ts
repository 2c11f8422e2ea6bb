import { type Duplex, duplexPair } from 'node:stream';
import { expect } from 'chai';
import { ReplayConnection } from '../../lib/replay/target-connection';
import { framed } from '../support/wire';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const answer = (correlationId: number, text = '') => {
  const bytes = Buffer.alloc(4 + text.length, text, 'latin1');
  bytes.fill(text, 4);
  bytes.writeInt32BE(correlationId);
  return bytes;
};

describe('ReplayConnection', () => {
  let broker: Duplex;
  let connection: ReplayConnection;
  beforeEach(() => {
    const [client, server] = duplexPair();
    broker = server;
    connection = new ReplayConnection(client, () => 5);
  });
  const ask = (correlationId: number, isAnswered = true) =>
    connection.send([Buffer.from('ab'), Buffer.from('cd')], correlationId, isAnswered).sent;

  it('sends a frame in one piece with its length', async () => {
    const read = new Promise<Buffer>((resolve) => broker.once('data', resolve));
    ask(1);
    expect((await read).subarray(0, 4).readInt32BE()).to.equal(4);
  });

  it('pairs answers with what was asked, however they are cut', async () => {
    const [first, second] = [ask(1), ask(2)];
    const bytes = Buffer.concat([framed(answer(1, 'one')), framed(answer(2, 'two'))]);
    for (const byte of bytes) broker.write(Buffer.from([byte]));
    while (second.reply === null) await turn();
    expect([first.reply, second.reply]).to.deep.equal([
      { bytes: answer(1, 'one'), atMs: 5, why: null },
      { bytes: answer(2, 'two'), atMs: 5, why: null },
    ]);
  });

  it('tells whoever waits that the broker has ended it', async () => {
    const sent = ask(1);
    let settled = 0;
    sent.settled = () => settled++;
    broker.end();
    while (sent.reply === null) await turn();
    expect([sent.reply, settled]).to.deep.equal([{ bytes: null, why: 'the broker ended the connection' }, 1]);
    expect(ask(2).reply).to.deep.equal({ bytes: null, why: 'the broker ended the connection' });
  });

  it('waits for no answer where none is to come', async () => {
    ask(1, false);
    const second = ask(2);
    broker.write(framed(answer(2)));
    while (second.reply === null) await turn();
    expect(second.reply).to.include({ why: null });
  });

  it('ends with what answers something else', async () => {
    const sent = ask(1);
    broker.write(framed(answer(9)));
    while (sent.reply === null) await turn();
    expect(sent.reply).to.include({ why: 'the broker answered request 9, while request 1 was next' });
  });

  it('ends with a length that no answer has', async () => {
    const sent = ask(1);
    broker.write(Buffer.from('7fffffff', 'hex'));
    while (sent.reply === null) await turn();
    expect(sent.reply).to.include({ why: 'the broker sent a frame of 2147483647 bytes, which no answer has' });
  });

  it('says when the broker takes no more', async () => {
    const large = connection.send([Buffer.alloc(1024 * 1024)], 1, true);
    expect(large.drained).to.be.instanceOf(Promise);
    broker.resume();
    await large.drained;
  });

  it('is over when it is closed, and lets the broker know', async () => {
    const ended = new Promise((resolve) => broker.once('end', resolve));
    const sent = ask(1);
    connection.close('done');
    broker.resume();
    await ended;
    expect(sent.reply).to.deep.equal({ bytes: null, why: 'done' });
  });
});
