/**
 * `mirror`: what clients write to chosen topics is written to other topics too, partition by partition.
 *
 * Off the ack path (if nothing else is said) a copy is sent once the original is in the log, one after the other and
 * behind a bounded queue; what does not fit is dropped and counted. On the ack path the client waits for the copy, and
 * where that fails its partition fails with the same error, so that the client comes again.
 *
 * What always holds: copies of a partition are in the order of the originals; a batch that the broker refused is not
 * copied. Copies have no producer id: a batch that comes again because its answer was lost is copied again. The other
 * topic must be there, with as many partitions.
 *
 * Not done: transactional batches, which would have to be copied with their markers.
 */
import { produce } from '../apis/produce';
import { errorOf, errors, KafkaError } from '../errors';
import type { ReplyBody, RequestBody } from '../pipeline/bodies';
import type { LiveConnection } from '../pipeline/connection';
import type { Call, Reply, Taps } from '../pipeline/seams';
import { stage } from '../pipeline/stage';
import { mergeTaps } from '../pipeline/taps';
import { Answer } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import * as batch from '../records/batch';
import { checkNames, numberOf, UsageError } from '../usage';
import { type ChosenTopics, chooser, TopicNames } from './chosen-topics';
import { anonymous } from './mapped-batch';
import { type SendFigures, SendQueue } from './send-queue';

export interface MirrorOptions {
  readonly topics: ChosenTopics;
  /** The topic that the copies go to, or what gives its name. */
  readonly to: string | ((topic: string) => string);
  /** Whether the client's answer waits for the copy; no if absent. */
  readonly onAckPath?: boolean;
  /** Bytes of copies that may wait off the ack path; 16 MiB if absent. */
  readonly maxQueuedBytes?: number;
}

export interface Mirror {
  readonly taps: Taps;
  figures(): SendFigures;
  /** Resolves when nothing waits any more. */
  settled(): Promise<void>;
}

type ProduceBody = RequestBody<typeof produce.request>;
type ProduceAnswer = ReplyBody<typeof produce.response>;
type Row = ProduceAnswer['responses'][number]['partitionResponses'][number];

/** A batch for another topic, and how to send it. */
interface Copy {
  readonly of: ProduceBody['topicData'][number];
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
  readonly call: Call;
  readonly connection: LiveConnection;
}

const mebibyte = 1024 * 1024;
const optionNames = ['topics', 'to', 'onAckPath', 'maxQueuedBytes'] satisfies (keyof MirrorOptions)[];

/** @throws UsageError for options that cannot be meant */
export function mirror(options: MirrorOptions): Mirror {
  checkNames('mirror', options, optionNames);
  const { topics, to, onAckPath = false } = options;
  if (topics === undefined) throw new UsageError('mirror: topics: expected the topics that are to be copied');
  if (typeof to !== 'string' && typeof to !== 'function')
    throw new UsageError('mirror: to: expected the name of a topic, or a function that gives it');
  const isChosen = chooser('mirror', topics);
  const target = typeof to === 'string' ? () => to : to;
  const maxBytes = numberOf('mirror', 'maxQueuedBytes', options.maxQueuedBytes, 16 * mebibyte, 1);
  const names = new TopicNames();
  const queue = new SendQueue<Copy>(maxBytes, (copy) => send(copy, names));

  const copiesOf = (call: Call, body: ProduceBody, connection: LiveConnection, answer: ProduceAnswer | null): Copy[] =>
    body.topicData.flatMap((of) => {
      const name = names.nameOf(of, connection);
      if (name === null || !isChosen(name) || target(name) === name) return [];
      return of.partitionData.flatMap(({ index: partition, records }) => {
        if (records === null || !isIn(answer, of, partition) || batch.isTransactional(records)) return [];
        return { of, topic: target(name), partition, records: anonymous(records), call, connection };
      });
    });

  const mirrored = async (call: Call, body: ProduceBody, connection: LiveConnection, answered: unknown) => {
    const given = await answered;
    const answer = (given instanceof Answer ? given.body : given) as ProduceAnswer | null;
    const copies = copiesOf(call, body, connection, answer);
    if (!onAckPath) {
      // The whole request stays in memory with each of its batches.
      for (const copy of copies) queue.add(copy, call.request.frame.bytes.length + copy.records.length);
      return given;
    }
    const failures = await Promise.all(copies.map((copy) => queue.now(copy)));
    if (answer === null || failures.every((error) => error === null)) return given;
    const failed = withFailures(answer, copies, failures);
    return given instanceof Answer ? new Answer(failed as never, given.release) : failed;
  };

  const calls = stage<Call | Reply, Call | Reply>(
    'mirror',
    'objects to objects',
    (connection) => ({
      each(item, push, done) {
        if (item.is === 'reply' || item.request.api.key !== produce.key) push(item);
        else {
          const answer = (body = item.request.body) =>
            // The handler starts at once, as it would have without.
            mirrored(item, body as ProduceBody, connection, item.answer(body));
          push({ ...item, answer });
        }
        done();
      },
    }),
    ['calls'],
  );
  return {
    taps: mergeTaps({ calls: [calls] }, names.taps),
    figures: () => queue.figures(),
    settled: () => queue.settled(),
  };
}

function rowOf(answer: ProduceAnswer, { name, topicId }: Copy['of'], partition: number): Row | undefined {
  const topic = answer.responses.find((one) => one.name === name && one.topicId === topicId);
  return topic?.partitionResponses.find(({ index }) => index === partition);
}

/** Whether a batch is in the log. Who asks for no answer would have lost the connection otherwise. */
function isIn(answer: ProduceAnswer | null, of: Copy['of'], partition: number): boolean {
  return answer === null || rowOf(answer, of, partition)?.errorCode === 0;
}

/** The answer, in which a partition fails whose copy did. */
function withFailures(answer: ProduceAnswer, copies: readonly Copy[], failures: readonly (KafkaError | null)[]) {
  const errorOf = new Map<Row | undefined, KafkaError>();
  for (const [i, error] of failures.entries())
    if (error !== null) errorOf.set(rowOf(answer, copies[i]!.of, copies[i]!.partition), error);
  const responses = answer.responses.map((topic) => ({
    ...topic,
    partitionResponses: topic.partitionResponses.map((row) => {
      const error = errorOf.get(row);
      if (error === undefined) return row;
      return { index: row.index, errorCode: error.code, baseOffset: -1, errorMessage: `copy: ${error}` };
    }),
  }));
  return { ...answer, responses };
}

/** Sends a copy as one more request of the same connection; null: it is in the log. */
async function send(
  { topic, partition, records, call, connection }: Copy,
  names: TopicNames,
): Promise<KafkaError | null> {
  const topicId = names.idOf(topic, connection) ?? zeroUuid;
  const { timeoutMs } = call.request.body as ProduceBody;
  const topicData = [{ name: topic, topicId, partitionData: [{ index: partition, records }] }];
  let error: KafkaError | null;
  try {
    const given = await call.answer({ transactionalId: null, acks: -1, timeoutMs, topicData });
    const answer = (given instanceof Answer ? given.body : given) as ProduceAnswer;
    const code = answer.responses[0]?.partitionResponses[0]?.errorCode ?? errors.UNKNOWN_SERVER_ERROR.code;
    error = code === 0 ? null : errorOf(code);
    if (given instanceof Answer) given.release();
  } catch (thrown) {
    error = thrown instanceof KafkaError ? thrown : errors.UNKNOWN_SERVER_ERROR.because(String(thrown));
  }
  if (error !== null) connection.rules?.logger.warn({ topic, partition, stage: 'mirror' }, `copy failed: ${error}`);
  return error;
}
