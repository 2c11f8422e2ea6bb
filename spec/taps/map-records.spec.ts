import { expect } from 'chai';
import type { MapRecordsOptions } from '../../lib/taps/map-records';
import { mapRecords } from '../../lib/taps/map-records';
import { UsageError } from '../../lib/usage';
import { Tapped } from '../support/tapped';

const same = () => {};

describe('mapRecords', () => {
  it('sees records on both ways, with their topic, partition and client', async () => {
    const seen: string[] = [];
    const sees =
      (way: string) =>
      (
        record: { topic: string; partition: number; offset: number },
        of: { request: { header: { clientId: string | null } } },
      ) => {
        seen.push(`${way} ${record.topic}-${record.partition} ${record.offset} ${of.request.header.clientId}`);
      };
    const tapped = await Tapped.open(mapRecords({ produce: sees('in'), fetch: sees('out') }));
    await tapped.send(['a']);
    await tapped.send(['b']);
    await tapped.fetch(1, { version: 13 });
    expect(seen).to.deep.equal(['in a-0 0 inject', 'in a-0 0 inject', 'out a-0 1 inject']);
    await tapped.close();
  });

  const wrong: [string, object, string][] = [
    ['nothing to do', {}, 'neither produce nor fetch was given'],
    ['what is no function', { produce: 'upper' }, 'expected functions of a record'],
    ['an option nearly right', { produce: same, topic: ['a'] }, 'no option "topic": did you mean topics?'],
    ['topics that are none', { produce: same, topics: 'a' }, 'topics: expected a list of names'],
    [
      'a limit that is none',
      { fetch: same, decompressedMaxBytes: 0 },
      'decompressedMaxBytes: 0, expected a number of at least 1',
    ],
    ['no producers', { produce: same, maxProducers: '9' }, 'maxProducers: "9", expected a number'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => mapRecords(options as MapRecordsOptions)).to.throw(UsageError, message);
    });
  }
});
