import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { assert, constantFrom, nat, oneof, property, tuple, uint8Array } from 'fast-check';
import { codecNames, codecs, compress, decompress } from '../../lib/records/compression';
import { kafkaErrorOf } from '../support/thrown';

const packing = codecNames.filter((name) => name !== 'none');
const limit = 1 << 22;

/** Bytes that repeat, up to some 400 KiB, so that every codec has several blocks; or few that do not. */
const samples = oneof(
  uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  tuple(uint8Array({ minLength: 1, maxLength: 400 }), nat(1000)).map(([bytes, times]) =>
    Buffer.concat(Array.from({ length: times }, () => bytes)),
  ),
);

describe('compress', () => {
  for (const name of codecNames) {
    it(`gives bytes that decompress gives back: ${name}`, () => {
      assert(
        property(samples, (bytes) => {
          const packed = compress(codecs[name], bytes);
          expect(decompress(codecs[name], packed, bytes.length).equals(bytes)).to.equal(true);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('takes the levels of gzip and zstd', () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `${Math.imul(i, 0x9e3779b1) >>> 20},`).join(''));
    for (const [name, low, high] of [
      ['gzip', { gzip: 1 }, { gzip: 9 }],
      ['zstd', { zstd: 1 }, { zstd: 19 }],
    ] as const) {
      const [quick, thorough] = [compress(codecs[name], text, low), compress(codecs[name], text, high)];
      expect(thorough.length, name).to.be.lessThan(quick.length);
      expect(decompress(codecs[name], thorough, text.length).equals(text)).to.equal(true);
    }
  });
});

describe('decompress', () => {
  for (const name of packing) {
    it(`gives up as soon as more than the limit comes out: ${name}`, () => {
      const bomb = compress(codecs[name], Buffer.alloc(1 << 24));
      for (const maxBytes of [0, 1000, 1 << 20, (1 << 24) - 1]) {
        const error = kafkaErrorOf(() => decompress(codecs[name], bomb, maxBytes));
        expect(error.name).to.equal('INVALID_RECORD');
        expect(error.message).to.match(name === 'lz4' ? /^lz4 (data|block)/ : new RegExp(`${maxBytes}`));
      }
      expect(decompress(codecs[name], bomb, 1 << 24)).to.have.length(1 << 24);
    });

    it(`refuses data that was cut off anywhere: ${name}`, () => {
      const text = Buffer.from('a line of text that repeats, '.repeat(30));
      const packed = compress(codecs[name], text);
      for (let length = 0; length < packed.length; length++) {
        let out: Buffer | null = null;
        try {
          out = decompress(codecs[name], packed.subarray(0, length), limit);
        } catch (error) {
          expect(error).to.have.property('name', 'INVALID_RECORD');
        }
        // Of snappy streams and zstd frames that end at a block or a frame, nothing tells that more was to come.
        expect(out === null || out.length === 0, `${length} of ${packed.length}`).to.equal(true);
      }
    });

    it(`answers a KafkaError to any damage, and never more than the limit: ${name}`, () => {
      const text = Buffer.from('a line of text that repeats, '.repeat(300));
      const packed = compress(codecs[name], text);
      assert(
        property(nat(packed.length - 1), nat(255), nat(packed.length - 1), nat(255), (at, byte, at2, byte2) => {
          const damaged = Buffer.from(packed);
          damaged[at] = byte;
          damaged[at2] = byte2;
          try {
            expect(decompress(codecs[name], damaged, 20_000).length).to.be.at.most(20_000);
          } catch (error) {
            expect(error).to.have.property('name', 'INVALID_RECORD');
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  it('answers a KafkaError to random bytes', () => {
    assert(
      property(constantFrom(...packing), uint8Array({ maxLength: 60 }), (name, bytes) => {
        try {
          expect(decompress(codecs[name], Buffer.from(bytes), 5000).length).to.be.at.most(5000);
        } catch (error) {
          expect(error).to.have.property('name', 'INVALID_RECORD');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a codec that Kafka does not have', () => {
    const error = kafkaErrorOf(() => decompress(5, Buffer.alloc(4), 100));
    expect(error.name).to.equal('UNSUPPORTED_COMPRESSION_TYPE');
    expect(error.message).to.equal('codec 5 is not one of 0–4');
  });
});

describe('codec packages', () => {
  it('are not loaded before their first use', () => {
    const program = `
      const loaded = () => ['snappy', 'lz4-napi', 'zstd-wasm'].filter((name) =>
        Object.keys(require.cache).some((file) => file.includes('node_modules') && file.includes(name)));
      const { compress } = require('./lib/records/compression');
      require('./lib/records/validate');
      const before = loaded();
      compress(2, Buffer.from('x'));
      console.log(JSON.stringify([before, loaded()]));`;
    const output = execFileSync(process.execPath, ['-r', 'ts-node/register', '-e', program], {
      cwd: join(__dirname, '../..'),
      env: { ...process.env, TS_NODE_TRANSPILE_ONLY: 'true' },
    });
    expect(JSON.parse(output.toString())).to.deep.equal([[], ['snappy']]);
  }).timeout(60_000);
});
