/**
 * When a simulated member of a consumer group owns what: it has to let go as real members do, or the simulation would blame
 * the broker.
 */
import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { consumerGroupHeartbeat } from '../../lib/apis/consumer-group-heartbeat';
import type { Fault } from '../../lib/faults/fault';
import type { Faults } from '../../lib/faults/faults';
import { Dice } from '../support/dice';
import { createForSure } from './admin';
import { Client } from './client';
import { runConsumerMember } from './consumer-member';
import { stillFiles } from './still-files';
import { memoryDir, World } from './world';

const options = { group: 'modern', topic: 'b', partitions: 3 };
const lengthMs = 8000;

/** Three members for a while, in a world where something keeps going wrong. */
async function live(trouble: (faults: Faults) => Fault) {
  const home = memoryDir();
  const letGo = stillFiles();
  try {
    const dice = new Dice(1);
    const lines: string[] = [];
    const world = new World(dice.fork(), home, (line) => lines.push(line));
    await world.start();
    const created = createForSure(new Client(world, 'first', dice.fork()), options.topic, options.partitions);
    await world.clock.advance(400);
    await created;
    const fault = trouble(world.faults!);
    const members = ['m1', 'm2', 'm3'].map((name) => runConsumerMember(new Client(world, name, dice.fork()), options));
    await world.clock.advance(lengthMs);
    world.isEnding = true;
    world.faults?.clear();
    await world.clock.advance(400);
    await Promise.all(members);
    await world.stop();
    return { faults: world.ledger.faults, fired: fault.fired, lines };
  } finally {
    letGo();
    rmSync(home, { recursive: true, force: true });
  }
}

const isLeaving = ({ memberEpoch }: { memberEpoch: number }) => memberEpoch === -1;

/** Every third heartbeat of those that stay. */
function everyThird() {
  let count = 0;
  return (body: { memberEpoch: number }) => !isLeaving(body) && ++count % 3 === 0;
}

describe('runConsumerMember', function () {
  this.timeout(30_000);

  const troubles: [string, (faults: Faults) => Fault][] = [
    [
      'no reply to a leave is heard',
      (faults) => faults.on(consumerGroupHeartbeat, { when: isLeaving }).always().loseReply(),
    ],
    ['no leave gets to the broker', (faults) => faults.on(consumerGroupHeartbeat, { when: isLeaving }).always().drop()],
    [
      'every third reply to a heartbeat is lost',
      (faults) => faults.on(consumerGroupHeartbeat, { when: everyThird() }).always().loseReply(),
    ],
  ];
  for (const [what, trouble] of troubles) {
    it(`shares no partition where ${what}`, async () => {
      const { faults, fired, lines } = await live(trouble);
      expect(faults).to.deep.equal([]);
      expect(fired).to.be.greaterThan(2);
      expect(lines.filter((line) => /: epoch \d+: b-/.test(line)).length).to.be.greaterThan(3);
    });
  }
});
