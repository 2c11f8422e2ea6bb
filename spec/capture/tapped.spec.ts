import { expect } from 'chai';
import { produce } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';
import { Redactor } from '../../lib/capture/redact/redactor';
import { Tapped } from '../../lib/capture/tapped';
import { buildBatch } from '../../lib/records/build';
import { inChunks, textOfEvent } from '../support/captured';
import { request } from '../support/crafted-pcap';
import { recorderTo, requestBytes } from '../support/recordings';

/** What is recorded of one connection. */
async function tapped(redactor: Redactor | null, work: (one: Tapped) => void, keeps = true): Promise<CaptureEvent[]> {
  const chunks: Buffer[] = [];
  const recorder = recorderTo(chunks);
  work(new Tapped(3, recorder, redactor, keeps));
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

  it('records no message of which anything is missing but values of records', async () => {
    const long = requestBytes(produce, 9, {
      ...{ acks: 1, timeoutMs: 1 },
      topicData: [{ name: 't', partitionData: [{ index: 0, records: buildBatch([{ value: 'SECRET' }]) }] }],
    });
    const value = long.indexOf('SECRET');
    const other = request(2).subarray(4);
    for (const [redactor, message, gaps, kept] of [
      [new Redactor(['values']), long, [value, value + 6], true],
      [new Redactor(['values']), long, [value - 1, value + 6], false],
      [new Redactor(['values']), long, [8, 9], false],
      [new Redactor(['sasl']), long, [value, value + 6], false],
      [null, long, [value, value + 6], false],
      [new Redactor(['values']), other, [9, 10], false],
    ] as const) {
      const [event] = await tapped(redactor, (one) => one.request(message, 5001, gaps));
      expect(event).to.include(kept ? { is: 'frame' } : { is: 'lost', bytes: message.length });
    }
    const [answer] = await tapped(
      new Redactor(['values']),
      (one) => {
        one.answer(Buffer.from([0, 0, 0, 6, 0, 0, 0]), 5001);
        one.missed(3);
      },
      false,
    );
    expect(answer).to.include({ is: 'lost', from: 'broker', bytes: 6 });
  });

  it('leaves out answers to requests that were lost, of which nobody knows whether they hold secrets', async () => {
    const events = await tapped(new Redactor(['values']), (one) => {
      one.request(request(1).subarray(4), 5001);
      one.answer(framed(Buffer.from([0, 0, 0, 1])), 5001);
      one.lostRequests();
      one.answer(framed(Buffer.from('\0\0\0\x02SECRET')), 5002);
      one.request(request(3).subarray(4), 5003);
      one.answer(framed(Buffer.from([0, 0, 0, 3])), 5003);
    });
    expect(events.map(textOfEvent)).to.deep.equal([
      '3 client #1',
      '3 broker #1',
      '3 broker lost 10: an answer was left out: its request was lost, and it may hold secrets',
      '3 client #3',
      '3 broker #3',
    ]);
  });
});
