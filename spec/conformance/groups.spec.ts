/**
 * Real clients as members of consumer groups: what each reads, commits, shares, gives up and takes over, in every way that it
 * can take part. MILLRACE_BOOTSTRAP may name a broker that is there already; it wants the properties below.
 */
import { expect } from 'chai';
import { type BrokerUnderTest, startBroker } from '../support/conformance';
import { Wire } from '../support/wire';
import { isMissing } from './clients/client-suite';
import { GroupMember } from './clients/group-member';
import type { Crew, JoinOptions, Way } from './clients/member';
import { memberClients } from './clients/members';
import { NumberedTopic } from './clients/numbered-topic';
import { waySuite } from './clients/way-suite';

const run = Date.now().toString(36);
const partitions = 4;
const sessionTimeoutMs = 2_000;
const heartbeatIntervalMs = 200;

/** Short times, so that nobody waits for long; a member of the consumer protocol is told them by the broker. */
const properties = {
  'group.min.session.timeout.ms': '500',
  'group.consumer.min.session.timeout.ms': '500',
  'group.consumer.session.timeout.ms': `${sessionTimeoutMs}`,
  'group.consumer.min.heartbeat.interval.ms': '100',
  'group.consumer.heartbeat.interval.ms': `${heartbeatIntervalMs}`,
};

describe('members of consumer groups', function () {
  this.timeout(60_000);
  let broker: BrokerUnderTest;
  let wire: Wire;

  before(async () => {
    broker = await startBroker(properties);
    wire = await Wire.connect(broker.bootstrap);
  });
  after(async () => {
    wire?.close();
    await broker?.stop();
  });

  for (const client of memberClients) {
    describe(client.name, () => {
      if (isMissing(client)) return;
      /** The crews of this client, by use: a crew is started when it is first asked for, and anew after a kill. */
      const crews = new Map<string, Crew>();
      let members = 0;

      const crewOf = (use: string) => {
        const crew = crews.get(use) ?? client.crew();
        crews.set(use, crew);
        return crew;
      };
      const join = (use: string, options: JoinOptions) =>
        GroupMember.join(crewOf(use), `${use}${members++}`, broker.bootstrap, {
          sessionTimeoutMs,
          heartbeatIntervalMs,
          ...options,
        });
      const kill = async (use: string) => {
        const crew = crewOf(use);
        crews.delete(use);
        await crew.kill();
      };

      const nameOfTopic = (i: number) => `groups-${client.name.replace(/\W/g, '')}-${i}-${run}`;
      const namesOf = (i: number) => Array.from({ length: partitions }, (_, n) => `${nameOfTopic(i)}-${n}`);
      const groupOf =
        ({ protocol, assignor }: Way, i: number) =>
        (use: string): JoinOptions => ({
          ...{ group: `${nameOfTopic(i)}-${use}`, topics: [nameOfTopic(i)] },
          ...{ protocol, assignor },
        });

      const topics: NumberedTopic[] = [];

      before(async () => {
        for (const i of client.ways.keys()) {
          const topic = await NumberedTopic.create(wire, nameOfTopic(i), partitions);
          await topic.addOneEach();
          await topic.addOneEach();
          topics.push(topic);
        }
      });
      after(() => Promise.all([...crews.values()].map((crew) => crew.stop())));

      for (const [i, way] of client.ways.entries()) {
        describe(nameOf(way), () => {
          const { protocol } = way;
          const group = groupOf(way, i);
          const name = nameOfTopic(i);
          let topic: NumberedTopic;

          before(() => {
            topic = topics[i]!;
          });

          waySuite({ way, partitions, topic: () => topic, group, join });

          const keepsPlace =
            client.staticMembers === 'returns' || (client.staticMembers === 'survives' && protocol === 'classic');
          if (keepsPlace) {
            it('comes back as the static member it was, and nobody else notices', async () => {
              const long = { ...group('static'), sessionTimeoutMs: 20_000 };
              const a = join('a', { ...long, instanceId: 'one' });
              const b = join('b', { ...long, instanceId: 'two' });
              await a.untilOwns(partitions / 2);
              await b.untilOwns(partitions / 2);
              const [owned, changes] = [b.owned, a.changes];
              if (protocol === 'classic') await kill('b');
              else await b.leave();
              const again = join('b', { ...long, instanceId: 'two' });
              await again.untilOwns(partitions / 2);
              expect(again.owned).to.deep.equal(owned);
              expect(a.changes, 'changes of the other').to.equal(changes);
              await Promise.all([a.leave(), again.leave()]);
            });
          }

          if (client.commits !== null) {
            it('commits where it is told to, and finds it again', async () => {
              const a = join('a', { ...group('committed'), commits: false });
              await a.untilOwns(partitions);
              expect(await a.committed([[name, 0]])).to.deep.equal([]);
              const text = client.commits === 'text' ? 'half of it, ähm' : '';
              await a.commit([
                [name, 0, 1, text],
                [name, 2, 2, ''],
              ]);
              await a.commit([[name, 3, 1, '']]);
              const found = await a.committed([0, 1, 2, 3].map((partition) => [name, partition]));
              expect(found.sort((x, y) => x[1] - y[1])).to.deep.equal([
                [name, 0, 1, text],
                [name, 2, 2, ''],
                [name, 3, 1, ''],
              ]);
              await a.leave();
            });
          }
        });
      }

      describe('in each of these ways', () => {
        it('takes over from members that are killed or hang, once their session is over', async () => {
          const parties = await Promise.all(
            client.ways.map(async (way, i) => {
              const group = groupOf(way, i)('expelled');
              const b = join('b', group);
              const c = way.pairsOnly ? null : join('c', group);
              await b.untilOwns(c ? partitions / 2 : partitions);
              await c?.untilOwns(partitions / 2);
              const a = join('a', group);
              for (const one of [a, b, c])
                await one?.crew.until('share', () => one.owned.length > 0 && one.owned.length < partitions);
              return { way, a, b, changes: b.changes, names: namesOf(i) };
            }),
          );
          const startMs = Date.now();
          crewOf('b').freeze();
          await kill('c');
          await Promise.all(parties.map(({ a }) => a.untilOwns(partitions)));
          const tookMs = Date.now() - startMs;
          expect(tookMs, 'not before the session timeout').to.be.at.least(sessionTimeoutMs - 2 * heartbeatIntervalMs);
          crewOf('b').thaw();
          const returning = parties.filter(({ way }) => !way.staysAway);
          await Promise.all(
            returning.map(async ({ a, b, changes, names }) => {
              await b.crew.until('loss', () => b.changes > changes);
              await a.untilOwns(partitions / 2);
              await b.untilOwns(partitions / 2);
              expect([...a.owned, ...b.owned].sort()).to.deep.equal(names);
            }),
          );
        });
      });
    });
  }
});

function nameOf({ protocol, assignor }: Way): string {
  return `in the ${protocol} protocol${assignor === '' ? '' : `, ${assignor}`}`;
}
