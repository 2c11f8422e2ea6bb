/**
 * `quorum-state` beside the metadata log: who leads the quorum in which epoch (KIP-595), one line of JSON.
 *
 * A single voter needs it for one thing: never to lead in an epoch twice. Version 0 belongs to kraft.version 0 (voters
 * fixed by the configuration), version 1 to kraft.version 1 (voters in the log, KIP-853). Called by metadata-log.ts.
 */
import { join } from 'node:path';
import { zeroUuid } from '../protocol/bytes';
import { readIfThere, replaceFile } from './small-file';

export interface QuorumState {
  /** Version of the file: 0 or 1. */
  readonly version: 0 | 1;
  /** Node id, −1 for none. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  /** Ids of the voters that a version 0 file lists; empty otherwise. */
  readonly voters: readonly number[];
}

const fileName = 'quorum-state';

/** What the file says; null if there is none. Throws an Error that names the file when it is not what it should be. */
export function readQuorumState(dir: string): QuorumState | null {
  const path = join(dir, fileName);
  const text = readIfThere(path)?.toString();
  if (text === undefined) return null;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON: ${JSON.stringify(text.slice(0, 60))}`);
  }
  const { data_version: version, leaderId, leaderEpoch, currentVoters } = json;
  if (version !== 0 && version !== 1) throw new Error(`${path} has data_version ${version}, 0 and 1 are known`);
  if (!Number.isInteger(leaderEpoch)) throw new Error(`${path} has leaderEpoch ${leaderEpoch}, not an integer`);
  const voters = Array.isArray(currentVoters) ? currentVoters.map((voter) => Number(voter?.voterId)) : [];
  return { version, leaderId: Number(leaderId ?? -1), leaderEpoch: Number(leaderEpoch), voters };
}

/** Replaces the file; resolves once it is on the device. */
export async function writeQuorumState(dir: string, state: QuorumState): Promise<void> {
  const { leaderId, leaderEpoch } = state;
  const json =
    state.version === 0
      ? {
          clusterId: '',
          leaderId,
          leaderEpoch,
          votedId: -1,
          appliedOffset: 0,
          currentVoters: state.voters.map((voterId) => ({ voterId })),
          data_version: 0,
        }
      : { leaderId, leaderEpoch, votedId: -1, votedDirectoryId: zeroUuid, data_version: 1 };
  await replaceFile(join(dir, fileName), JSON.stringify(json));
}
