/**
 * lib/replay/DIFFERENCES.md is what `millrace diff` says of Apache Kafka 4.3.1 and Millrace, given what real clients said
 * (spec/fixtures/traffic): each difference is in it, and what is in it still differs.
 *
 * `MILLRACE_REWRITE_DIFFERENCES=1 npx mocha spec/conformance/replay.differences.spec.ts` (after `npm run build`) writes the
 * file anew; reasons of rows that were there stay, and new rows have "not known", to be replaced by hand.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type ApacheKafka, format, missingKafka, startKafka } from '../support/apache-kafka';
import { run, type Service } from '../support/child';
import { clientsRequired } from '../support/conformance';
import { type DifferenceRow, isOccasional, missingFrom, rewritten, rowsOf } from '../support/differences';
import { type Home, launch, main, makeHome } from '../support/launch';
import { trafficFile } from '../support/reference-traffic';
import { ageless, basicSettings, capturesInOrder } from '../support/replaying';

const file = resolve(__dirname, '../../lib/replay/DIFFERENCES.md');
const runMaxMs = 240_000;

describe('Differences to Apache Kafka', function () {
  this.timeout(runMaxMs + 60_000);
  const missing = missingKafka();
  if (missing !== null && !clientsRequired()) {
    it(`are not looked for: ${missing}`);
    return;
  }
  let kafkaHome: string;
  let kafka: ApacheKafka;
  let home: Home;
  let millrace: Service;
  let found: readonly DifferenceRow[];
  let told: readonly DifferenceRow[];
  before(async () => {
    kafkaHome = mkdtempSync(join(tmpdir(), 'millrace-differences-'));
    const options = { logDir: join(kafkaHome, 'data'), properties: { ...basicSettings(), ...ageless } };
    await format(options);
    kafka = await startKafka(options);
    home = await makeHome({ ...basicSettings(), ...ageless });
    millrace = await launch(home);
    const recordings = capturesInOrder().map((capture) => trafficFile(`${capture}.pcap`));
    const diff = [
      main,
      'diff',
      '--markdown',
      '--same-cluster',
      '--a',
      kafka.bootstrap,
      '--b',
      home.bootstrap,
      ...recordings,
    ];
    // Its exit status is 1 where there are differences.
    const command = ['-c', '"$@" || [ $? = 1 ]', 'sh', process.execPath, ...diff];
    const { stdout } = await run('sh', command, { timeoutMs: runMaxMs });
    found = rowsOf(stdout.toString());
    if (process.env['MILLRACE_REWRITE_DIFFERENCES'] === '1')
      writeFileSync(file, rewritten(readFileSync(file, 'utf8'), found));
    told = rowsOf(readFileSync(file, 'utf8'));
  });
  after(async () => {
    await millrace?.stop();
    await kafka?.stop();
    await home?.remove();
    rmSync(kafkaHome, { recursive: true, force: true });
  });

  it('are all told', () => {
    expect(found).not.to.deep.equal([]);
    expect(missingFrom(told, found)).to.deep.equal([]);
  });

  it('are still there where they are told', () => {
    const lasting = told.filter((row) => !isOccasional(row));
    expect(missingFrom(found, lasting)).to.deep.equal([]);
  });
});
