import { expect } from 'chai';
import {
  type ConsumerMember,
  type EpochAssignment,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import { type Reconciliation, reconcile } from '../../../lib/coordinators/groups/consumer-reconcile';

const [A, B] = ['topic a', 'topic b'];

const held = (topicId: string, epochs: Record<number, number>): EpochAssignment =>
  new Map([[topicId, new Map(Object.entries(epochs).map(([partition, epoch]) => [Number(partition), epoch]))]]);
const stable = (assigned: EpochAssignment, memberEpoch = 2): ConsumerMember => ({
  ...newConsumerMember('m'),
  memberEpoch,
  previousMemberEpoch: memberEpoch - 1,
  assigned,
});
const to = (targetEpoch: number, a: number[], more: Partial<Reconciliation> = {}): Reconciliation => ({
  targetEpoch,
  target: new Map([[A, a]]),
  owned: null,
  subscribedTopicIds: new Set([A]),
  mayHaveUnsubscribed: false,
  isHeldByAnother: () => false,
  ...more,
});
const owned = (...partitions: number[]) => [{ topicId: A, partitions }];

describe('reconcile', () => {
  it('leaves a member alone that has all that it should', () => {
    const member = stable(held(A, { 0: 2 }));
    expect(reconcile(member, to(2, [0, 1]))).to.equal(member);
  });

  it('gives a member what is free, in the epoch of the target', () => {
    const next = reconcile(stable(held(A, { 0: 1 })), to(3, [0, 1]));
    expect(next).to.include({ state: 'STABLE', memberEpoch: 3, previousMemberEpoch: 2 });
    expect(next.assigned).to.deep.equal(held(A, { 0: 1, 1: 3 }));
  });

  it('first has it give up what it should not have, and gives nothing meanwhile', () => {
    const waiting = reconcile(stable(held(A, { 0: 2, 1: 2 })), to(3, [1, 2]));
    expect(waiting).to.include({ state: 'UNREVOKED_PARTITIONS', memberEpoch: 2, previousMemberEpoch: 1 });
    expect(waiting.assigned).to.deep.equal(held(A, { 1: 2 }));
    expect(waiting.pendingRevocation).to.deep.equal(held(A, { 0: 2 }));
    // It says nothing, or that it still has it.
    expect(reconcile(waiting, to(3, [1, 2]))).to.equal(waiting);
    expect(reconcile(waiting, to(4, [1, 2], { owned: owned(0, 1) }))).to.equal(waiting);
    const next = reconcile(waiting, to(4, [1, 2], { owned: owned(1) }));
    expect(next).to.include({ state: 'STABLE', memberEpoch: 4, previousMemberEpoch: 2 });
    expect(next.assigned).to.deep.equal(held(A, { 1: 2, 2: 4 }));
    expect(next.pendingRevocation.size).to.equal(0);
  });

  it('does not wait for what it says it does not have', () => {
    const next = reconcile(stable(held(A, { 0: 2 })), to(3, [1], { owned: [] }));
    expect(next).to.include({ state: 'STABLE', memberEpoch: 3 });
    expect(next.assigned).to.deep.equal(held(A, { 1: 3 }));
  });

  it('lets it wait for what others have, and gives it each partition when it is free', () => {
    let free = [1];
    const isHeldByAnother = (_topicId: string, partition: number) => !free.includes(partition);
    const first = reconcile(stable(new Map()), to(3, [1, 2], { isHeldByAnother }));
    expect(first).to.include({ state: 'UNRELEASED_PARTITIONS', memberEpoch: 3 });
    expect(first.assigned).to.deep.equal(held(A, { 1: 3 }));
    expect(reconcile(first, to(3, [1, 2], { isHeldByAnother }))).to.equal(first);
    free = [1, 2];
    const second = reconcile(first, to(3, [1, 2], { isHeldByAnother }));
    expect(second).to.include({ state: 'STABLE', memberEpoch: 3, previousMemberEpoch: 2 });
    expect(second.assigned).to.deep.equal(held(A, { 1: 3, 2: 3 }));
  });

  it('gives back what it was to give up, if a new target says so', () => {
    const waiting = reconcile(stable(held(A, { 0: 2, 1: 2 })), to(3, [1]));
    const next = reconcile(waiting, to(4, [0, 1], { owned: owned(1) }));
    expect(next.assigned).to.deep.equal(held(A, { 1: 2, 0: 4 }));
  });

  it('holds no target against who does not subscribe to the topic any more', () => {
    const member = stable(held(A, { 0: 2 }));
    const by = { subscribedTopicIds: new Set([B]), mayHaveUnsubscribed: true };
    const stripped = reconcile(member, to(2, [0], by));
    expect(stripped).to.include({ state: 'UNREVOKED_PARTITIONS', memberEpoch: 2 });
    expect([stripped.assigned.size, stripped.pendingRevocation]).to.deep.equal([0, held(A, { 0: 2 })]);
    expect(reconcile(stripped, to(2, [0], { ...by, mayHaveUnsubscribed: false, owned: [] }))).to.include({
      state: 'STABLE',
      memberEpoch: 2,
    });
    expect(reconcile(member, to(2, [0], { ...by, owned: [] }))).to.include({ state: 'STABLE', memberEpoch: 2 });
    expect(reconcile(member, to(2, [0], { mayHaveUnsubscribed: true }))).to.equal(member);
  });

  it('adds to what it is giving up when it unsubscribes meanwhile', () => {
    const both = new Map([...held(A, { 0: 2, 1: 2 }), ...held(B, { 5: 2 })]);
    const subscribedTopicIds = new Set([A, B]);
    const target = new Map([
      [A, [1]],
      [B, [5]],
    ]);
    const waiting = reconcile(stable(both), to(3, [], { target, subscribedTopicIds }));
    const more = reconcile(waiting, to(3, [], { target, mayHaveUnsubscribed: true }));
    expect(more.assigned).to.deep.equal(held(A, { 1: 2 }));
    expect(more.pendingRevocation).to.deep.equal(new Map([...held(A, { 0: 2 }), ...held(B, { 5: 2 })]));
  });
});
