import { expect } from 'chai';
import { apiVersions } from '../../lib/apis/api-versions';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { errors } from '../../lib/errors';
import { type RefuseOptions, refuse } from '../../lib/taps/refuse';
import { UsageError } from '../../lib/usage';
import { Tapped } from '../support/tapped';

describe('refuse', () => {
  it('says an error to chosen requests, in the shape of their API, and is ended like any tap', async () => {
    const tapped = await Tapped.open({});
    const error = errors.POLICY_VIOLATION.because('until noon');
    const end = tapped.broker.taps.add(refuse({ error, apis: [produce] }));
    expect(await tapped.send(['a'])).to.include({ errorCode: error.code, errorMessage: 'until noon' });
    expect((await tapped.fetch()).row.errorCode).to.equal(0);
    end();
    expect(await tapped.send(['a'])).to.include({ errorCode: 0 });
    await tapped.close();
  });

  it('refuses everything but ApiVersions where nobody says what, and only what a predicate says', async () => {
    const tapped = await Tapped.open(
      refuse({ error: errors.BROKER_NOT_AVAILABLE, when: ({ version }) => version !== 11 }),
    );
    expect(await tapped.send(['a'])).to.include({ errorCode: 8 });
    expect(await tapped.send(['a'], { version: 11 })).to.include({ errorCode: 0 });
    const asked = { clientSoftwareName: 'spec', clientSoftwareVersion: '1' };
    expect((await tapped.broker.inject(apiVersions, 4, asked)).errorCode).to.equal(0);
    await tapped.close();
  });

  const wrong: [string, object, string][] = [
    ['what is no error', { error: 'POLICY_VIOLATION' }, 'error: expected one of errors'],
    ['an API that is in no list', { error: errors.NONE, apis: metadata }, 'apis: expected a list'],
    ['an option nearly right', { error: errors.NONE, api: [] }, 'no option "api"'],
    ['a choice that is none', { error: errors.NONE, when: 1 }, 'when: expected a function'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => refuse(options as RefuseOptions)).to.throw(UsageError, message);
    });
  }
});
