import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { leaveCleanShutdown, takeCleanShutdown } from '../../lib/storage/clean-shutdown';
import { inTempDir } from '../support/metadata';

describe('takeCleanShutdown', () => {
  it('takes a mark that was left, once', () =>
    inTempDir(async (dir) => {
      await leaveCleanShutdown(dir, { brokerEpoch: 13 });
      expect(fs.readFileSync(join(dir, '.kafka_cleanshutdown'), 'utf8')).to.equal('{"version":0,"brokerEpoch":13}');
      expect(takeCleanShutdown(dir)).to.deep.equal({ brokerEpoch: 13 });
      expect(takeCleanShutdown(dir)).to.equal(null);
    }));

  for (const text of ['', '{"version":0}', 'x']) {
    it(`takes ${JSON.stringify(text)} for the mark of a broker that said no more`, () =>
      inTempDir((dir) => {
        fs.writeFileSync(join(dir, '.kafka_cleanshutdown'), text);
        expect(takeCleanShutdown(dir)).to.deep.equal({ brokerEpoch: -1 });
      }));
  }
});
