/**
 * codec: nanoseconds to read and to write one message body, of the sizes that a broker sees all day.
 *
 * Messages come from Kafka's definitions, not from lib/apis, so the figures speak of codecs alone. Writing includes taking
 * the chunks; record batches are slices on reading and pass by reference on writing.
 */
import { Reader, Writer } from '../../lib/protocol/bytes';
import { compile } from '../../lib/protocol/compile';
import { covers, parseVersions } from '../../lib/protocol/schema';
import { kafkaMessages, schemaOf } from '../support/kafka-definitions';
import { completed } from '../support/reference-codec';
import { nanoseconds, type Print } from './bench';

type Draft = Record<string, unknown>;

const range = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const batch = (size: number) => Buffer.alloc(size, 7);
const topicId = Buffer.alloc(16, 'millrace').toString('base64url');

/** Fields that are left out have their defaults. */
export const messages: readonly [message: string, version: number, note: string, draft: Draft][] = [
  ['ApiVersionsRequest', 4, '', { clientSoftwareName: 'apache-kafka-java', clientSoftwareVersion: '4.1.0' }],
  ['ApiVersionsResponse', 4, '60 keys', { apiKeys: range(60, (i) => ({ apiKey: i, minVersion: 0, maxVersion: 9 })) }],
  ['MetadataRequest', 12, '100 topics', { topics: range(100, (i) => ({ name: `orders-by-region-${i}` })) }],
  [
    'MetadataResponse',
    12,
    '100 topics of 3 partitions',
    {
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092 }],
      clusterId: topicId,
      controllerId: 1,
      topics: range(100, (i) => ({
        name: `orders-by-region-${i}`,
        topicId,
        partitions: range(3, (index) => ({
          partitionIndex: index,
          leaderId: 1,
          leaderEpoch: 4,
          replicaNodes: [1],
          isrNodes: [1],
        })),
      })),
    },
  ],
  [
    'ProduceRequest',
    11,
    'one batch of 200 B',
    {
      acks: -1,
      timeoutMs: 30000,
      topicData: [{ name: 'orders-by-region', partitionData: [{ index: 3, records: batch(200) }] }],
    },
  ],
  [
    'ProduceResponse',
    11,
    'one partition',
    { responses: [{ name: 'orders-by-region', partitionResponses: [{ index: 3, baseOffset: 123456789 }] }] },
  ],
  [
    'FetchRequest',
    16,
    '10 partitions',
    {
      maxWaitMs: 500,
      minBytes: 1,
      topics: [
        {
          topicId,
          partitions: range(10, (i) => ({ partition: i, fetchOffset: 123456789, partitionMaxBytes: 1048576 })),
        },
      ],
    },
  ],
  [
    'FetchResponse',
    16,
    '10 partitions of 16 KiB',
    {
      responses: [
        {
          topicId,
          partitions: range(10, (i) => ({
            partitionIndex: i,
            highWatermark: 123456999,
            lastStableOffset: 123456999,
            logStartOffset: 0,
            abortedTransactions: null,
            records: batch(16384),
          })),
        },
      ],
    },
  ],
  [
    'OffsetCommitRequest',
    9,
    '10 topics of 10 partitions',
    {
      groupId: 'billing',
      generationIdOrMemberEpoch: 7,
      memberId: 'consumer-billing-1-6e2f',
      topics: range(10, (i) => ({
        name: `orders-${i}`,
        partitions: range(10, (index) => ({
          partitionIndex: index,
          committedOffset: 123456789,
          committedMetadata: '',
        })),
      })),
    },
  ],
];

export async function bench(print: Print): Promise<void> {
  const definitions = new Map(kafkaMessages().map((message) => [message.name, message]));
  for (const [name, version, note, given] of messages) {
    const { fields, flexibleVersions } = definitions.get(name)!;
    const schema = schemaOf(fields);
    const flexible = covers(parseVersions(flexibleVersions), version);
    const codec = compile(schema, version, flexible);
    const draft = completed(schema, version, flexible, given);
    const writer = new Writer();
    codec.write(writer, draft);
    const bytes = writer.takeBuffer();
    print({
      message: `${name} ${version}${note === '' ? '' : `, ${note}`}`,
      bytes: bytes.length.toLocaleString('en'),
      'read ns': nanoseconds(() => codec.read(new Reader(bytes))),
      'write ns': nanoseconds(() => {
        codec.write(writer, draft);
        return writer.take();
      }),
    });
  }
}
