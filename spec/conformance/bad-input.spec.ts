import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { apis } from '../../lib/apis';
import { createTopics } from '../../lib/apis/create-topics';
import { deleteTopics } from '../../lib/apis/delete-topics';
import { describeConfigs } from '../../lib/apis/describe-configs';
import { fetch } from '../../lib/apis/fetch';
import { initProducerId } from '../../lib/apis/init-producer-id';
import { listOffsets } from '../../lib/apis/list-offsets';
import { metadata } from '../../lib/apis/metadata';
import { produce as produceApi } from '../../lib/apis/produce';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { type Codec, codecNames, compress } from '../../lib/records/compression';
import type { Service } from '../support/child';
import { Bytes } from '../support/foreign/bytes';
import { apiVersions, request } from '../support/foreign/messages';
import { type Home, launch, makeHome } from '../support/launch';
import { SteadyProducer } from '../support/steady-producer';
import { framed, requestFrame, Wire } from '../support/wire';
import { append, createTopic, send } from '../support/writing';

const decompressedMaxBytes = 10 << 20;
const bombBytes = 16 << 20;
/** What the broker may grow by, whatever it is sent: its buffers, the largest decompressed batch, garbage. */
const growthMaxMiB = 150;

const length = (size: number) => new Bytes().int32(size).done();
/** A request header of version 1. */
const head = (key: number, version: number) => {
  const client = Buffer.from('spec');
  return new Bytes().int16(key).int16(version).int32(1).int16(client.length).raw(client);
};
/** A Produce 11 up to its topics. */
const produced = () => new Bytes().uvarint(0).int16(1).int32(0);

/** What ends a connection, and the log line that says why. */
const hangups: readonly [what: string, bytes: Buffer, line: RegExp][] = [
  ['a negative frame', length(-1), /frame of -1 bytes is not a frame/],
  ['an empty frame', length(0), /frame of 0 bytes is not a frame/],
  ['a frame beyond the limit', length(104857601), /frame of 104857601 bytes exceeds 104857600/],
  ['a frame beyond all limits', length(2147483647), /frame of 2147483647 bytes exceeds 104857600/],
  ['a frame without an API', framed(Buffer.alloc(1)), /request header: apiKey at byte 0: 2 bytes needed, 1 left/],
  [
    'a frame that ends in its header',
    framed(head(18, 0).done().subarray(0, 5)),
    /request header: correlationId at byte 4: 4 bytes needed, 1 left/,
  ],
  [
    'a client id longer than the frame',
    framed(new Bytes().int16(18).int16(0).int32(1).int16(500).int8(0).done()),
    /request header: clientId at byte 10: 500 bytes needed, 1 left/,
  ],
  ['an unknown API', framed(head(999, 0).done()), /unknown API key 999 \(version 0\)/],
  ['an API below zero', framed(head(-1, 0).done()), /unknown API key -1 \(version 0\)/],
  ['Produce 2', framed(head(0, 2).done()), /Produce v2 is not served, only v3 to v13/],
  ['Fetch 3', framed(head(1, 3).done()), /Fetch v3 is not served, only v4 to v\d+/],
  ['Metadata 99', framed(head(3, 99).tags().done()), /Metadata v99 is not served, only v0 to v13/],
  ['a negative array', framed(head(3, 1).int32(-5).done()), /Metadata v1: topics at byte 18: array of -5 elements/],
  [
    'an array longer than the frame',
    framed(head(3, 1).int32(2147483647).done()),
    /Metadata v1: topics at byte 18: array of 2147483647 elements does not fit in the 0 bytes left/,
  ],
  [
    'a compact array longer than the frame',
    request(0, 11, 1, produced().uvarint(2 ** 31)),
    /Produce v11: topicData at byte \d+: array of 2147483647 elements does not fit in the 0 bytes left/,
  ],
  [
    'a string longer than the frame',
    request(0, 11, 1, produced().uvarint(2).uvarint(5000).int8(65)),
    /Produce v11: topicData\[0\]\.name at byte \d+: 4999 bytes needed, 1 left/,
  ],
  [
    'records longer than the frame',
    request(0, 11, 1, produced().uvarint(2).compact('t').uvarint(2).int32(0).uvarint(1_000_000).int8(1)),
    /Produce v11: topicData\[0\]\.partitionData\[0\]\.records at byte \d+: 999999 bytes needed, 1 left/,
  ],
  [
    'a varint that is cut off',
    request(0, 11, 1, produced().raw(Buffer.from([0xff, 0xff]))),
    /Produce v11: topicData at byte \d+: 1 bytes needed, 0 left/,
  ],
  [
    'a varint that does not end',
    request(0, 11, 1, produced().raw(Buffer.alloc(6, 0xff))),
    /Produce v11: topicData at byte \d+: varint of more than 5 bytes/,
  ],
  [
    'a tagged field longer than the frame',
    request(18, 4, 1, new Bytes().compact('a').compact('b').uvarint(1).uvarint(9).uvarint(1000)),
    /ApiVersions v4: tags at byte \d+: tag of 1000 bytes does not fit in the 0 bytes left/,
  ],
  ['half a length', Buffer.alloc(2), /connection ended after 2 of a length's 4 bytes/],
  ['half a frame', apiVersions(4, 1).subarray(0, 10), /connection ended after 6 of a frame's \d+ bytes/],
];

const lastly = 'has disturbed nobody in the end, and stops cleanly';

describe('bad input to a running broker', function () {
  this.timeout(120_000);
  let home: Home;
  let service: Service;
  let steady: SteadyProducer;
  let idleMiB: number;

  before(async () => {
    home = await makeHome({ 'millrace.decompressed.batch.max.bytes': String(decompressedMaxBytes) });
    service = await launch(home);
    steady = await SteadyProducer.start(home.bootstrap);
    const wire = await Wire.connect(home.bootstrap);
    await createTopic(wire, 'victim');
    wire.close();
    await steady.beat();
    idleMiB = residentMiB(service);
  });
  after(async () => {
    await service?.kill();
    await home?.remove();
  });
  // However bad it was: the other client goes on, nothing was taken for a bug, and memory stays where it was.
  afterEach(async function () {
    if (this.currentTest?.title === lastly) return;
    await steady.beat();
    expect(service.output()).not.to.match(/"level":"(error|fatal)"/);
    expect(residentMiB(service) - idleMiB).to.be.below(growthMaxMiB);
  });

  /** Sends bytes and the end of the connection; resolves with how many answers came before the broker's own end. */
  async function sendAndEnd(bytes: Buffer): Promise<number> {
    const wire = await Wire.connect(home.bootstrap);
    wire.stream.end(bytes);
    await wire.ended;
    return wire.unread;
  }

  for (const [what, bytes, line] of hangups) {
    it(`hangs up on ${what}, and says why`, async () => {
      const before = apiVersions(4, 77);
      expect(await sendAndEnd(Buffer.concat([before, bytes])), 'answers').to.equal(1);
      await service.until(new RegExp(`"level":"warn".*connection closed: ${line.source}`));
    });
  }

  it('answers a request with bytes behind its last field, as Kafka does', async () => {
    expect(await sendAndEnd(framed(Buffer.concat([apiVersions(4, 1).subarray(4), Buffer.alloc(3)])))).to.equal(1);
  });

  describe('batches that are not what they should be', () => {
    const good = () => buildBatch([{ value: 'good' }, { value: 'as well' }], { timestamp: Date.now() });
    const changed = (change: (b: Buffer) => void, isCrcRight = true) => {
      const b = good();
      change(b);
      if (isCrcRight) batch.updateCrc(b);
      return b;
    };
    const { fieldAt } = batch;
    const cases: [what: string, bytes: Buffer, errorCode: number][] = [
      ['a wrong checksum', changed((b) => b.writeUInt8(b.readUInt8(70) ^ 1, 70), false), 2],
      ['magic 1', changed((b) => b.writeInt8(1, fieldAt.magic)), 87],
      ['magic 3', changed((b) => b.writeInt8(3, fieldAt.magic)), 2],
      ['fewer records than it says', changed((b) => b.writeInt32BE(3, fieldAt.recordCount)), 87],
      ['no records', changed((b) => b.writeInt32BE(0, fieldAt.recordCount)), 87],
      ['a negative count', changed((b) => b.writeInt32BE(-1, fieldAt.recordCount)), 87],
      [
        'a count beyond all memory',
        changed((b) => {
          b.writeInt32BE(2147483647, fieldAt.recordCount);
          b.writeInt32BE(2147483646, fieldAt.lastOffsetDelta);
        }),
        87,
      ],
      ['more bytes than it has', changed((b) => b.writeInt32BE(100_000, fieldAt.batchLength), false), 87],
      ['a negative length', changed((b) => b.writeInt32BE(-1, fieldAt.batchLength), false), 2],
      ['a length of zero', changed((b) => b.writeInt32BE(0, fieldAt.batchLength), false), 2],
      ['codec 7', changed((b) => b.writeInt16BE(7, fieldAt.attributes)), 76],
      ['a control batch', changed((b) => b.writeInt16BE(0x20, fieldAt.attributes)), 87],
      ['a record longer than the batch', changed((b) => b.writeUInt8(0x7e, 61)), 87],
      ['two batches', Buffer.concat([good(), good()]), 87],
      ['not a single byte', Buffer.alloc(0), 87],
      ['a batch of the size of its header', good().subarray(0, 61), 87],
    ];
    for (const [what, bytes, errorCode] of cases) {
      it(`refuses ${what}, and the connection goes on`, async () => {
        const wire = await Wire.connect(home.bootstrap);
        const row = await send(wire, 'victim', 0, bytes);
        expect([row.errorCode, row.baseOffset]).to.deep.equal([errorCode, -1]);
        expect(await append(wire, 'victim', 0, good())).to.be.at.least(0);
        wire.close();
      });
    }

    for (const codec of [1, 2, 3, 4] as const) {
      it(`refuses a ${codecNames[codec]} bomb without unpacking it`, async () => {
        const bomb = bombOf(codec);
        expect(bomb.length).to.be.below(1_000_000);
        const wire = await Wire.connect(home.bootstrap);
        const rows = await Promise.all(Array.from({ length: 10 }, () => send(wire, 'victim', 0, bomb)));
        for (const row of rows) {
          expect(row.errorCode).to.equal(87);
          expect(row.errorMessage ?? '').to.satisfy((text: string) => text === '' || /exceeds \d+/.test(text));
        }
        wire.close();
      });
    }
  });

  describe('sockets that are half open or slow', () => {
    it('lets no frame that is announced and never sent hold up others', async () => {
      const stalled = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const wire = await Wire.connect(home.bootstrap);
          wire.raw(Buffer.concat([length(104857600), Buffer.alloc(2000)]));
          return wire;
        }),
      );
      // Their announcements have been read once an answer to something sent later is there.
      await steady.beat();
      for (let i = 0; i < 20; i++) await steady.beat();
      for (const wire of stalled) wire.close();
    });

    it('lets no client that does not read its answers hold up others, or memory grow', async () => {
      const wire = await Wire.connect(home.bootstrap);
      const topicId = await createTopic(wire, 'unread');
      const records = buildBatch([{ value: Buffer.alloc(900_000, 7) }]);
      for (let i = 0; i < 5; i++) await append(wire, 'unread', 0, records);
      wire.close();
      const [host, port] = home.bootstrap.split(':');
      const socket = connect(Number(port), host);
      socket.pause();
      const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 50_000_000 };
      const ask = {
        ...{ maxWaitMs: 0, minBytes: 1, forgottenTopicsData: [] },
        topics: [{ topic: '', topicId, partitions: [partition] }],
      };
      for (let i = 0; i < 100; i++) socket.write(requestFrame(fetch, 16, ask));
      for (let i = 0; i < 50; i++) await steady.beat();
      expect(residentMiB(service) - idleMiB).to.be.below(growthMaxMiB);
      socket.destroy();
    });

    it('serves on while frames come one byte at a time', async () => {
      const wires = await Promise.all(Array.from({ length: 10 }, () => Wire.connect(home.bootstrap)));
      for (const byte of apiVersions(4, 5)) {
        for (const wire of wires) wire.raw(Buffer.from([byte]));
        await steady.beat();
      }
      for (const wire of wires) {
        expect((await wire.frame()).readInt32BE(0)).to.equal(5);
        wire.close();
      }
    });

    it('serves on while clients reset their connections in the midst of answers', async () => {
      const [host, port] = home.bootstrap.split(':');
      for (let i = 0; i < 50; i++) {
        await new Promise<void>((resolve) => {
          const socket = connect(Number(port), host, () => {
            socket.write(Buffer.concat(Array.from({ length: 20 }, (_, n) => apiVersions(4, n))), () => {
              socket.resetAndDestroy();
              resolve();
            });
          });
          socket.on('error', () => {});
        });
      }
    });
  });

  describe('frames made by chance', () => {
    const perRun = 20;
    const runs = 50;

    /** Sends each frame over a connection of its own; all of them end, and nothing was taken for a bug. */
    async function endure(frames: readonly Buffer[]): Promise<void> {
      await Promise.all(frames.map((frame) => sendAndEnd(frame)));
      const faults = service.output().match(/.*"level":"(error|fatal)".*/);
      if (faults) throw new Error(faults[0]);
    }

    it(`endures ${runs * perRun} frames of random bytes behind headers that may be right`, async () => {
      const served = apis.flatMap((api) =>
        Array.from(
          { length: api.versions.to - api.versions.from + 1 },
          (_, i) => [api, api.versions.from + i] as const,
        ),
      );
      const frame = fc
        .tuple(
          fc.constantFrom(...served),
          fc.uint8Array({ maxLength: 120 }),
          fc.constantFrom('whole', 'whole', 'whole', 'headless'),
        )
        .map(([[api, version], bytes, kind]) => {
          const rest = Buffer.from(bytes);
          if (kind === 'headless') return framed(rest.length === 0 ? Buffer.alloc(1) : rest);
          const header = head(api.key, version);
          return framed((api.isFlexible(version) ? header.tags() : header).raw(rest).done());
        });
      const frames = fc.array(frame, { minLength: perRun, maxLength: perRun });
      await fc.assert(fc.asyncProperty(frames, endure), { numRuns: runs, seed: 1, endOnFailure: true });
    });

    it(`endures ${runs * perRun} valid requests with bits flipped`, async () => {
      const samples = validRequests();
      const frame = fc
        .tuple(fc.constantFrom(...samples), fc.array(fc.nat(), { minLength: 1, maxLength: 3 }))
        .map(([sample, places]) => {
          const bytes = Buffer.from(sample);
          for (const place of places) {
            const bit = place % ((bytes.length - 4) * 8);
            bytes[4 + (bit >> 3)]! ^= 1 << (bit & 7);
          }
          return bytes;
        });
      const frames = fc.array(frame, { minLength: perRun, maxLength: perRun });
      await fc.assert(fc.asyncProperty(frames, endure), { numRuns: runs, seed: 2, endOnFailure: true });
    });
  });

  describe('after all that', () => {
    it(lastly, async () => {
      expect(steady.count).to.be.greaterThan(100);
      await steady.stop();
      await service.stop();
      expect(await service.ended).to.match(/code 0$/);
    });
  });
});

/** Resident memory of a process, MiB. */
function residentMiB({ pid }: Service): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}

/** A batch of one record that comes to `bombBytes` of zeros. */
function bombOf(codec: Codec): Buffer {
  const plain = buildBatch([{ value: Buffer.alloc(bombBytes) }], { timestamp: Date.now() });
  const packed = compress(codec, plain.subarray(batch.headerBytes));
  const bomb = Buffer.concat([plain.subarray(0, batch.headerBytes), packed]);
  bomb.writeInt32BE(bomb.length - batch.logOverheadBytes, batch.fieldAt.batchLength);
  bomb.writeInt16BE(codec, batch.fieldAt.attributes);
  batch.updateCrc(bomb);
  return bomb;
}

/** One request of several APIs as a client would send it; none of them makes or deletes much if a bit of it changes. */
function validRequests(): Buffer[] {
  const records = buildBatch([{ key: 'key', value: 'value', headers: [{ key: 'h', value: 'v' }] }]);
  const topicId = 'bWlsbHJhY2VzcGVjLi4uLg';
  const place = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 };
  return [
    ...[3, 8, 11, 13].map((version) =>
      requestFrame(produceApi, version, {
        ...{ acks: 1, timeoutMs: 1000 },
        topicData: [{ name: 'victim', topicId, partitionData: [{ index: 0, records }] }],
      }),
    ),
    ...[4, 11, 12, 16].map((version) =>
      requestFrame(fetch, version, {
        ...{ maxWaitMs: 0, minBytes: 0, forgottenTopicsData: [] },
        topics: [{ topic: 'victim', topicId, partitions: [place] }],
      }),
    ),
    ...[1, 5, 9, 12].map((version) =>
      requestFrame(metadata, version, {
        topics: [{ name: 'victim', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
        allowAutoTopicCreation: false,
        includeClusterAuthorizedOperations: true,
        includeTopicAuthorizedOperations: true,
      }),
    ),
    ...[2, 5, 7].map((version) =>
      requestFrame(createTopics, version, {
        topics: [
          {
            ...{ name: 'wish', numPartitions: 1, replicationFactor: 1 },
            assignments: [],
            configs: [{ name: 'retention.ms', value: '1000' }],
          },
        ],
        validateOnly: true,
      }),
    ),
    ...[1, 4, 9].map((version) =>
      requestFrame(listOffsets, version, {
        ...{ replicaId: -1, isolationLevel: 0, timeoutMs: 0 },
        topics: [{ name: 'victim', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      }),
    ),
    ...[1, 4].map((version) =>
      requestFrame(describeConfigs, version, {
        resources: [{ resourceType: 2, resourceName: 'victim', configurationKeys: ['retention.ms'] }],
      }),
    ),
    requestFrame(deleteTopics, 6, { topics: [{ topicId }], timeoutMs: 1000 }),
    requestFrame(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1000 }),
    apiVersions(4, 1),
  ];
}
