/**
 * Every key that server.properties may hold: those of Apache Kafka 4.4 and our own. Read by config.ts and by
 * DescribeConfigs.
 *
 * Defaults are Kafka's but for these: `node.id`, `process.roles`, `controller.listener.names` and `log.dir` have one
 * that starts a broker without a file; the internal topics have one replica, for Millrace is one node;
 * `queued.max.request.bytes` is finite, for memory is; and groups wait for less, for people wait for them.
 */
import { coordinatorKeys } from './coordinator-keys';
import { groupKeys, transactionKeys } from './group-keys';
import { cleanerKeys, idleKeys } from './idle-keys';
import type { Key, Keys, Values } from './key';
import { logKeys } from './log-keys';
import { millraceKeys } from './millrace-keys';
import { securityKeys } from './security-keys';
import { serverKeys } from './server-keys';

function idle<K extends Keys>(keys: K): K {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.idle()])) as K;
}

export const brokerKeys = Object.freeze({
  ...serverKeys,
  ...logKeys,
  ...coordinatorKeys,
  ...millraceKeys,
  ...idle(cleanerKeys),
  ...idle(groupKeys),
  ...idle(transactionKeys),
  ...idle(securityKeys),
  ...idle(idleKeys),
});

export type BrokerKey = keyof typeof brokerKeys;

/** What each key was set to, or its default. */
export type BrokerValues = Values<typeof brokerKeys>;

/** The key of this name, or undefined for a name that neither Kafka nor Millrace has. */
export function brokerKey(name: string): Key<unknown> | undefined {
  return Object.hasOwn(brokerKeys, name) ? (brokerKeys as Keys)[name] : undefined;
}
