import { expect } from 'chai';
import {
  type ConsumerGroup,
  type ConsumerMember,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import { mustRejoin, protocolNameOf } from '../../../lib/coordinators/groups/mixed-group';

const had = (...partitions: number[]) => new Map([['t', new Map(partitions.map((partition) => [partition, 5]))]]);
const classic = { sessionTimeoutMs: 1, supportedProtocols: [{ name: 'range', metadata: Buffer.alloc(0) }] };

const m: ConsumerMember = { ...newConsumerMember('m'), classic, memberEpoch: 5, assigned: had(0) };
const n: ConsumerMember = { ...newConsumerMember('n'), memberEpoch: 5, assigned: had(1) };

function group(other = n): ConsumerGroup {
  return {
    ...newConsumerGroup('group'),
    assignmentEpoch: 5,
    members: new Map([m, other].map((one) => [one.memberId, one])),
    targetAssignment: new Map([['m', new Map([['t', [0, 1]]])]]),
  };
}

const table: readonly (readonly [string, Partial<ConsumerMember>, ConsumerMember, boolean])[] = [
  ['has what it should have', {}, n, false],
  ['is behind', { memberEpoch: 4 }, n, true],
  ['has something to give up', { state: 'UNREVOKED_PARTITIONS' }, n, true],
  ['waits for what another has', { state: 'UNRELEASED_PARTITIONS' }, n, false],
  [
    'waits for what another has yet to give up',
    { state: 'UNRELEASED_PARTITIONS' },
    { ...n, assigned: had(), pendingRevocation: had(1) },
    false,
  ],
  ['waits for what is free', { state: 'UNRELEASED_PARTITIONS' }, { ...n, assigned: had(2) }, true],
  ['is of the consumer protocol', { memberEpoch: 4, classic: null }, n, false],
];

describe('mustRejoin', () => {
  for (const [what, change, other, expected] of table)
    it(`is ${expected} of a member that ${what}`, () => {
      expect(mustRejoin(group(other), { ...m, ...change })).to.equal(expected);
    });
});

describe('protocolNameOf', () => {
  it('is the first of a classic member', () => {
    expect(protocolNameOf(m)).to.equal('range');
    expect(protocolNameOf(n)).to.equal(null);
  });
});
