/**
 * The program behind @platformatic/kafka's crews: members of groups, by @platformatic/kafka.
 *
 * It has no callbacks for single partitions, but events around each rebalance and each heartbeat; what it owns is then
 * compared with what it owned before. Its own events come before the broker hears of what they tell.
 */
import { Consumer, stringDeserializers } from '@platformatic/kafka';
import { crew, endsOf, type Join, type Member, type Tell } from './crew';
import type { Committed } from './member';

async function make(join: Join, tell: Tell): Promise<Member> {
  const { plain } = join;
  const isConsumer = join.protocol === 'consumer';
  const common = {
    clientId: join.member,
    bootstrapBrokers: [join.bootstrap],
    groupId: join.group,
    deserializers: stringDeserializers,
    autocommit: false,
    ...(plain ? {} : { maxWaitTime: 100, retries: 100, retryDelay: 100 }),
    ...(join.instanceId ? { groupInstanceId: join.instanceId } : {}),
  };
  const consumer = isConsumer
    ? new Consumer({
        ...common,
        groupProtocol: 'consumer',
        ...(join.assignor ? { groupRemoteAssignor: join.assignor } : {}),
      })
    : new Consumer({
        ...common,
        ...(join.assignor ? { protocols: [{ name: join.assignor, version: 1 }] } : {}),
        ...(join.sessionTimeoutMs > 0 ? { sessionTimeout: join.sessionTimeoutMs, rebalanceTimeout: 30_000 } : {}),
        ...(join.heartbeatIntervalMs > 0 ? { heartbeatInterval: join.heartbeatIntervalMs } : {}),
      });
  const isEager = !isConsumer && join.assignor !== 'cooperative-sticky';
  let owned = new Set<string>();
  let leaving = false;
  const compare = (now: ReadonlySet<string>) => {
    const revoked = [...owned].filter((name) => !now.has(name));
    const assigned = [...now].filter((name) => !owned.has(name));
    owned = new Set(now);
    if (revoked.length > 0) tell({ event: 'revoked', partitions: revoked });
    if (assigned.length > 0) tell({ event: 'assigned', partitions: assigned });
  };
  const compareWithClient = () => {
    const list = consumer.assignments ?? [];
    if (!leaving) compare(new Set(list.flatMap(({ topic, partitions }) => partitions.map((n) => `${topic}-${n}`))));
  };
  consumer.on('consumer:group:rebalance', () => (isEager ? compare(new Set()) : compareWithClient()));
  consumer.on('consumer:group:join', compareWithClient);
  if (isConsumer) consumer.on('consumer:heartbeat:start', compareWithClient);
  if (isConsumer) consumer.on('consumer:heartbeat:error', compareWithClient);

  const commit = (offsets: readonly Committed[]) =>
    consumer.commit({
      offsets: offsets.map(([topic, partition, offset]) => ({
        topic,
        partition,
        offset: BigInt(offset),
        leaderEpoch: -1,
      })),
    });
  const stream = await consumer.consume({ topics: [...join.topics], mode: 'committed', fallbackMode: 'earliest' });
  let waiting: [string, number, number, string][] = [];
  let busy: Promise<void> = Promise.resolve();
  const takeWaiting = async () => {
    const records = waiting;
    waiting = [];
    if (records.length === 0) return;
    tell({ event: 'records', records });
    if (!join.commits) return;
    try {
      await commit(endsOf(records));
    } catch (error) {
      // a rebalance came between: somebody reads these records again
      tell({ event: 'error', message: `commit: ${error}` });
    }
  };
  stream.on('data', ({ topic, partition, offset, value }) => {
    waiting.push([topic, partition, Number(offset), value]);
    if (waiting.length === 1) busy = busy.then(takeWaiting);
  });
  stream.on('error', (error) => tell({ event: 'error', message: `stream: ${error}` }));
  return {
    commit,
    fetch: async (partitions) => {
      const topics = [...new Set(partitions.map(([topic]) => topic))];
      const asked = topics.map((topic) => ({
        topic,
        partitions: partitions.filter(([name]) => name === topic).map(([, n]) => n),
      }));
      const found = await consumer.listCommittedOffsets({ topics: asked });
      return partitions.flatMap(([topic, partition]): Committed[] => {
        const offset = Number(found.get(topic)?.[partition] ?? -1);
        return offset >= 0 ? [[topic, partition, offset, '']] : [];
      });
    },
    leave: async () => {
      await stream.close();
      await busy;
      leaving = true;
      compare(new Set());
      await consumer.close(true);
    },
  };
}

crew(make);
