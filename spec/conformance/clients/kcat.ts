/**
 * kcat 1.7 (librdkafka) as a `Client`: records in through stdin between delimiters, out through a format string.
 *
 * kcat has no admin side; what makes its topics is another client, or the broker by itself (`auto.create.topics.enable`).
 * Headers go in as arguments, for all records of a process alike: records are written by one process per run of equal
 * headers. Not writable: a header value with NUL bytes or bytes that are no UTF-8, and a null value under an empty key.
 * Shown as text only: all headers of a record in one line, a null as `NULL` and a value only up to its first NUL.
 */
import { spawnSync } from 'node:child_process';
import { run } from '../../support/child';
import { absent, type Client, codecs, type Load, type Rec, type Slice, type Stored } from './client';

const KEY_END = '<<key ends 5d1f>>';
const RECORD_END = '<<record ends 5d1f>>';
/** Offset, lengths of key and value (−1 is null), then their bytes, then the headers up to the end mark. */
const FORMAT = `%o %K %S %k%s%h${RECORD_END}`;

export const kcat: Client = {
  name: 'kcat',
  codecs,
  picksPartition: true,
  missing: () => (spawnSync('kcat', ['-V']).error ? absent('kcat') : null),
  writes: ({ key, value, headers }) => !(key?.length === 0 && value === null) && headers.every(isArgument),
  shows: ({ key, value, headers }) => ({ key, value, headers: headers.length > 0 ? [shownHeaders(headers)] : [] }),
  topics: null,
  produce: async (bootstrap, load) => {
    for (const [partition, records] of load.rounds.flatMap((partitions) => [...partitions.entries()])) {
      for (const alike of runsOf(records)) await writeRun(bootstrap, load, partition, alike);
    }
  },
  read: async (bootstrap, slices) => {
    const lists: Stored[][] = [];
    for (const slice of slices) lists.push(await readSlice(bootstrap, slice));
    return lists;
  },
  offsets: async (bootstrap, topic, partition, times) => {
    const offsets: number[] = [];
    for (const time of times) {
      const { stdout } = await run('kcat', ['-b', bootstrap, '-Q', '-t', `${topic}:${partition}:${time}`]);
      const found = /offset (-?\d+)/.exec(stdout.toString());
      if (!found) throw new Error(`kcat -Q answered ${JSON.stringify(stdout.toString())}`);
      offsets.push(Number(found[1]));
    }
    return offsets;
  },
};

/** What `kcat -L` says of one topic, as text. */
export async function kcatList(bootstrap: string, topic: string): Promise<string> {
  return (await run('kcat', ['-b', bootstrap, '-L', '-t', topic])).stdout.toString();
}

/** Cuts a list where the headers change, or where a null value follows another kind: both are said once per process. */
function runsOf(records: Rec[]): Rec[][] {
  const runs: Rec[][] = [];
  const likeness = ({ value, headers }: Rec) => `${value === null} ${headerArguments(headers).join(' ')}`;
  for (const record of records) {
    const last = runs.at(-1);
    if (last?.[0] && likeness(last[0]) === likeness(record)) last.push(record);
    else runs.push([record]);
  }
  return runs;
}

async function writeRun(bootstrap: string, load: Load, partition: number, records: Rec[]): Promise<void> {
  const [first] = records;
  const where = ['-b', bootstrap, '-P', '-t', load.topic, '-p', String(partition)];
  const how = ['-z', load.codec, '-X', `enable.idempotence=${load.idempotent}`, '-K', KEY_END, '-D', RECORD_END];
  // -Z makes null of what is empty, key and value alike; without it a key is null where its end mark is missing
  const nulls = first?.value === null ? ['-Z'] : [];
  const lines = records.flatMap(({ key, value }) => [
    ...(key || value === null ? [key ?? Buffer.alloc(0), Buffer.from(KEY_END)] : []),
    value ?? Buffer.alloc(0),
    Buffer.from(RECORD_END),
  ]);
  const args = [...where, ...how, ...nulls, ...headerArguments(first?.headers ?? [])];
  await run('kcat', args, { stdin: Buffer.concat(lines) });
}

async function readSlice(bootstrap: string, { topic, partition, offset, count }: Slice): Promise<Stored[]> {
  const where = ['-b', bootstrap, '-C', '-t', topic, '-p', String(partition), '-o', String(offset)];
  const { stdout } = await run('kcat', [...where, '-c', String(count), '-e', '-q', '-f', FORMAT]);
  const read: Stored[] = [];
  for (let rest = stdout; rest.length > 0; ) {
    const [head = '', at, keyLength, valueLength] =
      /^(\d+) (-?\d+) (-?\d+) /.exec(rest.toString('latin1', 0, 64)) ?? [];
    const keyEnd = head.length + Math.max(Number(keyLength), 0);
    const valueEnd = keyEnd + Math.max(Number(valueLength), 0);
    const end = rest.indexOf(RECORD_END, valueEnd);
    if (head === '' || end < 0) throw new Error(`kcat printed ${JSON.stringify(rest.toString('latin1', 0, 200))}`);
    const key = Number(keyLength) < 0 ? null : rest.subarray(head.length, keyEnd);
    const value = Number(valueLength) < 0 ? null : rest.subarray(keyEnd, valueEnd);
    const headers: Rec['headers'] = end > valueEnd ? [['', rest.subarray(valueEnd, end)]] : [];
    read.push({ offset: Number(at), key, value, headers });
    rest = rest.subarray(end + RECORD_END.length);
  }
  return read;
}

function isArgument([, value]: Rec['headers'][number]): boolean {
  return value === null || (!value.includes(0) && Buffer.from(value.toString()).equals(value));
}

function headerArguments(headers: Rec['headers']): string[] {
  return headers.flatMap(([name, value]) => ['-H', value === null ? name : `${name}=${value}`]);
}

/** The one line that `%h` makes of a record's headers, as a header without a name. */
function shownHeaders(headers: Rec['headers']): Rec['headers'][number] {
  const parts = headers.map(([name, value]) => {
    const nul = value?.indexOf(0) ?? -1;
    const shown = nul < 0 ? (value ?? Buffer.from('NULL')) : value?.subarray(0, nul);
    return Buffer.concat([Buffer.from(`${name}=`), shown ?? Buffer.alloc(0)]);
  });
  return ['', Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from(','), part])))];
}
