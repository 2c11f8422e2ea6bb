/**
 * Groups of a broker that is a process of its own: from the first join to all stable, from a leave to all stable again,
 * commits per second while somebody produces, and memory.
 *
 * A group is stable when all members know that they are in the same generation (classic), or the same epoch with all
 * partitions owned (KIP-848). A leave is noticed with the next heartbeat by default of 3 s (classic), 1 s (KIP-848).
 */
import { createTopics, joinGroup, metadata, offsetCommit, produce, syncGroup } from '../../lib/apis';
import { buildBatch } from '../../lib/records/build';
import { median, type Print } from './bench';
import { BrokerProcess } from './broker-process';
import type { Client } from './client';
import { drive, frameOf } from './load';
import { ClassicMember, ConsumerMember, Roster } from './members';

const port = 28937;
const rounds = 5;

type MemberClass = typeof ClassicMember | typeof ConsumerMember;

export async function bench(print: Print): Promise<void> {
  const broker = await BrokerProcess.start(port);
  try {
    const admin = await broker.connect();
    await make(admin, 'groups', 100);
    await first(print, broker);
    for (const members of [1, 10, 50, 200]) await rebalances(print, broker, ClassicMember, members);
    for (const members of [1, 10, 50, 200]) await rebalances(print, broker, ConsumerMember, members);
    await manyGroups(print, broker, ClassicMember, 500);
    await manyGroups(print, broker, ConsumerMember, 500);
    for (const [connections, window] of [
      [1, 1],
      [10, 1],
      [100, 1],
      [10, 10],
    ] as const)
      await commits(print, broker, connections, window);
    await memory(print, broker);
    admin.close();
  } finally {
    await broker.stop();
  }
}

function row(print: Print, what: string, figures: readonly number[], unit: string): void {
  print({ what, median: median(figures), least: Math.min(...figures), most: Math.max(...figures), unit });
}

async function make(admin: Client, name: string, numPartitions: number): Promise<void> {
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }];
  await admin.ask(createTopics, 4, { topics, timeoutMs: 5000 });
  const asked = { topics: [{ name }], allowAutoTopicCreation: false };
  while ((await admin.ask(metadata, 7, asked)).topics[0]!.errorCode !== 0);
}

/** The very first member of a broker: `__consumer_offsets` is made for it. */
async function first(print: Print, broker: BrokerProcess): Promise<void> {
  const startMs = performance.now();
  const { members, stableMs } = await start(broker, ClassicMember, 'first', 1, 0);
  row(print, 'classic, the first group of a broker', [stableMs - startMs], 'ms');
  await Promise.all(members.map((member) => member.leave()));
}

async function start(broker: BrokerProcess, make: MemberClass, groupId: string, count: number, partitions: number) {
  const roster = new Roster();
  const clients = await broker.connectAll(count);
  const members = clients.map((client) => new make(client, groupId, roster));
  const startMs = performance.now();
  const stable = roster.until(count, partitions);
  for (const member of members) member.begin();
  return { members, roster, startMs, stableMs: await stable };
}

async function rebalances(print: Print, broker: BrokerProcess, make: MemberClass, count: number): Promise<void> {
  const protocol = make === ClassicMember ? 'classic' : 'KIP-848';
  const partitions = make === ClassicMember ? 0 : 100;
  const joins: number[] = [];
  const leaves: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const group = `${protocol}-${count}-${round}`;
    const { members, roster, startMs, stableMs } = await start(broker, make, group, count, partitions);
    joins.push(stableMs - startMs);
    if (count > 1) {
      const leaveMs = performance.now();
      const again = roster.until(count - 1, partitions, roster.epoch);
      const left = members.pop()!.leave();
      await left;
      leaves.push((await again) - leaveMs);
    }
    await Promise.all(members.map((member) => member.leave()));
  }
  const what = `${protocol}, ${count} member${count === 1 ? '' : 's'}`;
  row(print, `${what}: first join to all stable`, joins, 'ms');
  if (count > 1) row(print, `${what}: one leaves, to all stable`, leaves, 'ms');
}

async function manyGroups(print: Print, broker: BrokerProcess, make: MemberClass, count: number): Promise<void> {
  const protocol = make === ClassicMember ? 'classic' : 'KIP-848';
  const clients = await broker.connectAll(count);
  const partitions = make === ClassicMember ? 0 : 100;
  const startMs = performance.now();
  const stable: Promise<number>[] = [];
  const members = clients.map((client, i) => {
    const roster = new Roster();
    stable.push(roster.until(1, partitions));
    return new make(client, `${protocol}-alone-${i}`, roster);
  });
  for (const member of members) member.begin();
  row(
    print,
    `${protocol}, ${count} groups of one: to all stable`,
    [Math.max(...(await Promise.all(stable))) - startMs],
    'ms',
  );
  await Promise.all(members.map((member) => member.leave()));
}

const commitOf = (groupId: string, partitionIndex: number) => ({
  groupId,
  memberId: '',
  topics: [{ name: 'groups', partitions: [{ partitionIndex, committedOffset: 5, committedMetadata: '' }] }],
});

/** Each connection commits one partition for a group of its own, while another one produces 1,000 records a second. */
async function commits(print: Print, broker: BrokerProcess, connections: number, window: number): Promise<void> {
  const frame = (i: number) => frameOf(offsetCommit, 8, commitOf(`commits-${i}`, i));
  const load = { port, frame, connections, window };
  const producing = await produceSteadily(broker);
  await drive({ ...load, seconds: 1 });
  const cpuMs = broker.cpuMs;
  const seconds = 3;
  const { answersPerSecond, p99Us } = await drive({ ...load, seconds });
  const coreShare = (broker.cpuMs - cpuMs) / (seconds * 10);
  const what = `OffsetCommit while producing, ${connections} x ${window} in flight`;
  row(print, what, [answersPerSecond], 'commits/s');
  row(print, '  its p99', [p99Us / 1000], 'ms');
  row(print, '  CPU of the broker', [coreShare], '% of a core');
  await producing.stop();
}

async function produceSteadily(broker: BrokerProcess): Promise<{ stop(): Promise<void> }> {
  const client = await broker.connect();
  const records = buildBatch([{ value: Buffer.alloc(100) }], { timestamp: Date.now() });
  const topicData = [{ name: 'groups', topicId: '', partitionData: [{ index: 0, records }] }];
  let isOver = false;
  const startMs = performance.now();
  const producing = (async () => {
    for (let sent = 0; !isOver; sent++) {
      while (!isOver && performance.now() < startMs + sent) await new Promise((done) => setTimeout(done, 5));
      await client.ask(produce, 11, { acks: -1, timeoutMs: 1000, topicData });
    }
    client.close();
  })();
  return {
    stop: () => {
      isOver = true;
      return producing;
    },
  };
}

/** What stays in use for groups that do nothing. */
async function memory(print: Print, broker: BrokerProcess): Promise<void> {
  const clients = await broker.connectAll(20);
  const each = async (count: number, work: (client: Client, i: number) => Promise<void>) => {
    const before = await broker.usedBytes();
    await Promise.all(
      clients.map(async (client, k) => {
        for (let i = k; i < count; i += clients.length) await work(client, i);
      }),
    );
    return ((await broker.usedBytes()) - before) / count;
  };
  const committed = await each(20_000, async (client, i) => {
    await client.ask(offsetCommit, 8, commitOf(`idle-${i}`, 0));
  });
  row(print, 'memory of a group with one committed offset', [committed], 'bytes');
  const offsets = await each(20_000, async (client, i) => {
    await client.ask(offsetCommit, 8, commitOf(`idle-${Math.floor(i / 100)}`, i % 100));
  });
  row(print, 'memory of a committed offset', [offsets], 'bytes');
  const alone = await each(2000, async (client, i) => {
    const groupId = `member-${i}`;
    const protocols = [{ name: 'range', metadata: Buffer.alloc(20) }];
    const said = { groupId, memberId: '', sessionTimeoutMs: 300_000, rebalanceTimeoutMs: 300_000, protocolType: 'x' };
    const { memberId, generationId } = await client.ask(joinGroup, 3, { ...said, protocols });
    const assignments = [{ memberId, assignment: Buffer.alloc(20) }];
    await client.ask(syncGroup, 3, { groupId, generationId, memberId, assignments });
  });
  row(print, 'memory of a classic group with one member', [alone], 'bytes');
  for (const client of clients) client.close();
}
