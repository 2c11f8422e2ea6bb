/**
 * CreateTopics (19): creates topics, or with `validateOnly` says what creating them would lead to.
 *
 * Each topic succeeds or fails by itself; the controller checks name, existence, configuration and placement, in this
 * order. A name that comes twice gets one row with INVALID_REQUEST, behind the others, and so does the metadata log's.
 * More than 10000 partitions in one request refuse all of it.
 *
 * Versions: 2–7. 4: −1 partitions or replicas stand for the broker's defaults (they do here in any version). 5: the answer
 * has the number of partitions and replicas and the topic's configuration. 7: topic ids.
 */
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, bool, type Draft, type Infer, int8, int16, int32, string, uuid } from '../protocol/schema';
import type { Services } from '../services';
import { metadataTopic } from '../topic-names';
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

type Request = Infer<typeof request>;
type Row = Draft<typeof response>['topics'][number];

/** Partitions that one request may create (KAFKA's own limit). */
const maxPartitions = 10_000;

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
    const allowed = single.filter(({ name }) => name !== metadataTopic);
    checkSize(allowed, services);
    const outcomes = await services.controller.createTopics(allowed, validateOnly);
    const rows = outcomes.map((outcome, i): Row => {
      if ('refused' in outcome) return failed(allowed[i]!.name, outcome.refused);
      const { name, topicId, numPartitions, replicationFactor, configs } = outcome.done;
      const entries = topicConfigEntries(configs, services.config);
      return { name, topicId, errorCode: 0, errorMessage: null, numPartitions, replicationFactor, configs: entries };
    });
    const twice = errors.INVALID_REQUEST.because('the topic comes more than once in the request');
    for (const name of repeated) rows.push(failed(name, twice));
    if (single.length > allowed.length)
      rows.push(failed(metadataTopic, errors.INVALID_REQUEST.because(`${metadataTopic} cannot be created`)));
    return { topics: rows };
  },
});

function failed(name: string, { code, message }: KafkaError): Row {
  return { name, topicId: zeroUuid, errorCode: code, errorMessage: message };
}

function checkSize(topics: Request['topics'], { config }: Services): void {
  let partitions = 0;
  for (const { assignments, numPartitions } of topics) {
    if (assignments.length > 0) partitions += assignments.length;
    else partitions += numPartitions === -1 ? config['num.partitions'] : Math.max(0, numPartitions);
  }
  if (partitions > maxPartitions)
    throw errors.POLICY_VIOLATION.because(
      `${partitions} partitions in one request, at most ${maxPartitions} are allowed`,
    );
}
