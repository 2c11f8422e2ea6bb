/**
 * The public face of Millrace: what a program imports. Everything else may move without notice.
 */
export * from './apis';
export { exchanges } from './apis/exchanges';
export type { BrokerPicture } from './broker';
export {
  type AnsweredCall,
  type Asked,
  type CallEvent,
  type CallsOptions,
  callsOf,
  type Stray,
  type Unanswered,
} from './capture/calls';
export { type CaptureOptions, capture, type Recording } from './capture/capture';
export type {
  Capture,
  CaptureAbout,
  CaptureEvent,
  Closed,
  Lost,
  Opened,
  ReadCaptureOptions,
  RecordedFrame,
  Side,
} from './capture/event';
export type { CaptureEvents } from './capture/events';
export { joined } from './capture/joined';
export type { Recorded } from './capture/mrcap/recorder';
export { readCapture } from './capture/read-capture';
export type { RecordedAnswer, RecordedRequest } from './capture/recorded';
export { type GivenRecording, readSeveral, recordingsOf, type SeveralOptions } from './capture/several';
export { CaptureError, type CaptureSource } from './capture/source';
export { type Watch, type WatchOptions, watch } from './capture/watch';
export { type Config, ConfigError, loadConfig } from './config';
export type { Duration } from './duration';
export { type Broker, createBroker, type Listening } from './embedded/create-broker';
export { Refused } from './embedded/errors';
export type { ConfigValue, GivenConfig } from './embedded/given-config';
export type { BrokerOptions } from './embedded/options';
export type { ProducedRecord, RecordPlace } from './embedded/produce';
export type { Records, RecordsOptions, StoredRecord } from './embedded/records';
export type { NewTopic, WantedTopic } from './embedded/topics';
export { type ErrorName, errors, Hangup, KafkaError } from './errors';
export type { Fault } from './faults/fault';
export type { DiskFaultOptions, DiskOperation } from './faults/fault-disk';
export type { FaultDraft } from './faults/fault-draft';
export type { Faults } from './faults/faults';
export type { Selector } from './faults/selector';
export { createLogger, type Logger } from './logger';
export { around, type CallOf, type Next } from './pipeline/around';
export type { AnyBody, Made, ReplyBody, ReplyOf, RequestBody, RequestOf } from './pipeline/bodies';
export { fromOperator } from './pipeline/from-operator';
export { fromTransform } from './pipeline/from-transform';
export type { LiveTaps, Where } from './pipeline/live-taps';
export { onReply } from './pipeline/on-reply';
export { onRequest } from './pipeline/on-request';
export type { DescribeOptions, PipelinePicture, SeamPicture, StagePicture } from './pipeline/picture';
export type { Call, Frame, Reply, Request, Seams, Stage, Taps } from './pipeline/seams';
export { type Done, type Push, type Shape, stage, type Work } from './pipeline/stage';
export { mergeTaps } from './pipeline/taps';
export { parseProperties } from './properties';
export { Answer, type Answered, type Api, type ApiDefinition, defineApi } from './protocol/api';
export { defineExchange, type Exchange, type ExchangeDefinition } from './protocol/exchange';
export { type Change, type FieldAt, fieldsOf, rewriter } from './protocol/rewrite';
export * as schema from './protocol/schema';
export type { Connection, Endpoint, Scope } from './protocol/scope';
export { createProxy, type KafkaProxy, type ProxyListening } from './proxy/create-proxy';
export type { ProxyOptions } from './proxy/options';
export type { Difference } from './replay/compare/compare';
export type { MayDiffer } from './replay/compare/may-differ';
export { type Diff, type Diffed, diff } from './replay/diff';
export type { LearnedIds } from './replay/ids/learned-ids';
export type { ReplayOptions } from './replay/options';
export type { Outcome, Replayed, Verdict } from './replay/outcome';
export { type Replay, replay } from './replay/replay';
export type { Run } from './replay/run';
export { TargetError } from './replay/served';
export type { Tally } from './replay/tally';
export type { GivenTarget } from './replay/target';
export type { Services } from './services';
export * as taps from './taps';
export { UsageError } from './usage';
export { type VirtualClock, virtualClock } from './virtual-clock';
