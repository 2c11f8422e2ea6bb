import { expect } from 'chai';
import type { CaptureEvent } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';
import { Redactor } from '../../lib/capture/redact/redactor';
import { Tapped } from '../../lib/capture/tapped';
import { inChunks, textOfEvent } from '../support/captured';
import { request } from '../support/crafted-pcap';
import { recorderTo } from '../support/recordings';

/** What is recorded of one connection. */
async function tapped(redactor: Redactor | null, work: (one: Tapped) => void): Promise<CaptureEvent[]> {
  const chunks: Buffer[] = [];
  const recorder = recorderTo(chunks);
  work(new Tapped(3, recorder, redactor, true));
  await recorder.close();
  const all = await readCapture(inChunks(Buffer.concat(chunks))).toArray();
  // What says that the connection was there is somebody else's to tell.
  return all.slice(1, -1);
}

const framed = (bytes: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const handshake = (version: number) =>
  request(1, { key: 17, version, body: Buffer.from([0, 5, ...Buffer.from('PLAIN')]) }).subarray(4);

describe('Tapped', () => {
  it('puts down messages and answers as they were, with their times', async () => {
    const events = await tapped(null, (one) => {
      one.request(request(7).subarray(4), 5001);
      const answer = framed(Buffer.from([0, 0, 0, 7, 9]));
      one.answer(answer.subarray(0, 6), 5002);
      one.answer(answer.subarray(6), 5003);
    });
    expect(events).to.deep.equal([
      { is: 'frame', connection: 3, atMs: 5001, from: 'client', bytes: request(7).subarray(4) },
      { is: 'frame', connection: 3, atMs: 5003, from: 'broker', bytes: Buffer.from([0, 0, 0, 7, 9]) },
    ]);
  });

  it('keeps requests of APIs that nobody knows, and counts them where something is to be left out', async () => {
    for (const [redactor, count] of [
      [new Redactor(['values']), 1],
      [null, 0],
    ] as const) {
      const recorder = recorderTo([]);
      const one = new Tapped(3, recorder, redactor, true);
      one.request(request(1, { key: 18 }).subarray(4), 5001);
      one.request(request(2, { key: 999 }).subarray(4), 5001);
      expect(await recorder.close()).to.include({ frames: 2, unknownRequests: count });
    }
  });

  it('hides the tokens of SASL that come without headers, and what answers them', async () => {
    const token = Buffer.from('\0user\0SECRET');
    const events = await tapped(new Redactor(['sasl']), (one) => {
      one.request(handshake(0), 5001);
      one.answer(framed(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0])), 5001);
      one.request(token, 5001);
      one.answer(framed(Buffer.from('SECRET')), 5001);
      one.request(request(5).subarray(4), 5001);
      one.answer(framed(Buffer.from([0, 0, 0, 5])), 5001);
    });
    const frames = events.flatMap((event) => (event.is === 'frame' ? [event.bytes] : []));
    expect(frames.map(({ length }) => length)).to.deep.equal([handshake(0).length, 10, token.length, 6, 13, 4]);
    expect(Buffer.concat(frames).includes('SECRET')).to.equal(false);
    expect(textOfEvent(events[4]!)).to.equal('3 client #5');
    expect(textOfEvent(events[5]!)).to.equal('3 broker #5');
  });

  it('hides tokens of Kerberos that come first of all, and none behind a handshake of version 1', async () => {
    const events = await tapped(new Redactor(['sasl']), (one) => one.request(Buffer.from('`SECRET token'), 5001));
    expect(events[0]).to.deep.include({ bytes: Buffer.from('redacted-reda') });
    const later = await tapped(new Redactor(['sasl']), (one) => {
      one.request(handshake(1), 5001);
      one.request(request(2, { key: 120 }).subarray(4), 5001);
    });
    expect(textOfEvent(later[1]!)).to.equal('3 client #2');
  });
});
