/**
 * What a program asks that cannot be meant, and how it is told: the error, and the check of names that all objects of
 * options share. Pure; called wherever the API of a program takes options.
 */
import { nearestOf } from './config/hint';

/** What cannot be meant: an option that there is not, `listen` twice, a call after `close`. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * @param whose what the names belong to, for the message
 * @throws UsageError for a name in `given` that is not one of `known`
 */
export function checkNames(whose: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const nearest = nearestOf(name, known);
    const hint = nearest === null ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
    throw new UsageError(`${whose}: no option ${JSON.stringify(name)}: ${hint}`);
  }
}

/**
 * A number of the options, or what it is if absent.
 * @throws UsageError for what is no number, or a smaller one than `min`
 */
export function numberOf(whose: string, name: string, value: unknown, fallback: number, min = 0): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value >= min) return value;
  throw new UsageError(
    `${whose}: ${name}: ${JSON.stringify(value) ?? typeof value}, expected a number of at least ${min}`,
  );
}

/**
 * @param whose whom the clock and the logger are for, for the message
 * @throws UsageError for what is no scheduler of RxJS or no logger of pino
 */
export function checkRules(whose: string, { scheduler, logger }: { scheduler: unknown; logger: unknown }): void {
  if (!hasMethods(scheduler, ['now', 'schedule']))
    throw new UsageError(`${whose}: scheduler: expected a scheduler of RxJS, such as virtualClock()`);
  if (!hasMethods(logger, ['debug', 'info', 'warn', 'error']))
    throw new UsageError(`${whose}: logger: expected a logger of pino`);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}
