/**
 * Leader epochs that a client sends along, so that neither side acts on what is out of date (KIP-320).
 */
import { errors, type KafkaError } from '../../errors';
import type { PartitionLog } from '../../storage/engine';

/**
 * Why a request with this leader epoch must not be served: the client is behind (FENCED_LEADER_EPOCH) or this broker is
 * (UNKNOWN_LEADER_EPOCH); null: it may be. −1 is a client that does not say.
 */
export function fence(log: PartitionLog, currentLeaderEpoch: number): KafkaError | null {
  if (currentLeaderEpoch < 0 || currentLeaderEpoch === log.leaderEpoch) return null;
  return currentLeaderEpoch < log.leaderEpoch ? errors.FENCED_LEADER_EPOCH : errors.UNKNOWN_LEADER_EPOCH;
}
