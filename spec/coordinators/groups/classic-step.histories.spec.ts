/**
 * Random histories of classic groups: several clients join, join again, sync, heartbeat, leave and fall silent, in any
 * order and with any delay, and what must hold after every event does.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { haveAllJoined } from '../../../lib/coordinators/groups/classic-group';
import type { JoinAnswer, JoinRequest, SyncAnswer } from '../../../lib/coordinators/groups/requests';
import { ClassicTable, protocols, settleMs } from '../../support/classic-table';
import type { Asked } from '../../support/group-table';

/** Somebody at the other end: does what a client does with the answers it gets, when the history says so. */
class Client {
  readonly name: string;
  readonly groupInstanceId: string | null;
  memberId = '';
  generationId = -1;
  protocolName: string | null = null;
  assignees: readonly string[] | null = null;
  private joining: Asked<JoinAnswer> | null = null;
  private syncing: Asked<SyncAnswer> | null = null;

  constructor(index: number) {
    this.name = `client-${index}`;
    // Every third is static, and the two last share an instance id: they fence each other.
    this.groupInstanceId = index % 3 === 2 ? `instance-${Math.min(index, 5)}` : null;
  }

  join(table: ClassicTable, request: Partial<JoinRequest>): void {
    this.hear();
    const { memberId, groupInstanceId } = this;
    const client = { clientId: this.name, clientHost: '/127.0.0.1' };
    this.joining = table.join({ memberId, groupInstanceId, client, ...request });
    this.hear();
  }

  sync(table: ClassicTable): void {
    this.hear();
    const { memberId, groupInstanceId, generationId, protocolName } = this;
    const assignments = (this.assignees ?? []).map((assignee) => ({
      memberId: assignee,
      assignment: Buffer.from(`${assignee} by ${memberId} in ${generationId}`),
    }));
    this.syncing = table.sync({ memberId, groupInstanceId, generationId, protocolName, assignments });
    this.hear();
  }

  heartbeat(table: ClassicTable): void {
    this.hear();
    const { memberId, groupInstanceId, generationId } = this;
    const { name } = table.heartbeat({ memberId, groupInstanceId, generationId }).answer;
    if (name === 'UNKNOWN_MEMBER_ID' || name === 'FENCED_INSTANCE_ID') this.forget();
  }

  leave(table: ClassicTable): void {
    this.hear();
    table.leave([{ memberId: this.memberId, groupInstanceId: this.groupInstanceId }]);
    this.forget();
  }

  /** Its process ends without a word, and starts again. */
  forget(): void {
    this.memberId = '';
    this.generationId = -1;
    this.assignees = null;
  }

  private hear(): void {
    if (this.joining?.isAnswered) {
      const { error, memberId, generationId, protocolName, members, leader } = this.joining.answer;
      this.joining = null;
      if (error.name === 'MEMBER_ID_REQUIRED') this.memberId = memberId;
      else if (error.name === 'NONE') {
        this.memberId = memberId;
        this.generationId = generationId;
        this.protocolName = protocolName;
        this.assignees = leader === memberId ? members.map((member) => member.memberId) : null;
      } else if (error.name !== 'REBALANCE_IN_PROGRESS') this.forget();
    }
    if (this.syncing?.isAnswered) {
      const { error } = this.syncing.answer;
      this.syncing = null;
      if (error.name === 'UNKNOWN_MEMBER_ID' || error.name === 'FENCED_INSTANCE_ID') this.forget();
    }
  }
}

/** Everybody does as a well-behaved client does, until the group is stable if nothing hinders it. */
function gather(table: ClassicTable, clients: readonly Client[], request: Partial<JoinRequest>): void {
  for (const client of clients) client.join(table, request);
  for (const client of clients) if (client.generationId < 0) client.join(table, request);
  table.pass(settleMs * 2);
  for (const client of clients) client.sync(table);
}

/** What must hold between any two events. */
function check(table: ClassicTable, before: { generationId: number }): void {
  const { group } = table;
  if (group === null) {
    expect(table.folded, 'the log of a group that is not there').to.equal(null);
    return;
  }
  const members = [...group.members.values()];
  expect(group.generationId, 'generation').to.be.at.least(before.generationId);
  before.generationId = group.generationId;
  if (group.state === 'Stable' || group.state === 'Empty') {
    const { live, folded } = table.durable;
    expect(folded, 'what the log says').to.deep.equal(live);
    expect(members.some(({ joining, syncing }) => joining !== null || syncing !== null)).to.equal(false);
  }
  expect(members.length === 0, 'without members').to.equal(
    group.state === 'Empty' ||
      (group.state === 'PreparingRebalance' && group.settling !== null && members.length === 0),
  );
  if (members.length > 0) expect(group.members.has(group.leader!), 'the leader is a member').to.equal(true);
  else expect(group.leader).to.equal(null);
  const instances = members.flatMap(({ groupInstanceId }) => groupInstanceId ?? []);
  expect(new Set(instances).size, 'one member for each instance id').to.equal(instances.length);
  for (const pending of group.pendingMembers) expect(group.members.has(pending)).to.equal(false);
  checkTimers(table);
}

/** Whoever the group waits for has a timer that ends it. */
function checkTimers({ classic: group, due, waitingCount }: ClassicTable): void {
  const parked = [...group.members.values()].filter(({ joining, syncing }) => joining !== null || syncing !== null);
  expect(waitingCount, 'tickets that are waited with').to.equal(parked.length);
  for (const { memberId, joining, syncing } of group.members.values()) {
    if (joining === null && syncing === null) expect(due, 'timers').to.have.property(`session ${memberId}`);
    if (joining !== null) expect(group.state).to.equal('PreparingRebalance');
    if (syncing !== null) expect(group.state).to.equal('CompletingRebalance');
  }
  for (const pending of group.pendingMembers) expect(due, 'timers').to.have.property(`pending ${pending}`);
  for (const timer of Object.keys(due)) {
    const memberId = timer.split(' ')[1];
    if (memberId !== undefined)
      expect(group.members.has(memberId) || group.pendingMembers.has(memberId), timer).to.equal(true);
  }
  if (group.state === 'PreparingRebalance') {
    expect(due, 'timers').to.have.property('join');
    if (group.settling === null) expect(haveAllJoined(group), 'waits for somebody').to.equal(false);
  } else expect(due, 'timers').to.not.have.property('join');
  if (group.state === 'CompletingRebalance') expect(due, 'timers').to.have.property('sync');
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable')
    expect(due, 'timers').to.not.have.property('sync');
}

const someProtocols = fc.constantFrom(
  protocols('range'),
  protocols('range', 'roundrobin'),
  protocols('roundrobin', 'range'),
  protocols(['range', 'other topics']),
  protocols('sticky'),
);

const anyEvent = fc.record({
  client: fc.nat({ max: 6 }),
  does: fc.constantFrom(
    'join',
    'join',
    'join',
    'sync',
    'sync',
    'sync',
    'heartbeat',
    'leave',
    'forget',
    'gather',
    'nothing',
  ),
  protocols: someProtocols,
  sessionTimeoutMs: fc.constantFrom(6000, 45_000),
  rebalanceTimeoutMs: fc.constantFrom(-1, 0, 50, 10_000, 300_000),
  requiresKnownMemberId: fc.boolean(),
  canSkipAssignment: fc.boolean(),
  thenPassMs: fc.constantFrom(0, 0, 0, 1, settleMs, 100, 3000, 20_000),
});

const anyConfig = fc.record({
  'group.initial.rebalance.delay.ms': fc.constantFrom(0, settleMs),
  'group.max.size': fc.constantFrom(2, 4, 100),
});

describe('stepClassic', () => {
  it('keeps its word in any history of several clients', () => {
    fc.assert(
      fc.property(anyConfig, fc.array(anyEvent, { maxLength: 80, size: 'max' }), (config, events) => {
        const table = new ClassicTable({ config });
        const clients = Array.from({ length: 7 }, (_, index) => new Client(index));
        const before = { generationId: 0 };
        for (const { client: index, does, thenPassMs, ...request } of events) {
          const client = clients[index]!;
          if (does === 'join') client.join(table, request);
          else if (does === 'sync') client.sync(table);
          else if (does === 'heartbeat') client.heartbeat(table);
          else if (does === 'leave') client.leave(table);
          else if (does === 'forget') client.forget();
          else if (does === 'gather') gather(table, clients.slice(0, index), request);
          check(table, before);
          table.pass(thenPassMs);
          check(table, before);
        }
        // Everybody falls silent: nobody is left waiting, and nobody stays.
        for (let timers = 0; table.fireNext(); timers++) {
          check(table, before);
          expect(timers, 'timers fired').to.be.below(2000);
        }
        expect(table.waitingCount, 'tickets that nobody answered').to.equal(0);
        expect(table.group?.members.size ?? 0).to.equal(0);
      }),
      { numRuns: 120 },
    );
  });

  it('gives each member the assignment of its own generation only', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60, size: 'max' }), (events) => {
        const table = new ClassicTable();
        const clients = Array.from({ length: 7 }, (_, index) => new Client(index));
        for (const { client: index, does, thenPassMs, ...request } of events) {
          const client = clients[index]!;
          if (does === 'sync') client.sync(table);
          else if (does === 'gather') gather(table, clients.slice(0, index), request);
          else client.join(table, request);
          table.pass(thenPassMs);
          const { group } = table;
          if (group?.state !== 'Stable') continue;
          const owners = [...group.members.values()].map(({ assignment }) => String(assignment)).filter(Boolean);
          expect(new Set(owners).size, 'owners').to.equal(owners.length);
          for (const owner of owners) expect(owner).to.match(new RegExp(` in ${group.generationId}$`));
        }
      }),
      { numRuns: 200 },
    );
  });
});
