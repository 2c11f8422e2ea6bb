import { expect } from 'chai';
import { describeCluster } from '../../lib/apis/describe-cluster';
import { exchanges } from '../../lib/apis/exchanges';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { fieldsOf } from '../../lib/protocol/rewrite';
import type { Schema } from '../../lib/protocol/schema';
import type { Address } from '../../lib/proxy/address';
import { addressChange } from '../../lib/proxy/broker-addresses';

const here = (nodeId: number, { port }: Address) => ({ host: `proxy-${port}`, port: nodeId });
const change = (response: Schema, body: object) => addressChange(response, here)!(body);

describe('addressChange', () => {
  it('replaces brokers in Metadata, DescribeCluster and both shapes of FindCoordinator', () => {
    const told = { host: 'proxy-9092', port: 7 };
    const brokers = [{ nodeId: 7, host: 'kafka', port: 9092, rack: 'r' }];
    expect(change(metadata.response, { brokers, topics: [] })).to.deep.equal({
      brokers: [{ nodeId: 7, ...told, rack: 'r' }],
      topics: [],
    });
    expect(change(describeCluster.response, { brokers: [{ brokerId: 7, host: 'kafka', port: 9092 }] })).to.deep.equal({
      brokers: [{ brokerId: 7, ...told }],
    });
    const one = { nodeId: 7, host: 'kafka', port: 9092 };
    expect(change(findCoordinator.response, { ...one, coordinators: [{ key: 'g', ...one }] })).to.deep.equal({
      ...{ nodeId: 7, ...told },
      coordinators: [{ key: 'g', nodeId: 7, ...told }],
    });
  });

  it('leaves alone what names no broker, and gives the very body where there is none', () => {
    const none = { nodeId: -1, host: '', port: -1, coordinators: [] };
    expect(change(findCoordinator.response, none)).to.equal(none);
    const produced = { responses: [], nodeEndpoints: [] };
    expect(change(produce.response, produced)).to.equal(produced);
  });

  it('waits for addresses that are not known yet, all at once', async () => {
    const known = new Map<number, Address>();
    const later = (nodeId: number) =>
      known.get(nodeId) ??
      Promise.resolve().then(() => {
        known.set(nodeId, { host: 'proxy', port: nodeId });
        return known.get(nodeId)!;
      });
    const brokers = [1, 2].map((nodeId) => ({ nodeId, host: 'kafka', port: 9092 }));
    const changed = await addressChange(metadata.response, later)!({ brokers });
    expect(changed).to.deep.equal({ brokers: [1, 2].map((nodeId) => ({ nodeId, host: 'proxy', port: nodeId })) });
  });

  it('finds every host and port of all answers of Kafka, but for those that are no place for clients', () => {
    const left = [...exchanges().values()].flatMap(({ name, response }) => {
      const addressed = fieldsOf(response).filter((field) => field.name === 'port');
      const isReplaced = addressChange(response, here) !== null;
      return isReplaced ? [] : addressed.map(({ path }) => `${name} ${path}`);
    });
    expect(left).to.deep.equal([
      // of the quorum: only controllers connect to it
      'DescribeQuorum nodes[].listeners[].port',
      'UpdateRaftVoter currentLeader.port',
      // of applications with Kafka Streams
      'StreamsGroupHeartbeat partitionsByUserEndpoint[].userEndpoint.port',
      'StreamsGroupDescribe groups[].members[].userEndpoint.port',
    ]);
    const carrying = [...exchanges().values()].filter(({ response }) => addressChange(response, here) !== null);
    expect(carrying.map(({ name }) => name)).to.have.members([
      ...['Produce', 'Fetch', 'Metadata', 'FindCoordinator', 'DescribeCluster', 'ShareFetch', 'ShareAcknowledge'],
      ...['Vote', 'BeginQuorumEpoch', 'EndQuorumEpoch', 'FetchSnapshot'],
    ]);
  });
});
