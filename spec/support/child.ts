/**
 * Other programs as promises: `run` waits for one to end, `serve` keeps one running, `converse` talks with one in lines.
 *
 * Called by the conformance suite (real clients) and by whoever starts a broker as a process. What always holds: every
 * child has a deadline, a failure carries what the child wrote to stderr, and no child outlives this process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Output {
  stdout: Buffer;
  stderr: string;
}

export interface RunOptions {
  stdin?: string | Buffer;
  /** After this many milliseconds the child is killed and the promise rejected. */
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
}

export interface Service {
  /** Undefined when it did not start. */
  pid: number | undefined;
  /** Sends a signal and does not wait. */
  signal(name: NodeJS.Signals): void;
  /** What the child has written so far, stdout and stderr as they came; the last 64 KiB of it. */
  output(): string;
  /** Resolves once the output matches; rejects when the child ends first or says nothing of the kind for a while. */
  until(pattern: RegExp, timeoutMs?: number): Promise<void>;
  /** Settles with a sentence about the end, whatever caused it. */
  ended: Promise<string>;
  /** Sends SIGTERM and waits; kills and rejects when the child is still there after `timeoutMs`. */
  stop(timeoutMs?: number): Promise<void>;
  /** Sends SIGKILL and waits. */
  kill(): Promise<void>;
}

const OUTPUT_MAX_BYTES = 65_536;
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Runs `command` to its end. Rejects when it cannot start, exits other than 0, or is still running at the deadline. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Output> {
  const { stdin = '', timeoutMs = 60_000, env = process.env } = options;
  return new Promise((resolve, reject) => {
    const child = start(command, args, env);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.on('error', () => {}); // a child that ends before it has read its input says so by its exit code
    child.stdin?.end(stdin);
    child.on('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
      if (code === 0) return resolve(output);
      const how = late ? `was still running after ${timeoutMs} ms` : `ended with ${signal ?? `code ${code}`}`;
      reject(new Error(`${brief(command, args)} ${how}\n${output.stderr}${output.stdout.toString().slice(-4000)}`));
    });
  });
}

/** Starts `command` and leaves it running, in `cwd` where one is given. */
export function serve(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  cwd: string | undefined = undefined,
): Service {
  const child = start(command, args, env, cwd);
  child.stdin?.end();
  let output = '';
  const watches = new Set<() => void>();
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_MAX_BYTES);
    for (const watch of watches) watch();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${brief(command, args)} did not start: ${error.message}`));
    child.on('close', (code, signal) => resolve(`${brief(command, args)} ended with ${signal ?? `code ${code}`}`));
  });
  const until = (pattern: RegExp, timeoutMs = 10_000) =>
    new Promise<void>((resolve, reject) => {
      const settle = (error: Error | null) => {
        watches.delete(watch);
        clearTimeout(deadline);
        if (error === null) resolve();
        else reject(error);
      };
      const watch = () => {
        if (pattern.test(output)) settle(null);
      };
      const missed = (why: string) =>
        settle(new Error(`no ${pattern} in what it said: ${why}\n${output.slice(-4000)}`));
      const deadline = setTimeout(() => missed(`${timeoutMs} ms have passed`), timeoutMs);
      watches.add(watch);
      watch();
      void ended.then(missed);
    });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async (timeoutMs = 30_000) => {
    child.kill('SIGTERM');
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      deadline = setTimeout(() => resolve('late'), timeoutMs);
    });
    const outcome = await Promise.race([ended, late]);
    clearTimeout(deadline);
    if (outcome !== 'late') return;
    await kill();
    throw new Error(`${brief(command, args)} was still running ${timeoutMs} ms after SIGTERM\n${output}`);
  };
  const signal = (name: NodeJS.Signals) => {
    child.kill(name);
  };
  return { pid: child.pid, signal, output: () => output, until, ended, stop, kill };
}

export interface Conversation {
  /** Sends one line to its stdin. */
  say(line: string): void;
  signal(name: NodeJS.Signals): void;
  /** What it has written to stderr so far; the last 64 KiB of it. */
  complaints(): string;
  /** Settles with a sentence about the end, whatever caused it, once all of its output was heard. */
  ended: Promise<string>;
  /** Closes its stdin, which asks it to end, and waits; kills and rejects when it is still there after `timeoutMs`. */
  stop(timeoutMs?: number): Promise<void>;
  /** Sends SIGKILL and waits. */
  kill(): Promise<void>;
}

/** Starts `command` and hears each line of its stdout, and of its stderr where somebody listens. */
export function converse(
  command: string,
  args: string[],
  hear: (line: string) => void,
  hearComplaint: (line: string) => void = () => {},
): Conversation {
  const child = start(command, args, process.env);
  let complaints = '';
  child.stdin?.on('error', () => {}); // one that has ended says so by `ended`
  if (child.stdout) createInterface({ input: child.stdout }).on('line', hear);
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      complaints = `${complaints}${line}\n`.slice(-OUTPUT_MAX_BYTES);
      hearComplaint(line);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${brief(command, args)} did not start: ${error.message}`));
    child.on('close', (code, signal) => resolve(`${brief(command, args)} ended with ${signal ?? `code ${code}`}`));
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async (timeoutMs = 15_000) => {
    child.stdin?.end();
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = await ended;
    clearTimeout(deadline);
    if (late) throw new Error(`${end}: it did not end within ${timeoutMs} ms by itself\n${complaints}`);
  };
  return {
    say: (line) => void child.stdin?.write(`${line}\n`),
    signal: (name) => void child.kill(name),
    complaints: () => complaints,
    ended,
    stop,
    kill,
  };
}

function start(command: string, args: string[], env: NodeJS.ProcessEnv, cwd?: string): ChildProcess {
  const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  alive.add(child);
  child.on('close', () => alive.delete(child));
  return child;
}

/** The command line, cut to what fits a line of a report (class paths are long). */
function brief(command: string, args: string[]): string {
  return [command, ...args].map((word) => (word.length > 60 ? `${word.slice(0, 57)}...` : word)).join(' ');
}
