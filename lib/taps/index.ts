/**
 * The ready-made taps: what lib/index.ts shows as `taps`. One file each.
 */
export { type AccessEntry, type AccessLogOptions, accessLog } from './access-log';
export { type ChaosDecision, type ChaosOptions, type ChaosRule, chaos } from './chaos';
export type { ChosenTopics } from './chosen-topics';
export { type Latency, type LatencyFigures, latency } from './latency';
export { type MapRecordsOptions, mapRecords } from './map-records';
export type { ChangedRecord, RecordOutcome } from './mapped-batch';
export { type Mirror, type MirrorOptions, mirror } from './mirror';
export type { MapRecord, PassingRecord, RecordsOf } from './passing-record';
export { type RateLimitOptions, rateLimit } from './rate-limit';
export { type RefuseOptions, refuse } from './refuse';
export type { SendFigures } from './send-queue';
export { type Asking, type TenantPrefixOptions, tenantPrefix } from './tenant-prefix';
