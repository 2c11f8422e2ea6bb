/**
 * What each real client does while it is recorded, and the recordings that come of it: a topic, records of two producers, a
 * group of each protocol that the client speaks.
 *
 * Topics and groups are called after the client, so that recordings can be played one after another to the same broker.
 */
import { capture } from '../../../lib/capture/capture';
import type { Recorded } from '../../../lib/capture/mrcap/recorder';
import { createBroker } from '../../../lib/embedded/create-broker';
import { plainSettings } from '../../support/replaying';
import type { Client, Codec, Rec } from './client';
import { confluentKafka } from './confluent-kafka';
import { franzGo } from './franz-go';
import { GroupMember } from './group-member';
import { javaTools } from './java-tools';
import { kafkaPython } from './kafka-python';
import { kafkajs } from './kafkajs';
import { kcat } from './kcat';
import type { MemberClient, Way } from './member';
import { memberClient } from './members';
import { platformatic } from './platformatic';

/** A client that is recorded. */
export interface RecordedClient {
  readonly name: string;
  readonly client: Client;
  readonly members: MemberClient;
  /** In which its second producer writes; the first writes uncompressed, as an idempotent producer. */
  readonly codec: Codec;
}

const recorded = (name: string, client: Client, codec: Codec, member = client.name): RecordedClient => ({
  name,
  client,
  members: memberClient(member),
  codec,
});

export const recordedClients: readonly RecordedClient[] = [
  recorded('kafkajs', kafkajs, 'gzip'),
  recorded('platformatic', platformatic, 'zstd'),
  recorded('kcat', kcat, 'lz4'),
  recorded('confluent-kafka', confluentKafka, 'snappy'),
  recorded('kafka-python', kafkaPython, 'gzip'),
  recorded('franz-go', franzGo, 'snappy'),
  recorded('java', javaTools, 'zstd', 'Java'),
];

/** In every value and in every value of a header. */
export const secret = 'sesame';
export const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Of the values of all records. */
export const valueBytes = 40;

const rounds: Rec[][][] = [keys.slice(0, 4), keys.slice(4)].map((some) => [
  some.map((key) => ({
    key: Buffer.from(key),
    value: Buffer.from(`${secret} ${key}`.padEnd(valueBytes, ` ${secret}`)),
    headers: [['h', Buffer.from(secret)]],
  })),
]);

export const recordingName = ({ name }: RecordedClient) => `millrace-${name}.mrcap`;
export const topicOf = ({ name }: RecordedClient) => `${name}-doors`;

/** The first way of each protocol in which a client can be a member. */
export function waysOf({ members }: RecordedClient): readonly Way[] {
  return members.ways.filter(({ protocol }, i) => members.ways.findIndex((way) => way.protocol === protocol) === i);
}

/**
 * Has a client do all of it at a fresh Millrace, which records into a file.
 * @throws Error if a member did not read what was written
 */
export async function record(run: RecordedClient, file: string): Promise<Recorded> {
  const { client, members, codec, name } = run;
  const recorder = capture(file);
  const broker = await createBroker({ config: plainSettings, taps: recorder.taps });
  const crew = members.crew();
  try {
    const { bootstrap } = await broker.listen();
    const topic = topicOf(run);
    // kcat cannot make topics; the broker makes this one because kcat asks for it.
    await client.topics?.create(bootstrap, topic, 1);
    await client.produce(bootstrap, { topic, codec: 'none', idempotent: true, rounds });
    await client.produce(bootstrap, { topic, codec, idempotent: false, rounds });
    for (const { protocol, assignor } of waysOf(run)) {
      const group = `${name}-${protocol}`;
      const member = GroupMember.join(crew, group, bootstrap, { group, topics: [topic], protocol, assignor });
      await member.untilRead(2 * keys.length);
      const strange = member.read.filter(({ value }) => !value.startsWith(secret));
      if (strange.length > 0) throw new Error(`${group} read ${JSON.stringify(strange)}`);
      await member.leave();
    }
  } finally {
    await crew.stop();
    await broker.close();
    await recorder.close();
  }
  return recorder.recorded;
}
