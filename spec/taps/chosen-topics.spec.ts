import { expect } from 'chai';
import { metadata } from '../../lib/apis/metadata';
import { zeroUuid } from '../../lib/protocol/bytes';
import { chooser, hasId, TopicNames } from '../../lib/taps/chosen-topics';
import { UsageError } from '../../lib/usage';
import { settle } from '../support/pipeline';
import { live, requestOf, ruled } from '../support/stages';

const id = 'AAECAwQFBgcICQoLDA0ODw';

describe('chooser', () => {
  it('chooses all topics, those of a list, or those that a function says', () => {
    const chosen = (topics: Parameters<typeof chooser>[1]) => ['a', 'b'].filter(chooser('spec', topics));
    expect([chosen(undefined), chosen(['b']), chosen([]), chosen((name) => name === 'a')]).to.deep.equal([
      ...[['a', 'b'], ['b'], [], ['a']],
    ]);
  });

  it('refuses what chooses no topics', () => {
    for (const topics of ['a', [1], {}, null])
      expect(() => chooser('spec', topics as never)).to.throw(UsageError, 'spec: topics: expected a list of names');
  });
});

describe('hasId', () => {
  it('knows an id from the lack of one', () => {
    expect([{ topicId: id }, { topicId: zeroUuid }, { topicId: '' }, { name: 'a' }].map(hasId)).to.deep.equal([
      ...[true, false, false, false],
    ]);
  });
});

describe('TopicNames', () => {
  /** Lets the answer of a Metadata request pass through the tap. */
  async function pass(names: TopicNames, connection: ReturnType<typeof live>, topics: object[]): Promise<void> {
    const stream = names.taps.replies![0]!(connection);
    stream.resume();
    stream.write({ is: 'reply', request: requestOf(metadata, {}), body: { topics } });
    await settle(2);
  }

  it('ask the broker that knows its topics, and learn nothing then', async () => {
    const { rules } = ruled();
    const topicIds = { nameOf: (of: string) => (of === id ? 'a' : undefined), idOf: () => id };
    const connection = live({ ...rules, topicIds });
    const names = new TopicNames();
    await pass(names, connection, [{ name: 'learned', topicId: zeroUuid.replace('A', 'B') }]);
    expect(names.nameOf({ name: '', topicId: id }, connection)).to.equal('a');
    expect(names.nameOf({ topicId: zeroUuid.replace('A', 'B') }, connection)).to.equal(null);
    expect(names.nameOf({ name: 'b', topicId: zeroUuid }, connection)).to.equal('b');
    expect(names.idOf('a', connection)).to.equal(id);
  });

  it('learn from answers to Metadata where nobody knows, also that a topic was made anew', async () => {
    const connection = live(ruled().rules);
    const names = new TopicNames();
    expect([names.nameOf({ topicId: id }, connection), names.idOf('a', connection)]).to.deep.equal([null, null]);
    await pass(names, connection, [
      { name: 'a', topicId: id },
      { name: 'b', topicId: zeroUuid },
      { name: null, topicId: id },
    ]);
    expect([names.nameOf({ topicId: id }, connection), names.idOf('a', connection)]).to.deep.equal(['a', id]);
    expect(names.idOf('b', connection)).to.equal(null);
    const other = id.replace('E', 'F');
    await pass(names, connection, [{ name: 'a', topicId: other }]);
    expect(names.idOf('a', connection)).to.equal(other);
  });
});
