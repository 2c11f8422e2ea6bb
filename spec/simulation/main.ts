/**
 * The command line of the simulation: `npm run simulate -- --seeds 1000 [--seed 1] [--verbose]`. Prints each seed that fails,
 * what did not hold, and the command that runs it again; ends with 1 if there was one.
 */
import { Command, InvalidArgumentError } from 'commander';
import { simulate } from './simulate';

interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly seconds: number;
  readonly verbose?: boolean;
}

function count(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

async function main({ seeds, seed: first, seconds, verbose }: Options): Promise<void> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const showsProgress = process.stderr.isTTY && !verbose;
  let done = 0;
  let failed = 0;
  let acknowledged = 0;
  const progress = () => {
    const line = `${done} of ${seeds} seeds, ${failed} failed, ${(done / elapsed()).toFixed(0)} a second`;
    process.stderr.write(`\r${line}\x1b[K`);
  };
  for (let seed = first; seed < first + seeds && elapsed() < seconds; seed++) {
    const outcome = await simulate(seed, verbose ? console.log : null);
    done++;
    acknowledged += outcome.acknowledged;
    if (showsProgress && done % 10 === 0) progress();
    if (outcome.faults.length === 0) continue;
    failed++;
    if (showsProgress) process.stderr.write('\r\x1b[K');
    console.log(`seed ${seed} failed; npm run simulate -- --seed ${seed} --verbose runs it again`);
    for (const fault of outcome.faults) console.log(`  ${fault}`);
  }
  if (showsProgress) process.stderr.write('\r\x1b[K');
  const each = ((elapsed() * 1000) / done).toFixed(0);
  const cut = done < seeds ? ` of ${seeds}, for the time was over` : '';
  console.log(`${done} seeds${cut}, ${failed} failed; ${each} ms each, ${acknowledged} batches acknowledged`);
  process.exitCode = failed === 0 && done > 0 ? 0 : 1;
}

const program = new Command('simulate')
  .description('lives of a cluster, each from a seed: the same seed is the same life')
  .option('--seeds <count>', 'how many; one, where a seed is given', count)
  .option('--seed <number>', 'the first', count)
  .option('--seconds <count>', 'begin none after this time', count, Number.POSITIVE_INFINITY)
  .option('--verbose', 'tell what happens, step by step')
  .action((given) =>
    main({ ...given, seeds: given.seeds ?? (given.seed === undefined ? 100 : 1), seed: given.seed ?? 1 }),
  );
program.parseAsync();
