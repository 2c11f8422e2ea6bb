/**
 * CreateTopics (19): creates topics, or with `validateOnly` says what creating them would lead to.
 *
 * Each topic succeeds or fails by itself; the controller checks name, existence, configuration and placement, in this
 * order. A name that comes twice gets one row with INVALID_REQUEST, behind the others. More partitions than the controller
 * takes in one request refuse all of it with POLICY_VIOLATION.
 *
 * Versions: 2–7. 4: −1 partitions or replicas stand for the broker's defaults (they do here in any version). 5: the answer
 * has the number of partitions and replicas and the topic's configuration. 7: topic ids.
 */
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, bool, type Draft, int8, int16, int32, string, uuid } from '../protocol/schema';
import { topicConfigEntries } from './shared/config-entries';
import { once } from './shared/once';

const request = {
  topics: array({
    name: string(),
    numPartitions: int32(),
    replicationFactor: int16(),
    assignments: array({
      partitionIndex: int32(),
      brokerIds: array(int32()),
    }),
    configs: array({
      name: string(),
      value: string().nullable(),
    }),
  }),
  timeoutMs: int32().default(60000),
  validateOnly: bool().default(false),
};

const response = {
  throttleTimeMs: int32().default(0),
  topics: array({
    name: string(),
    topicId: uuid().since(7),
    errorCode: int16(),
    errorMessage: string().nullable(),
    topicConfigErrorCode: int16().tag(0, 5),
    numPartitions: int32().since(5).default(-1),
    replicationFactor: int16().since(5).default(-1),
    configs: array({
      name: string(),
      value: string().nullable(),
      readOnly: bool(),
      configSource: int8().default(-1),
      isSensitive: bool(),
    })
      .since(5)
      .nullable()
      .default([]),
  }),
};

type Row = Draft<typeof response>['topics'][number];

export const createTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: '2-7',
  flexible: '5+',
  request,
  response,

  refuse: ({ topics }, error) => ({ topics: topics.map(({ name }) => failed(name, error)) }),

  async handle({ topics, validateOnly }, _scope, services) {
    const { single, repeated } = once(topics, ({ name }) => name);
    const outcomes = await services.controller.createTopics(single, validateOnly);
    const rows = outcomes.map((outcome, i): Row => {
      if ('refused' in outcome) return failed(single[i]!.name, outcome.refused);
      const { name, topicId, numPartitions, replicationFactor, configs } = outcome.done;
      const entries = topicConfigEntries(configs, services.config);
      return { name, topicId, errorCode: 0, errorMessage: null, numPartitions, replicationFactor, configs: entries };
    });
    const twice = errors.INVALID_REQUEST.because('Duplicate topic name.');
    return { topics: [...rows, ...repeated.map((name) => failed(name, twice))] };
  },
});

function failed(name: string, { code, message }: KafkaError): Row {
  return { name, topicId: zeroUuid, errorCode: code, errorMessage: message };
}
