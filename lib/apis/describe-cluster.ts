/**
 * DescribeCluster (60): the brokers of the cluster and who controls it (KIP-700).
 *
 * Every listener here is one of a broker; who asks for controllers gets MISMATCHED_ENDPOINT_TYPE, and who asks for
 * anything else UNSUPPORTED_ENDPOINT_TYPE. The controller is always a broker: this one.
 *
 * Versions: 0–2. 1: the kind of endpoint that is meant (KIP-919). 2: brokers that are fenced can be asked for.
 */
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { array, bool, int8, int16, int32, string } from '../protocol/schema';
import { authorizedOperations } from './shared/authorized-operations';
import { brokersOf } from './shared/brokers';

const endpointTypes = { brokers: 1, controllers: 2 };

export const describeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: '0-2',
  flexible: '0+',
  request: {
    includeClusterAuthorizedOperations: bool().default(false),
    endpointType: int8().since(1).default(endpointTypes.brokers),
    includeFencedBrokers: bool().since(2).default(false),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    endpointType: int8().since(1).default(endpointTypes.brokers),
    clusterId: string(),
    controllerId: int32().default(-1),
    brokers: array({
      brokerId: int32(),
      host: string(),
      port: int32(),
      rack: string().nullable().default(null),
      isFenced: bool().since(2),
    }),
    clusterAuthorizedOperations: int32().default(authorizedOperations.notRequested),
  },

  refuse: (_body, { code, message }) => ({ errorCode: code, errorMessage: message, clusterId: '', brokers: [] }),

  handle({ includeClusterAuthorizedOperations, endpointType, includeFencedBrokers }, { connection }, services) {
    const refused = check(endpointType);
    if (refused !== null) throw refused;
    return {
      errorCode: 0,
      clusterId: services.clusterId,
      controllerId: services.nodeId,
      brokers: brokersOf(services, connection.listener)
        .filter(({ fenced }) => includeFencedBrokers || !fenced)
        .map(({ nodeId, host, port, rack, fenced }) => ({ brokerId: nodeId, host, port, rack, isFenced: fenced })),
      clusterAuthorizedOperations: includeClusterAuthorizedOperations
        ? authorizedOperations.cluster
        : authorizedOperations.notRequested,
    };
  },
});

function check(endpointType: number): KafkaError | null {
  if (endpointType === endpointTypes.brokers) return null;
  if (endpointType === endpointTypes.controllers)
    return errors.MISMATCHED_ENDPOINT_TYPE.because('controllers were asked for on a listener of brokers');
  return errors.UNSUPPORTED_ENDPOINT_TYPE.because(
    `endpoint type ${endpointType}, known are 1 (brokers), 2 (controllers)`,
  );
}
