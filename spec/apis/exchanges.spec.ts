import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { apis } from '../../lib/apis';
import { exchanges } from '../../lib/apis/exchanges';
import { unserved } from '../../lib/apis/unserved';
import { apiTable, holdToKafka } from '../support/held-to-kafka';

const kebab = (name: string) => name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

describe('exchanges', () => {
  it('have every API that Kafka has versions of, by its key and in the order of the keys', () => {
    const live = apiTable.filter(({ versions }) => versions !== null).map(({ key }) => key);
    expect([...exchanges().keys()]).to.deep.equal(live);
    expect([...exchanges().values()].map(({ key }) => key)).to.deep.equal(live);
  });

  it('are one map, however often they are asked for', () => {
    expect(exchanges()).to.equal(exchanges());
  });

  it('are the served ones themselves, where they are served', () => {
    for (const api of apis) expect(exchanges().get(api.key), api.name).to.equal(api);
  });

  it('have no file of an API that is not listed, and none of one that is served', () => {
    const files = readdirSync(join(__dirname, '../../lib/apis/unserved')).filter((file) => file !== 'index.ts');
    expect(files).to.have.members(unserved.map(({ name }) => `${kebab(name)}.ts`));
    const served = new Set(apis.map(({ key }) => key));
    expect(unserved.filter(({ key }) => served.has(key))).to.deep.equal([]);
  });

  for (const exchange of unserved) {
    describe(exchange.name, () => {
      holdToKafka(exchange);

      it('has all versions of Kafka', () => {
        expect(exchange.versions).to.deep.equal(apiTable.find(({ key }) => key === exchange.key)?.versions);
      });
    });
  }
});
