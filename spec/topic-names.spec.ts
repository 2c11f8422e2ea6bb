import { expect } from 'chai';
import { collisionKey, isInternalTopic, isLegalTopicName, topicNameFault } from '../lib/topic-names';

describe('topicNameFault', () => {
  it('is null for names of 1 to 249 characters of a-z, A-Z, 0-9, dot, underscore and dash', () => {
    for (const name of ['a', 'A.b_c-9', '...', '-', '_', 'x'.repeat(249)]) {
      expect(topicNameFault(name)).to.equal(null);
      expect(isLegalTopicName(name)).to.equal(true);
    }
  });

  const faults: [name: string, fault: string][] = [
    ['', 'Topic name is invalid: the empty string is not allowed'],
    ['.', "Topic name is invalid: '.' is not allowed"],
    ['..', "Topic name is invalid: '..' is not allowed"],
    [
      'x'.repeat(250),
      `Topic name is invalid: the length of '${'x'.repeat(250)}' is longer than the max allowed length 249`,
    ],
    ...['a b', 'a/b', 'é', 'a\n', '\0'].map((name): [string, string] => [
      name,
      `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`,
    ]),
  ];
  for (const [name, fault] of faults) {
    it(`says of ${JSON.stringify(name.slice(0, 20))} what is wrong`, () => {
      expect(topicNameFault(name)).to.equal(fault);
      expect(isLegalTopicName(name)).to.equal(false);
    });
  }
});

describe('collisionKey', () => {
  it('is the same for names that differ in dots and underscores only, and null where there are none', () => {
    expect(collisionKey('a.b_c')).to.equal(collisionKey('a_b.c'));
    expect(collisionKey('a.b')).to.not.equal(collisionKey('ab'));
    expect(collisionKey('a-b')).to.equal(null);
  });
});

describe('isInternalTopic', () => {
  it('knows the three topics that the broker writes to', () => {
    expect(['__consumer_offsets', '__transaction_state', '__share_group_state'].every(isInternalTopic)).to.equal(true);
    expect(['__cluster_metadata', 'foo', '__x'].some(isInternalTopic)).to.equal(false);
  });
});
