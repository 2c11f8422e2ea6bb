/**
 * A member of a classic group: joins, brings the assignments if it leads, reads and commits, leaves now and then, and
 * sometimes just goes.
 */
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { heartbeat } from '../../lib/apis/heartbeat';
import { joinGroup } from '../../lib/apis/join-group';
import { leaveGroup } from '../../lib/apis/leave-group';
import { syncGroup } from '../../lib/apis/sync-group';
import { errors } from '../../lib/errors';
import type { Client } from './client';
import { Offsets } from './offsets';
import { gridMs } from './world';

export interface GroupOptions {
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
}

const rejoining = [
  errors.UNKNOWN_MEMBER_ID,
  errors.ILLEGAL_GENERATION,
  errors.REBALANCE_IN_PROGRESS,
  errors.MEMBER_ID_REQUIRED,
];

/** Resolves when the world ends. */
export async function runClassicMember(client: Client, { group, topic, partitions }: GroupOptions): Promise<void> {
  const { world, dice } = client;
  const offsets = new Offsets(client, topic);
  let memberId = '';

  const passed = (code: number, doing: string): boolean => {
    if (code === 0) return true;
    client.isPassing(code, doing, rejoining);
    if (code === errors.UNKNOWN_MEMBER_ID.code) memberId = '';
    return false;
  };

  /** The generation and the partitions that it has in it, or null. */
  const join = async (): Promise<{ generation: number; owned: number[] } | null> => {
    const found = await client.ask(findCoordinator, 4, { keyType: 0, coordinatorKeys: [group] });
    if (found === null || !passed(found.coordinators[0]!.errorCode, 'find the coordinator')) return null;
    const joined = await client.ask(joinGroup, 5, {
      ...{ groupId: group, memberId, sessionTimeoutMs: 300, rebalanceTimeoutMs: 1000, protocolType: 'simulation' },
      protocols: [{ name: 'deal', metadata: Buffer.alloc(0) }],
    });
    if (joined === null) return null;
    if (joined.memberId !== '') memberId = joined.memberId;
    if (!passed(joined.errorCode, 'join')) return null;
    const { generationId: generation, members, leader } = joined;
    const all = Array.from({ length: partitions }, (_, i) => i);
    const assignments = members.map((member, i) => ({
      memberId: member.memberId,
      assignment: Buffer.from(all.filter((partition) => partition % members.length === i)),
    }));
    const synced = await client.ask(syncGroup, 3, {
      ...{ groupId: group, generationId: generation, memberId },
      assignments: leader === memberId ? assignments : [],
    });
    if (synced === null || !passed(synced.errorCode, 'sync')) return null;
    const owned = [...synced.assignment];
    world.ledger.begins(group, generation);
    for (const partition of owned)
      world.ledger.owns(`${group} ${topic}-${partition} in generation ${generation}`, memberId);
    client.say(`generation ${generation}: ${owned.map((partition) => `${topic}-${partition}`).join(' ') || 'nothing'}`);
    return { generation, owned };
  };

  while (!world.isEnding) {
    await client.think();
    const place = await join();
    if (place === null) continue;
    const { generation, owned } = place;
    offsets.keep([]);
    let isIn = true;
    while (isIn && !world.isEnding) {
      await world.sleep(gridMs * dice.int(2, 8));
      if (dice.chance(0.02)) client.hangUp();
      // Out for longer than its session: it does not know yet that it is dead.
      if (dice.chance(0.04)) await world.sleep(gridMs * dice.int(18, 40));
      await offsets.read(group, owned);
      if (dice.chance(0.5)) isIn = await offsets.commit({ group, memberId, epoch: generation });
      const beat = await client.ask(heartbeat, 3, { groupId: group, generationId: generation, memberId });
      if (beat !== null && !passed(beat.errorCode, 'heartbeat')) {
        isIn &&= !rejoining.some(({ code }) => code === beat.errorCode);
      }
      if (!dice.chance(0.04)) continue;
      isIn = false;
      if (dice.chance(0.5)) {
        const left = await client.ask(leaveGroup, 3, {
          groupId: group,
          members: [{ memberId, groupInstanceId: null }],
        });
        if (left !== null) passed(left.errorCode, 'leave');
      }
      // Gone without a word otherwise: the next one that it is has another id.
      client.say('leaves');
      memberId = '';
    }
  }
}
