/**
 * ApiVersions (18): which APIs and versions this broker answers, and the features of its cluster.
 *
 * The list is made of the APIs that are served, so that nothing can be advertised that is not there. A version that is
 * not served is answered in version 0 with UNSUPPORTED_VERSION and this API's own range, from which the client learns
 * what to ask next (KIP-511). From version 3 on a client says what it is; a name that is none is an INVALID_REQUEST.
 *
 * Versions: 0–5. 3: features; 4: supported features may begin at level 0, which older clients cannot read (KAFKA-17492),
 * so they are not told of those; 5: the client may say whom it means to talk to, and learns it if that is somebody else
 * (KIP-1242).
 */
import { errors, type KafkaError } from '../errors';
import { supportedFeatures } from '../features';
import { defineApi } from '../protocol/api';
import { array, bool, type Draft, type Infer, int16, int32, long, string } from '../protocol/schema';
import type { Scope } from '../protocol/scope';
import type { Services } from '../services';

const request = {
  clientSoftwareName: string().since(3).default(''),
  clientSoftwareVersion: string().since(3).default(''),
  clusterId: string().since(5).nullable().default(null),
  nodeId: int32().since(5).default(-1),
};

const response = {
  errorCode: int16(),
  apiKeys: array({
    apiKey: int16(),
    minVersion: int16(),
    maxVersion: int16(),
  }),
  throttleTimeMs: int32().since(1).default(0),
  supportedFeatures: array({
    name: string(),
    minVersion: int16(),
    maxVersion: int16(),
  }).tag(0, 3),
  finalizedFeaturesEpoch: long().tag(1, 3).default(-1),
  finalizedFeatures: array({
    name: string(),
    maxVersionLevel: int16(),
    minVersionLevel: int16(),
  }).tag(2, 3),
  zkMigrationReady: bool().tag(3, 3).default(false),
};

type Request = Infer<typeof request>;
type Response = Draft<typeof response>;

const softwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

export const apiVersions = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: '0-5',
  flexible: '3+',
  request,
  response,

  refuseVersion: (): Response => ({
    errorCode: errors.UNSUPPORTED_VERSION.code,
    apiKeys: [{ apiKey: apiVersions.key, minVersion: apiVersions.versions.from, maxVersion: apiVersions.versions.to }],
  }),

  refuse: (_body, error) => ({ errorCode: error.code, apiKeys: [] }),

  handle(body, { version }, services) {
    const error = check(body, version, services);
    if (error !== null) return { errorCode: error.code, apiKeys: [] };
    const image = services.metadata();
    return {
      errorCode: 0,
      apiKeys: [...services.apis.values()]
        .sort((a, b) => a.key - b.key)
        .map(({ key, advertised }) => ({ apiKey: key, minVersion: advertised.from, maxVersion: advertised.to })),
      supportedFeatures: Object.entries(supportedFeatures)
        .filter(([, { min }]) => version >= 4 || min > 0)
        .map(([name, { min, max }]) => ({ name, minVersion: min, maxVersion: max })),
      finalizedFeaturesEpoch: image.lastOffset,
      finalizedFeatures: [...image.features].map(([name, level]) => ({
        name,
        maxVersionLevel: level,
        minVersionLevel: level,
      })),
    };
  },
});

function check(body: Request, version: Scope['version'], services: Services): KafkaError | null {
  const { clientSoftwareName, clientSoftwareVersion, clusterId, nodeId } = body;
  if (version >= 3 && !(softwareName.test(clientSoftwareName) && softwareName.test(clientSoftwareVersion)))
    return errors.INVALID_REQUEST;
  if (clusterId === null && nodeId === -1) return null;
  if (clusterId === null || nodeId === -1) return errors.INVALID_REQUEST;
  return clusterId === services.clusterId && nodeId === services.nodeId ? null : errors.REBOOTSTRAP_REQUIRED;
}
