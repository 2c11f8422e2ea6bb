import { expect } from 'chai';
import { answer, arm, disarm, tell, write } from '../../../lib/coordinators/groups/step';

describe('effects', () => {
  it('say what is to be done, as data', () => {
    const record = { name: 'GroupMetadata', key: { group: 'g' }, value: null } as const;
    expect([
      write(record, record),
      answer({ number: 7 }, 'yes'),
      arm('session', 'm', 10),
      disarm('join', ''),
      tell('a line'),
    ]).to.deep.equal([
      { do: 'write', records: [record, record] },
      { do: 'answer', ticket: { number: 7 }, answer: 'yes' },
      { do: 'arm', timer: { kind: 'session', member: 'm' }, ms: 10 },
      { do: 'disarm', timer: { kind: 'join', member: '' } },
      { do: 'tell', message: 'a line' },
    ]);
  });
});
