import { expect } from 'chai';
import { fetch } from '../../lib/apis/fetch';
import { errors } from '../../lib/errors';
import { onReply } from '../../lib/pipeline/on-reply';
import { mergeTaps } from '../../lib/pipeline/taps';
import { mapRecords } from '../../lib/taps/map-records';
import { Tapped } from '../support/tapped';

/** `hide…` is not shown, `bad…` is refused, `x…` is shown in upper case, `late…` takes its time. */
const byValue = ({ value }: { value: Buffer | null }) => {
  const text = `${value}`;
  if (text.startsWith('hide')) return null;
  if (text.startsWith('bad')) throw errors.POLICY_VIOLATION;
  if (text.startsWith('late')) return Promise.resolve({ value: text.toUpperCase() });
  return text.startsWith('x') ? { value: text.toUpperCase() } : undefined;
};

describe('mapFetched', () => {
  const opened: Tapped[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });
  async function open(taps = mapRecords({ fetch: byValue }), topics?: string[]): Promise<Tapped> {
    const tapped = await Tapped.open(taps, topics);
    opened.push(tapped);
    return tapped;
  }

  it('shows records changed, or not at all, at the offsets that they have in the log', async () => {
    const tapped = await open();
    for (const values of [
      ['a', 'hide', 'x'],
      ['hide', 'hide'],
      ['late', 'hide'],
    ])
      await tapped.send(values, { codec: 4 });
    await tapped.send(['end']);
    const shown = ['0 a', '2 X', '3-4', '5 LATE', '6-6', '7 end'];
    for (const version of [10, 12, 13, 17]) expect((await tapped.fetch(0, { version })).shown).to.deep.equal(shown);
    expect(await tapped.stored(), 'the log has them all').to.have.lengthOf(8);
  });

  it('passes the very bytes where nothing changed', async () => {
    const passed: unknown[] = [];
    const looks = onReply(fetch, 'looks', ({ responses }) => {
      passed.push(responses[0]?.partitions[0]?.records);
    });
    const tapped = await open(mergeTaps({ replies: [looks] }, mapRecords({ fetch: byValue }), { replies: [looks] }));
    await tapped.send(['a'], { codec: 1 });
    expect((await tapped.fetch()).shown).to.deep.equal(['0 a']);
    expect(passed[0]).to.equal(passed[1]);
  });

  it('fails a partition with the error that the function throws', async () => {
    const tapped = await open();
    await tapped.send(['a']);
    await tapped.send(['bad']);
    const { row, shown } = await tapped.fetch();
    expect([row.errorCode, shown]).to.deep.equal([errors.POLICY_VIOLATION.code, []]);
  });

  it('looks into chosen topics only', async () => {
    const tapped = await open(mapRecords({ fetch: byValue, topics: (name) => name !== 'b' }), ['a', 'b']);
    for (const topic of ['a', 'b']) await tapped.send(['hide'], { topic });
    expect((await tapped.fetch(0, { topic: 'a' })).shown).to.deep.equal(['0-0']);
    expect((await tapped.fetch(0, { topic: 'b', version: 13 })).shown).to.deep.equal(['0 hide']);
  });
});
