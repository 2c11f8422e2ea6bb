import { expect } from 'chai';
import { heartbeat } from '../../lib/apis';
import { paint } from '../../lib/paint';
import { defineExchange } from '../../lib/protocol/exchange';
import { GapReasons } from '../../lib/traffic/gap-reasons';
import type { Summary } from '../../lib/traffic/report';
import { Statistics } from '../../lib/traffic/statistics';
import { TextReport } from '../../lib/traffic/text-report';
import { rowsOf, said } from '../support/calls';

const beat = said({
  exchange: heartbeat,
  version: 4,
  request: { groupId: 'g', generationId: 1, memberId: 'm' },
  answer: { errorCode: 27 },
  clientId: 'a\x1b[2Jb',
});

function summaryOf(statistics: Statistics, gaps = new GapReasons()): Summary {
  return { statistics, connections: 1, requests: 2, gaps, spanMs: 0 };
}

describe('TextReport', () => {
  it('puts what belongs together under its name', async () => {
    const report = new TextReport(paint(false), false);
    const [row] = await rowsOf([beat]);
    const [day, line] = report.call(row!).split('\n');
    expect(day).to.equal('1970-01-01 UTC');
    expect(line!.indexOf('Heartbeat v4')).to.equal(report.head().indexOf('API'));
    expect(line).to.include('REBALANCE_IN_PROGRESS').and.to.include('0.50 ms');
  });

  it('writes nothing of a client that moves a cursor', async () => {
    const [row] = await rowsOf([beat]);
    expect(new TextReport(paint(false), true).call(row!))
      .to.include('a\\u{1b}[2Jb')
      .and.not.to.include('\x1b');
  });

  it('colours errors', async () => {
    const [row] = await rowsOf([beat]);
    expect(new TextReport(paint(true), false).call(row!)).to.include('\x1b[31mREBALANCE_IN_PROGRESS\x1b[39m');
  });

  it('tells the day once, and again when another begins', async () => {
    const report = new TextReport(paint(false), false);
    const rows = await rowsOf([beat, beat, { ...beat, sentAtMs: 86_400_000 }]);
    expect(rows.map((row) => report.call(row).split(' UTC').length - 1)).to.deep.equal([1, 0, 1]);
  });

  it('shows bodies below their call, and why one cannot be decoded', async () => {
    const unknown = defineExchange({ key: 999, name: '', versions: '0', flexible: 'none', request: {}, response: {} });
    const [row, other] = await rowsOf([beat, said({ exchange: unknown, version: 0, request: {}, answer: {} })]);
    const report = new TextReport(paint(false), true);
    expect(report.call(row!)).to.include(
      '    → { groupId: g, generationId: 1, memberId: m, groupInstanceId: null }\n' +
        '    ← { throttleTimeMs: 0, errorCode: 27 REBALANCE_IN_PROGRESS }\n',
    );
    expect(report.call(other!)).to.include('API 999 v0').and.to.include('    → not decoded: API 999 v0 is not known\n');
  });

  it('has a table of figures whose columns stand under their names', async () => {
    const statistics = new Statistics();
    for (const row of await rowsOf([beat, { ...beat, answer: null }])) statistics.add(row);
    const [head, line] = new TextReport(paint(false), false).figures(summaryOf(statistics)).split('\n');
    expect(head!.length).to.equal(line!.length);
    expect(line).to.match(/^Heartbeat v4 +2 +1 +1 +0\.50 ms +0\.50 ms +0\.50 ms +54 B +12 B$/);
  });

  it('says below the figures why something is missing', () => {
    const gaps = new GapReasons();
    const gap = { is: 'lost', connection: 1, atMs: 0, from: 'client', bytes: 4000, why: 'cut off' } as const;
    for (const one of [gap, { ...gap, is: 'stray', bytes: 8, why: 'nobody asked\x1b' } as const, gap]) gaps.add(one);
    const summary = summaryOf(new Statistics(), gaps);
    const report = new TextReport(paint(false), false);
    expect(report.figures(summary).split('\n').slice(1)).to.deep.equal([
      '',
      '   2 gaps    8.00 KB not read  cut off',
      '  1 frame      8 B not paired  nobody asked\\u{1b}',
      '',
    ]);
    expect(report.end(summary)).to.include('0 of 2 requests on 1 connection in ');
    expect(report.end(summary)).to.include('\n2 gaps, 8.00 KB not read · 1 frame not paired\n');
  });
});
