import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readQuorumState, writeQuorumState } from '../../lib/storage/quorum-state';
import { inTempDir } from '../support/metadata';

describe('readQuorumState', () => {
  const read = (text: string) =>
    inTempDir((dir) => {
      fs.writeFileSync(join(dir, 'quorum-state'), text);
      return readQuorumState(dir);
    });

  it('is null where there is none', () => inTempDir((dir) => expect(readQuorumState(dir)).to.equal(null)));

  it('reads both versions', async () => {
    expect(
      await read(
        '{"clusterId":"","leaderId":1,"leaderEpoch":7,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1},{"voterId":2}],"data_version":0}',
      ),
    ).to.deep.equal({ version: 0, leaderId: 1, leaderEpoch: 7, voters: [1, 2] });
    expect(
      await read(
        '{"leaderId":-1,"leaderEpoch":2,"votedId":1,"votedDirectoryId":"NP76HSs3ShaFA1dRjjYU5g","data_version":1}',
      ),
    ).to.deep.equal({ version: 1, leaderId: -1, leaderEpoch: 2, voters: [] });
  });

  const broken: [text: string, message: string][] = [
    ['', 'quorum-state is not JSON: ""'],
    ['{"leaderEpoch":1', 'is not JSON'],
    ['{"leaderEpoch":1,"data_version":2}', 'has data_version 2, 0 and 1 are known'],
    ['{"data_version":1}', 'has leaderEpoch undefined, not an integer'],
  ];
  for (const [text, message] of broken) {
    it(`says what is wrong with ${JSON.stringify(text)}`, async () => {
      const error: unknown = await read(text).catch((thrown) => thrown);
      expect(String(error)).to.include(message);
    });
  }
});

describe('writeQuorumState', () => {
  it('writes what is read again, in either version, and leaves nothing beside it', () =>
    inTempDir(async (dir) => {
      for (const state of [
        { version: 0, leaderId: 1, leaderEpoch: 3, voters: [1] },
        { version: 1, leaderId: 1, leaderEpoch: 4, voters: [] },
      ] as const) {
        await writeQuorumState(dir, state);
        expect(readQuorumState(dir)).to.deep.equal(state);
      }
      expect(fs.readdirSync(dir)).to.deep.equal(['quorum-state']);
    }));
});
