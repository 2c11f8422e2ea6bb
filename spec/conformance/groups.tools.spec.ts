/**
 * Kafka's own `kafka-consumer-groups` prints of our groups what it prints of Kafka's: every command of the transcript
 * spec/fixtures/groups/kafka-consumer-groups.txt, one after the other, on groups that are made here.
 *
 * The transcript was written by Apache Kafka 4.3.1: MILLRACE_BOOTSTRAP named it, and MILLRACE_TRANSCRIPT=write wrote what
 * it printed in the place of what was there. What differs from run to run (member ids, ports, the order of rows, the
 * width of columns) is made alike first.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { missingJavaPrograms } from '../support/apache-kafka';
import { type BrokerUnderTest, clientsRequired, startBroker } from '../support/conformance';
import { JavaTools, type ToolOutput } from '../support/java-tools';
import { Wire } from '../support/wire';
import { createTopic, send } from '../support/writing';
import { GroupMember } from './clients/group-member';
import type { Committed, Crew } from './clients/member';
import { memberClient } from './clients/members';

const transcript = resolve(__dirname, '../fixtures/groups/kafka-consumer-groups.txt');
const writing = process.env['MILLRACE_TRANSCRIPT'] === 'write';
/** Of the first record; one follows each second. */
const firstMs = Date.UTC(2026, 0, 1);
const topics = { 'tools.a': 3, 'tools.b': 1 };
const recordsEach = 5;

interface Play {
  readonly title: string;
  /** As a shell would split it; no word has blanks. */
  readonly command: string;
  readonly output: string;
}

/** Plays are apart by blank lines: `# title`, `$ command`, output. */
function readPlays(): Play[] {
  const blocks = readFileSync(transcript, 'utf8').split(/\n\n(?=# )/);
  return blocks.map((block) => {
    const [, title = '', command = '', output = ''] = /^# (.*)\n\$ (.*)\n?([\s\S]*)$/.exec(block) ?? [];
    return { title, command, output: output.trimEnd() };
  });
}

/** What was printed, without what no two runs have in common. */
function alike({ code, stdout, stderr }: ToolOutput, bootstrap: string, dir: string): string {
  const text = `${stdout}\n${stderr.replace(/^Option +Description[\s\S]*/m, '(usage)')}`
    .replaceAll(bootstrap, 'HOST:PORT')
    .replaceAll(dir, 'DIR')
    .replace(/^\s+at .*$/gm, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/(?<= |^)[\w-]{22}(?= )/gm, 'ID');
  const blocks = text
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .join('\n')
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map(ordered);
  return [...blocks.map((lines) => lines.join('\n')), ...(code === 0 ? [] : [`(exit code ${code})`])].join('\n');
}

/** Rows of a table, and lines that are lists of their own, come in any order; sentences stay where they are. */
function ordered(lines: readonly string[]): string[] {
  const head = lines.findIndex((line) => /^(GROUP|TOPIC) /.test(line));
  if (head >= 0) return [...lines.slice(0, head).sort(), lines[head]!, ...lines.slice(head + 1).sort()];
  return lines.every((line) => !line.includes(' ')) ? [...lines].sort() : [...lines];
}

describe('kafka-consumer-groups', function () {
  this.timeout(60_000);
  const missing = missingJavaPrograms();
  if (missing !== null) {
    it(`is skipped: ${missing}`, function () {
      if (clientsRequired()) throw new Error(missing);
      this.skip();
    });
    return;
  }
  const plays = readPlays();
  const printed: string[] = [];
  let broker: BrokerUnderTest;
  let tools: JavaTools;
  let crew: Crew;
  let dir: string;

  before(async () => {
    broker = await startBroker({ 'group.consumer.assignment.interval.ms': '0' });
    dir = mkdtempSync(join(tmpdir(), 'millrace-tools-'));
    tools = new JavaTools();
    crew = memberClient('Java').crew();
    const wire = await Wire.connect(broker.bootstrap);
    for (const [name, partitions] of Object.entries(topics)) {
      await createTopic(wire, name, { partitions, configs: { 'retention.ms': '-1' } });
      for (let partition = 0; partition < partitions; partition++)
        for (let i = 0; i < recordsEach; i++) {
          const batch = buildBatch([{ value: `${i}` }], { timestamp: firstMs + i * 1000 });
          while ((await send(wire, name, partition, batch)).errorCode !== 0);
        }
    }
    wire.close();
    const enter = async (name: string, group: string, more: object = {}) => {
      const member = GroupMember.join(crew, name, broker.bootstrap, { group, topics: Object.keys(topics), ...more });
      await member.crew.until('membership', () => member.isIn);
      return member;
    };
    const classic = await enter('classic', 'tools-classic', { assignor: 'range' });
    const consumer = await enter('consumer', 'tools-consumer', { protocol: 'consumer' });
    const gone = await enter('gone', 'tools-empty', { commits: false });
    const static1 = await enter('static', 'tools-static', { assignor: 'range', instanceId: 'first', commits: false });
    await static1.commit([['tools.a', 1, 3, '']]);
    await gone.commit([
      ['tools.a', 0, 2, ''],
      ['tools.a', 1, 5, ''],
      ['tools.b', 0, 1, ''],
    ]);
    await gone.leave();
    await Promise.all([classic.untilRead(4 * recordsEach), consumer.untilRead(4 * recordsEach)]);
    const behind = Object.entries(topics).flatMap(([topic, partitions]) =>
      Array.from({ length: partitions }, (_, i): Committed => [topic, i, recordsEach - i, '']),
    );
    for (const member of [classic, consumer]) await member.commit(behind);
    writeFileSync(join(dir, 'offsets.csv'), '"tools.a",0,1\n"tools.b",0,4\n');
  });
  after(async () => {
    if (writing)
      writeFileSync(
        transcript,
        `${plays.map(({ title, command }, i) => `# ${title}\n$ ${command}\n${printed[i]}`).join('\n\n')}\n`,
      );
    await crew?.stop();
    await tools?.stop();
    await broker?.stop();
    if (dir) rmSync(dir, { recursive: true, force: true });
  });

  for (const { title, command, output } of plays) {
    it(`${title}: ${command}`, async () => {
      const args = command.replaceAll('DIR', dir).split(' ');
      const found = alike(await tools.consumerGroups(broker.bootstrap, args), broker.bootstrap, dir);
      printed.push(found);
      if (!writing) expect(found).to.equal(output);
    });
  }
});
