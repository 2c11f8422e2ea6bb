/**
 * The public face of Millrace: what a program imports. Everything else may move without notice.
 */
export * from './apis';
export { type Broker, type BrokerOptions, createBroker } from './broker';
export { type Config, ConfigError, loadConfig } from './config';
export { type ErrorName, errors, Hangup, KafkaError } from './errors';
export type { Call, Frame, Reply, Request, Seams, Stage, Taps } from './pipeline/seams';
export { type Done, type Push, type Shape, stage, type Work } from './pipeline/stage';
export { parseProperties } from './properties';
export { Answer, type Answered, type Api, type ApiDefinition, defineApi } from './protocol/api';
export * as schema from './protocol/schema';
export type { Connection, Endpoint, Scope } from './protocol/scope';
export type { Services } from './services';
