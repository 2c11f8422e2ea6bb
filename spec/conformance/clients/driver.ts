/**
 * A client that lives in a program of its own (Python, Go, another Node) as a `Client`.
 *
 * Each call starts the program once, gives it one job as JSON on stdin and reads one JSON answer from stdout; bytes
 * travel as base64 inside of it. `Job` is the whole language, so the programs look alike whatever they are written in.
 */
import { run } from '../../support/child';
import { anyRecord, type Client, codecs, type Load, type Rec, type Slice, type Stored } from './client';

/** T as JSON carries it: bytes are base64. */
export type Wire<T> = T extends Buffer ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

/** What a program is asked, with `bootstrap` beside it. It answers null, a count, lists of records, or offsets. */
export type Job =
  | { op: 'createTopic' | 'growTopic'; topic: string; partitions: number }
  | { op: 'deleteTopic' | 'countPartitions'; topic: string }
  | { op: 'produce'; load: Wire<Load> }
  | { op: 'read'; slices: Slice[] }
  | { op: 'offsets'; topic: string; partition: number; times: number[] };

export interface Program {
  name: string;
  /** The program and its arguments. */
  command: string[];
  missing(): string | null;
  /** What it cannot write or show, where that is less than everything. */
  limits?: Partial<Pick<Client, 'writes' | 'shows' | 'codecs'>>;
}

/** Makes a `Client` of a program that speaks the job format above. */
export function driver({ name, command, missing, limits = {} }: Program): Client {
  async function ask<T>(bootstrap: string, job: Job): Promise<T> {
    const stdin = JSON.stringify({ bootstrap, ...job });
    const { stdout, stderr } = await run(command[0] ?? '', command.slice(1), { stdin });
    try {
      return JSON.parse(stdout.toString());
    } catch {
      throw new Error(`${name}: ${job.op} answered ${JSON.stringify(stdout.toString().slice(0, 400))}\n${stderr}`);
    }
  }
  return {
    name,
    codecs,
    picksPartition: true,
    missing,
    ...anyRecord,
    topics: {
      create: (bootstrap, topic, partitions) => ask(bootstrap, { op: 'createTopic', topic, partitions }),
      grow: (bootstrap, topic, partitions) => ask(bootstrap, { op: 'growTopic', topic, partitions }),
      delete: (bootstrap, topic) => ask(bootstrap, { op: 'deleteTopic', topic }),
      partitions: (bootstrap, topic) => ask(bootstrap, { op: 'countPartitions', topic }),
    },
    produce: (bootstrap, load) => ask(bootstrap, { op: 'produce', load: loadToWire(load) }),
    read: async (bootstrap, slices) => {
      const lists = await ask<Wire<Stored>[][]>(bootstrap, { op: 'read', slices });
      return lists.map((list) => list.map((stored) => ({ ...recordFromWire(stored), offset: stored.offset })));
    },
    offsets: (bootstrap, topic, partition, times) => ask(bootstrap, { op: 'offsets', topic, partition, times }),
    ...limits,
  };
}

function loadToWire(load: Load): Wire<Load> {
  const rounds = load.rounds.map((partitions) => partitions.map((records) => records.map(recordToWire)));
  return { ...load, rounds };
}

function recordToWire({ key, value, headers }: Rec): Wire<Rec> {
  return { key: toWire(key), value: toWire(value), headers: headers.map(([name, bytes]) => [name, toWire(bytes)]) };
}

function recordFromWire({ key, value, headers }: Wire<Rec>): Rec {
  const pairs = headers.map(([name, bytes]): [string, Buffer | null] => [name, fromWire(bytes)]);
  return { key: fromWire(key), value: fromWire(value), headers: pairs };
}

const toWire = (bytes: Buffer | null) => bytes?.toString('base64') ?? null;
const fromWire = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
