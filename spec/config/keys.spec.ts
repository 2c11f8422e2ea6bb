import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Key, Keys } from '../../lib/config/key';
import { brokerKey, brokerKeys } from '../../lib/config/keys';
import { groupConfigKeys } from '../../lib/config/resource-keys';
import { brokerSynonyms, topicConfigKeys } from '../../lib/config/topic-keys';

/** What Apache Kafka 4.3.1 says of its keys; 4.4 only adds to it. */
interface KafkaKey {
  name: string;
  type: string;
  fallback: string;
  range: string;
  update: string;
  internal: boolean;
}

function kafkaKeys(resource: 'broker' | 'topic' | 'group'): KafkaKey[] {
  const file = resolve(__dirname, `../fixtures/config/${resource}-keys-4.3.1.tsv`);
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [name = '', type = '', fallback = '', range = '', update = '', internal = ''] = line.split('\t');
    return { name, type, fallback, range, update, internal: internal !== '' };
  });
}

/** Defaults that are not Kafka's, and why is said in keys.ts. */
const ourDefaults: Record<string, string> = {
  'controller.listener.names': '',
  'log.dir': './data',
  'node.id': '1',
  'offsets.topic.replication.factor': '1',
  'process.roles': 'broker,controller',
  'queued.max.request.bytes': '268435456',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.replication.factor': '1',
};

function defaultOf(key: Key<unknown>): string {
  return key.print(key.fallback) ?? 'null';
}

function checkAgainstKafka(ours: Keys, theirs: KafkaKey[], defaults: Record<string, string> = {}) {
  for (const { name, type, fallback, range, internal } of theirs) {
    const key = ours[name];
    expect(key, name).to.not.equal(undefined);
    if (key === undefined) continue;
    expect(key.type, name).to.equal(type);
    expect(key.hidden, name).to.equal(internal);
    const unordered = (text: string) => text.split(',').sort().join();
    if (name === 'listener.security.protocol.map') expect(unordered(defaultOf(key))).to.equal(unordered(fallback));
    else expect(defaultOf(key), name).to.equal(defaults[name] ?? fallback);
    const ends = /^\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\]$/.exec(range);
    if (ends === null) continue;
    const [, least = '', most] = ends;
    expect('value' in key.read(least), `${name} at least ${least}`).to.equal(true);
    expect('fault' in key.read(String(Number(least) - 1)), `${name} below ${least}`).to.equal(true);
    if (most === undefined) continue;
    expect('value' in key.read(most), `${name} at most ${most}`).to.equal(true);
    expect('fault' in key.read(String(Number(most) + 1)), `${name} above ${most}`).to.equal(true);
  }
}

describe('brokerKeys', () => {
  const kafka = kafkaKeys('broker');
  const ours = Object.entries(brokerKeys as Keys);

  it('has every key of Kafka with its type, default and range', () => {
    checkAgainstKafka(brokerKeys, kafka, ourDefaults);
  });

  it('can be changed while the broker runs just where Kafka can', () => {
    for (const { name, update } of kafka) expect(brokerKey(name)?.update, name).to.equal(update);
  });

  it('has no other keys but those of 4.4 and our own', () => {
    const known = new Set(kafka.map(({ name }) => name));
    const more = ours.map(([name]) => name).filter((name) => !known.has(name) && !name.startsWith('millrace.'));
    expect(more.sort()).to.deep.equal([
      'errors.deadletterqueue.auto.create.topics.enable',
      'errors.deadletterqueue.topic.name.prefix',
      'group.streams.assignors',
      'group.streams.rack.aware.assignment.tags',
      'group.streams.topology.description.plugin.class',
      'log.remote.copy.lag.bytes',
      'log.remote.copy.lag.ms',
      'max.decompressed.message.bytes',
    ]);
  });

  it('has defaults that read back as themselves', () => {
    for (const [name, key] of [...ours, ...Object.entries(topicConfigKeys as Keys)]) {
      const text = key.print(key.fallback);
      if (text !== null) expect(key.read(text, name), name).to.deep.equal({ value: key.fallback, text });
    }
  });

  it('has a sentence for every key that does something', () => {
    const silent = ours.filter(([, key]) => key.effect && key.documentation === null).map(([name]) => name);
    expect(silent).to.deep.equal([]);
    for (const [name, { documentation }] of ours) {
      if (documentation !== null) expect(documentation, name).to.match(/^[A-Z].*\.$/);
    }
  });

  it('does not call a key idle that lib reads', () => {
    const read = new Set<string>();
    for (const text of sources()) for (const [, name = ''] of text.matchAll(/\bconfig\['([\w.]+)'\]/g)) read.add(name);
    const idle = [...read].filter((name) => brokerKey(name)?.effect === false);
    expect(idle).to.deep.equal([]);
    expect(
      [...read].filter((name) => brokerKey(name) === undefined && !Object.hasOwn(topicConfigKeys, name)),
    ).to.deep.equal([]);
  });

  it('knows nothing of names that every object has', () => {
    expect([brokerKey('constructor'), brokerKey('__proto__')]).to.deep.equal([undefined, undefined]);
  });
});

describe('topicConfigKeys', () => {
  it('has every topic configuration of Kafka with its type, default and range', () => {
    checkAgainstKafka(topicConfigKeys, kafkaKeys('topic'));
  });

  it('has the 37 that Kafka 4.4 lists', () => {
    expect(Object.values(topicConfigKeys as Keys).filter((key) => !key.hidden)).to.have.length(37);
  });

  it('falls back to broker keys of the same type and default', () => {
    for (const [name, [first, ...others]] of Object.entries(brokerSynonyms as Record<string, readonly string[]>)) {
      const [key, broker] = [(topicConfigKeys as Keys)[name], brokerKey(first ?? '')];
      if (key === undefined || broker === undefined) throw new Error(`${name} falls back to ${first}`);
      expect(broker.type, name).to.equal(key.type);
      if (others.length === 0) expect(defaultOf(broker), name).to.equal(defaultOf(key));
      for (const other of others) expect(brokerKey(other), other).to.not.equal(undefined);
    }
  });

  it('documents each of them', () => {
    for (const [name, key] of Object.entries(topicConfigKeys as Keys))
      expect(key.documentation, name).to.match(/^[A-Z].*\.$/);
  });
});

describe('groupConfigKeys', () => {
  it('has every group configuration of Kafka with its type, default and range', () => {
    checkAgainstKafka(groupConfigKeys, kafkaKeys('group'));
  });
});

/** Texts of lib, without the tables of keys and their rules. */
function sources(): string[] {
  const lib = resolve(__dirname, '../../lib');
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('config/') && file !== 'config.ts')
    .map((file) => readFileSync(join(lib, file), 'utf8'));
}
