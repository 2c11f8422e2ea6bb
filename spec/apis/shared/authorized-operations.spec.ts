import { expect } from 'chai';
import { authorizedOperations } from '../../../lib/apis/shared/authorized-operations';

/** AclOperation codes whose bits are set. */
const codesIn = (bits: number) =>
  Array.from({ length: 31 }, (_, code) => code).filter((code) => (bits & (1 << code)) !== 0);

describe('authorizedOperations', () => {
  it('are those that Kafka knows for a topic, a group and the cluster', () => {
    expect(codesIn(authorizedOperations.topic)).to.deep.equal([3, 4, 5, 6, 7, 8, 10, 11]);
    expect(codesIn(authorizedOperations.cluster)).to.deep.equal([5, 7, 8, 9, 10, 11, 12]);
    expect(codesIn(authorizedOperations.group)).to.deep.equal([3, 6, 8, 10, 11]);
    const { topic, cluster, group } = authorizedOperations;
    expect([topic, cluster, group]).to.deep.equal([3576, 8096, 3400]);
  });

  it('are the smallest int32 where nobody asked', () => {
    expect(authorizedOperations.notRequested).to.equal(-2147483648);
  });
});
