import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Keys } from '../../lib/config/key';
import { brokerKey, brokerKeys } from '../../lib/config/keys';
import { brokerSynonyms, topicConfigKeys } from '../../lib/config/topic-keys';
import { kafkaKeys } from '../support/kafka-keys';

describe('brokerKeys', () => {
  const ours = Object.entries(brokerKeys as Keys);

  it('has every key of Kafka', () => {
    expect([...kafkaKeys('broker').keys()].filter((name) => brokerKey(name) === undefined)).to.deep.equal([]);
  });

  it('has defaults that read back as themselves', () => {
    for (const [name, key] of [...ours, ...Object.entries(topicConfigKeys)]) {
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

  it('calls those keys idle that lib does not read, or only checks', () => {
    const fallbacks = Object.values(brokerSynonyms).flat();
    const read = namesIn((file) => file !== 'config/rules.ts');
    const checked = namesIn((file) => file === 'config/rules.ts');
    for (const [name, { effect }] of ours) {
      if (effect) expect([...fallbacks, ...read, ...checked], `${name} has an effect`).to.include(name);
      else expect([...read], `${name} is idle`).to.not.include(name);
    }
  });

  it('knows nothing of names that every object has', () => {
    expect([brokerKey('constructor'), brokerKey('__proto__')]).to.deep.equal([undefined, undefined]);
  });
});

/** Names of keys in the files of lib, but for the tables of keys. */
function namesIn(wanted: (file: string) => boolean): ReadonlySet<string> {
  const lib = resolve(__dirname, '../../lib');
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^config\/.*keys\.ts$/.test(file))
    .filter(wanted);
  const texts = files.map((file) => readFileSync(join(lib, file), 'utf8'));
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/'([a-z][\w.]+)'|\bconfig\.(listeners)\b/g)].map((m) => m[1] ?? m[2] ?? ''),
    ),
  );
}
