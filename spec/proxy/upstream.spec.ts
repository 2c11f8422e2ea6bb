import { type Duplex, duplexPair } from 'node:stream';
import { expect } from 'chai';
import { Hangup } from '../../lib/errors';
import { Upstream, type UpstreamOptions } from '../../lib/proxy/upstream';
import { clockAt } from '../support/in-process';
import { frames, settle } from '../support/pipeline';

/** A frame of a correlation id and as many bytes. */
function message(correlationId: number, size = 0): Buffer {
  const bytes = Buffer.alloc(8 + size);
  bytes.writeInt32BE(4 + size);
  bytes.writeInt32BE(correlationId, 4);
  return bytes;
}

/** An upstream, the broker's end of its connection, and what that end has received. */
function open(options: Partial<UpstreamOptions> = {}) {
  const [here, there] = duplexPair();
  const received: Buffer[] = [];
  const told: string[] = [];
  there.on('data', (chunk: Buffer) => received.push(chunk));
  there.on('error', () => {});
  const upstream = new Upstream({
    addresses: [{ host: 'kafka', port: 9092 }],
    connect: () => here,
    scheduler: clockAt(0),
    ...{ id: 1, maxBytes: 1000, maxQueuedBytes: 1000 },
    left: () => told.push('left'),
    ended: () => told.push('ended'),
    ...options,
  });
  const ask = (correlationId: number) =>
    upstream.ask(`Metadata ${correlationId}`, correlationId, [message(correlationId)]);
  return { upstream, here, there, told, ask, received: () => frames(Buffer.concat(received)) };
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Hangup);
  return (error as Hangup).message;
}

describe('Upstream', () => {
  it('asks at once, whatever is not answered yet, and gives each its own answer', async () => {
    const { there, ask, received } = open();
    const answers = [ask(1), ask(2), ask(2)];
    await settle();
    expect(received().map((frame) => frame.readInt32BE(0))).to.deep.equal([1, 2, 2]);
    there.write(Buffer.concat([message(1, 1), message(2, 2), message(2, 3)]));
    expect((await Promise.all(answers)).map(({ bytes }) => bytes.length)).to.deep.equal([5, 6, 7]);
  });

  it('sends what was asked before there was a connection, once there is one', async () => {
    const [here, there] = duplexPair();
    const connecting: Duplex & { connecting?: boolean } = here;
    connecting.connecting = true;
    const received: Buffer[] = [];
    there.on('data', (chunk: Buffer) => received.push(chunk));
    const { ask } = open({ connect: () => connecting });
    const answer = ask(1);
    await settle();
    expect(received).to.deep.equal([]);
    connecting.connecting = false;
    here.emit('connect');
    await settle();
    there.write(message(1, 9));
    expect((await answer).bytes.length).to.equal(13);
  });

  it('says when bytes are gone that get no answer', async () => {
    const { upstream, received } = open();
    await upstream.tell([message(1)]);
    expect(received()).to.have.length(1);
  });

  it('rejects all that waits when the upstream ends the connection, and all that comes later', async () => {
    const { there, told, ask } = open();
    const reasons = [ask(1), ask(2)].map(reasonOf);
    await settle();
    there.end();
    const why = 'upstream kafka:9092 ended the connection (Metadata 1 has no answer)';
    expect(await Promise.all(reasons)).to.deep.equal([why, why]);
    expect(await reasonOf(ask(3))).to.equal(why);
    expect(told).to.deep.equal(['ended']);
  });

  it('gives what was answered before the end', async () => {
    const { there, ask } = open();
    const waiting = [ask(1), ask(2)];
    await settle();
    there.end(Buffer.concat([message(1), message(2)]));
    expect((await Promise.all(waiting)).map(({ bytes }) => bytes.readInt32BE(0))).to.deep.equal([1, 2]);
  });

  it('tells of an end while nothing was asked, for which nobody is to blame', async () => {
    const { there, told, ask } = open();
    const answer = ask(1);
    await settle();
    there.write(message(1));
    (await answer).release();
    there.end();
    await settle();
    expect(told).to.deep.equal(['ended', 'left']);
  });

  it('names the error by which a connection ends', async () => {
    const { here, ask } = open();
    const answer = ask(1);
    await settle();
    here.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect(await reasonOf(answer)).to.match(/^upstream kafka:9092 ended the connection: ECONNRESET/);
  });

  it('says which upstream cannot be reached, and why', async () => {
    const refused = () => {
      throw new Error('no route');
    };
    const { ask } = open({ connect: refused });
    expect(await reasonOf(ask(1))).to.equal('upstream kafka:9092 cannot be reached: Error: no route');
  });

  it('ends with what is no Kafka', async () => {
    const { there, ask } = open();
    const answer = ask(1);
    await settle();
    there.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await reasonOf(answer)).to.equal(
      'upstream kafka:9092 cannot be read: frame of 1213486160 bytes exceeds 1000 (Metadata 1 has no answer)',
    );
  });

  it('ends with answers that were not asked for, in another order, or too short', async () => {
    const unasked = open();
    unasked.there.write(message(1));
    await settle();
    expect(await reasonOf(unasked.ask(1))).to.match(/sent an answer that nobody has asked for$/);
    const wrong = open();
    const answer = wrong.ask(1);
    await settle();
    wrong.there.write(message(7));
    expect(await reasonOf(answer)).to.match(/kafka:9092 answered 7 where 1 was asked/);
    const short = open();
    const cut = short.ask(1);
    await settle();
    short.there.write(Buffer.from('000000020001', 'hex'));
    expect(await reasonOf(cut)).to.match(/answered null where 1 was asked/);
  });

  it('reads no more of the upstream than the client has room for', async () => {
    const { there, ask } = open({ maxBytes: 600, maxQueuedBytes: 1000 });
    const waiting = [1, 2, 3, 4].map(ask);
    let answered = 0;
    for (const answer of waiting) void answer.then(() => answered++);
    await settle();
    for (const id of [1, 2, 3, 4]) there.write(message(id, 500));
    await settle();
    expect(answered).to.equal(1);
    (await waiting[0]!).release();
    await settle();
    expect(answered).to.equal(2);
  });

  it('lets what was written leave when the client is gone, and then goes as well', async () => {
    const { upstream, here, told, ask, received } = open();
    const reason = reasonOf(ask(1));
    upstream.close();
    upstream.close();
    await settle();
    expect(received()).to.have.length(1);
    expect(here.destroyed).to.equal(true);
    expect(told).to.deep.equal(['ended']);
    expect(await reason).to.equal('nobody waits for the answer any more');
  });
});
