/**
 * Validation with Kafka's default configuration and a clock that stands still, for the specs of lib/records/validate.ts.
 */
import { expect } from 'chai';
import { type AppendConfig, appendRules } from '../../lib/records/rules';
import { type ValidBatch, validateForAppend } from '../../lib/records/validate';

/** What the clock says, ms. */
export const now = 1_700_000_000_000;
export const defaults: AppendConfig = {
  'max.message.bytes': 1048588,
  'segment.bytes': 1073741824,
  'cleanup.policy': ['delete'],
  'compression.type': 'producer',
  'compression.gzip.level': -1,
  'compression.zstd.level': 3,
  'max.decompressed.message.bytes': 2147483639,
  'message.timestamp.type': 'CreateTime',
  'message.timestamp.before.max.ms': Number('9223372036854775807'),
  'message.timestamp.after.max.ms': 3600000,
};
export const compacted = { 'cleanup.policy': ['compact'] };
export const appendTime = { 'message.timestamp.type': 'LogAppendTime' };

/** What differs from the defaults. */
export interface Setting extends Partial<AppendConfig> {
  readonly version?: number;
  readonly decompressedBatchMaxBytes?: number;
}

/** Validates, and makes sure that the bytes that came in stay as they are. */
export function validate(records: Buffer | null, setting: Setting = {}): ValidBatch {
  const { version = 9, decompressedBatchMaxBytes, ...config } = setting;
  const rules = appendRules({ ...defaults, ...config }, decompressedBatchMaxBytes);
  const before = records === null ? null : Buffer.from(records);
  try {
    return validateForAppend(records, version, rules, now);
  } finally {
    if (records !== null) expect(records.equals(before!), 'input unchanged').to.equal(true);
  }
}
