import { expect } from 'chai';
import { strayReason } from '../../lib/storage/stray';
import { imageWith, topicId } from '../support/storage';

describe('strayReason', () => {
  const topic = imageWith([{ name: 'foo', partitions: 2 }]).topicsByName.get('foo')!;
  const found = { topic: 'foo', partition: 1, topicId: topicId('foo'), isUnreadable: false };
  const home = (isEmpty: boolean) => ({ isEmpty: () => isEmpty });

  for (const [what, directory, isEmpty, reason] of [
    ['the topic’s own directory', found, false, null],
    ['one of another id', { ...found, topicId: topicId('old') }, true, `it is of topic id ${topicId('old')}`],
    ['one of a partition too many', { ...found, partition: 2 }, true, 'the topic has 2 partitions'],
    ['one with data and no id', { ...found, topicId: null }, false, 'it has no partition.metadata'],
    ['an empty one without an id', { ...found, topicId: null }, true, null],
    ['one whose id a crash made unreadable', { ...found, topicId: null, isUnreadable: true }, false, null],
  ] as const) {
    it(`takes ${what} for ${reason === null ? 'its own' : 'a stray'}`, () => {
      expect(strayReason(directory, topic, 1, home(isEmpty))).to.equal(reason);
    });
  }

  it('takes for a stray what no topic has, or another broker', () => {
    expect(strayReason(found, undefined, 1, home(true))).to.equal('there is no such topic');
    expect(strayReason(found, topic, 9, home(true))).to.equal('this broker is none of its replicas');
  });
});
