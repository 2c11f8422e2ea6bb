import { expect } from 'chai';
import type { Recorded } from '../../lib/capture/mrcap/recorder';
import { recordingTaps } from '../../lib/capture/recording-taps';
import type { Incident, Sink } from '../../lib/capture/sink';
import { Hangup } from '../../lib/errors';
import { clockAt } from '../support/in-process';
import { echo, frame, run, settle } from '../support/pipeline';

/** A sink that notes what it hears. */
class Noting implements Sink {
  readonly heard: string[] = [];
  readonly incidents: Incident[] = [];
  readonly begun = Promise.resolve();
  readonly recorded: Recorded = {
    files: [],
    bytes: 0,
    connections: 0,
    frames: 0,
    droppedFrames: 0,
    unknownRequests: 0,
    error: null,
  };
  mustWait = false;
  readonly waiting: (() => void)[] = [];

  whenRoom(goOn: () => void): void {
    this.waiting.push(goOn);
  }

  tell(incident: Incident): void {
    this.incidents.push(incident);
    this.heard.push(`${incident.connection} ${incident.is}${incident.is === 'closed' ? ` by ${incident.by}` : ''}`);
  }

  request(connection: number, bytes: Buffer, atMs: number): void {
    this.heard.push(`${connection} asks ${bytes.length} at ${atMs}`);
  }

  answer(connection: number, bytes: Buffer, atMs: number): void {
    this.heard.push(`${connection} hears ${bytes.length} at ${atMs}`);
  }

  async close(): Promise<Recorded> {
    return this.recorded;
  }
}

const clock = clockAt(7);
const doubles = echo(1, 'exclusive', (n) => ({ n: n * 2 }));
const hangsUp = echo(1, 'exclusive', () => {
  throw new Hangup('no more');
});

describe('recordingTaps', () => {
  let sink: Noting;
  beforeEach(() => {
    sink = new Noting();
  });

  it('tells what passes, in its order, and who ended the connection', async () => {
    const { client, answers } = run([doubles], { taps: recordingTaps(sink, () => clock.now(), false) });
    client.write(frame(1, 1, 21));
    await settle();
    client.end();
    await settle();
    expect(answers()).to.have.lengthOf(1);
    expect(sink.heard.map((text) => text.replace(/ at [\d.]+$/, ''))).to.deep.equal([
      '1 opened',
      '1 asks 22',
      '1 hears 16',
      '1 closed by client',
    ]);
    expect(sink.heard[2]).to.equal('1 hears 16 at 7');
  });

  it('tells when a frame was whole more finely than it says, unless a stage has kept it', async () => {
    // The framer of these specs says 42.
    for (const [nowMs, toldMs] of [
      [42.25, 42.25],
      [43, 42],
    ]) {
      sink = new Noting();
      const { client } = run([doubles], { taps: recordingTaps(sink, () => nowMs!, false) });
      client.write(frame(1, 1, 21));
      await settle();
      expect(sink.heard).to.include.members([`1 asks 22 at ${toldMs}`, `1 hears 16 at ${nowMs}`]);
    }
  });

  it('numbers connections, and says when the broker hung up', async () => {
    const taps = recordingTaps(sink, () => clock.now(), false);
    for (const api of [doubles, hangsUp]) run([api], { taps }).client.write(frame(1, 1, 21));
    await settle();
    expect(sink.heard.filter((text) => text.includes('2 '))).to.include.members(['2 opened', '2 closed by broker']);
  });

  it('says once that answers cannot be heard, where the connection was open before', async () => {
    const { frames } = recordingTaps(sink, () => clock.now(), false);
    const { client } = run([doubles], { taps: { frames: frames! } });
    for (const n of [1, 2]) client.write(frame(1, n, n));
    await settle();
    expect(sink.heard.map((text) => text.replace(/ at [\d.]+$/, ''))).to.deep.equal([
      '1 opened',
      '1 lost',
      '1 asks 22',
      '1 asks 22',
    ]);
    expect(sink.incidents[1]).to.include({ from: 'broker', bytes: 0 });
  });

  it('rides on the streams before it, but where traffic has to wait', async () => {
    const [riding, waiting] = [
      recordingTaps(sink, () => clock.now(), false),
      recordingTaps(sink, () => clock.now(), true),
    ];
    for (const seam of ['frames', 'outbound'] as const) {
      expect(riding[seam]![0]!.rides).to.be.a('function');
      expect(waiting[seam]![0]!.rides).to.equal(undefined);
    }
    const { client, answers } = run([doubles], { taps: waiting });
    sink.mustWait = true;
    client.write(Buffer.concat([frame(1, 1, 1), frame(1, 2, 2)]));
    await settle();
    expect(answers()).to.have.lengthOf(1);
    sink.mustWait = false;
    while (sink.waiting.length > 0) {
      sink.waiting.shift()!();
      await settle();
    }
    expect(answers()).to.have.lengthOf(2);
  });
});
