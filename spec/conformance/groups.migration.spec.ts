/**
 * Groups that move from the classic protocol to KIP-848 and back while their members go on reading: members are replaced
 * one by one, as in a rolling upgrade. MILLRACE_BOOTSTRAP may name a broker that is there already.
 */
import { expect } from 'chai';
import { consumerGroupDescribe, describeGroups, listGroups } from '../../lib/apis';
import { type BrokerUnderTest, clientsRequired, startBroker } from '../support/conformance';
import { Wire } from '../support/wire';
import { different, GroupMember, overlaps } from './clients/group-member';
import type { Crew, MemberClient } from './clients/member';
import { memberClients } from './clients/members';
import { NumberedTopic } from './clients/numbered-topic';

const run = Date.now().toString(36);
const partitions = 6;

/** Who is replaced by whom: client and assignor of the classic members, client of those of the consumer protocol. */
const moves = [
  { from: 'Java', assignor: 'range', to: 'Java' },
  { from: 'Java', assignor: 'cooperative-sticky', to: 'confluent-kafka' },
  { from: 'confluent-kafka', assignor: 'cooperative-sticky', to: 'Java' },
  { from: 'franz-go', assignor: 'cooperative-sticky', to: 'franz-go' },
  { from: 'kafka-python', assignor: 'range', to: 'confluent-kafka' },
];

describe('groups that change their protocol', function () {
  this.timeout(90_000);
  let broker: BrokerUnderTest;
  let wire: Wire;

  before(async () => {
    broker = await startBroker({ 'group.consumer.assignors': 'uniform,range' });
    wire = await Wire.connect(broker.bootstrap);
  });
  after(async () => {
    wire?.close();
    await broker?.stop();
  });

  const typeOf = async (group: string) => {
    const { groups } = await wire.request(listGroups, 5, { statesFilter: [], typesFilter: [] });
    return groups.find(({ groupId }) => groupId === group)?.groupType;
  };

  for (const [i, { from, assignor, to }] of moves.entries()) {
    const [classic, consumer] = [from, to].map((name) => memberClients.find((client) => client.name === name)!);
    it(`${from}, ${assignor}, to ${to} and back`, async function () {
      for (const client of [classic!, consumer!]) if (isMissing(client)) this.skip();
      const topic = await NumberedTopic.create(wire, `moving-${i}-${run}`, partitions);
      const group = `moving-${i}-${run}`;
      const crews: Crew[] = [classic!.crew(), consumer!.crew()];
      const all: GroupMember[] = [];
      const join = (protocol: 'classic' | 'consumer') => {
        const [crew, way] = protocol === 'classic' ? [crews[0]!, assignor] : [crews[1]!, 'uniform'];
        const options = { group, topics: [topic.name], protocol, assignor: way, heartbeatIntervalMs: 300 };
        const member = GroupMember.join(crew, `m${all.length}`, broker.bootstrap, options);
        all.push(member);
        return member;
      };
      const share = async (members: GroupMember[]) => {
        for (const member of members) await member.untilOwns(partitions / members.length);
        expect(members.flatMap(({ owned }) => owned).sort()).to.have.length(partitions);
      };
      try {
        const [a, b] = [join('classic'), join('classic')];
        await share([a, b]);
        await topic.addOneEach();
        expect(await typeOf(group)).to.equal('classic');

        const c = join('consumer');
        await share([a, b, c]);
        await topic.addOneEach();
        expect(await typeOf(group)).to.equal('consumer');
        const { groups } = await wire.request(consumerGroupDescribe, 1, {
          groupIds: [group],
          includeAuthorizedOperations: false,
        });
        expect(groups[0]!.members.map(({ memberType }) => memberType).sort()).to.deep.equal([0, 0, 1]);

        await a.leave();
        await share([b, c]);
        const d = join('consumer');
        await share([b, c, d]);
        await topic.addOneEach();
        await b.leave();
        await share([c, d]);

        const e = join('classic');
        await share([c, d, e]);
        await topic.addOneEach();
        await c.leave();
        await d.leave();
        await share([e]);
        expect(await typeOf(group)).to.equal('classic');
        const described = await wire.request(describeGroups, 5, {
          groups: [group],
          includeAuthorizedOperations: false,
        });
        expect(described.groups[0]!.members).to.have.length(1);
        await topic.addOneEach();
        await e.crew.until('every record', () => different(all.flatMap(({ read }) => read)).length === topic.count);
        await e.leave();
        expect(overlaps(all)).to.deep.equal([]);
      } finally {
        await Promise.all(crews.map((crew) => crew.stop()));
      }
    });
  }
});

/** Whether the suite must do without this client; an error where it must not. */
function isMissing(client: MemberClient): boolean {
  const missing = client.missing();
  if (missing !== null && clientsRequired()) throw new Error(missing);
  return missing !== null;
}
