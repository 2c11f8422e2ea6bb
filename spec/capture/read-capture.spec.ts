import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { filter, firstValueFrom, from, take, toArray } from 'rxjs';
import type { CaptureEvent } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';
import { CaptureError } from '../../lib/capture/source';
import { eventsOf, inChunks, textOfEvent } from '../support/captured';
import { enhanced, netInterface, packet, pcap, request, section } from '../support/crafted-pcap';
import { mrcap } from '../support/mrcap';
import { trafficFile } from '../support/reference-traffic';
import { rejected, thrown } from '../support/thrown';

const packets = [packet({ flags: 'S' }), packet({ seq: 1, payload: request(1) })];
const classic = pcap(packets);
const expected = ['1 10.0.0.1:50000 > 10.0.0.2:9092', '1 client #1', '1 closed by null'];
const nextGeneration = Buffer.concat([section(), netInterface(1), ...packets.map((bytes) => enhanced(bytes, 5n))]);

const recording = mrcap([
  [
    { is: 'opened', connection: 1, atMs: 5, client: '10.0.0.1:50000', server: '10.0.0.2:9092', listener: null },
    { is: 'frame', connection: 1, atMs: 5, from: 'client', bytes: request(1).subarray(4) },
  ],
]);

describe('readCapture', () => {
  it('finds the format by the first bytes, gzip’d or not', async () => {
    for (const [file, format, version] of [
      [classic, 'pcap', '2.4'],
      [nextGeneration, 'pcapng', '1.0'],
      [recording, 'mrcap', '1'],
    ] as const) {
      for (const bytes of [file, gzipSync(file)]) {
        const capture = readCapture(inChunks(bytes, 7));
        expect(await capture.about).to.deep.include({ format, version, isGzip: bytes !== file });
        expect((await capture.toArray()).map(textOfEvent)).to.deep.equal(expected);
      }
    }
  });

  it('reads a file anew each time', async () => {
    const capture = readCapture(trafficFile('kcat-admin.pcap'));
    expect(await capture.about).to.deep.equal({
      format: 'pcap',
      version: '2.4',
      isGzip: true,
      facts: { linkType: '1', snapBytes: '262144' },
    });
    const once = await capture.toArray();
    expect(once).to.have.lengthOf(32);
    expect(await capture.toArray()).to.deep.equal(once);
    expect(await firstValueFrom(capture.asObservable().pipe(toArray()))).to.deep.equal(once);
  });

  it('reads a stream once', async () => {
    const capture = readCapture(Readable.from([classic]));
    expect(await capture.toArray()).to.have.lengthOf(3);
    expect(await rejected(capture.toArray())).to.be.instanceOf(CaptureError);
  });

  it('is left in the midst, as an iterable and as an Observable', async () => {
    const capture = readCapture(trafficFile('kcat-admin.pcap'));
    for await (const event of capture) {
      expect(event.is).to.equal('opened');
      break;
    }
    const isFrame = filter((event: CaptureEvent) => event.is === 'frame');
    expect(await firstValueFrom(from(capture).pipe(isFrame, take(2), toArray()))).to.have.lengthOf(2);
  });

  it('refuses what is no recording', async () => {
    const refused = async (bytes: Buffer | string) => {
      const capture = readCapture(typeof bytes === 'string' ? bytes : inChunks(bytes));
      const error = await rejected(capture.about);
      expect(error).to.be.instanceOf(CaptureError);
      expect(await rejected(capture.toArray())).to.be.instanceOf(CaptureError);
      return (error as Error).message;
    };
    expect(await refused(Buffer.alloc(0))).to.match(/^the source is empty; expected mrcap, pcap, pcapng/);
    expect(await refused(Buffer.from('PK\x03\x04zip'))).to.match(
      /is not a recording: it begins with 504b0304; expected/,
    );
    expect(await refused(gzipSync(Buffer.from('text')))).to.match(/is not a recording: it begins with 74657874/);
    expect(await refused(gzipSync(classic).subarray(0, 5))).to.match(/is empty/);
    expect(await refused(classic.subarray(0, 9))).to.match(/ends within the header of pcap/);
    expect(await refused(Buffer.concat([Buffer.from('MRCAP\r\n'), Buffer.from([2])]))).to.equal(
      'the source is a recording of format version 2; only version 1 can be read here',
    );
    expect(await refused(recording.subarray(0, 20))).to.match(/ends within the header of mrcap/);
    expect(await refused('/nowhere/x.pcap')).to.equal('cannot read /nowhere/x.pcap: there is no such file');
    expect(await rejected(firstValueFrom(readCapture('/nowhere').asObservable()))).to.be.instanceOf(CaptureError);
  });

  it('refuses options that cannot be meant', () => {
    const refused = (options: object) => (thrown(() => readCapture('x', options)) as Error).message;
    expect(refused({ port: [1] })).to.equal('readCapture: no option "port": did you mean ports?');
    expect(refused({ connection: 0 })).to.equal('readCapture: connection: 0, expected the number of one, from 1 on');
    expect(refused({ ports: [0] })).to.equal('readCapture: ports: 0 is none');
    expect(refused({ frameMaxBytes: 2 ** 31 })).to.match(/frameMaxBytes: 2147483648, expected 1 to/);
  });

  it('reads one connection of a recording of any format', async () => {
    const all = await readCapture(trafficFile('kcat-admin.pcap')).toArray();
    const one = await readCapture(trafficFile('kcat-admin.pcap'), { connection: 2 }).toArray();
    expect(one).to.deep.equal(all.filter(({ connection }) => connection === 2));
    expect(await readCapture(inChunks(recording), { connection: 2 }).toArray()).to.deep.equal([]);
  });

  it('reads connections with some ports of a recording of any format', async () => {
    const of = (bytes: Buffer, port: number) => eventsOf(bytes, { ports: [port] });
    for (const bytes of [classic, recording]) {
      expect(await of(bytes, 9092)).to.deep.equal(await eventsOf(bytes));
      expect(await of(bytes, 9093)).to.deep.equal([]);
    }
  });

  it('tells of a compressed file that ends too early, behind all that can be read', async () => {
    const seen = await eventsOf(gzipSync(classic).subarray(0, -9));
    expect(seen.filter((text) => text.includes('lost'))[0]).to.match(
      /cannot be uncompressed any further: unexpected end/,
    );
    expect(seen).to.include(expected[1]);
  });

  it('reads any cut and any flipped byte without throwing anything but a CaptureError', async () => {
    const damaged = fc.tuple(
      fc.constantFrom(classic, nextGeneration, recording),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(damaged, async ([file, cutAt, flipAt, mask]) => {
        const bytes = Buffer.from(file.subarray(0, cutAt % (file.length + 1)));
        if (bytes.length > 0) bytes[flipAt % bytes.length]! ^= mask;
        try {
          await readCapture(inChunks(bytes, 50)).toArray();
        } catch (error) {
          expect(error).to.be.instanceOf(CaptureError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
