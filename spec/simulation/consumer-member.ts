/**
 * A member of a consumer group (KIP-848): the broker assigns, the member takes what it is given and says what it has, and
 * lets go of what is taken from it before anybody else may have it.
 */
import { consumerGroupHeartbeat } from '../../lib/apis/consumer-group-heartbeat';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { errors } from '../../lib/errors';
import type { GroupOptions } from './classic-member';
import type { Client } from './client';
import { Offsets } from './offsets';

const fenced = [errors.UNKNOWN_MEMBER_ID, errors.FENCED_MEMBER_EPOCH];

/** Resolves when the world ends. */
export async function runConsumerMember(client: Client, { group, topic, partitions }: GroupOptions): Promise<void> {
  const { world, dice } = client;
  const { ledger } = world;
  const offsets = new Offsets(client, topic);
  let memberId = dice.uuid();
  let epoch = 0;
  let topicId = '';
  let owned: number[] = [];
  /** Nobody knows what the broker made of the last heartbeat: the next one says all, so that its answer does, too. */
  let saysAll = true;
  const claim = (partition: number) => `${group} ${topic}-${partition}`;

  const letGo = (partition: number) => ledger.letsGo(claim(partition), memberId);
  const begin = () => {
    for (const partition of owned) letGo(partition);
    owned = [];
    epoch = 0;
    offsets.keep([]);
  };

  while (!world.isEnding) {
    await client.think(5);
    if (dice.chance(0.02)) client.hangUp();
    if (epoch === 0) {
      const found = await client.ask(findCoordinator, 4, { keyType: 0, coordinatorKeys: [group] });
      if (found === null || found.coordinators[0]!.errorCode !== 0) continue;
    }
    const all = saysAll || epoch === 0;
    saysAll = true;
    const answer = await client.ask(consumerGroupHeartbeat, 1, {
      ...{ groupId: group, memberId, memberEpoch: epoch },
      ...(all ? { rebalanceTimeoutMs: 2000, subscribedTopicNames: [topic] } : {}),
      topicPartitions: epoch === 0 || topicId === '' ? [] : [{ topicId, partitions: owned }],
    });
    if (answer === null) continue;
    if (answer.errorCode !== 0) {
      client.isPassing(answer.errorCode, 'heartbeat', fenced);
      if (fenced.some(({ code }) => code === answer.errorCode)) begin();
      continue;
    }
    saysAll = false;
    epoch = answer.memberEpoch;
    if (answer.assignment !== null) {
      const given = answer.assignment.topicPartitions.flatMap((row) => {
        topicId = row.topicId;
        return row.partitions;
      });
      for (const partition of owned) if (!given.includes(partition)) letGo(partition);
      for (const partition of given) {
        if (partition >= partitions) ledger.fault(`${client.name} is given ${topic}-${partition}, which there is not`);
        ledger.owns(claim(partition), memberId);
      }
      owned = given;
      offsets.keep(owned);
      client.say(`epoch ${epoch}: ${owned.map((partition) => `${topic}-${partition}`).join(' ') || 'nothing'}`);
    }
    await offsets.read(group, owned);
    if (dice.chance(0.4)) await offsets.commit({ group, memberId, epoch });
    if (!dice.chance(0.03)) continue;
    // Lets go first, says so once, and is gone whatever becomes of that: the broker may have heard it.
    const leaving = { groupId: group, memberId, memberEpoch: -1 };
    begin();
    memberId = dice.uuid();
    client.say('leaves');
    const left = await client.ask(consumerGroupHeartbeat, 1, leaving);
    if (left !== null && left.errorCode !== 0) client.isPassing(left.errorCode, 'leave', fenced);
  }
}
