/** A broker as a process of its own for bench programs: `dist/lib/main.js` on an empty directory, and what it costs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { apiVersions } from '../../lib/apis';
import { type Client, client } from './client';

const main = process.env.MILLRACE_MAIN ?? resolve(__dirname, '../../dist/lib/main.js');

/** Runs in the broker's process before it: collects garbage and tells what is left, whenever it is asked. */
const teller = `data:text/javascript,process.on('message', () => { gc(); process.send(process.memoryUsage()) });
process.channel.unref()`;

const ticksPerSecond = 100;

/** CPU time that a process has used so far, in ms; NaN where there is no /proc. */
export function cpuMsOf({ pid }: Pick<ChildProcess, 'pid'>): number {
  return cpuMsIn(`/proc/${pid}/stat`);
}

function cpuMsIn(path: string): number {
  try {
    const fields = readFileSync(path, 'utf8').replace(/.*\) /, '').split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
}

export class BrokerProcess {
  readonly port: number;
  private readonly dir: string;
  private readonly process: ChildProcess;

  private constructor(port: number, more: readonly string[]) {
    this.port = port;
    this.dir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const settings = [`log.dirs=${this.dir}`, `listeners=PLAINTEXT://127.0.0.1:${port}`];
    const args = [
      '--expose-gc',
      '--import',
      teller,
      main,
      ...settings.flatMap((setting) => ['--override', setting]),
      ...more,
    ];
    this.process = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  }

  /**
   * Resolves once it can be connected to.
   * @param more arguments of its command line
   */
  static async start(port: number, more: readonly string[] = []): Promise<BrokerProcess> {
    const broker = new BrokerProcess(port, more);
    for (let tries = 0; ; tries++) {
      try {
        (await broker.connect()).close();
        return broker;
      } catch (error) {
        if (tries > 500) throw error;
        await new Promise((done) => setTimeout(done, 10));
      }
    }
  }

  connect(): Promise<Client> {
    return client(this.port);
  }

  /** One after the other, each answered before the next: who waits to be accepted may be sent away. */
  async connectAll(count: number): Promise<Client[]> {
    const clients: Client[] = [];
    for (let i = 0; i < count; i++) {
      const one = await this.connect();
      await one.ask(apiVersions, 0, {});
      clients.push(one);
    }
    return clients;
  }

  /** CPU time that it has used so far, in ms; NaN where there is no /proc. */
  get cpuMs(): number {
    return cpuMsOf(this.process);
  }

  /** The same of its first thread, the one that runs the pipeline: what bounds it where there are cores enough. */
  get threadCpuMs(): number {
    const { pid } = this.process;
    return cpuMsIn(`/proc/${pid}/task/${pid}/stat`);
  }

  /** Bytes of its objects, and of buffers outside of the heap, that are still used. */
  usedBytes(): Promise<number> {
    return new Promise((told) => {
      this.process.once('message', (usage: NodeJS.MemoryUsage) => told(usage.heapUsed + usage.arrayBuffers));
      this.process.send('usage');
    });
  }

  async stop(): Promise<void> {
    await new Promise<void>((ended) => {
      this.process.once('exit', () => ended());
      this.process.kill('SIGTERM');
    });
    rmSync(this.dir, { recursive: true, force: true });
  }
}
