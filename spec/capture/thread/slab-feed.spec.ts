import { expect } from 'chai';
import fc from 'fast-check';
import { Slab } from '../../../lib/capture/thread/slab';
import { SlabFeed } from '../../../lib/capture/thread/slab-feed';
import { virtualClock } from '../../../lib/virtual-clock';
import { opened } from '../../support/recordings';

/** A feed, and what its slabs bring: bytes with a `?` for each that is missing, and incidents. */
function feeding(slabBytes: number, flushMs = 100) {
  const told: { text: string; incidents: unknown[]; slabs: ArrayBuffer[] } = { text: '', incidents: [], slabs: [] };
  const clock = virtualClock();
  const feed = new SlabFeed({
    ...{ slabBytes, flushMs, scheduler: clock },
    handOver: (memory, length) => {
      told.slabs.push(memory);
      new Slab(memory).read(length, {
        incident: (incident) => told.incidents.push(incident),
        bytes: (_connection, _from, _atMs, bytes, start, end, missing) => {
          told.text += bytes.toString('latin1', start, end) + '?'.repeat(missing);
        },
      });
    },
  });
  return { feed, clock, told };
}

const letters = Buffer.from('abcdefghijklmnopqrstuvwxyz');

describe('SlabFeed', () => {
  it('brings all bytes but those in gaps, however small its slabs are', () => {
    const gaps = fc.uniqueArray(fc.nat(letters.length), { maxLength: 8 }).map((all) => {
      const sorted = all.toSorted((a, b) => a - b);
      return sorted.slice(0, sorted.length - (sorted.length % 2));
    });
    fc.assert(
      fc.property(fc.integer({ min: 22, max: 200 }), gaps, (slabBytes, all) => {
        const { feed, told } = feeding(slabBytes);
        const expected = Buffer.from(letters);
        for (let i = 0; i < all.length; i += 2) expected.fill('?', all[i], all[i + 1]);
        feed.put(1, 'broker', 1, letters, 0, letters.length, all);
        feed.putMessage(1, 1, letters, all);
        feed.handOver();
        expect(told.text).to.equal(`${expected}\0\0\0\x1a${expected}`);
      }),
    );
  });

  it('counts what is away, and writes again what comes back', () => {
    const { feed, told } = feeding(100);
    feed.put(1, 'client', 1, letters);
    feed.handOver();
    expect(feed.awayBytes).to.equal(100);
    feed.takeBack(told.slabs[0]!);
    expect(feed.awayBytes).to.equal(0);
    feed.put(1, 'client', 1, letters);
    feed.handOver();
    expect(told.slabs[1]).to.equal(told.slabs[0]);
  });

  it('has room for an incident that is larger than a slab', () => {
    const { feed, told } = feeding(30);
    feed.putIncident(opened(1));
    feed.handOver();
    expect(told.incidents).to.deep.equal([opened(1)]);
    feed.takeBack(told.slabs[0]!);
    expect(feed.awayBytes).to.equal(0);
  });

  it('hands over what waited long enough, unless it has ended', async () => {
    const { feed, clock, told } = feeding(100);
    feed.put(1, 'client', 1, letters);
    await clock.advance(100);
    expect(told.text).to.equal(String(letters));
    feed.takeBack(told.slabs[0]!);
    feed.put(1, 'client', 1, letters);
    feed.end();
    await clock.advance(1000);
    expect(told.slabs).to.have.lengthOf(1);
  });
});
