/**
 * Every API that this broker answers: one file each, one line here. ApiVersions is answered from this list.
 */
import type { Api } from '../protocol/api';
import { apiVersions } from './api-versions';
import { createPartitions } from './create-partitions';
import { createTopics } from './create-topics';
import { deleteTopics } from './delete-topics';
import { describeCluster } from './describe-cluster';
import { describeConfigs } from './describe-configs';
import { describeTopicPartitions } from './describe-topic-partitions';
import { fetch } from './fetch';
import { findCoordinator } from './find-coordinator';
import { initProducerId } from './init-producer-id';
import { listOffsets } from './list-offsets';
import { metadata } from './metadata';
import { offsetForLeaderEpoch } from './offset-for-leader-epoch';
import { produce } from './produce';

export const apis: readonly Api[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  findCoordinator,
  apiVersions,
  createTopics,
  deleteTopics,
  initProducerId,
  offsetForLeaderEpoch,
  describeConfigs,
  createPartitions,
  describeCluster,
  describeTopicPartitions,
];

export {
  apiVersions,
  createPartitions,
  createTopics,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeTopicPartitions,
  fetch,
  findCoordinator,
  initProducerId,
  listOffsets,
  metadata,
  offsetForLeaderEpoch,
  produce,
};
