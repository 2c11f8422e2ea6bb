import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import { allowsDowngrade, allowsMixing, allowsUpgrade } from '../../../lib/coordinators/groups/migration-policy';

const table: readonly (readonly [string, boolean, boolean, boolean])[] = [
  ['bidirectional', true, true, true],
  ['UPGRADE', true, false, true],
  ['Downgrade', false, true, true],
  ['disabled', false, false, false],
];

for (const [policy, up, down, mixed] of table)
  describe(`allowsUpgrade, allowsDowngrade, allowsMixing: ${policy}`, () => {
    it(`say ${up}, ${down}, ${mixed}`, () => {
      const config = loadConfig({ 'group.consumer.migration.policy': policy });
      expect([allowsUpgrade(config), allowsDowngrade(config), allowsMixing(config)]).to.deep.equal([up, down, mixed]);
    });
  });
