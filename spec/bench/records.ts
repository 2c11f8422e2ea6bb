/**
 * records: what validation, checksums, reading and building of record batches cost, and how fast the codecs are.
 *
 * Codecs get 1 MiB of JSON lines with names that repeat, which is what topics often hold: ratios lie between 3 and 10.
 */
import { wholeSize } from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { codecNames, codecs, compress, decompress } from '../../lib/records/compression';
import { crc32c } from '../../lib/records/crc32c';
import { recordsOf } from '../../lib/records/record';
import { appendRules } from '../../lib/records/rules';
import { validateForAppend } from '../../lib/records/validate';
import { nanoseconds, type Print } from './bench';

const nowMs = 1_700_000_000_000;
const config = {
  'max.message.bytes': 1 << 27,
  'segment.bytes': 1 << 30,
  'cleanup.policy': ['delete'],
  'compression.type': 'producer',
  'compression.gzip.level': -1,
  'compression.zstd.level': 3,
  'max.decompressed.message.bytes': 2_147_483_639,
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.before.max.ms': Number.MAX_VALUE,
  'message.timestamp.after.max.ms': 3_600_000,
};
const asItComes = appendRules(config);
const appendTime = appendRules({ ...config, 'message.timestamp.type': 'LogAppendTime' });

function sample(count: number, valueBytes: number, codec: 0 | 1 | 2 | 3 | 4 = 0): Buffer {
  const value = Buffer.alloc(valueBytes, 'the value of a record ');
  const records = Array.from({ length: count }, (_, i) => ({ key: `key-${i}`, value, timestamp: nowMs + (i % 7) }));
  return buildBatch(records, { codec });
}

/** JSON lines whose numbers differ and whose words repeat. */
function jsonLines(size: number): Buffer {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff);
  const words = Array.from({ length: 3000 }, () => next().toString(36));
  let text = '';
  while (text.length < size) {
    text += `{"id":${next()},"name":"${words[next() % 3000]}","state":"${words[next() % 17]}"}\n`;
  }
  return Buffer.from(text).subarray(0, size);
}

export async function bench(print: Print): Promise<void> {
  const row = (what: string, bytes: number, work: () => unknown) => {
    const ns = nanoseconds(work);
    print({ what, bytes, ns, 'MB/s': (bytes / ns) * 1000 });
  };
  const one = sample(1, 100);
  const ten = sample(10, 100);
  const thousand = sample(1000, 1024);
  const small = sample(10_000, 88);
  row('validate 1 record of 100 B', one.length, () => validateForAppend(one, 11, asItComes, nowMs));
  row('validate 1 record of 100 B, LogAppendTime', one.length, () => validateForAppend(one, 11, appendTime, nowMs));
  row('validate 10 records of 100 B', ten.length, () => validateForAppend(ten, 11, asItComes, nowMs));
  row('validate 1 MB of 1 KiB records', thousand.length, () => validateForAppend(thousand, 11, asItComes, nowMs));
  row('validate 1 MB of 100 B records', small.length, () => validateForAppend(small, 11, asItComes, nowMs));
  row('  of which the CRC', small.length, () => crc32c(small, 21));
  for (const codec of [1, 2, 3, 4] as const) {
    const packed = sample(1000, 1024, codec);
    row(`validate 1 MB of 1 KiB records, ${codecNames[codec]}`, thousand.length, () =>
      validateForAppend(packed, 11, asItComes, nowMs),
    );
  }
  for (const size of [61, 150, 255, 256, 1000, 16384]) {
    const bytes = Buffer.alloc(size + 21, 7);
    row(`crc32c of ${size} B`, size, () => crc32c(bytes, 21));
  }
  row('step over a batch', one.length, () => wholeSize(one));
  row('read 10,000 records of 100 B', small.length, () => {
    let count = 0;
    for (const record of recordsOf(small)) count += record.headers.length;
    return count;
  });
  const drafts = [...recordsOf(small)];
  row('build 10,000 records of 100 B', small.length, () => buildBatch(drafts));
  const text = jsonLines(1 << 20);
  for (const name of codecNames.slice(1)) {
    const packed = compress(codecs[name], text);
    row(`${name}: compress 1 MiB to ${packed.length >> 10} KiB`, text.length, () => compress(codecs[name], text));
    row(`${name}: decompress it`, text.length, () => decompress(codecs[name], packed, 1 << 27));
    const little = compress(codecs[name], text.subarray(0, 300));
    row(`${name}: decompress 300 B`, 300, () => decompress(codecs[name], little, 1 << 27));
  }
}
