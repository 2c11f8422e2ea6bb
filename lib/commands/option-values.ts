/**
 * Values of options as the commands take them from the command line, checked as they are read.
 */
import { InvalidArgumentError } from 'commander';

/** Gathers an option that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Gathers what is separated by commas, of an option that may be given several times. */
export function listed(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',').map((text) => text.trim())];
}

/** @throws InvalidArgumentError for what is no number above 0 */
export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('A number above 0 is expected.');
  return number;
}

/** @throws InvalidArgumentError for what is no whole number of milliseconds that a timer can wait */
export function milliseconds(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 0x7fffffff)
    throw new InvalidArgumentError('Milliseconds are expected, 0 to 2147483647.');
  return number;
}

/**
 * Gathers ports that are separated by commas, of an option that may be given several times.
 * @throws InvalidArgumentError for what is no port
 */
export function ports(value: string, before: readonly number[] = []): readonly number[] {
  const numbers = listed(value).map((text) => (/^\d+$/.test(text) ? Number(text) : 0));
  if (numbers.some((port) => port < 1 || port > 65535)) throw new InvalidArgumentError('Expected ports of 1 to 65535.');
  return [...before, ...numbers];
}
