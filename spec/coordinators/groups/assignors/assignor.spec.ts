import { expect } from 'chai';
import { assignorOf } from '../../../../lib/coordinators/groups/assignors/assignor';
import { assignRange } from '../../../../lib/coordinators/groups/assignors/range';
import { assignUniform } from '../../../../lib/coordinators/groups/assignors/uniform';

describe('assignorOf', () => {
  it('knows the assignors of Kafka', () => {
    expect(assignorOf('uniform')).to.equal(assignUniform);
    expect(assignorOf('range')).to.equal(assignRange);
  });

  it('knows no others', () => {
    expect(assignorOf('sticky')).to.equal(undefined);
    expect(assignorOf('')).to.equal(undefined);
    expect(assignorOf('constructor')).to.equal(undefined);
  });
});
