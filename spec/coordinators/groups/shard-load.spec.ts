import { expect } from 'chai';
import pino from 'pino';
import { offsetRecord, offsetTombstone } from '../../../lib/coordinators/groups/committed-offsets';
import { writeGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import type { GroupRecordDraft } from '../../../lib/coordinators/groups/group-records';
import { loadShard } from '../../../lib/coordinators/groups/shard-load';
import { errors } from '../../../lib/errors';
import type { BatchOptions, RecordDraft } from '../../../lib/records/build';
import { controlRecord } from '../../../lib/records/control';
import { recordsBatch, TestBroker, type TestLog } from '../../support/services';
import { rejected } from '../../support/thrown';

const transaction = { producerId: 7, producerEpoch: 0, transactional: true, baseSequence: 0 };

describe('loadShard', () => {
  let log: TestLog;
  let lines: { offset: number; msg: string }[];

  beforeEach(() => {
    log = new TestBroker().topic('__consumer_offsets', { partitions: 2 }).partitions[1]!;
    lines = [];
  });

  const committed = (topic: string, offset: number) =>
    offsetRecord(
      'g',
      { topic, topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partition: 0, offset, leaderEpoch: 0, metadata: '' },
      5,
      -1,
    );
  const append = (drafts: readonly (GroupRecordDraft | RecordDraft)[], options: BatchOptions = {}) =>
    log.append(
      recordsBatch(
        drafts.map((draft) => ('name' in draft ? writeGroupRecord(draft) : draft)),
        options,
      ),
    );
  const end = (type: 'COMMIT' | 'ABORT') =>
    append([controlRecord(type, { coordinatorEpoch: 0 })], { ...transaction, control: true });
  const load = (bufferBytes = 1_000_000, wanted = () => true) =>
    loadShard({
      log,
      bufferBytes,
      logger: pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
      wanted,
    });
  /** Topic and offset of each, in order. */
  const shown = async (bufferBytes?: number) =>
    (await load(bufferBytes)).records.map(({ key, value }) =>
      'topic' in key && value && 'offset' in value ? `${key.topic} ${value.offset}` : '?',
    );

  it('gives the latest record of each key, in the order of the log', async () => {
    append([committed('a', 1), committed('b', 1), committed('c', 1)]);
    append([committed('a', 2)], { codec: 1 });
    append([offsetTombstone('g', 'b', 0)]);
    for (const bufferBytes of [1, 100, 1_000_000]) expect(await shown(bufferBytes)).to.deep.equal(['c 1', 'a 2']);
    expect((await load()).count).to.equal(5);
    expect(log.lent).to.equal(0);
  });

  it('counts what a transaction wrote from its commit marker on, and nothing of one that was aborted or is open', async () => {
    append([committed('a', 1)]);
    append([committed('a', 2), committed('b', 2)], transaction);
    append([committed('c', 3)], { ...transaction, producerId: 8 });
    expect(await shown()).to.deep.equal(['a 1']);
    append([committed('b', 4)]);
    end('COMMIT');
    expect(await shown()).to.deep.equal(['a 2', 'b 2']);
    append([committed('a', 5)], transaction);
    end('ABORT');
    expect(await shown()).to.deep.equal(['a 2', 'b 2']);
  });

  it('skips what it cannot read, and says where', async () => {
    append([committed('a', 1)]);
    append([{ key: Buffer.from('000100', 'hex'), value: null }, { value: 'x' }, committed('b', 1)]);
    append([{ ...writeGroupRecord(committed('c', 1)), value: Buffer.from('0009', 'hex') }]);
    expect(await shown()).to.deep.equal(['a 1', 'b 1']);
    expect(lines.map(({ offset }) => offset)).to.deep.equal([1, 2, 4]);
    expect(lines[2]?.msg).to.match(
      /^skipped a record of __consumer_offsets-1 at offset 4 that cannot be read: OffsetCommit.version .* version 9/,
    );
  });

  it('passes over types that it does not know in silence', async () => {
    append([{ key: Buffer.from('00ff', 'hex'), value: 'x' }, committed('a', 1)]);
    expect(await shown()).to.deep.equal(['a 1']);
    expect(lines).to.deep.equal([]);
  });

  it('keeps nothing of the buffers that it gives back', async () => {
    append([
      {
        name: 'GroupMetadata',
        key: { group: 'g' },
        value: {
          protocolType: 'x',
          generation: 1,
          protocol: 'p',
          leader: 'm',
          members: [
            {
              memberId: 'm',
              clientId: 'c',
              clientHost: '/h',
              sessionTimeout: 1,
              subscription: Buffer.from('sub'),
              assignment: Buffer.from('as'),
            },
          ],
        },
      },
    ]);
    const release = log.read.bind(log);
    log.read = async (...given) => {
      const found = await release(...given);
      return { ...found, release: () => void found.records.fill(0) };
    };
    const [record] = (await load()).records;
    const members = record?.name === 'GroupMetadata' ? record.value?.members : undefined;
    expect(String(members?.[0]?.subscription)).to.equal('sub');
  });

  it('stops when nobody wants it any more, and rejects where the log cannot be read', async () => {
    append([committed('a', 1)]);
    append([committed('b', 1)]);
    expect((await load(1, () => log.reads < 1)).records).to.have.length(1);
    log.readError = errors.KAFKA_STORAGE_ERROR;
    expect(await rejected(load())).to.equal(errors.KAFKA_STORAGE_ERROR);
  });
});
