import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Keys } from '../../lib/config/key';
import { brokerKey, brokerKeys } from '../../lib/config/keys';
import { topicConfigKeys } from '../../lib/config/topic-keys';
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

/** Texts of lib, without the tables of keys and their rules. */
function sources(): string[] {
  const lib = resolve(__dirname, '../../lib');
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('config/') && file !== 'config.ts')
    .map((file) => readFileSync(join(lib, file), 'utf8'));
}
