/**
 * The program behind kafkajs's crews: members of groups, by kafkajs.
 *
 * kafkajs has no callbacks for single partitions: it tells when it has joined a group and when it noticed a rebalance.
 */
import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { crew, endsOf, type Join, type Member, type Tell } from './crew';
import type { Committed } from './member';

/** How long it may take to join, before it leaves nevertheless: longer than any rebalance of the suite. */
const leavePatienceMs = 60_000;

async function make(join: Join, tell: Tell): Promise<Member> {
  const { group, plain } = join;
  const kafka = new Kafka({
    clientId: join.member,
    brokers: [join.bootstrap],
    logLevel: logLevel.NOTHING,
    retry: plain ? {} : { maxRetryTime: 1_000, retries: 50 },
  });
  const consumer = kafka.consumer({
    groupId: group,
    ...(join.sessionTimeoutMs > 0 ? { sessionTimeout: join.sessionTimeoutMs } : {}),
    ...(join.heartbeatIntervalMs > 0 ? { heartbeatInterval: join.heartbeatIntervalMs } : {}),
    // it looks for a rebalance between two fetches
    ...(plain ? {} : { maxWaitTimeInMs: 100 }),
  });
  let owned: string[] = [];
  let isJoining = true;
  let isLeaving = false;
  const giveUp = (event: 'revoked' | 'lost') => {
    if (owned.length > 0) tell({ event, partitions: owned });
    owned = [];
  };
  consumer.on('consumer.rebalancing', () => {
    isJoining = true;
    giveUp('revoked');
  });
  consumer.on('consumer.group_join', ({ payload }) => {
    isJoining = false;
    giveUp('lost');
    owned = Object.entries(payload.memberAssignment).flatMap(([topic, list]) => list.map((n) => `${topic}-${n}`));
    tell({ event: 'assigned', partitions: owned });
    if (isLeaving) leaveAgain();
  });
  consumer.on('consumer.crash', ({ payload }) => {
    isJoining = payload.restart;
    giveUp('lost');
    tell({ event: 'error', message: `crash: ${payload.error}` });
    if (isLeaving) leaveAgain();
  });
  // One that crashes while it leaves says that it has left, and comes back by itself; it can be ended a moment later.
  const leaveAgain = () =>
    setImmediate(() => {
      giveUp('revoked');
      void consumer.disconnect();
    });
  const commit = (offsets: readonly Committed[]) =>
    consumer.commitOffsets(
      offsets.map(([topic, partition, offset, metadata]) => ({ topic, partition, offset: `${offset}`, metadata })),
    );
  await consumer.connect();
  await consumer.subscribe({ topics: [...join.topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { topic, partition, messages } }) => {
      const records = messages.map(({ offset, value }): [string, number, number, string] => [
        topic,
        partition,
        Number(offset),
        `${value}`,
      ]);
      tell({ event: 'records', records });
      if (join.commits) await commit(endsOf(records));
    },
  });
  return {
    commit,
    fetch: async (partitions) => {
      const admin = kafka.admin();
      await admin.connect();
      const topics = [...new Set(partitions.map(([topic]) => topic))];
      const found = await admin.fetchOffsets({ groupId: group, topics });
      await admin.disconnect();
      return partitions.flatMap(([topic, partition]): Committed[] => {
        const rows = found.find((one) => one.topic === topic)?.partitions ?? [];
        const row = rows.find((one) => one.partition === partition);
        return row && Number(row.offset) >= 0 ? [[topic, partition, Number(row.offset), row.metadata ?? '']] : [];
      });
    },
    leave: async () => {
      // One that is told to leave while it joins says that it has, and goes on as a member of the group for ever.
      for (const endMs = Date.now() + leavePatienceMs; isJoining && Date.now() < endMs; ) await setTimeout(20);
      isLeaving = true;
      giveUp('revoked');
      await consumer.disconnect();
    },
  };
}

crew(make);
