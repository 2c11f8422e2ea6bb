/**
 * FindCoordinator (10): which broker looks after a group, a transactional id or a partition of a share group.
 *
 * A key's hash picks a partition of the internal topic that holds the state of its kind, and the leader of that partition
 * is the coordinator. A topic that is missing is created first; Kafka lets the client ask again for that. Any key may be
 * asked for, even the empty one.
 *
 * Versions: 0–6. 1: transactions. 4: many keys at once, each with its own error (KIP-699). 6: share groups, whose keys
 * are `group:topicId:partition`.
 *
 * Not done: the coordinators of transactional ids and of share groups. Who finds one of those can ask it nothing yet.
 */
import { coordinatorPartition } from '../coordinator-partition';
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { array, type Infer, int8, int16, int32, string } from '../protocol/schema';
import type { Scope } from '../protocol/scope';
import type { Services } from '../services';
import { internalTopics } from '../topic-names';
import { type Broker, brokersOf } from './shared/brokers';

const keyTypes = { group: 0, transaction: 1, share: 2 };
const topicOf = new Map<number, string>([
  [keyTypes.group, internalTopics.offsets],
  [keyTypes.transaction, internalTopics.transactions],
  [keyTypes.share, internalTopics.shareGroups],
]);

const request = {
  key: string().until(3).default(''),
  keyType: int8().since(1).default(keyTypes.group),
  coordinatorKeys: array(string()).since(4).default([]),
};

interface Found {
  readonly error: KafkaError;
  readonly node: Pick<Broker, 'nodeId' | 'host' | 'port'>;
}

export const findCoordinator = defineApi({
  key: 10,
  name: 'FindCoordinator',
  versions: '0-6',
  flexible: '3+',
  request,
  response: {
    throttleTimeMs: int32().since(1).default(0),
    errorCode: int16().until(3).default(0),
    errorMessage: string().since(1).until(3).nullable().default(''),
    nodeId: int32().until(3).default(0),
    host: string().until(3).default(''),
    port: int32().until(3).default(0),
    coordinators: array({
      key: string(),
      nodeId: int32(),
      host: string(),
      port: int32(),
      errorCode: int16(),
      errorMessage: string().nullable().default(''),
    })
      .since(4)
      .default([]),
  },

  refuse: ({ coordinatorKeys }, error) => ({
    ...alone(nowhere(error)),
    coordinators: coordinatorKeys.map((key) => ({ ...nowhere(error).node, key, errorCode: error.code })),
  }),

  async handle(body, scope, services) {
    const find = await finderOf(body, scope, services);
    if (scope.version < 4) return alone(find(body.key));
    return {
      coordinators: body.coordinatorKeys.map((key) => {
        const { error, node } = find(key);
        return { key, ...node, errorCode: error.code };
      }),
    };
  },
});

/** One coordinator as versions up to 3 tell of it: with a text even where there is no error. */
function alone({ error, node }: Found) {
  return { errorCode: error.code, errorMessage: error.message ?? error.name, ...node };
}

function nowhere(error: KafkaError): Found {
  return { error, node: { nodeId: -1, host: '', port: -1 } };
}

/** Creates the internal topic if need be, and gives a function that finds the coordinator of a key. */
async function finderOf(
  { keyType }: Infer<typeof request>,
  { version, connection }: Scope,
  services: Services,
): Promise<(key: string) => Found> {
  const topic = topicOf.get(keyType);
  if (topic === undefined || (keyType === keyTypes.share && version < 6)) {
    const error = errors.INVALID_REQUEST.because(`key type ${keyType} in version ${version}`);
    return () => nowhere(error);
  }
  if (!services.metadata().topicsByName.has(topic)) {
    const [outcome] = await services.controller.createTopicsOnDemand([topic]);
    if (outcome !== undefined && 'refused' in outcome)
      services.logger.warn(`${topic} was not created: ${outcome.refused}`);
  }
  const partitions = services.metadata().topicsByName.get(topic)?.partitions ?? [];
  const brokers = brokersOf(services, connection.listener).filter(({ fenced }) => !fenced);
  return (key) => {
    if (keyType === keyTypes.group) services.groups.expectMember(key);
    if (keyType === keyTypes.share && !isShareKey(key))
      return nowhere(errors.INVALID_REQUEST.because(`'${key}' is not group:topicId:partition`));
    const leader = partitions[coordinatorPartition(key, partitions.length)]?.leader;
    const broker = brokers.find(({ nodeId }) => nodeId === leader);
    if (broker === undefined) return nowhere(errors.COORDINATOR_NOT_AVAILABLE);
    const { nodeId, host, port } = broker;
    return { error: errors.NONE, node: { nodeId, host, port } };
  };
}

/** `group:topicId:partition`, where the group may hold colons of its own. */
function isShareKey(key: string): boolean {
  return /^.+:[\w-]{22}:\d{1,10}$/s.test(key);
}
