/**
 * What a command line gets wrong, beyond what a single option can tell, and how the process ends then.
 */
import type { Command, CommanderError } from 'commander';

/** Exit status of a command line that cannot be meant, as of most programs. */
export const usageStatus = 2;

/** Ends the process after help, a version, or a mistake of the command line, of which people have been told. */
export function exitByUsage({ exitCode }: Pick<CommanderError, 'exitCode'>): never {
  process.exit(exitCode === 0 ? 0 : usageStatus);
}

/**
 * Ends the command with an error where one of some options is given without the one that they are about.
 * @param names of them, as the command's code reads them, such as `advertisedHost`
 * @param needed how that one is given, such as `--upstream <host:port>`
 */
export function refuseAlone(command: Command, names: readonly string[], needed: string): void {
  const alone = command.options.find((option) => {
    const name = option.attributeName();
    return names.includes(name) && command.getOptionValue(name) !== undefined;
  });
  if (alone !== undefined) command.error(`error: ${alone.long} needs ${needed}`);
}
