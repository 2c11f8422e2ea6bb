import { expect } from 'chai';
import { newClassicGroup } from '../../../lib/coordinators/groups/classic-group';
import { ClassicTurn } from '../../../lib/coordinators/groups/classic-turn';
import { errors } from '../../../lib/errors';
import { ClassicTable } from '../../support/classic-table';

function begin(table: ClassicTable): ClassicTurn {
  return new ClassicTurn(table.classic, { nowMs: table.nowMs, config: table.config, image: table.image });
}

describe('ClassicTurn', () => {
  it('leaves the group that it began with as it was', () => {
    const table = new ClassicTable();
    const [leader] = table.stabilise({}, {});
    table.join();
    const before = table.classic;
    const members = [...before.members];
    const turn = begin(table);
    turn.addPending('new', 1);
    turn.remove(table.member(leader!), errors.UNKNOWN_MEMBER_ID);
    turn.mapMembers((member) => ({ ...member, hasSynced: false }));
    turn.set({ generationId: 7 });
    turn.enter('Empty');
    expect([...before.members]).to.deep.equal(members);
    expect(before).to.include({ generationId: 1, state: 'Stable' });
    expect(before.pendingMembers.size).to.equal(1);
    expect(turn.end().group).to.deep.include({ generationId: 7, state: 'Empty', stateSinceMs: table.nowMs });
  });

  it('keeps the same maps where nothing has changed in them', () => {
    const table = new ClassicTable();
    table.stabilise({});
    const turn = begin(table);
    turn.set({ generationId: 7 });
    turn.removePending('nobody');
    expect(turn.group.members).to.equal(table.classic.members);
    expect(turn.group.pendingMembers).to.equal(table.classic.pendingMembers);
    expect(turn.end().effects).to.deep.equal([]);
  });

  it('hands the lead to the next in line, and to nobody after the last', () => {
    const table = new ClassicTable();
    const [first, second] = table.stabilise({}, {});
    const turn = begin(table);
    turn.remove(table.member(first!), errors.UNKNOWN_MEMBER_ID);
    expect(turn.group.leader).to.equal(second);
    turn.expel(table.member(second!), 'is late');
    expect(turn.group.leader).to.equal(null);
    expect(turn.effects.at(-1)).to.deep.equal({
      do: 'tell',
      message: `group 'group': member '${second}' is late, it is out`,
    });
  });

  it('ends without a group where none was created', () => {
    const table = new ClassicTable();
    const world = { nowMs: 0, config: table.config, image: table.image };
    expect(new ClassicTurn(newClassicGroup('group', 0), world).end()).to.deep.equal({ group: null, effects: [] });
    const created = new ClassicTurn(newClassicGroup('group', 0), world);
    created.write();
    expect(created.end().group).to.include({ isRecorded: true });
  });
});
