/**
 * Classic groups in tables of events (group-table.ts), and how they get somewhere in one call.
 */
import { expect } from 'chai';
import { type ClassicGroup, type ClassicMember, newClassicGroup } from '../../lib/coordinators/groups/classic-group';
import { classicRecord, foldClassic } from '../../lib/coordinators/groups/classic-record';
import { stepClassic } from '../../lib/coordinators/groups/classic-step';
import type { GroupRecord } from '../../lib/coordinators/groups/group-records';
import type { ClassicProtocol, JoinAnswer, JoinRequest } from '../../lib/coordinators/groups/requests';
import type { ErrorName } from '../../lib/errors';
import { type Asked, GroupTable, type GroupTableOptions } from './group-table';

/** The settle window of these specs. */
export const settleMs = 30;

export class ClassicTable extends GroupTable<ClassicGroup> {
  constructor(options: GroupTableOptions = {}) {
    const config = { 'group.initial.rebalance.delay.ms': settleMs, ...options.config };
    super({ create: (nowMs) => newClassicGroup('group', nowMs), step: stepClassic, fold }, { ...options, config });
  }

  /** The group; there must be one. */
  get classic(): ClassicGroup {
    if (this.group === null) throw new Error('there is no group');
    return this.group;
  }

  member(memberId: string): ClassicMember {
    const found = this.classic.members.get(memberId);
    if (found === undefined) throw new Error(`no member ${memberId} in ${[...this.classic.members.keys()].join(', ')}`);
    return found;
  }

  /** Joins as a new member does: where it is told its id, it comes again with it. */
  joinAnew(request: Partial<JoinRequest> = {}): Asked<JoinAnswer> & { memberId: string } {
    const first = this.join(request);
    if (!first.isAnswered) return Object.assign(first, { memberId: [...this.classic.members.keys()].at(-1)! });
    expect(first.answer.error.name).to.equal('MEMBER_ID_REQUIRED');
    const { memberId } = first.answer;
    return Object.assign(this.join({ ...request, memberId }), { memberId });
  }

  /** Brings new members together in a stable group, one for each request; gives their ids, the leader's first. */
  stabilise(...requests: Partial<JoinRequest>[]): string[] {
    const joined = requests.map((request) => this.joinAnew(request));
    for (let windows = 0; windows < 20 && !joined.every(({ isAnswered }) => isAnswered); windows++) this.pass(settleMs);
    return this.syncAll(joined.map(({ memberId }) => memberId));
  }

  /** Lets members ask for their assignments, which are `<member id> of <generation>`; the leader is last. */
  syncAll(memberIds: readonly string[]): string[] {
    const { generationId, leader, protocolType, protocolName } = this.classic;
    const assignments = memberIds.map((memberId) => ({ memberId, assignment: assignmentOf(memberId, generationId) }));
    const ordered = [...memberIds.filter((memberId) => memberId !== leader), leader!];
    const asked = ordered.map((memberId) =>
      this.sync({
        memberId,
        generationId,
        groupInstanceId: this.member(memberId).groupInstanceId,
        protocolType,
        protocolName,
        assignments: memberId === leader ? assignments : [],
      }),
    );
    expect(asked.map(({ answer }) => answer.error.name)).to.deep.equal(memberIds.map(() => 'NONE'));
    expect(this.classic.state).to.equal('Stable');
    return [leader!, ...ordered.slice(0, -1)];
  }

  /** What the log says of the group, and what it would say if the group were written now. */
  get durable(): { live: unknown; folded: unknown } {
    const asRecord = (group: ClassicGroup | null) => (group === null ? null : classicRecord(group));
    return { live: asRecord(this.group), folded: asRecord(this.folded) };
  }
}

export function assignmentOf(memberId: string, generationId: number): Buffer {
  return Buffer.from(`${memberId} of ${generationId}`);
}

/** Protocols by name; what the member says under each is its name, or what is given. */
export function protocols(...names: (string | [name: string, metadata: string])[]): ClassicProtocol[] {
  return names.map((one) => {
    const [name, metadata] = typeof one === 'string' ? [one, one] : one;
    return { name, metadata: Buffer.from(metadata) };
  });
}

export function errorName({ answer }: Asked<JoinAnswer>): ErrorName {
  return answer.error.name;
}

function fold(group: ClassicGroup | null, record: GroupRecord): ClassicGroup | null {
  if (record.name !== 'GroupMetadata') throw new Error(`a classic group wrote ${record.name}`);
  return foldClassic(group, record);
}
