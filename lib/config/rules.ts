/**
 * What must hold between keys of a broker's configuration. Called by config.ts when a configuration is loaded; pure.
 */
import type { Config } from '../config';
import type { BrokerKey } from './keys';

/** A rule that does not hold; `key` is the entry to look at first. */
export interface RuleBroken {
  readonly key: BrokerKey;
  readonly message: string;
}

/** Every rule that the configuration breaks. `isSet` tells keys that were set from those that have their default. */
export function rulesBroken(config: Config, isSet: (key: BrokerKey) => boolean): RuleBroken[] {
  const broken: RuleBroken[] = [];
  const require = (holds: boolean, key: BrokerKey, message: string) => {
    if (!holds) broken.push({ key, message });
  };
  const nodeId = config['node.id'];
  require(!isSet('broker.id') ||
    config['broker.id'] === nodeId, 'broker.id', `broker.id must be equal to node.id ${nodeId}`);
  return broken;
}
