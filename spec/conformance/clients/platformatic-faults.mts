/**
 * The program behind `faults.spec.ts`: one job from stdin, done with @platformatic/kafka as it comes, how it ended to stdout.
 *
 * Runs on Node's own type stripping. `plain` is what a program gets that sets nothing but how long a retry waits.
 */
import { text } from 'node:stream/consumers';
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import type { FaultJob, FaultOutcome } from './fault-job.js';

const { bootstrap, ...job }: FaultJob & { bootstrap: string } = JSON.parse(await text(process.stdin));
const plain = { clientId: 'shop', bootstrapBrokers: [bootstrap], retryDelay: 50 };
const began = performance.now();
let outcome: FaultOutcome;
try {
  outcome = { seen: await (job.do === 'produce' ? produce(job) : consume(job)), error: null, tookMs: 0 };
} catch (error) {
  outcome = { seen: [], error: namesOf(error), tookMs: 0 };
}
console.log(JSON.stringify({ ...outcome, tookMs: Math.round(performance.now() - began) }));
process.exit();

async function produce({ sends, idempotent }: Extract<FaultJob, { do: 'produce' }>): Promise<string[]> {
  const producer = new Producer({ ...plain, serializers: stringSerializers });
  try {
    for (const messages of sends) await producer.send({ messages, acks: -1, idempotent });
  } finally {
    await producer.close();
  }
  return [];
}

/** Reads until it has a value; gives all that it has read. */
async function consume({ topic, until }: Extract<FaultJob, { do: 'consume' }>): Promise<string[]> {
  const quick = { heartbeatInterval: 100, sessionTimeout: 6000, rebalanceTimeout: 6000, maxWaitTime: 100 };
  const consumer = new Consumer({ ...plain, ...quick, groupId: 'readers', deserializers: stringDeserializers });
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: false,
  });
  const seen: string[] = [];
  for await (const { value } of stream) {
    seen.push(value);
    if (value === until) break;
  }
  await consumer.close(true);
  return seen;
}

/** Names of an error and of what it wraps, outermost first. */
function namesOf(error: unknown): string[] {
  const {
    code,
    message,
    apiId,
    cause,
    errors = [],
  } = error as {
    code?: string;
    message: string;
    apiId?: string;
    cause?: unknown;
    errors?: unknown[];
  };
  const inner = [...(cause === undefined ? [] : [cause]), ...errors].flatMap(namesOf);
  return [...new Set([apiId ?? code ?? message, ...inner])];
}
