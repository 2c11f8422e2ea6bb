/**
 * DeleteTopics (20): deletes topics by name, from version 6 on also by id.
 *
 * A row that has both name and id, or neither, is an INVALID_REQUEST, and so is a topic that comes twice, be it once by
 * name and once by id. Where `delete.topic.enable` is off the whole request is refused.
 *
 * Versions: 1–6. 3: TOPIC_DELETION_DISABLED, before it INVALID_REQUEST. 5: messages. 6: topic ids.
 *
 * Kafka shuffles the rows of its answer, so that their order does not tell which topics exist from those who may not
 * know. Nothing is kept from anybody here, and rows come as they are: what is wrong in itself, what is unknown, the rest.
 */
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, type Draft, type Infer, int16, int32, string, uuid } from '../protocol/schema';
import type { Services } from '../services';
import { once } from './shared/once';

const request = {
  topics: array({
    name: string().nullable().default(null),
    topicId: uuid().default(zeroUuid),
  })
    .since(6)
    .default([]),
  topicNames: array(string()).until(5).default([]),
  timeoutMs: int32(),
};

const response = {
  throttleTimeMs: int32().default(0),
  responses: array({
    name: string().nullable(6),
    topicId: uuid().since(6),
    errorCode: int16(),
    errorMessage: string().since(5).nullable().default(null),
  }),
};

type Request = Infer<typeof request>;
type Row = Draft<typeof response>['responses'][number];

export const deleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: '1-6',
  flexible: '4+',
  request,
  response,

  refuse: (body, error) => ({ responses: asked(body).map(({ name, topicId }) => failed(name, topicId, error)) }),

  async handle(body, { version }, services) {
    if (!services.config['delete.topic.enable'])
      throw version < 3 ? errors.INVALID_REQUEST : errors.TOPIC_DELETION_DISABLED;
    const { responses, toDelete } = resolve(body, services);
    const outcomes = await services.controller.deleteTopics(toDelete.map(({ id }) => id));
    outcomes.forEach((outcome, i) => {
      const { name, id } = toDelete[i]!;
      responses.push(failed(name, id, 'refused' in outcome ? outcome.refused : errors.NONE));
    });
    return { responses };
  },
});

/** What is asked for in either form. */
function asked({ topics, topicNames }: Request): Request['topics'] {
  return [...topics, ...topicNames.map((name) => ({ name, topicId: zeroUuid }))];
}

/** Rows of what cannot be deleted, and the topics that can be tried. */
function resolve(body: Request, services: Services): { responses: Row[]; toDelete: { name: string; id: string }[] } {
  const responses: Row[] = [];
  const invalid = errors.INVALID_REQUEST;
  const byName: string[] = [];
  const byId: string[] = [];
  for (const { name, topicId } of asked(body)) {
    if (name === null && topicId === zeroUuid)
      responses.push(failed(null, zeroUuid, invalid.because('neither name nor id')));
    else if (name === null) byId.push(topicId);
    else if (topicId === zeroUuid) byName.push(name);
    else responses.push(failed(name, topicId, invalid.because('both name and id')));
  }

  const twice = invalid.because('Duplicate topic name.');
  const names = once(byName, (name) => name);
  const ids = once(byId, (id) => id);
  const repeatedIds = new Set(ids.repeated);
  for (const name of names.repeated) responses.push(failed(name, zeroUuid, twice));
  for (const id of ids.repeated) responses.push(failed(null, id, twice));

  const { topicsByName, topicsById } = services.metadata();
  const toDelete = new Map<string, string>();
  for (const id of ids.single) {
    const topic = topicsById.get(id);
    if (topic === undefined) responses.push(failed(null, id, errors.UNKNOWN_TOPIC_ID));
    else toDelete.set(id, topic.name);
  }
  for (const name of names.single) {
    const id = topicsByName.get(name)?.id;
    if (id === undefined) responses.push(failed(name, zeroUuid, errors.UNKNOWN_TOPIC_OR_PARTITION));
    else if (toDelete.has(id) || repeatedIds.has(id)) {
      toDelete.delete(id);
      responses.push(failed(name, id, twice));
    } else toDelete.set(id, name);
  }
  return { responses, toDelete: [...toDelete].map(([id, name]) => ({ id, name })) };
}

function failed(name: string | null, topicId: string, { code, message }: KafkaError): Row {
  return { name, topicId, errorCode: code, errorMessage: message };
}
