/**
 * Whether this cluster has groups of the consumer protocol (KIP-848). Called by the APIs that only they have.
 */
import { errors } from '../../errors';
import type { Services } from '../../services';

/** Throws UNSUPPORTED_VERSION where the configuration leaves them out or the cluster's features do not know them. */
export function demandConsumerProtocol(services: Services): void {
  const isOffered = services.config['group.coordinator.rebalance.protocols'].includes('consumer');
  if (!isOffered || (services.metadata().features.get('group.version') ?? 0) < 1) throw errors.UNSUPPORTED_VERSION;
}
