/**
 * Rules of single values that several tables of keys share. Called by Key.read; each gives what is wrong, or null.
 */

/** Levels of gzip, or −1 for its own default. */
export function gzipLevel(level: number): string | null {
  return level === -1 || (level >= 1 && level <= 9) ? null : 'Value must be between 1 and 9 or equal to -1';
}
