/**
 * Rebalance storms: members of groups come, go and are killed at random while records are produced, and the broker is
 * stopped and killed in the midst of it. Every record that was acknowledged is delivered, and by what the clients' own
 * callbacks say, a partition never has two owners at a time.
 *
 * MILLRACE_STORM_SECONDS: how long it lasts (npm run test:storm: a minute). MILLRACE_STORM_SEED: which storm; the seed of
 * one that failed is in its message. At MILLRACE_BOOTSTRAP there is a storm, but no restart.
 */
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { consumerGroupDescribe, describeGroups } from '../../lib/apis';
import { buildBatch } from '../../lib/records/build';
import type { Service } from '../support/child';
import { clientsRequired } from '../support/conformance';
import { Dice } from '../support/dice';
import { type Home, launch, makeHome } from '../support/launch';
import { Wire } from '../support/wire';
import { createTopic, send } from '../support/writing';
import { GroupMember, overlaps } from './clients/group-member';
import type { Crew, MemberClient, Way } from './clients/member';
import { memberClient } from './clients/members';

const seconds = Number(process.env['MILLRACE_STORM_SECONDS'] ?? 8);
const seed = Number(process.env['MILLRACE_STORM_SEED'] ?? Date.now() % 1_000_000);
const given = process.env['MILLRACE_BOOTSTRAP'];
const run = Date.now().toString(36);
const partitions = 6;
const crewsEach = 3;
const membersMax = 4;
const sessionTimeoutMs = 6_000;
const stepMs = 400;
/** Of the steps, how many kill a crew with all of its members. */
const killShare = 0.05;
const recordsPerSecond = 40;
const drainMs = 60_000;

const properties = {
  'group.consumer.min.session.timeout.ms': '500',
  'group.consumer.session.timeout.ms': `${sessionTimeoutMs}`,
  'group.consumer.min.heartbeat.interval.ms': '100',
  'group.consumer.heartbeat.interval.ms': '500',
};

/** Which clients storm, and in which of their ways: all of them but where one has two of a kind. */
const storming: readonly [name: string, ways: (way: Way) => boolean][] = [
  ['kafkajs', () => true],
  ['@platformatic/kafka', ({ protocol }) => protocol === 'consumer'],
  ['confluent-kafka', ({ assignor }) => assignor !== 'range'],
  ['franz-go', () => true],
  ['Java', ({ protocol, assignor }) => protocol === 'classic' || assignor === 'uniform'],
];

/** One group in the storm. */
class Party {
  readonly topic: string;
  readonly way: Way;
  /** All that there ever were, and those that are in. */
  readonly members: GroupMember[] = [];
  private in: GroupMember[] = [];
  private readonly bootstrap: string;
  /** Values that were acknowledged. */
  readonly acked = new Set<string>();

  constructor(name: string, way: Way, bootstrap: string) {
    this.topic = `storm-${name.replace(/\W/g, '')}-${way.protocol}-${way.assignor}-${run}`;
    this.way = way;
    this.bootstrap = bootstrap;
  }

  join(crew: Crew): void {
    const { topic, way } = this;
    const member = GroupMember.join(crew, `${topic}-${this.members.length}`, this.bootstrap, {
      ...{ group: topic, topics: [topic], protocol: way.protocol, assignor: way.assignor },
      ...{ sessionTimeoutMs, heartbeatIntervalMs: 500 },
    });
    this.members.push(member);
    this.in.push(member);
  }

  /** Waits until each of those that are in was assigned something. */
  async untilStarted(): Promise<void> {
    await Promise.all(this.in.map((member) => member.crew.until(`assignment of ${member.name}`, () => member.isIn)));
  }

  /** The i-th of those that are in leaves; the last one stays. */
  leave(i: number): void {
    if (this.in.length < 2) return;
    const [member] = this.in.splice(i % this.in.length, 1);
    member?.crew.send({ do: 'leave', member: member.name });
  }

  get size(): number {
    return this.in.length;
  }

  lose(crew: Crew): void {
    this.in = this.in.filter((member) => member.crew !== crew);
  }

  /** Whom the broker has in the group, and which of them told that they left. */
  async whoIsIn(): Promise<string> {
    const wire = await Wire.connect(this.bootstrap);
    const { groups } = await wire.request(describeGroups, 5, {
      groups: [this.topic],
      includeAuthorizedOperations: false,
    });
    const modern = await wire.request(consumerGroupDescribe, 1, {
      groupIds: [this.topic],
      includeAuthorizedOperations: false,
    });
    wire.close();
    const ids = [...groups, ...modern.groups].flatMap(({ members }) => members.map(({ clientId }) => clientId));
    const left = this.members.filter(
      ({ name, events }) => ids.includes(name) && events.some(({ event }) => event === 'left'),
    );
    const expected = this.in.map(({ name, owned }) => `${name} with ${owned}`);
    return `expected ${expected.join('; ')}; the broker has ${ids}; of these left: ${left.map(({ name }) => name)}`;
  }

  /** Values that were acknowledged and that nobody has read. */
  get missing(): string[] {
    const read = new Set(this.members.flatMap((member) => member.read.map(({ value }) => value)));
    return [...this.acked].filter((value) => !read.has(value));
  }

  get owned(): string[] {
    return this.in.flatMap((member) => member.owned).sort();
  }
}

describe(`a storm of ${seconds} s over groups`, function () {
  this.timeout(seconds * 1000 + 180_000);
  const clients = storming.map(([name, ways]) => ({ client: memberClient(name), ways }));
  const present = clients.filter(({ client }) => client.missing() === null);
  const parties = new Map<MemberClient, Party[]>();
  let home: Home;
  let service: Service | null = null;
  const crews = new Map<MemberClient, Crew[]>();
  let over = false;

  /** Produces to every topic until the storm is over; what was not acknowledged may be in the log or not. */
  async function produce(): Promise<void> {
    const all = [...parties.values()].flat();
    let wire: Wire | null = null;
    for (let i = 0; !over; i++) {
      const pause = setTimeout(1000 / recordsPerSecond);
      const value = `record ${i}`;
      try {
        const open = (wire ??= await Wire.connect(home.bootstrap));
        const sending = all.map(async (party) => {
          const { errorCode } = await send(open, party.topic, i % partitions, buildBatch([{ value }]));
          if (errorCode === 0) party.acked.add(value);
        });
        const outcomes = await Promise.allSettled(sending);
        if (outcomes.some(({ status }) => status === 'rejected')) throw new Error('the broker went away');
      } catch {
        wire?.close();
        wire = null;
      }
      await pause;
    }
    wire?.close();
  }

  /** The members of one client: in each step one joins, leaves or, seldom, dies with its crew. */
  async function storm(crews: Crew[], client: MemberClient, own: Party[], dice: Dice): Promise<void> {
    const pick = (count: number) => dice.int(0, count - 1);
    let kills = 0;
    for (const endMs = Date.now() + seconds * 1000; Date.now() < endMs; ) {
      await setTimeout(stepMs * (0.5 + dice.next()));
      if (dice.chance(killShare) || (kills === 0 && endMs - Date.now() < seconds * 500)) {
        kills++;
        const i = pick(crews.length);
        const crew = crews[i]!;
        crews[i] = client.crew();
        await crew.kill();
        for (const party of own) party.lose(crew);
        continue;
      }
      const party = own[pick(own.length)]!;
      const i = pick(party.size);
      if (party.size >= membersMax || (party.size > 1 && dice.chance(0.5))) party.leave(i);
      else party.join(crews[pick(crews.length)]!);
    }
    for (const party of own) if (party.size === 0) party.join(crews[0]!);
  }

  async function restart(how: 'SIGTERM' | 'SIGKILL', afterMs: number): Promise<void> {
    await setTimeout(afterMs);
    if (how === 'SIGTERM') await service?.stop();
    else await service?.kill();
    service = await launch(home);
  }

  before(async () => {
    home = await makeHome(properties);
    if (given) home = { ...home, bootstrap: given };
    else service = await launch(home);
    for (const { client, ways } of present)
      parties.set(
        client,
        client.ways.filter(ways).map((way) => new Party(client.name, way, home.bootstrap)),
      );
    const wire = await Wire.connect(home.bootstrap);
    for (const party of [...parties.values()].flat()) await createTopic(wire, party.topic, { partitions });
    wire.close();
    // programs take their time to start: the storm begins once each group has members
    for (const [client, own] of parties) {
      crews.set(
        client,
        Array.from({ length: crewsEach }, () => client.crew()),
      );
      for (const party of own) for (const crew of crews.get(client)!.slice(0, 2)) party.join(crew);
    }
    const producing = produce();
    await Promise.all([...parties.values()].flat().map((party) => party.untilStarted()));
    const storms = [...parties].map(([client, own], i) => storm(crews.get(client)!, client, own, new Dice(seed + i)));
    const restarts = async () => {
      await restart('SIGTERM', seconds * 300);
      await restart('SIGKILL', seconds * 300);
    };
    await Promise.all([...(given ? [] : [restarts()]), ...storms]);
    over = true;
    await producing;
  });
  after(async () => {
    await Promise.all([...crews.values()].flat().map((crew) => crew.stop().catch(() => {})));
    await service?.kill();
    await home?.remove();
  });

  for (const { client, ways } of clients) {
    const missing = client.missing();
    if (missing !== null) {
      if (clientsRequired()) {
        it(`${client.name} is installed`, () => {
          throw new Error(missing);
        });
      } else it.skip(missing);
      continue;
    }
    for (const [i, way] of client.ways.filter(ways).entries()) {
      describe(`${client.name} in the ${way.protocol} protocol, ${way.assignor || 'as it is'}`, () => {
        it('had every record delivered', async () => {
          const party = parties.get(client)![i]!;
          expect(party.acked.size).to.be.greaterThan(seconds);
          for (const endMs = Date.now() + drainMs; party.missing.length > 0 && Date.now() < endMs; )
            await setTimeout(100);
          expect(party.missing.slice(0, 10), `not delivered, seed ${seed}`).to.deep.equal([]);
        });

        it('came to rest with one owner for each partition', async () => {
          const party = parties.get(client)![i]!;
          const all = Array.from({ length: partitions }, (_, n) => `${party.topic}-${n}`);
          for (const endMs = Date.now() + drainMs; `${party.owned}` !== `${all}` && Date.now() < endMs; )
            await setTimeout(100);
          const isRight = `${party.owned}` === `${all}`;
          expect(party.owned, isRight ? '' : `seed ${seed}, ${await party.whoIsIn()}`).to.deep.equal(all);
        });

        it('never had two owners of a partition', () => {
          expect(overlaps(parties.get(client)![i]!.members), `seed ${seed}`).to.deep.equal([]);
        });
      });
    }
  }
});
