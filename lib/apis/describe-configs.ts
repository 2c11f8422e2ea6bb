/**
 * DescribeConfigs (32): the configuration of topics, brokers, groups and client metrics subscriptions.
 *
 * Resource types: 2 a topic; 4 this broker by its id, or what was set for all brokers by the empty name; 16 a client
 * metrics subscription and 32 a group, of any name that is not empty. No list of keys, or an empty one, asks for all of
 * them; keys that do not exist are left out. Entries come by name. Secrets have no value.
 *
 * Versions: 1–4. 3: types, and documentation where it is asked for.
 *
 * Not done: loggers (8) are refused like a type that does not exist.
 */
import { errors, KafkaError } from '../errors';
import { mapKey } from '../map-key';
import { defineApi } from '../protocol/api';
import { array, bool, type Draft, type Infer, int8, int16, int32, string } from '../protocol/schema';
import type { Services } from '../services';
import { topicNameFault } from '../topic-names';
import {
  brokerConfigEntries,
  type ConfigEntry,
  clientMetricsConfigEntries,
  clusterConfigEntries,
  groupConfigEntries,
  topicConfigEntries,
} from './shared/config-entries';

const request = {
  resources: array({
    resourceType: int8(),
    resourceName: string(),
    configurationKeys: array(string()).nullable(),
  }),
  includeSynonyms: bool().default(false),
  includeDocumentation: bool().since(3).default(false),
};

const response = {
  throttleTimeMs: int32().default(0),
  results: array({
    errorCode: int16(),
    errorMessage: string().nullable(),
    resourceType: int8(),
    resourceName: string(),
    configs: array({
      name: string(),
      value: string().nullable(),
      readOnly: bool(),
      configSource: int8().default(-1),
      isSensitive: bool(),
      synonyms: array({
        name: string(),
        value: string().nullable(),
        source: int8(),
      }),
      configType: int8().since(3).default(0),
      documentation: string().since(3).nullable(),
    }),
  }),
};

type Request = Infer<typeof request>;
type Resource = Request['resources'][number];
type Row = Draft<typeof response>['results'][number];

const resourceTypes = { topic: 2, broker: 4, clientMetrics: 16, group: 32 } as const;

/** Entries that one answer may have, so that a small request cannot ask for more than memory holds. */
const maxEntries = 500_000;

export const describeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: '1-4',
  flexible: '4+',
  request,
  response,

  refuse: ({ resources }, error) => ({ results: resources.map((resource) => failed(resource, error)) }),

  handle(body, _scope, services) {
    let entries = 0;
    const shapeOf = shaper(body);
    const results: Row[] = [];
    for (const resource of body.resources) {
      const row = describe(resource, shapeOf, services);
      entries += row.configs.length;
      if (entries > maxEntries) throw errors.INVALID_REQUEST.because(`the answer has more than ${maxEntries} entries`);
      results.push(row);
    }
    return { results };
  },
});

function failed({ resourceType, resourceName }: Resource, { code, message }: KafkaError): Row {
  return { errorCode: code, errorMessage: message ?? '', resourceType, resourceName, configs: [] };
}

function describe(resource: Resource, shapeOf: (entry: ConfigEntry) => ConfigEntry, services: Services): Row {
  const { resourceType, resourceName, configurationKeys } = resource;
  const entries = entriesOf(resource, services);
  if (entries instanceof KafkaError) return failed(resource, entries);
  const wanted =
    configurationKeys === null || configurationKeys.length === 0 ? null : new Set(configurationKeys.map(mapKey));
  const configs: ConfigEntry[] = [];
  for (const entry of entries) if (wanted === null || wanted.has(entry.name)) configs.push(shapeOf(entry));
  return { errorCode: 0, errorMessage: '', resourceType, resourceName, configs };
}

/** Leaves out of an entry what nobody asked for. Resources share the entries that they have alike, and so do answers. */
function shaper({ includeSynonyms, includeDocumentation }: Request): (entry: ConfigEntry) => ConfigEntry {
  const shaped = new Map<ConfigEntry, ConfigEntry>();
  return (entry) => {
    const known = shaped.get(entry);
    if (known !== undefined) return known;
    const synonyms = includeSynonyms ? entry.synonyms : [];
    const documentation = includeDocumentation ? entry.documentation : null;
    const shape = { ...entry, synonyms, documentation };
    shaped.set(entry, shape);
    return shape;
  };
}

function entriesOf({ resourceType, resourceName }: Resource, services: Services): readonly ConfigEntry[] | KafkaError {
  const { config } = services;
  const image = services.metadata();
  switch (resourceType) {
    case resourceTypes.topic: {
      const fault = topicNameFault(resourceName);
      if (fault !== null) return errors.INVALID_TOPIC_EXCEPTION.because(fault);
      if (!image.topicsByName.has(resourceName)) return errors.UNKNOWN_TOPIC_OR_PARTITION;
      return topicConfigEntries(image.configs(resourceTypes.topic, resourceName), config);
    }
    case resourceTypes.broker:
      if (resourceName === '') return clusterConfigEntries(image.configs(resourceTypes.broker, ''));
      if (resourceName === String(services.nodeId)) return brokerConfigEntries(config);
      return errors.INVALID_REQUEST.because(
        `broker '${resourceName}' was asked for at broker ${services.nodeId}, which knows itself and '' only`,
      );
    case resourceTypes.clientMetrics:
      if (resourceName === '') return errors.INVALID_REQUEST.because('a client metrics subscription has a name');
      return clientMetricsConfigEntries(image.configs(resourceTypes.clientMetrics, resourceName));
    case resourceTypes.group:
      if (resourceName === '') return errors.INVALID_REQUEST.because('a group has a name');
      return groupConfigEntries(image.configs(resourceTypes.group, resourceName), config);
    default:
      return errors.INVALID_REQUEST.because(`resource type ${resourceType}, allowed are 2, 4, 16 and 32`);
  }
}
