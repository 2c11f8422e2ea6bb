/**
 * Real clients at a broker that records: what is in the recording, and what comes of playing it to a broker of the same
 * kind. `npm run captures` keeps the recordings in examples/captures, in the place of those that were there.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CaptureEvent } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';
import { replay } from '../../lib/replay/replay';
import { basicMillrace, plainSettings, unexplainedOf } from '../support/replaying';
import { isMissing } from './clients/client-suite';
import {
  keys,
  record,
  recordedClients,
  recordingName,
  secret,
  topicOf,
  valueBytes,
  waysOf,
} from './clients/recorded-run';

/** Where recordings are kept that are good. */
const kept = process.env['MILLRACE_CAPTURES'];

/** Whether a value is what stands for one that was left out. */
const isFilled = (value: Buffer) => value.includes('redacted') && !value.includes(secret);

describe('recordings of real clients', function () {
  this.timeout(60_000);

  for (const run of recordedClients) {
    describe(run.name, () => {
      if (isMissing(run.client) || isMissing(run.members)) return;
      const name = recordingName(run);
      let dir: string;
      let recording: CaptureEvent[];

      before(async () => {
        dir = mkdtempSync(join(tmpdir(), 'millrace-'));
        const { droppedFrames, error } = await record(run, join(dir, name));
        expect({ droppedFrames, error }).to.deep.equal({ droppedFrames: 0, error: null });
        recording = await readCapture(join(dir, name)).toArray();
      });
      after(function () {
        const isGood = this.test?.parent?.tests.every(({ state }) => state === 'passed');
        if (kept !== undefined && isGood) copyFileSync(join(dir, name), join(kept, name));
        rmSync(dir, { recursive: true });
      });

      it('are read back as a whole', () => {
        expect(recording.filter(({ is }) => is === 'lost')).to.deep.equal([]);
        const ids = (is: CaptureEvent['is']) => recording.filter((one) => one.is === is).map((one) => one.connection);
        expect(ids('opened')).to.be.an('array').with.members(ids('closed')).and.not.empty;
      });

      it('hold none of the values', () => {
        expect(readFileSync(join(dir, name)).includes(secret)).to.equal(false);
      });

      it('play to a fresh broker without a difference, and leave as much there', async () => {
        const broker = await basicMillrace(plainSettings);
        try {
          const replayed = replay(recording, broker);
          expect(await unexplainedOf(replayed)).to.deep.equal([]);
          const { tally } = replayed;
          expect(tally.count('unserved')).to.equal(0);
          expect(tally.compared).to.be.greaterThan(15);
          const stored = await broker.records(topicOf(run)).toArray();
          expect(stored.map(({ key }) => `${key}`)).to.deep.equal([...keys, ...keys]);
          for (const { value } of stored) expect(value).to.have.lengthOf(valueBytes).and.satisfy(isFilled);
          const apis = waysOf(run).map(({ protocol }) =>
            protocol === 'classic' ? 'JoinGroup' : 'ConsumerGroupHeartbeat',
          );
          expect([...tally.apis.keys()]).to.include.members(apis);
        } finally {
          await broker.close();
        }
      });
    });
  }
});
