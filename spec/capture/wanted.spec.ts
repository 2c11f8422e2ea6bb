import { expect } from 'chai';
import { type Wanted, wantedOf } from '../../lib/capture/wanted';
import { closed, frame, opened } from '../support/recordings';

const lost = { is: 'lost', connection: null, atMs: 0, from: null, bytes: 1, why: '' } as const;

describe('wantedOf', () => {
  /** Of two connections, from ports 50001 and 50002 to 9092, those of which something is wanted. */
  function wanted(some: Partial<Wanted>): (number | null)[] {
    const isWanted = wantedOf({ connections: null, ports: [], ...some });
    const all = [1, 2].flatMap((id) => [opened(id), frame(id, 'client', Buffer.alloc(1)), closed(id)]);
    return [...all, lost].filter(isWanted).map(({ connection }) => connection);
  }

  it('wants everything if nothing is said', () => {
    expect(wanted({})).to.deep.equal([1, 1, 1, 2, 2, 2, null]);
  });

  it('goes by numbers', () => {
    expect(wanted({ connections: new Set([2]) })).to.deep.equal([2, 2, 2, null]);
  });

  it('goes by ports of either side, as whole numbers', () => {
    expect(wanted({ ports: [9092] })).to.have.lengthOf(7);
    expect(wanted({ ports: [1, 50_001] })).to.deep.equal([1, 1, 1, null]);
    expect(wanted({ ports: [2, 92, 909] })).to.deep.equal([null]);
  });
});
