/**
 * A client that lives in a program of its own (Python, Go, another Node) as a `Client`.
 *
 * Each call starts the program once, gives it one job as JSON on stdin and reads one JSON answer from stdout; bytes
 * travel as base64 inside of it. The job is the call's name (`op`), the bootstrap address and the call's arguments by
 * name, so the programs look alike: `createTopic growTopic deleteTopic countPartitions produce read offsets`.
 */
import { run } from '../../support/child';
import { type Batch, type Client, type Rec, type Slice, type Stored, anyRecord, codecs } from './client';

type Wire<T> = T extends Buffer ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

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
  async function job<T>(op: string, bootstrap: string, fields: object): Promise<T> {
    const stdin = JSON.stringify({ op, bootstrap, ...fields });
    const { stdout, stderr } = await run(command[0] ?? '', command.slice(1), { stdin });
    try {
      return JSON.parse(stdout.toString());
    } catch {
      throw new Error(`${name}: ${op} answered ${JSON.stringify(stdout.toString().slice(0, 400))}\n${stderr}`);
    }
  }
  return {
    name,
    codecs,
    picksPartition: true,
    missing,
    ...anyRecord,
    topics: {
      create: (bootstrap, topic, partitions) => job('createTopic', bootstrap, { topic, partitions }),
      grow: (bootstrap, topic, partitions) => job('growTopic', bootstrap, { topic, partitions }),
      delete: (bootstrap, topic) => job('deleteTopic', bootstrap, { topic }),
      partitions: (bootstrap, topic) => job('countPartitions', bootstrap, { topic }),
    },
    produce: (bootstrap, batches) => job('produce', bootstrap, { batches: batches.map(batchToWire) }),
    read: async (bootstrap: string, slices: Slice[]) => {
      const lists = await job<Wire<Stored>[][]>('read', bootstrap, { slices });
      return lists.map((list) => list.map((stored) => ({ ...recordFromWire(stored), offset: stored.offset })));
    },
    offsets: (bootstrap, topic, partition, times) => job('offsets', bootstrap, { topic, partition, times }),
    ...limits,
  };
}

function batchToWire(batch: Batch): Wire<Batch> {
  return { ...batch, records: batch.records.map(recordToWire) };
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
