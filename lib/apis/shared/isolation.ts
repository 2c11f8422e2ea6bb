/**
 * Isolation levels as requests write them (KIP-98).
 */
import { errors } from '../../errors';
import type { Isolation } from '../../storage/engine';

/** Throws INVALID_REQUEST for a level that does not exist. */
export function isolationOf(level: number): Isolation {
  if (level === 0) return 'read_uncommitted';
  if (level === 1) return 'read_committed';
  throw errors.INVALID_REQUEST.because(`isolation level ${level}, allowed are 0 and 1`);
}
