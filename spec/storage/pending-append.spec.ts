import { expect } from 'chai';
import { errors } from '../../lib/errors';
import type { Appended } from '../../lib/storage/engine';
import type { Partition } from '../../lib/storage/partition';
import { PendingAppend } from '../../lib/storage/pending-append';

describe('PendingAppend', () => {
  const steps: string[] = [];
  const make = (origin?: 'client' | 'coordinator') =>
    new PendingAppend(
      { logStartOffset: 3 } as Partition,
      { log: {} as Partition, batch: Buffer.alloc(5), ...(origin && { origin }) },
      (answer: Appended) => steps.push(JSON.stringify(answer)),
      (error) => steps.push(String(error)),
      (append) => steps.push(`settled ${append.batch.length}`),
    );
  beforeEach(() => steps.splice(0));

  it('is settled before it is answered', () => {
    const append = make();
    append.baseOffset = 8;
    append.done();
    expect(steps).to.deep.equal(['settled 5', '{"baseOffset":8,"logAppendTimeMs":-1,"logStartOffset":3}']);
  });

  it('is settled before it fails', () => {
    make().fail(errors.KAFKA_STORAGE_ERROR);
    expect(steps).to.deep.equal(['settled 5', 'KAFKA_STORAGE_ERROR']);
  });

  it('is answered once', () => {
    const append = make();
    append.fail(errors.CORRUPT_MESSAGE);
    append.done();
    append.fail(errors.UNKNOWN_SERVER_ERROR);
    expect(steps).to.deep.equal(['settled 5', 'CORRUPT_MESSAGE']);
  });

  it('comes from a client unless it says otherwise', () => {
    expect([make(), make('client'), make('coordinator')].map(({ isFromClient }) => isFromClient)).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});
