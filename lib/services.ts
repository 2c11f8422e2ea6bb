/**
 * What a handler may reach. Types only: handlers name interfaces, broker.ts alone knows who implements them.
 */
import type { SchedulerLike } from 'rxjs';
import type { Config } from './config';
import type { Controller } from './coordinators/controller';
import type { FetchSessions } from './coordinators/fetch-sessions';
import type { GroupCoordinator } from './coordinators/group-coordinator';
import type { ProducerIds } from './coordinators/producer-ids';
import type { Logger } from './logger';
import type { Api } from './protocol/api';
import type { Endpoint } from './protocol/scope';
import type { Appends, Topics } from './storage/engine';
import type { MetadataImage } from './storage/metadata-image';

export interface Services {
  readonly config: Config;
  /** The broker's clock: every timer runs on it and nobody asks the system for the time. */
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
  /** Every API that is served, by key. */
  readonly apis: ReadonlyMap<number, Api>;
  /** Cluster id, as in meta.properties. */
  readonly clusterId: string;
  readonly nodeId: number;
  /** The address that clients of this listener are told to connect to. */
  advertised(listener: string): Endpoint | undefined;
  /** The cluster as the metadata log has it now; replaced as a whole with every change. */
  metadata(): MetadataImage;
  readonly topics: Topics;
  readonly appends: Appends;
  readonly controller: Controller;
  readonly producerIds: ProducerIds;
  readonly fetchSessions: FetchSessions;
  /** Consumer groups of every kind, and what they have committed. */
  readonly groups: GroupCoordinator;
}
