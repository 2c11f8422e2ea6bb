/**
 * Which conversions between classic and consumer groups are made: `group.consumer.migration.policy`. Called by the files
 * that make them.
 */
import type { Config } from '../../config';

function policy(config: Config): string {
  return config['group.consumer.migration.policy'].toUpperCase();
}

export function allowsUpgrade(config: Config): boolean {
  return policy(config) === 'UPGRADE' || policy(config) === 'BIDIRECTIONAL';
}

export function allowsDowngrade(config: Config): boolean {
  return policy(config) === 'DOWNGRADE' || policy(config) === 'BIDIRECTIONAL';
}

/** Whether members of the classic protocol may be in consumer groups. */
export function allowsMixing(config: Config): boolean {
  return policy(config) !== 'DISABLED';
}
