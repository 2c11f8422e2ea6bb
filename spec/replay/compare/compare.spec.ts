import { expect } from 'chai';
import { fetch, findCoordinator, joinGroup, metadata, produce } from '../../../lib/apis';
import type { Body } from '../../../lib/capture/recorded';
import type { Api } from '../../../lib/protocol/api';
import { Reader, Writer } from '../../../lib/protocol/bytes';
import type { Draft, Schema } from '../../../lib/protocol/schema';
import { buildBatch } from '../../../lib/records/build';
import { compareBodies } from '../../../lib/replay/compare/compare';
import { reasonsOf } from '../../../lib/replay/compare/may-differ';
import { LearnedIds, nowhere } from '../../../lib/replay/ids/learned-ids';
import { shapeOf } from '../../../lib/replay/shape';

/** A body as decoding gives it, with all its defaults. */
function whole<R extends Schema>(api: Api<Schema, R>, version: number, draft: Draft<R>): Body {
  const writer = new Writer();
  api.responseCodec(version).write(writer, draft);
  return api.responseCodec(version).read(new Reader(writer.takeBuffer()));
}

function compared(api: Api, was: Body, is: Body, ids = new LearnedIds(), ignore: string[] = [], place = nowhere) {
  const reasonOf = reasonsOf(ignore.map((path) => ({ path, reason: 'spec' })));
  return compareBodies(api.name, shapeOf(api.response), was, is, place, { ids, reasonOf });
}

/** Each as `path: recorded, replayed`. */
const lines = (found: ReturnType<typeof compared>) =>
  found.map(({ path, recorded, replayed }) => `${path}: ${JSON.stringify(recorded)}, ${JSON.stringify(replayed)}`);

const coordinator = (nodeId: number, key = 'g', errorCode = 0) =>
  whole(findCoordinator, 4, { coordinators: [{ key, nodeId, host: 'h', port: 1, errorCode, errorMessage: null }] });
const joined = (memberId: string, generationId = 1) =>
  whole(joinGroup, 5, { errorCode: 0, generationId, protocolName: 'p', leader: memberId, memberId, members: [] });

describe('compareBodies', () => {
  it('finds nothing between bodies that are the same', () => {
    expect(compared(findCoordinator, coordinator(1), coordinator(1))).to.deep.equal([]);
  });

  it('says where values differ, and both of them', () => {
    const [found] = compared(findCoordinator, coordinator(1), coordinator(1, 'g', 15));
    expect(found).to.deep.equal({
      path: 'coordinators[g].errorCode',
      field: 'FindCoordinator.coordinators.errorCode',
      recorded: 0,
      replayed: 15,
      what: null,
      reason: null,
    });
  });

  it('says why a field may differ', () => {
    const ignore = ['FindCoordinator.coordinators.errorCode'];
    const found = compared(findCoordinator, coordinator(1), coordinator(1, 'g', 15), new LearnedIds(), ignore);
    expect(found.map(({ reason }) => reason)).to.deep.equal(['spec']);
  });

  it('learns ids, and holds later answers to them', () => {
    const ids = new LearnedIds();
    expect(compared(findCoordinator, coordinator(1), coordinator(101), ids)).to.deep.equal([]);
    expect(compared(findCoordinator, coordinator(1), coordinator(101), ids)).to.deep.equal([]);
    expect(lines(compared(findCoordinator, coordinator(1), coordinator(102), ids))).to.deep.equal([
      'coordinators[g].nodeId: 101, 102',
    ]);
  });

  it('takes no error for an id', () => {
    const ids = new LearnedIds();
    expect(lines(compared(joinGroup, joined('m'), joined(''), ids))).to.deep.equal([
      'leader: "m", ""',
      'memberId: "m", ""',
    ]);
    expect(compared(joinGroup, joined('m'), joined('n'), ids)).to.deep.equal([]);
  });

  it('holds generations against those of the same group', () => {
    const ids = new LearnedIds();
    const at = (group: string) => ({ ...nowhere, group });
    expect(compared(joinGroup, joined('m', 1), joined('m', 5), ids, [], at('a'))).to.deep.equal([]);
    expect(compared(joinGroup, joined('m', 1), joined('m', 5), ids, [], at('b'))).to.deep.equal([]);
    expect(lines(compared(joinGroup, joined('m', 1), joined('m', 6), ids, [], at('a')))).to.deep.equal([
      'generationId: 5, 6',
    ]);
  });

  it('pairs topics by name, tells those that are missing, and takes no order from sets', () => {
    const topic = (name: string, isrNodes: number[]) => ({
      errorCode: 0,
      name,
      topicId: '',
      isInternal: false,
      partitions: [
        { errorCode: 0, partitionIndex: 0, leaderId: 1, replicaNodes: [1, 2], isrNodes, offlineReplicas: [] },
      ],
    });
    const of = (...topics: ReturnType<typeof topic>[]) => whole(metadata, 5, { brokers: [], controllerId: 1, topics });
    const was = of(topic('a', [1, 2]), topic('b', [1, 2]));
    expect(compared(metadata, was, of(topic('b', [2, 1]), topic('a', [1, 2])))).to.deep.equal([]);
    expect(compared(metadata, was, of(topic('b', [1, 2]))).map(({ path }) => path)).to.deep.equal(['topics[a]']);
    expect(lines(compared(metadata, was, of(topic('a', [1]), topic('b', [1, 2]))))).to.deep.equal([
      'topics[a].partitions[0].isrNodes: [1,2], [1]',
    ]);
  });

  it('learns from Produce how offsets have shifted, and only once', () => {
    const ids = new LearnedIds();
    const row = (baseOffset: number) => ({ index: 0, errorCode: 0, baseOffset });
    const answer = (baseOffset: number) =>
      whole(produce, 3, { responses: [{ name: 't', topicId: '', partitionResponses: [row(baseOffset)] }] });
    expect(compared(produce, answer(0), answer(100), ids)).to.deep.equal([]);
    expect(compared(produce, answer(1), answer(101), ids)).to.deep.equal([]);
    expect(lines(compared(produce, answer(2), answer(103), ids))).to.deep.equal([
      'responses[t].partitionResponses[0].baseOffset: 102, 103',
    ]);
    expect(compared(produce, answer(3), answer(104), ids)).to.deep.equal([]);
  });

  it('says in what records differ', () => {
    const partition = (records: Buffer) => ({
      partitionIndex: 0,
      errorCode: 0,
      highWatermark: 1,
      abortedTransactions: [],
      records,
    });
    const answer = (records: Buffer) =>
      whole(fetch, 7, { errorCode: 0, responses: [{ topic: 't', topicId: '', partitions: [partition(records)] }] });
    const [found] = compared(fetch, answer(buildBatch([{ value: Buffer.from('a') }])), answer(Buffer.alloc(0)));
    expect(found?.what).to.equal('no records, not 1 record in 1 batch from offset 0');
  });
});
