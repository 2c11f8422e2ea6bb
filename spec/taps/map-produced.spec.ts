import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { initProducerId } from '../../lib/apis/init-producer-id';
import { produce } from '../../lib/apis/produce';
import { errors } from '../../lib/errors';
import { onRequest } from '../../lib/pipeline/on-request';
import { mergeTaps } from '../../lib/pipeline/taps';
import * as batch from '../../lib/records/batch';
import { mapRecords } from '../../lib/taps/map-records';
import { batchOf, startMs, Tapped } from '../support/tapped';
import { rejected } from '../support/thrown';
import { Wire } from '../support/wire';

/** `drop…` goes, `bad…` is refused, `x…` becomes upper case, `late…` takes its time. */
const byValue = ({ value }: { value: Buffer | null }) => {
  const text = `${value}`;
  if (text.startsWith('drop')) return null;
  if (text.startsWith('bad')) throw errors.INVALID_RECORD.because(`${text} is bad`);
  if (text.startsWith('bug')) throw new TypeError('a bug');
  if (text.startsWith('late')) return Promise.resolve({ value: text.toUpperCase() });
  return text.startsWith('x') ? { value: text.toUpperCase() } : undefined;
};

describe('mapProduced', () => {
  const opened: Tapped[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });
  async function open(taps = mapRecords({ produce: byValue }), topics?: string[]): Promise<Tapped> {
    const tapped = await Tapped.open(taps, topics);
    opened.push(tapped);
    return tapped;
  }

  it('changes and drops records before they are in the log, in every version', async () => {
    const tapped = await open();
    expect(await tapped.send(['a', 'drop', 'x'])).to.include({ errorCode: 0, baseOffset: 0 });
    expect(await tapped.send(['b', 'late'], { version: 13, codec: 1 })).to.include({ errorCode: 0, baseOffset: 2 });
    expect(await tapped.send(['c'], { version: 3, acks: 1 })).to.include({ errorCode: 0, baseOffset: 4 });
    expect(await tapped.stored()).to.deep.equal(['0 a', '1 X', '2 b', '3 LATE', '4 c']);
  });

  it('passes the very bytes where nothing changed', async () => {
    const passed: (Buffer | null)[] = [];
    const looks = onRequest(produce, 'looks', ({ topicData }) => {
      passed.push(topicData[0]!.partitionData[0]!.records);
    });
    const tapped = await open(
      mergeTaps({ requests: [looks] }, mapRecords({ produce: byValue }), { requests: [looks] }),
    );
    await tapped.send(['a', 'b'], { codec: 1 });
    expect(passed[0]).to.equal(passed[1]);
    await tapped.send(['a', 'x']);
    expect(passed[2]).not.to.equal(passed[3]);
  });

  it('tells success without an offset where nothing is left of a batch', async () => {
    const tapped = await open();
    expect(await tapped.send(['drop'])).to.include({ errorCode: 0, baseOffset: -1 });
    expect(await tapped.stored()).to.deep.equal([]);
  });

  it('sends on what is left of a request, and answers for every partition in order', async () => {
    const tapped = await open();
    const of = (index: number, ...values: string[]) => ({ index, records: batchOf(values) });
    const topicData = [
      { name: 'a', partitionData: [of(1, 'drop'), of(0, 'a', 'x'), of(7, 'a')] },
      { name: 'none', partitionData: [of(0, 'bad', 'a', 'bad2')] },
    ];
    const { responses } = await tapped.broker.inject(produce, 9, { acks: -1, timeoutMs: 1, topicData });
    const rows = responses.flatMap(({ name, partitionResponses }) =>
      partitionResponses.map(({ index, errorCode, baseOffset }) => [name, index, errorCode, baseOffset]),
    );
    expect(rows).to.deep.equal([
      ['a', 1, 0, -1],
      ['a', 0, 0, 0],
      ['a', 7, 3, -1],
      ['none', 0, 87, -1],
    ]);
    const [bad] = responses[1]!.partitionResponses;
    expect(bad!.errorMessage).to.equal('2 of 3 records refused');
    expect(bad!.recordErrors.map((one) => [one.batchIndex, one.batchIndexErrorMessage])).to.deep.equal([
      [0, 'bad is bad'],
      [2, 'bad2 is bad'],
    ]);
  });

  it('says of records that the broker refuses which they were for the client', async () => {
    const tapped = await open();
    const old = { timestamp: startMs - 40 * 86_400_000 };
    await tapped.broker.createTopic({ name: 'new', config: { 'message.timestamp.before.max.ms': 1000 } });
    const row = await tapped.send(['drop', 'drop', 'x'], { topic: 'new', ...old });
    expect(row.errorCode).to.equal(errors.INVALID_TIMESTAMP.code);
    expect(row.recordErrors.map(({ batchIndex }) => batchIndex)).to.deep.equal([2]);
  });

  it('keeps the sequence of an idempotent producer whole, and its batches known when they come again', async () => {
    const tapped = await open();
    const { producerId, producerEpoch } = await tapped.broker.inject(initProducerId, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1,
    });
    const send = (baseSequence: number, ...values: string[]) =>
      tapped.send(values, { producerId, producerEpoch, baseSequence });
    expect(await send(0, 'a', 'drop', 'b')).to.include({ errorCode: 0, baseOffset: 0 });
    expect(await send(3, 'drop', 'drop')).to.include({ errorCode: 0, baseOffset: -1 });
    expect(await send(5, 'c', 'x')).to.include({ errorCode: 0, baseOffset: 2 });
    expect(await send(5, 'c', 'x'), 'again').to.include({ errorCode: 0, baseOffset: 2 });
    expect(await send(0, 'a', 'drop', 'b'), 'again').to.include({ errorCode: 0, baseOffset: 0 });
    expect(await send(7, 'd')).to.include({ errorCode: 0, baseOffset: 4 });
    expect(await send(9, 'e'), 'a gap of the producer').to.include({ errorCode: 45 });
    expect(await tapped.stored()).to.deep.equal(['0 a', '1 b', '2 c', '3 X', '4 d']);
  });

  it('leaves alone what the broker refuses anyway, and other topics', async () => {
    const tapped = await open(mapRecords({ produce: byValue, topics: ['a'] }), ['a', 'b']);
    const broken = batchOf(['drop']);
    broken[broken.length - 1]! ^= 1;
    expect((await tapped.send(broken)).errorCode).to.equal(errors.CORRUPT_MESSAGE.code);
    const old = batchOf(['drop']);
    old[batch.fieldAt.magic] = 1;
    expect((await tapped.send(old)).errorCode).to.equal(errors.INVALID_RECORD.code);
    expect((await tapped.send(batchOf(['drop'], { control: true }))).errorCode).to.equal(errors.INVALID_RECORD.code);
    expect(await tapped.send(['drop'], { topic: 'b' })).to.include({ errorCode: 0, baseOffset: 0 });
    expect(await tapped.send(['drop'], { topic: 'b', version: 13 })).to.include({ errorCode: 0, baseOffset: 1 });
  });

  it('refuses a batch that is not what it claims to be, and what decompresses to too much', async () => {
    const tapped = await open(mapRecords({ produce: byValue, decompressedMaxBytes: 1000 }));
    const large = batchOf(['a'.repeat(2000)], { codec: 1 });
    expect(await tapped.send(large)).to.include({ errorCode: errors.INVALID_RECORD.code });
    const torn = batchOf(['abc']);
    torn.writeInt32BE(2, batch.fieldAt.recordCount);
    batch.updateCrc(torn);
    expect(await tapped.send(torn)).to.include({ errorCode: errors.INVALID_RECORD.code });
  });

  it('costs one request where the function has a bug', async () => {
    const tapped = await open();
    expect(await tapped.send(['bug'])).to.include({ errorCode: -1 });
    expect(await tapped.send(['a'])).to.include({ errorCode: 0, baseOffset: 0 });
  });

  it('refuses a topic whose id nobody knows', async () => {
    const tapped = await open();
    const topicData = [{ topicId: 'AAECAwQFBgcICQoLDA0ODw', partitionData: [{ index: 0, records: batchOf(['a']) }] }];
    const { responses } = await tapped.broker.inject(produce, 13, { acks: -1, timeoutMs: 1, topicData });
    expect(responses[0]!.partitionResponses[0]!.errorCode).to.equal(errors.UNKNOWN_TOPIC_ID.code);
  });

  it('answers nothing to acks=0, and ends the connection where it refuses', async () => {
    const tapped = await open();
    const body = (value: string) => ({
      ...{ acks: 0, timeoutMs: 1 },
      topicData: [{ name: 'a', partitionData: [{ index: 0, records: batchOf([value]) }] }],
    });
    const connect = () => {
      const [client, server] = duplexPair();
      tapped.broker.handle(server);
      return new Wire(client);
    };
    const wire = connect();
    wire.tell(produce, 9, body('drop'));
    wire.tell(produce, 9, body('a'));
    expect(await wire.request(produce, 9, { ...body('b'), acks: 1 })).to.have.nested.property(
      'responses[0].partitionResponses[0].baseOffset',
      1,
    );
    wire.close();
    expect(await tapped.stored()).to.deep.equal(['0 a', '1 b']);
    const other = connect();
    other.tell(produce, 9, body('bad'));
    expect(await rejected(other.request(produce, 9, { ...body('c'), acks: 1 }))).to.be.instanceOf(Error);
  });
});
