/**
 * What a member of a group has to be able to do in any way that its client can take part, as a suite: at a broker, through
 * a proxy, as one of several tenants.
 */
import { expect } from 'chai';
import { different, type GroupMember, overlaps } from './group-member';
import type { JoinOptions, Way } from './member';
import type { NumberedTopic } from './numbered-topic';

export interface Party {
  readonly way: Way;
  /** Of the topic that all read. */
  readonly partitions: number;
  /** The topic, once it is there, with records in it. */
  topic(): NumberedTopic;
  /** A group of its own for each use. */
  group(use: string): JoinOptions;
  /** Members of the same use are in one process. */
  join(use: string, options: JoinOptions): GroupMember;
}

export function waySuite({ way, partitions, topic, group, join }: Party): void {
  it('reads what is there, and goes on behind what it committed', async () => {
    const first = join('a', group('resumed'));
    await first.untilRead(topic().count);
    await first.leave();
    expect(first.read.length, 'records, each once').to.equal(topic().count);
    const before = topic().count;
    await topic().addOneEach();
    const second = join('a', group('resumed'));
    await second.untilRead(partitions);
    await second.leave();
    expect(second.read.every(({ offset }) => offset === before / partitions)).to.equal(true);
  });

  it('shares with another member, and takes over what that one leaves', async () => {
    const a = join('a', group('shared'));
    await a.untilOwns(partitions);
    const b = join('b', group('shared'));
    await b.untilOwns(partitions / 2);
    await a.untilOwns(partitions / 2);
    expect([...a.owned, ...b.owned].sort()).to.deep.equal(topic().names);
    if (way.incremental) {
      const revoked = a.told('revoked').flatMap((event) => event.partitions);
      expect(revoked.sort(), 'revoked, and no more').to.deep.equal(b.owned);
    }
    await b.leave();
    await a.untilOwns(partitions);
    await topic().addOneEach();
    await a.crew.until('record of each partition', () => {
      const last = different([...a.read, ...b.read]);
      return last.length === topic().count;
    });
    await a.leave();
    expect(overlaps([a, b])).to.deep.equal([]);
  });
}
