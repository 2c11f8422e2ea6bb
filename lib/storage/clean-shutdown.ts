/**
 * `.kafka_cleanshutdown`: left in each log directory by a broker that has flushed everything, and gone while one runs.
 * Where it is missing, logs are recovered. Called by log-dirs.ts.
 */
import { join } from 'node:path';
import { readIfThere, removeIfThere, replaceFile } from './small-file';

export interface CleanShutdown {
  /** Epoch of the broker that left it; −1 where an older Kafka wrote none. */
  readonly brokerEpoch: number;
}

const fileName = '.kafka_cleanshutdown';

/** Takes the mark away and says what it said; null: there was none, the broker before did not stop cleanly. */
export function takeCleanShutdown(dir: string): CleanShutdown | null {
  const path = join(dir, fileName);
  const text = readIfThere(path)?.toString();
  if (text === undefined) return null;
  removeIfThere(path);
  try {
    return { brokerEpoch: Number(JSON.parse(text).brokerEpoch ?? -1) };
  } catch {
    return { brokerEpoch: -1 };
  }
}

/** Leaves the mark; resolves once it is on the device. */
export async function leaveCleanShutdown(dir: string, { brokerEpoch }: CleanShutdown): Promise<void> {
  await replaceFile(join(dir, fileName), `{"version":0,"brokerEpoch":${brokerEpoch}}`);
}
