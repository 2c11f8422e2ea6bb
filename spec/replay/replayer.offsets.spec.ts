/**
 * Offsets of logs that the recording does not show being written: a replay tells once that the target's are others, and goes
 * on where a client would go on there.
 */
import { expect } from 'chai';
import { fetch, findCoordinator, listOffsets, offsetCommit, offsetFetch, produce } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { onReply } from '../../lib/pipeline/on-reply';
import type { Taps } from '../../lib/pipeline/seams';
import { diff } from '../../lib/replay/diff';
import { replay } from '../../lib/replay/replay';
import { Dialogue } from '../support/recordings';
import { differenceLine } from '../support/replaying';
import { batchOf } from '../support/services';

const partitionIndex = 0;

describe('a replay to logs with other offsets', () => {
  const open: Broker[] = [];
  afterEach(() => Promise.all(open.splice(0).map((broker) => broker.close())));

  /** A broker with these records in `t`, where group `g` has committed behind the first of them. */
  async function holding(values: readonly string[], committedOffset: number, taps: Taps = {}): Promise<Broker> {
    const broker = await createBroker({ topics: ['t'], taps });
    open.push(broker);
    const said = new Dialogue(broker);
    for (const value of values) await write(said, value);
    // Makes the partitions of the coordinator.
    await broker.inject(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
    const partitions = [{ partitionIndex, committedOffset, committedMetadata: '' }];
    const body = { groupId: 'g', generationIdOrMemberEpoch: -1, memberId: '', topics: [{ name: 't', partitions }] };
    await broker.inject(offsetCommit, 8, body);
    return broker;
  }

  const write = (said: Dialogue, value: string) =>
    said.ask(produce, 9, {
      acks: -1,
      timeoutMs: 0,
      topicData: [{ name: 't', partitionData: [{ index: 0, records: batchOf([value]) }] }],
    });
  const committed = async (said: Dialogue) => {
    const groups = [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] }];
    const answer = await said.ask(offsetFetch, 8, { groups });
    return answer.groups[0]!.topics[0]!.partitions[0]!.committedOffset as number;
  };
  const at = async (said: Dialogue, timestamp: number) => {
    const topics = [{ name: 't', partitions: [{ partitionIndex, timestamp }] }];
    const answer = await said.ask(listOffsets, 7, { replicaId: -1, topics });
    return answer.topics[0]!.partitions[0]!.offset as number;
  };
  const read = (said: Dialogue, fetchOffset: number) =>
    said.ask(fetch, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1000 }] }],
    });

  async function differences(recording: CaptureEvent[], broker: Broker): Promise<string[]> {
    const lines: string[] = [];
    for await (const { request, differences: found } of replay(recording, broker, { settleMaxMs: 60 }))
      for (const one of found) if (one.reason === null) lines.push(`${request.name} ${differenceLine(one)}`);
    return lines;
  }

  it('goes on where the group of the target has committed', async () => {
    const said = new Dialogue(await holding(['a', 'b', 'c', 'd'], 2));
    await read(said, await committed(said));
    expect(await differences(said.events, await holding(['c', 'd'], 0))).to.deep.equal([
      'OffsetFetch groups[g].topics[t].partitions[0].committedOffset: 2, not 0',
    ]);
  });

  it('goes on at the end of the target’s log', async () => {
    const said = new Dialogue(await holding(['a', 'b', 'c', 'd'], 2));
    await read(said, await at(said, -1));
    await write(said, 'e');
    await read(said, 4);
    expect(await differences(said.events, await holding(['x'], 0))).to.deep.equal([
      'ListOffsets topics[t].partitions[0].offset: 4, not 1',
    ]);
  });

  it('does not go by a position that is wrong, where the recording shows how the log was written', async () => {
    const wrong = onReply(listOffsets, 'wrong', (body) => ({
      ...body,
      topics: body.topics.map((topic) => ({
        ...topic,
        partitions: topic.partitions.map((row) => ({ ...row, offset: (row.offset as number) - 1 })),
      })),
    }));
    const said = new Dialogue(await holding([], 0));
    await write(said, 'a');
    await write(said, 'b');
    await read(said, (await at(said, -1)) - 1);
    expect(await differences(said.events, await holding([], 0, { replies: [wrong] }))).to.deep.equal([
      'ListOffsets topics[t].partitions[0].offset: 2, not 1',
    ]);
  });

  it('holds two brokers with other offsets against each other', async () => {
    const said = new Dialogue(await holding(['a', 'b', 'c', 'd'], 2));
    await read(said, await committed(said));
    const [a, b] = [await holding(['b', 'c', 'd'], 1), await holding(['c', 'd'], 0)];
    const lines: string[] = [];
    for await (const one of diff(said.events, { a, b }, { settleMaxMs: 0 }))
      lines.push(...one.differences.map((found) => `${one.request.name} ${differenceLine(found)}`));
    expect(lines).to.deep.equal(['OffsetFetch groups[g].topics[t].partitions[0].committedOffset: 1, not 0']);
  });
});
