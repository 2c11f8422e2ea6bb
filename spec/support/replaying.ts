/**
 * Replays of the reference traffic (spec/fixtures/traffic): the captures in the order in which they were recorded, since
 * one broker served them all; a Millrace with the settings of that broker; and the list of differences that are explained.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fetch } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';
import { RecordedRequest } from '../../lib/capture/recorded';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { parseProperties } from '../../lib/properties';
import { Writer } from '../../lib/protocol/bytes';
import type { Infer } from '../../lib/protocol/schema';
import type { Difference } from '../../lib/replay/compare/compare';
import type { MayDiffer } from '../../lib/replay/compare/may-differ';
import type { LearnedIds } from '../../lib/replay/ids/learned-ids';
import type { ReplayOptions } from '../../lib/replay/options';
import { type Replay, replay } from '../../lib/replay/replay';
import { said } from '../../lib/replay/report/said';
import type { GivenTarget } from '../../lib/replay/target';
import { referenceTraffic, trafficFile } from './reference-traffic';

const fixtures = resolve(__dirname, '../fixtures');

/** A difference to the recorded answers of Apache Kafka 4.3.1 that is meant, or known. */
export interface Explained {
  readonly target: 'millrace' | 'kafka';
  /** Names of captures without `.pcap`; `*` stands for any part. */
  readonly captures: readonly string[];
  readonly path: string;
  readonly reason: string;
}

export function explainedDifferences(): readonly Explained[] {
  return JSON.parse(readFileSync(resolve(fixtures, 'traffic/explained.json'), 'utf8')) as Explained[];
}

/** Those of a capture. */
export function explainedIn(target: Explained['target'], capture: string): readonly Explained[] {
  return explainedDifferences().filter(
    (one) => one.target === target && one.captures.some((name) => matches(name, capture)),
  );
}

function matches(pattern: string, capture: string): boolean {
  return new RegExp(`^${pattern.replace(/[.*]/g, (one) => (one === '*' ? '.*' : '\\.'))}$`).test(capture);
}

const clients = ['kafkajs', 'platformatic', 'kcat', 'confluent-python', 'java', 'franz-go', 'kafka-python'];
const scenarios = ['basic', 'txn', 'next', 'share', 'admin', 'admin2'];

/** Names without `.pcap`, in the order in which they were recorded (README.md of the traffic). */
export function capturesInOrder(): readonly string[] {
  const rank = ({ client, scenario }: { client: string; scenario: string }) =>
    clients.indexOf(client) * scenarios.length + scenarios.indexOf(scenario);
  return [...referenceTraffic()].sort((a, b) => rank(a) - rank(b)).map(({ file }) => file.replace('.pcap', ''));
}

/** Plays one of them; what is explained counts as what may differ. */
export function replayReference(
  capture: string,
  target: GivenTarget,
  explained: readonly Explained[],
  options: ReplayOptions & { readonly ids: LearnedIds },
): Replay {
  const recording = impatient(readCapture(trafficFile(`${capture}.pcap`)));
  return replay(recording, target, { ...options, ignore: ignored(explained) });
}

/** Recordings that every user gets, and their page. */
export const examples = resolve(__dirname, '../../examples/captures');

/** Their names without `.mrcap`, in the order of their page. */
export function examplesInOrder(): readonly string[] {
  const page = readFileSync(resolve(examples, 'README.md'), 'utf8');
  return [...page.matchAll(/^\| `([^`]+)\.mrcap` \|/gm)].map(([, name]) => name!);
}

/** Plays one of them; what is explained counts as what may differ. */
export function replayExample(
  name: string,
  target: GivenTarget,
  explained: readonly Explained[],
  options: ReplayOptions = {},
): Replay {
  const recording = impatient(readCapture(resolve(examples, `${name}.mrcap`)));
  return replay(recording, target, { ...options, ignore: ignored(explained) });
}

function ignored(explained: readonly Explained[]) {
  return [...explained, ...agelessShows].map(({ path, reason }) => ({ path, reason: `${path}: ${reason}` }));
}

/** What a replay says that should not be: differences without a reason, and answers that did not come or cannot be read. */
export async function unexplainedOf(run: Replay): Promise<readonly string[]> {
  const unexplained: string[] = [];
  for await (const { request, verdict, differences, why } of run) {
    const where = `#${request.number} ${request.name} v${request.header.apiVersion}`;
    if (verdict === 'no answer' || verdict === 'unknown') unexplained.push(`${where} ${verdict}: ${why}`);
    for (const one of differences) if (one.reason === null) unexplained.push(`${where} ${differenceLine(one)}`);
  }
  return unexplained;
}

/** A stage for recordings: no fetch waits longer than a second for records that do not come. */
async function* impatient(recording: AsyncIterable<CaptureEvent>): AsyncGenerator<CaptureEvent> {
  for await (const event of recording) {
    if (event.is !== 'frame' || event.from !== 'client' || event.bytes.readInt16BE(0) !== fetch.key) {
      yield event;
      continue;
    }
    const request = new RecordedRequest({ number: 0, connection: 0, client: '', sentAtMs: 0 }, event.bytes);
    const body = request.body.body as Infer<typeof fetch.request>;
    const writer = new Writer();
    writer.raw(request.headerBytes);
    fetch.requestCodec(request.header.apiVersion).write(writer, { ...body, maxWaitMs: Math.min(body.maxWaitMs, 1000) });
    yield { ...event, bytes: writer.takeBuffer() };
  }
}

/** The settings of the recorded broker, for a broker of this process, or for Apache Kafka with a directory of its own. */
export function basicSettings(): Record<string, string> {
  const file = resolve(fixtures, 'properties/basic.properties');
  const entries = [...parseProperties(readFileSync(file, 'utf8'), file)];
  return Object.fromEntries(
    entries.filter(([key]) => !/^(process\.|node\.|log\.dirs|controller\.|.*listener)/.test(key)),
  );
}

/** What a broker is to be told to which a recording is played: its records get older each day, and would soon be deleted. */
const lasting: Readonly<Record<string, string>> = { 'log.initial.task.delay.ms': '3600000' };

/** The same where transactions end: a marker that is a week younger than what it follows would begin a segment. */
export const ageless: Readonly<Record<string, string>> = { ...lasting, 'log.roll.ms': '3600000000000' };

/** Where that shows. */
const agelessShows: readonly MayDiffer[] = ['CreateTopics.topics', 'DescribeConfigs.results'].map((at) => ({
  path: `${at}.configs[segment.ms]`,
  reason: 'the target is told to keep its segments, however old the recording is',
}));

/** The settings of the Millrace that examples were recorded at: what a user has who sets nothing, but groups wait for nobody. */
export const plainSettings: Readonly<Record<string, string>> = { 'group.initial.rebalance.delay.ms': '0' };

/** Those of the broker at which an example was recorded. */
export function settingsOf(example: string): Readonly<Record<string, string>> {
  return isOfMillrace(example) ? plainSettings : basicSettings();
}

/** Whether an example was recorded at Millrace; else at Apache Kafka. */
export function isOfMillrace(example: string): boolean {
  return example.startsWith('millrace-');
}

/** Millrace with the settings of the recorded broker, listening. */
export async function basicMillrace(config = basicSettings()): Promise<Broker> {
  const broker = await createBroker({ config: { ...config, ...lasting } });
  await broker.listen();
  return broker;
}

/** A difference in a line. */
export function differenceLine({ path, field, recorded, replayed, what }: Difference): string {
  return `${path}: ${what ?? `${said(field, recorded)}, not ${said(field, replayed)}`}`;
}
