/**
 * The operator: lets things go wrong, restarts the broker and kills it. All of it is of the kind that happens, and after which
 * everything that must hold holds.
 */
import { fetch } from '../../lib/apis/fetch';
import { heartbeat } from '../../lib/apis/heartbeat';
import { joinGroup } from '../../lib/apis/join-group';
import { listOffsets } from '../../lib/apis/list-offsets';
import { metadata } from '../../lib/apis/metadata';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { produce } from '../../lib/apis/produce';
import { syncGroup } from '../../lib/apis/sync-group';
import { errors } from '../../lib/errors';
import type { Api } from '../../lib/protocol/api';
import type { Dice } from '../support/dice';
import { gridMs, type World } from './world';

export interface OperatorOptions {
  readonly topics: readonly (readonly [topic: string, partitions: number])[];
  readonly groups: readonly string[];
}

/** APIs that lose replies, drop connections and are late, and the errors that each may give. */
const troubled: readonly (readonly [api: Api, errors: readonly (keyof typeof errors)[]])[] = [
  [
    produce as Api,
    ['NOT_LEADER_OR_FOLLOWER', 'NOT_ENOUGH_REPLICAS', 'REQUEST_TIMED_OUT', 'UNKNOWN_TOPIC_OR_PARTITION'],
  ],
  [fetch as Api, ['NOT_LEADER_OR_FOLLOWER', 'FENCED_LEADER_EPOCH', 'KAFKA_STORAGE_ERROR']],
  [joinGroup as Api, ['NOT_COORDINATOR', 'COORDINATOR_LOAD_IN_PROGRESS']],
  [syncGroup as Api, ['NOT_COORDINATOR', 'REBALANCE_IN_PROGRESS']],
  [heartbeat as Api, ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE']],
  [offsetCommit as Api, ['NOT_COORDINATOR', 'REQUEST_TIMED_OUT']],
  [offsetFetch as Api, ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE']],
  [metadata as Api, ['LEADER_NOT_AVAILABLE']],
  [listOffsets as Api, ['NOT_LEADER_OR_FOLLOWER']],
];

/** Lets things go wrong until the time is over. */
export async function runOperator(world: World, dice: Dice, options: OperatorOptions, lengthMs: number): Promise<void> {
  /** Lives left: starting anew is what takes most time. */
  let restarts = dice.pick([0, 0, 1, 1, 2]);
  while (world.nowMs < lengthMs) {
    await world.sleep(gridMs * dice.int(2, 16));
    const { faults } = world;
    if (faults === null) continue;
    const [topic, partitions] = dice.pick(options.topics);
    const partition = dice.int(0, partitions - 1);
    const before = new Set(faults.all);
    switch (dice.pick(['request', 'request', 'request', 'leader', 'coordinator', 'memory', 'disk', 'restart'])) {
      case 'request':
        troubleRequests(world, dice);
        break;
      case 'leader':
        await faults.moveLeader(topic, partition).catch(() => {});
        break;
      case 'coordinator':
        faults.moveCoordinator(dice.pick(options.groups));
        break;
      case 'memory': {
        const fault = faults.exhaustMemory();
        world.say(fault.what);
        await world.sleep(gridMs * dice.int(1, 10));
        fault.remove();
        break;
      }
      case 'disk':
        if (restarts === 0) break;
        // Nothing but a restart mends it.
        restarts--;
        world.trouble(true);
        faults.disk({ on: 'write', error: dice.pick(['ENOSPC', 'EIO']), topic, partition, roomBytes: dice.int(0, 99) });
        world.say(`disk of ${topic}-${partition} breaks`);
        await world.sleep(gridMs * dice.int(5, 20));
        await restart(world, dice);
        break;
      case 'restart':
        if (restarts-- > 0) await restart(world, dice);
        break;
    }
    for (const fault of world.faults?.all ?? []) if (!before.has(fault)) world.say(`fault: ${fault.what}`);
  }
}

function troubleRequests(world: World, dice: Dice): void {
  const [api, names] = dice.pick(troubled);
  const draft = world.faults!.on(api).afterRequest(dice.int(0, 5)).times(dice.int(1, 3));
  const what = dice.pick(['fail', 'fail', 'drop', 'lose', 'delay', 'throttle']);
  if (what === 'fail') draft.fail(errors[dice.pick(names)]);
  else if (what === 'drop') draft.drop();
  else if (what === 'lose') draft.loseReply();
  else if (what === 'delay') draft.delay(gridMs * dice.int(1, 10));
  else draft.throttle(50);
}

/** Ends the broker, one way or the other, and begins anew after a while. */
export async function restart(world: World, dice: Dice): Promise<void> {
  if (dice.chance(0.6)) await world.crash();
  else await world.stop();
  await world.sleep(gridMs * dice.int(1, 10));
  await world.start();
  world.trouble(false);
}
