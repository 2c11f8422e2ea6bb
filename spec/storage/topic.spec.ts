import { expect } from 'chai';
import { loadConfig } from '../../lib/config';
import { LocalTopic } from '../../lib/storage/topic';
import { resolveTopicConfig } from '../../lib/topic-config';
import { imageWith } from '../support/storage';

describe('LocalTopic', () => {
  const config = resolveTopicConfig(new Map(), loadConfig({ 'process.roles': 'broker,controller', 'node.id': 1 }));
  const make = (name: string) => new LocalTopic(imageWith([{ name }]).topicsByName.get(name)!, new Map(), config);

  it('is internal by its name', () => {
    expect(['foo', '__consumer_offsets', '__transaction_state'].map((name) => make(name).internal)).to.deep.equal([
      ...[false, true, true],
    ]);
  });

  it('has no partition until it is given one', () => {
    expect(make('foo').partition(0)).to.equal(undefined);
    expect([...make('foo').partitions]).to.deep.equal([]);
  });
});
