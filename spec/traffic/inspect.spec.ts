import { expect } from 'chai';
import { heartbeat, metadata } from '../../lib/apis';
import { readCapture } from '../../lib/capture/read-capture';
import { type InspectOptions, inspect } from '../../lib/traffic/inspect';
import { UsageError } from '../../lib/usage';
import { eventsOf, said } from '../support/calls';
import { frame, stream } from '../support/recordings';
import { referenceTraffic, trafficFile } from '../support/reference-traffic';

const ask = said({
  exchange: metadata,
  version: 1,
  request: { topics: [{ name: 'orders' }] },
  answer: { brokers: [], controllerId: 1, topics: [] },
  sentAtMs: Date.parse('2026-11-22T10:00:00Z'),
});
const beat = said({
  exchange: heartbeat,
  version: 4,
  request: { groupId: 'g', generationId: 1, memberId: 'm' },
  answer: { errorCode: 27 },
  sentAtMs: Date.parse('2026-11-22T10:00:01Z'),
  connection: 2,
});

/** Everything that is printed. */
async function printed(events = eventsOf([ask, beat]), options: InspectOptions = {}): Promise<string> {
  let text = '';
  await inspect(stream(events), options, async (more) => {
    text += more;
    return true;
  });
  return text;
}

type Line = { readonly is: string } & Record<string, unknown>;

async function jsonLines(file: string, options: InspectOptions = {}): Promise<Line[]> {
  let text = '';
  await inspect(readCapture(trafficFile(file)), { ...options, json: true }, async (more) => {
    text += more;
    return true;
  });
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('inspect', () => {
  it('lists calls as they are over, and sums them up', async () => {
    const lines = (await printed()).split('\n');
    expect(lines[0]).to.match(/^time +# +conn +client +API/);
    expect(lines[1]).to.equal('2026-11-22 UTC');
    expect(lines[2]).to.match(/^10:00:00\.000 +1 +1 +spec +Metadata v1 .* orders$/);
    expect(lines[3]).to.match(/ Heartbeat v4 .* REBALANCE_IN_PROGRESS$/);
    expect(lines[5]).to.match(/^2 requests on 2 connections in 1\.00 s · 1 with errors · 0 without an answer/);
  });

  it('lists only what is wanted, and counts that of all', async () => {
    const text = await printed(undefined, { topic: ['orders'] });
    expect(text).to.include('Metadata').and.not.to.include('Heartbeat');
    expect(text).to.include('1 of 2 requests on 2 connections');
  });

  it('prints a table of figures instead', async () => {
    const text = await printed(undefined, { stats: true });
    expect(text).to.match(/^API +requests +errors/);
    expect(text).to.match(/\nHeartbeat v4 +1 +1 +0 +0\.50 ms/);
    expect(text).to.include('answers with errors: 1 REBALANCE_IN_PROGRESS').and.not.to.include('10:00');
  });

  it('ends after as many as are wanted', async () => {
    expect(await printed(undefined, { limit: 1 }))
      .to.include('1 request on 1 connection')
      .and.not.to.include('Heart');
  });

  it('says what could not be read or paired', async () => {
    const lost = { is: 'lost', connection: 1, atMs: 0, from: 'client', bytes: 40, why: 'cut off' } as const;
    const text = await printed([...eventsOf([ask]), lost, frame(1, 'broker', Buffer.alloc(8, 1))]);
    expect(text).to.include('conn 1: 40 B of the client not read: cut off');
    expect(text).to.include('conn 1: 8 B of the broker not paired: answers request 16843009, which was not recorded');
    expect(text).to.include('\n1 gap, 40 B not read · 1 frame not paired\n');
    const figures = await printed([...eventsOf([ask]), lost], { stats: true });
    expect(figures).to.match(/ 1 gap +40 B not read {2}cut off\n/);
  });

  it('prints nothing more once nobody wants any', async () => {
    let prints = 0;
    await inspect(stream(eventsOf([ask, beat, ask])), {}, async () => {
      prints++;
      return false;
    });
    expect(prints).to.equal(1);
  });

  it('refuses a filter that cannot be meant before it prints', async () => {
    const error = await printed(undefined, { api: ['Metdata'] }).catch((reason: unknown) => reason);
    expect(error).to.be.an.instanceOf(UsageError);
  });

  it('counts as many requests of each client, API and version as the reference captures have', async () => {
    for (const { file, apis, requests, responses } of referenceTraffic()) {
      const lines = await jsonLines(file, { bodies: true });
      const counts = new Map<string, number>();
      const calls = lines.filter(({ is }) => is === 'call');
      for (const { clientId, key, api, version, request, answer } of calls) {
        const id = `${clientId} ${key} ${api} v${version}`;
        counts.set(id, (counts.get(id) ?? 0) + 1);
        expect(request, `${file} ${id}`).to.be.an('object').and.not.to.have.property('notDecoded');
        if (answer !== null) expect(answer, `${file} ${id}`).not.to.have.property('notDecoded');
      }
      const expected = new Map<string, number>();
      for (const { client_id, key, name, version, count } of apis)
        expected.set(`${client_id} ${key} ${name} v${version}`, count);
      expect(counts, file).to.deep.equal(expected);
      expect(lines.at(-1), file).to.include({ is: 'summary', requests, unanswered: requests - responses, strays: 0 });
    }
  }).timeout(30_000);
});
