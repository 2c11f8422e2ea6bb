import { expect } from 'chai';
import {
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../lib/protocol/consumer-protocol';
import { renamed } from '../../lib/taps/tenant-assignments';

const add = (topic: string) => `a-${topic}`;
const strip = (topic: string) => (topic.startsWith('a-') ? topic.slice(2) : null);
const subscription = {
  topics: ['x', 'y'],
  userData: Buffer.from('a-x stays'),
  ownedPartitions: [{ topic: 'x', partitions: [0, 1] }],
  generationId: 7,
  rackId: 'r',
};
const assignment = { assignedPartitions: [{ topic: 'y', partitions: [3] }], userData: Buffer.from('y') };

describe('renamed', () => {
  it('renames topics in subscriptions of every version, and nothing else', () => {
    for (const version of [0, 1, 2, 3]) {
      const bytes = writeSubscription(subscription, version);
      const there = renamed(bytes, 'subscription', 'consumer', add);
      expect(readSubscription(there)).to.deep.include({ topics: ['a-x', 'a-y'], userData: subscription.userData });
      if (version > 0) expect(readSubscription(there)!.ownedPartitions[0]).to.have.property('topic', 'a-x');
      expect(renamed(there, 'subscription', 'consumer', strip)).to.deep.equal(bytes);
    }
  });

  it('renames topics in assignments', () => {
    const bytes = writeAssignment(assignment, 1);
    const there = renamed(bytes, 'assignment', 'consumer', add);
    expect(readAssignment(there)?.assignedPartitions).to.deep.equal([{ topic: 'a-y', partitions: [3] }]);
    expect(renamed(there, 'assignment', 'consumer', strip)).to.deep.equal(bytes);
  });

  it('keeps the version and the rest of a message from the future', () => {
    const bytes = Buffer.concat([writeSubscription(subscription, 3), Buffer.from('more')]);
    bytes.writeInt16BE(9);
    const there = renamed(bytes, 'subscription', 'consumer', add);
    expect(there.readInt16BE(0)).to.equal(9);
    expect(there.toString().endsWith('more')).to.equal(true);
    expect(renamed(there, 'subscription', 'consumer', strip)).to.deep.equal(bytes);
  });

  it('leaves out what has no name here', () => {
    const bytes = writeSubscription({ ...subscription, topics: ['a-x', 'b-y'] }, 0);
    expect(readSubscription(renamed(bytes, 'subscription', 'consumer', strip))?.topics).to.deep.equal(['x']);
  });

  it('leaves groups of other types alone, and bytes that are no such message', () => {
    const bytes = writeSubscription(subscription, 1);
    expect(renamed(bytes, 'subscription', 'connect', add)).to.equal(bytes);
    for (const other of [Buffer.alloc(0), Buffer.from('0001ffff', 'hex'), Buffer.from('range')])
      expect(renamed(other, 'assignment', 'consumer', add)).to.equal(other);
  });

  it('takes bytes of a group whose type nobody says for such a message only where they are one to the last', () => {
    const bytes = writeAssignment(assignment, 1);
    expect(readAssignment(renamed(bytes, 'assignment', null, add))?.assignedPartitions[0]).to.have.property(
      'topic',
      'a-y',
    );
    const more = Buffer.concat([bytes, Buffer.from('more')]);
    expect(renamed(more, 'assignment', null, add)).to.equal(more);
  });
});
