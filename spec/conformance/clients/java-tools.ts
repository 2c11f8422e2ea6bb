/**
 * The console tools of Apache Kafka 4.3 (the Java client) as a `Client`, each call one JVM of about a second.
 *
 * The console producer reads lines of UTF-8 and has no option for a partition, so topics get one partition, and what is
 * not text, or has a line break inside, is not writable; nulls are written through its null marker. The console consumer
 * prints bytes as they are, between separators that no sample contains, and so shows everything.
 */
import { missingKafka, runKafkaTool } from '../../support/apache-kafka';
import { type Client, codecs, type Header, type Load, type Rec, type Slice, type Stored } from './client';

const NULL = '<<null 5d1f>>';
const FIELD = '<<field 5d1f>>';
const HEADER = '<<header 5d1f>>';
const HEADER_NAME = '<<name 5d1f>>';
const RECORD = '<<record 5d1f>>';
const NO_HEADERS = 'NO_HEADERS';
const READ_DEADLINE_MS = 20_000;

const tools = {
  topics: 'org.apache.kafka.tools.TopicCommand',
  produce: 'org.apache.kafka.tools.ConsoleProducer',
  consume: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  getOffsets: 'org.apache.kafka.tools.GetOffsetShell',
  configs: 'kafka.admin.ConfigCommand',
  cluster: 'org.apache.kafka.tools.ClusterTool',
  brokerApiVersions: 'org.apache.kafka.tools.BrokerApiVersionsCommand',
};

/** Runs one of the tools against a broker and gives what it printed. */
export async function javaTool(name: keyof typeof tools, bootstrap: string, args: string[]): Promise<string> {
  return (await runTool(name, bootstrap, args)).toString();
}

export const javaTools: Client = {
  name: 'Java console tools',
  codecs,
  picksPartition: false,
  missing: missingKafka,
  writes: ({ key, value, headers }) => [key, value, ...headers.map(([, bytes]) => bytes)].every(isLine),
  shows: (record) => record,
  topics: {
    create: (bootstrap, topic, partitions) => administer(bootstrap, topic, ['--create', ...partitionCount(partitions)]),
    grow: (bootstrap, topic, partitions) => administer(bootstrap, topic, ['--alter', ...partitionCount(partitions)]),
    delete: (bootstrap, topic) => administer(bootstrap, topic, ['--delete']),
    partitions: async (bootstrap, topic) => {
      const printed = await javaTool('topics', bootstrap, ['--describe', '--if-exists', '--topic', topic]);
      return Number(/PartitionCount: (\d+)/.exec(printed)?.[1] ?? 0);
    },
  },
  produce: async (bootstrap, load) => {
    if (load.rounds.some((partitions) => partitions.length > 1)) {
      throw new Error('the console producer cannot pick a partition');
    }
    await runTool('produce', bootstrap, producerArguments(load), load.rounds.flat(2).map(line).join(''));
  },
  read: (bootstrap, slices) => Promise.all(slices.map((slice) => readSlice(bootstrap, slice))),
  offsets: (bootstrap, topic, partition, times) =>
    Promise.all(times.map((time) => offsetAt(bootstrap, topic, partition, time))),
};

async function runTool(name: keyof typeof tools, bootstrap: string, args: string[], stdin = ''): Promise<Buffer> {
  return (await runKafkaTool(tools[name], [...args, '--bootstrap-server', bootstrap], { stdin })).stdout;
}

async function administer(bootstrap: string, topic: string, args: string[]): Promise<void> {
  await javaTool('topics', bootstrap, ['--topic', topic, ...args]);
}

async function offsetAt(bootstrap: string, topic: string, partition: number, time: number): Promise<number> {
  const which = ['--topic-partitions', `${topic}:${partition}`, '--time', String(time)];
  const printed = await javaTool('getOffsets', bootstrap, which);
  // a partition without such an offset is left out of the list
  return Number(/:(\d+)$/m.exec(printed)?.[1] ?? -1);
}

function partitionCount(partitions: number): string[] {
  return ['--partitions', String(partitions)];
}

function producerArguments({ topic, codec, idempotent }: Load): string[] {
  const reader = {
    'parse.key': 'true',
    'parse.headers': 'true',
    'headers.delimiter': FIELD,
    'key.separator': FIELD,
    'headers.separator': HEADER,
    'headers.key.separator': HEADER_NAME,
    'null.marker': NULL,
  };
  const how = ['--compression-codec', codec, '--command-property', `enable.idempotence=${idempotent}`];
  return ['--topic', topic, ...how, ...properties('--reader-property', reader)];
}

/** A record as the console producer parses it: headers, key and value. */
function line({ key, value, headers }: Rec): string {
  const pairs = headers.map(([name, bytes]) => `${name}${HEADER_NAME}${bytes ?? NULL}`);
  return `${[pairs.join(HEADER) || NULL, key ?? NULL, value ?? NULL].join(FIELD)}\n`;
}

async function readSlice(bootstrap: string, { topic, partition, offset, count }: Slice): Promise<Stored[]> {
  const formatter = {
    'print.offset': 'true',
    'print.key': 'true',
    'print.headers': 'true',
    'key.separator': FIELD,
    'headers.separator': HEADER,
    'line.separator': RECORD,
    'null.literal': NULL,
  };
  const where = ['--topic', topic, '--partition', String(partition), '--offset', String(offset)];
  const until = ['--max-messages', String(count), '--timeout-ms', String(READ_DEADLINE_MS)];
  const args = [...where, ...until, ...properties('--formatter-property', formatter)];
  const printed = await runTool('consume', bootstrap, args);
  return split(printed, RECORD).slice(0, -1).map(stored);
}

/** A record as the console consumer prints it: `Offset:<n>`, headers, key and value. */
function stored(printed: Buffer): Stored {
  const [offset, headers, key, value] = split(printed, FIELD);
  if (!offset || !headers || !key || !value) throw new Error(`kafka-console-consumer printed ${printed}`);
  const pairs = headers.equals(Buffer.from(NO_HEADERS)) ? [] : split(headers, HEADER).map(header);
  return { offset: Number(`${offset}`.replace('Offset:', '')), key: unmark(key), value: unmark(value), headers: pairs };
}

function header(printed: Buffer): Header {
  const colon = printed.indexOf(':');
  return [printed.toString('utf8', 0, colon), unmark(printed.subarray(colon + 1))];
}

function unmark(bytes: Buffer): Buffer | null {
  return bytes.equals(Buffer.from(NULL)) ? null : bytes;
}

function split(bytes: Buffer, separator: string): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(separator); end >= 0; end = bytes.indexOf(separator, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + Buffer.byteLength(separator);
  }
  return [...parts, bytes.subarray(start)];
}

function isLine(bytes: Buffer | null): boolean {
  return bytes === null || (Buffer.from(bytes.toString()).equals(bytes) && !/[\r\n]/.test(bytes.toString()));
}

function properties(flag: string, all: Record<string, string>): string[] {
  return Object.entries(all).flatMap(([key, value]) => [flag, `${key}=${value}`]);
}
