import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { metadata } from '../../lib/apis/metadata';
import { createBroker } from '../../lib/embedded/create-broker';
import { onRequest } from '../../lib/pipeline/on-request';
import { mergeTaps } from '../../lib/pipeline/taps';
import { latency } from '../../lib/taps/latency';
import { Tapped } from '../support/tapped';

describe('latency', () => {
  it('knows how long the requests of each API took, on the clock of the broker', async () => {
    const seen = latency();
    const times = [...Array.from({ length: 98 }, () => 2), 50, 400];
    const slow = onRequest(metadata, 'slow', () => tapped.clock.advance(times.shift()!));
    const tapped = await Tapped.open(mergeTaps({ requests: [slow] }, seen.taps));
    for (let i = 0; i < 100; i++) await tapped.broker.inject(metadata, 12, { topics: [] });
    await tapped.send(['a']);
    const { Metadata, Produce, ...others } = seen.read();
    expect(others).to.deep.equal({});
    expect(Produce).to.include({ requests: 1 });
    expect(Metadata!.requests).to.equal(100);
    const near = (ms: number) => [ms * 0.998, ms * 1.002] as const;
    expect(Metadata!.p50Ms).to.be.within(...near(2));
    expect(Metadata!.p99Ms).to.be.within(...near(50));
    expect(Metadata!.maxMs).to.be.within(...near(400));
    expect(Metadata!.meanMs).to.be.within(...near((98 * 2 + 50 + 400) / 100));
    expect(JSON.parse(JSON.stringify(seen.read()))).to.deep.equal(seen.read());
    seen.reset();
    expect(seen.read()).to.deep.equal({});
    await tapped.close();
  });

  it('measures fractions of a millisecond where time is real, and begins with the requests that come after it', async () => {
    const seen = latency();
    const broker = await createBroker({ scheduler: asyncScheduler });
    await broker.inject(metadata, 12, { topics: [] });
    broker.taps.add(seen.taps);
    for (let i = 0; i < 20; i++) await broker.inject(metadata, 12, { topics: [] });
    const { Metadata } = seen.read();
    expect(Metadata!.requests).to.equal(20);
    expect(Metadata!.p50Ms * 1000).to.be.greaterThan(0);
    expect(Number.isInteger(Metadata!.meanMs)).to.equal(false);
    await broker.close();
  });
});
