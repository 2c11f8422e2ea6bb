/**
 * Runs the bench programs of this folder and prints their tables: `npm run bench`, or `npm run bench -- codec append`.
 *
 * They run through ts-node without type checks, which executes the very JavaScript that the build emits; only the start
 * is slower. Programs run one after the other in the order below, those it does not name last; one that fails says so
 * and does not stop the rest.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Print, type Row, rounded } from './bench';

const order = [
  'codec',
  'rewrite',
  'records',
  'append',
  'log-read',
  'fetch',
  'pipeline',
  'broker',
  'groups',
  'group-clients',
  'start',
  'traffic',
  'capture',
];
const notPrograms = ['bench', 'broker-process', 'client', 'load', 'members', 'run'];

/** Prints rows as they come: the first one brings the head of the table and its widths. */
function table(): Print {
  let widths: number[] | null = null;
  const line = (cells: string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths![i]!) : cell.padStart(widths![i]!))).join('  ');
  return (row: Row) => {
    const cells = Object.values(row).map((cell) => (typeof cell === 'number' ? rounded(cell) : cell));
    if (widths === null) {
      widths = Object.keys(row).map((name, i) => Math.max(name.length, i === 0 ? 50 : 10));
      console.log(line(Object.keys(row)));
    }
    console.log(line(cells));
  };
}

async function run(name: string): Promise<void> {
  console.log(`\n${name}`);
  // require, not import: only that passes through ts-node.
  const { bench } = require(join(__dirname, name)) as { bench?: (print: Print) => Promise<void> };
  if (bench === undefined) throw new Error(`${name}.ts does not export bench(print)`);
  await bench(table());
}

async function main(asked: readonly string[]): Promise<void> {
  const present = readdirSync(__dirname)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .filter((name) => !notPrograms.includes(name));
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const known = present.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  for (const name of asked)
    if (!known.includes(name)) throw new Error(`no bench '${name}'; there are ${known.join(' ')}`);
  for (const name of asked.length > 0 ? asked : known) {
    try {
      await run(name);
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
