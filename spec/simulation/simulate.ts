/**
 * One seed from beginning to end: who takes part, how long it lasts, and the last look at everything.
 */
import { rmSync } from 'node:fs';
import { Dice } from '../support/dice';
import { createForSure, runAdmin } from './admin';
import { runClassicMember } from './classic-member';
import { Client } from './client';
import { runConsumerMember } from './consumer-member';
import type { Place, Stored } from './ledger';
import { runOperator } from './operator';
import { runProducer } from './producer';
import { readAll, runReader } from './reader';
import { stillFiles } from './still-files';
import { gridMs, memoryDir, World } from './world';

export interface Outcome {
  readonly seed: number;
  /** What did not hold; empty: all is well. */
  readonly faults: readonly string[];
  /** All that was said between clients and broker, and what is on the disk in the end. */
  readonly transcript: string;
  readonly files: string;
  readonly acknowledged: number;
  readonly lives: number;
}

/** By then everything that was begun is over, or never will be. */
const patienceMs = 30_000;
const stepMs = 400;

/** @param tell hears what happens */
export async function simulate(seed: number, tell: ((line: string) => void) | null = null): Promise<Outcome> {
  const home = memoryDir();
  const letGo = stillFiles();
  try {
    return await live(seed, home, tell);
  } finally {
    letGo();
    rmSync(home, { recursive: true, force: true });
  }
}

async function live(seed: number, home: string, tell: ((line: string) => void) | null): Promise<Outcome> {
  const dice = new Dice(seed);
  const world = new World(dice.fork(), home, tell);
  const client = (name: string) => new Client(world, name, dice.fork());
  const topics = [['a', dice.int(1, 2)] as const, ['b', dice.int(1, 3)] as const];
  const places = topics.flatMap(([topic, count]) => Array.from({ length: count }, (_, i) => [topic, i] as const));
  const failed = (who: string, error: unknown) =>
    world.ledger.fault(`${who}: ${error instanceof Error ? error.stack : error}`);
  const run = async (what: string, work: Promise<unknown>) => {
    let isOver = false;
    const done = work.then(
      () => {
        isOver = true;
      },
      (error) => {
        isOver = true;
        failed(what, error);
      },
    );
    const untilMs = world.nowMs + patienceMs;
    while (!isOver && world.nowMs < untilMs) await world.clock.advance(stepMs);
    if (isOver) return done;
    world.ledger.fault(`${what}: still waiting after ${patienceMs} ms: ${[...waiting].join(', ')}`);
  };
  const waiting = new Set<string>();
  /** Where one fails the others go on: the last look waits for all that they are still to be told. */
  const named = (name: string, work: (client: Client) => Promise<void>) => {
    waiting.add(name);
    return work(client(name))
      .catch((error) => failed(name, error))
      .then(() => waiting.delete(name));
  };

  await world.start();
  const first = client('first');
  await run('create topics', Promise.all(topics.map(([topic, count]) => createForSure(first, topic, count))));
  const [a, b] = topics.map(([topic, partitions]) => ({ topic, partitions }));
  /** Not everybody takes part in every life. */
  const crowd = (most: number, name: string, work: (client: Client) => Promise<void>) =>
    Array.from({ length: dice.int(0, most) }, (_, i) => named(`${name}${i + 1}`, work));
  const clients = [
    named('producer', (one) => runProducer(one, { partitions: places, isIdempotent: dice.chance(0.5) })),
    ...crowd(1, 'idempotent', (one) => runProducer(one, { partitions: places, isIdempotent: true })),
    ...crowd(1, 'reader', (one) => runReader(one, places)),
    ...crowd(3, 'classic', (one) => runClassicMember(one, { group: 'classic', ...a! })),
    ...crowd(3, 'modern', (one) => runConsumerMember(one, { group: 'modern', ...b! })),
    ...crowd(1, 'admin', runAdmin),
  ];
  const lengthMs = gridMs * dice.int(20, 60);
  const operating = runOperator(world, dice.fork(), { topics, groups: ['classic', 'modern'] }, lengthMs).then(
    async () => {
      world.say('nothing more goes wrong');
      world.isEnding = true;
      world.faults?.clear();
    },
  );
  await run('everybody', Promise.all([operating, ...clients]));

  const logs = new Map<Place, readonly Stored[]>();
  const reader = client('last');
  const look = async () => {
    for (const [topic, partition] of places) {
      const log = await readAll(reader, topic, partition);
      if (log === null) world.ledger.fault(`${topic}-${partition} cannot be read`);
      else logs.set(`${topic}-${partition}`, log);
    }
  };
  await run('the last look', look());
  world.ledger.close(logs);
  await world.stop();
  const { transcript, files } = world.digest();
  const { faults, acknowledged } = world.ledger;
  return { seed, faults, transcript, files, acknowledged, lives: world.lives };
}
