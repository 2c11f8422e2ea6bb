/**
 * Start and size of the broker as a process: to the first acknowledged record, and memory idle and per idle connection.
 *
 * Starts `dist/lib/main.js`, as your_program.sh does when nothing is to be built. Bounds that the project set itself: start
 * under 300 ms, idle under 80 MB.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { metadata, produce } from '../../lib/apis';
import { buildBatch } from '../../lib/records/build';
import { median, type Print } from './bench';
import { type Client, client } from './client';

const main = resolve(__dirname, '../../dist/lib/main.js');
const port = 28931;

/** Resident memory of a process in MB; NaN where there is no /proc. */
function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function untilConnected(): Promise<Client> {
  for (;;) {
    try {
      return await client(port);
    } catch {
      await wait(1);
    }
  }
}

/** Milliseconds until a record is acknowledged, counted from the start of the process. */
async function start(dir: string): Promise<{ ms: number; pid: number; stop(): Promise<void> }> {
  const startedMs = performance.now();
  const args = [main, '--override', `log.dirs=${dir}`, '--override', `listeners=PLAINTEXT://127.0.0.1:${port}`];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const one = await untilConnected();
  const topics = [{ name: 'bench' }];
  const records = buildBatch([{ value: Buffer.from('x') }], { timestamp: Date.now() });
  for (;;) {
    const body = {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 'bench', topicId: '', partitionData: [{ index: 0, records }] }],
    };
    const answer = await one.ask(produce, 11, body);
    if (answer.responses[0]!.partitionResponses[0]!.errorCode === 0) break;
    await one.ask(metadata, 9, {
      topics,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    } as never);
  }
  const ms = performance.now() - startedMs;
  one.close();
  const stop = () =>
    new Promise<void>((done) => {
      child.once('exit', () => done());
      child.kill('SIGTERM');
    });
  return { ms, pid: child.pid!, stop };
}

export async function bench(print: Print): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const first = await start(dir);
  print({ what: 'first start, formats the directory', figure: first.ms, unit: 'ms' });
  await first.stop();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const again = await start(dir);
    times.push(again.ms);
    await again.stop();
  }
  print({ what: 'start to first acknowledged record', figure: median(times), unit: 'ms' });
  const broker = await start(dir);
  await wait(3000);
  const idleMb = residentMb(broker.pid);
  print({ what: 'memory idle', figure: idleMb, unit: 'MB' });
  const sockets: Socket[] = [];
  const connections = 2000;
  for (let i = 0; i < connections; i++) {
    sockets.push(
      await new Promise<Socket>((done) => {
        const socket = connect(port, '127.0.0.1', () => done(socket));
      }),
    );
  }
  await wait(1000);
  print({
    what: 'memory per idle connection',
    figure: ((residentMb(broker.pid) - idleMb) * 1024) / connections,
    unit: 'KB',
  });
  for (const socket of sockets) socket.destroy();
  await broker.stop();
  rmSync(dir, { recursive: true, force: true });
}
