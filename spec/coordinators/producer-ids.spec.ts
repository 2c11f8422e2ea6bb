import { expect } from 'chai';
import { BlockProducerIds } from '../../lib/coordinators/producer-ids';
import { errors } from '../../lib/errors';

describe('BlockProducerIds', () => {
  it('gives every id of every block once, and asks for one block at a time', async () => {
    let reserved = 0;
    const ids = new BlockProducerIds({
      allocateProducerIds: async () => ({ firstId: 100 * reserved++, count: 3 }),
    });
    const given = await Promise.all(Array.from({ length: 8 }, () => ids.next()));
    expect(new Set(given)).to.deep.equal(new Set([0, 1, 2, 100, 101, 102, 200, 201]));
    expect(reserved).to.equal(3);
  });

  it('fails while no block can be had, and goes on afterwards', async () => {
    let broken = true;
    const ids = new BlockProducerIds({
      allocateProducerIds: async () => {
        if (broken) throw errors.KAFKA_STORAGE_ERROR;
        return { firstId: 7, count: 1 };
      },
    });
    const refused = await Promise.all([ids.next(), ids.next()].map((id) => id.catch((error) => error)));
    expect(refused).to.deep.equal([errors.KAFKA_STORAGE_ERROR, errors.KAFKA_STORAGE_ERROR]);
    broken = false;
    expect(await ids.next()).to.equal(7);
  });
});
