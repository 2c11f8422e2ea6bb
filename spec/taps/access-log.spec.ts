import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { type DestinationStream, pino } from 'pino';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { onRequest } from '../../lib/pipeline/on-request';
import { mergeTaps } from '../../lib/pipeline/taps';
import { type AccessEntry, type AccessLogOptions, accessLog } from '../../lib/taps/access-log';
import { UsageError } from '../../lib/usage';
import { settle } from '../support/pipeline';
import { batchOf, startMs, Tapped } from '../support/tapped';
import { Wire } from '../support/wire';

describe('accessLog', () => {
  let tapped: Tapped | null = null;
  afterEach(async () => {
    await tapped?.close();
    tapped = null;
  });

  it('tells each request when it is answered, as an object and as a line', async () => {
    const told: [AccessEntry, string][] = [];
    tapped = await Tapped.open(accessLog({ to: (...one) => void told.push(one) }));
    await tapped.send(['hello']);
    await tapped.fetch();
    await tapped.send(['a'], { topic: 'none' });
    const [sent, fetched, refused] = told;
    const { requestBytes, ...entry } = sent![0];
    expect(entry).to.deep.equal({
      ...{ timeMs: startMs, connection: 1, listener: 'PLAINTEXT', remoteAddress: '', principal: 'User:ANONYMOUS' },
      ...{ clientId: 'inject', correlationId: 1, api: 'Produce', version: 9, topics: ['a'], latencyMs: 0 },
      ...{ recordBytes: 0, errors: [] },
    });
    const { length } = batchOf(['hello']);
    expect(requestBytes).to.be.greaterThan(length);
    expect(sent![1]).to.equal(`2026-01-02T03:04:05.000Z inject@- Produce v9 a: 0 ms, ${requestBytes} bytes, ok`);
    expect(fetched![0]).to.include({ api: 'Fetch', recordBytes: length });
    expect(refused![0].errors).to.deep.equal(['UNKNOWN_TOPIC_OR_PARTITION']);
    expect(refused![1]).to.match(/ none: 0 ms, \d+ bytes, UNKNOWN_TOPIC_OR_PARTITION$/);
  });

  it('says how long a request took on the clock of the broker, and what topics are called that have ids', async () => {
    const told: AccessEntry[] = [];
    const { taps, clock } = { taps: accessLog({ to: (entry) => void told.push(entry) }), clock: () => tapped!.clock };
    const slow = onRequest(produce, 'slow', () => clock().advance(70));
    tapped = await Tapped.open(mergeTaps({ requests: [slow] }, taps));
    await tapped.send(['a'], { version: 13 });
    expect(told.at(-1)).to.include({ api: 'Produce', version: 13, latencyMs: 70 });
    expect(told.at(-1)!.topics).to.deep.equal(['a']);
  });

  it('tells a logger of pino, that of the broker if nobody says another', async () => {
    const lines: Record<string, unknown>[] = [];
    const to: DestinationStream = { write: (line) => void lines.push(JSON.parse(line)) };
    tapped = await Tapped.open(accessLog({ to: pino({}, to), when: ({ api }) => api === 'Metadata' }));
    await tapped.send(['a']);
    await tapped.broker.inject(metadata, 12, { topics: [{ name: 'a' }] });
    expect(lines).to.have.lengthOf(1);
    expect(lines[0]).to.deep.include({ api: 'Metadata', topics: ['a'], errors: [] });
    expect(lines[0]!['msg']).to.match(/ inject@- Metadata v12 a: 0 ms, \d+ bytes, ok$/);
    await tapped.close();
    tapped = await Tapped.open(accessLog());
    expect(await tapped.send(['a'])).to.include({ errorCode: 0 });
  });

  it('has a line for requests that nobody answers', async () => {
    const told: AccessEntry[] = [];
    tapped = await Tapped.open(accessLog({ to: (entry) => void told.push(entry) }));
    const [client, server] = duplexPair();
    tapped.broker.handle(server);
    const wire = new Wire(client);
    const partitionData = [{ index: 0, records: batchOf(['a']) }];
    wire.tell(produce, 9, { acks: 0, timeoutMs: 1, topicData: [{ name: 'a', partitionData }] });
    await settle();
    expect(told.map(({ api, errors }) => [api, errors])).to.deep.equal([['Produce', []]]);
    wire.close();
  });

  it('costs no request when it fails itself', async () => {
    const fails = () => {
      throw new Error('no room for lines');
    };
    tapped = await Tapped.open(accessLog({ to: fails }));
    expect(await tapped.send(['a'])).to.include({ errorCode: 0 });
  });

  const wrong: [string, object, string][] = [
    ['what tells nobody', { to: 'stdout' }, 'to: expected a function of an entry, or a logger'],
    ['an option nearly right', { too: () => {} }, 'no option "too"'],
    ['a choice that is none', { when: true }, 'when: expected a function'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => accessLog(options as AccessLogOptions)).to.throw(UsageError, message);
    });
  }
});
