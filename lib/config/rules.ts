/**
 * What must hold between keys of a broker's configuration. Called by config.ts when a configuration is loaded; pure.
 *
 * Not done: a process that is only broker or only controller, and a metadata quorum of more than one voter.
 */
import type { Config } from '../config';
import { readListeners } from '../listeners';
import type { BrokerKey } from './keys';

/** A rule that does not hold; `key` is the entry to look at first. */
export interface RuleBroken {
  readonly key: BrokerKey;
  readonly message: string;
}

/** Takes note of a rule if it does not hold. */
type Rule = (holds: boolean, key: BrokerKey, message: string) => void;

/** Tells keys that were set from those that have their default. */
type IsSet = (key: BrokerKey) => boolean;

/** Every rule that the configuration breaks. */
export function rulesBroken(config: Config, isSet: IsSet): RuleBroken[] {
  const broken: RuleBroken[] = [];
  const rule: Rule = (holds, key, message) => {
    if (!holds) broken.push({ key, message });
  };
  identity(config, rule);
  readListeners(config, (key, message) => broken.push({ key, message }));
  sockets(config, isSet, rule);
  logs(config, isSet, rule);
  groups(config, rule);
  return broken;
}

function identity(config: Config, rule: Rule): void {
  const id = config['node.id'];
  rule(config['broker.id'] === id, 'broker.id', `broker.id ${config['broker.id']} must be equal to node.id ${id}`);

  const roles = config['process.roles'];
  const both = roles.includes('broker') && roles.includes('controller');
  rule(both, 'process.roles', `process.roles ${roles} must be broker,controller: Millrace is both in one process`);

  const key = 'controller.quorum.voters';
  for (const voter of config[key]) {
    const voterId = /^(\d{1,10})@(?:\[[\w.:%-]+\]|[\w.:%-]+):\d{1,5}$/.exec(voter)?.[1];
    const readable = voterId !== undefined;
    rule(readable, key, `cannot read voter ${JSON.stringify(voter)}: expected {id}@{host}:{port}`);
    const itself = `voter ${voter} is not this node ${id}: Millrace is a cluster of one node`;
    rule(!readable || Number(voterId) === id, key, itself);
  }
}

function sockets(config: Config, isSet: IsSet, rule: Rule): void {
  const queued = config['queued.max.request.bytes'];
  const largest = config['socket.request.max.bytes'];
  const room = `queued.max.request.bytes ${queued} must be at least socket.request.max.bytes ${largest}`;
  rule(queued >= largest, 'queued.max.request.bytes', room);

  const nobody = config['max.connections.per.ip'] === 0 && config['max.connections.per.ip.overrides'] === '';
  const somebody = 'max.connections.per.ip can be 0 only if max.connections.per.ip.overrides is set';
  rule(!nobody, 'max.connections.per.ip', somebody);

  const interBroker = ['inter.broker.listener.name', 'security.inter.broker.protocol'] as const;
  const one = `Only one of ${interBroker.join(' and ')} should be set.`;
  rule(!interBroker.every(isSet), interBroker[0], one);
}

function logs(config: Config, isSet: IsSet, rule: Rule): void {
  const retention = (['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'] as const).find(isSet);
  const time = retention ?? 'log.retention.ms';
  rule(config['log.retention.ms'] !== 0, time, `${time} must be unlimited (-1) or greater than or equal to 1`);
  rule(config['log.roll.ms'] >= 1, 'log.roll.ms', 'log.roll.ms must be greater than or equal to 1');
  const jitter = 'log.roll.jitter.ms';
  rule(config[jitter] >= 0, jitter, `${jitter} must be greater than or equal to 0`);

  const cordoned = config['cordoned.log.dirs'];
  const all = cordoned.length === 1 && cordoned[0] === '*';
  const strange = all ? [] : cordoned.filter((dir) => !config['log.dirs'].includes(dir));
  const known = `cordoned.log.dirs must be * alone or some of log.dirs, which has no ${strange.join(', ')}`;
  rule(strange.length === 0, 'cordoned.log.dirs', known);
}

/** Time-outs and intervals of the three new kinds of groups are within their limits, and a heartbeat is due in time. */
function groups(config: Config, rule: Rule): void {
  for (const kind of ['consumer', 'share', 'streams'] as const) {
    for (const time of ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms'] as const) {
      const key = `group.${kind}.${time}` as const;
      const min = `group.${kind}.min.${time}` as const;
      const max = `group.${kind}.max.${time}` as const;
      rule(config[key] >= config[min], key, `${key} must be greater than or equal to ${min}`);
      rule(config[key] <= config[max], key, `${key} must be less than or equal to ${max}`);
    }
    const session = `group.${kind}.session.timeout.ms` as const;
    const heartbeat = `group.${kind}.heartbeat.interval.ms` as const;
    rule(config[heartbeat] < config[session], heartbeat, `${heartbeat} must be less than ${session}`);
  }
  const protocols = 'group.coordinator.rebalance.protocols';
  rule(config[protocols].includes('classic'), protocols, "Disabling the 'classic' protocol is not supported.");
}
