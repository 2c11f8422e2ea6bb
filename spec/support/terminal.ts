/**
 * A program on a pseudo-terminal, as a person runs it, by way of `script` of util-linux: what the screen shows, and keys.
 */
import { execFileSync, spawn } from 'node:child_process';

export interface Terminal {
  /** Everything that was shown so far, with its control sequences. */
  screen(): string;
  /** Types these characters. */
  type(keys: string): void;
  /** Resolves once the screen matches; rejects when the program ends first. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
  /** Types Ctrl-C twice and waits. */
  kill(): Promise<void>;
}

/** Null where programs can be run on a terminal, else what is missing. */
export function missingTerminal(): string | null {
  try {
    const version = execFileSync('script', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    return /util-linux/.test(version) ? null : 'script is not the one of util-linux';
  } catch {
    return 'there is no script of util-linux';
  }
}

/** Runs a command line of the shell on a terminal. */
export function onTerminal(commandLine: string, cwd: string, env: NodeJS.ProcessEnv = process.env): Terminal {
  // exec: a killed terminal takes the program with it, and no shell is left between them.
  const args = ['-qec', `exec ${commandLine}`, '/dev/null'];
  const child = spawn('script', args, { cwd, env: { ...env, TERM: 'xterm' }, stdio: ['pipe', 'pipe', 'ignore'] });
  const orphaned = () => child.kill('SIGTERM');
  process.once('exit', orphaned);
  let shown = '';
  const watches = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    for (const watch of watches) watch();
  });
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      process.off('exit', orphaned);
      resolve(code);
    });
  });
  return {
    screen: () => shown,
    type: (keys) => void child.stdin.write(keys),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (!pattern.test(shown)) return;
          watches.delete(watch);
          resolve();
        };
        watches.add(watch);
        watch();
        void ended.then((code) =>
          reject(new Error(`no ${pattern} on the screen before it ended with ${code}\n${shown}`)),
        );
      }),
    ended,
    // Quicker than to end the terminal, which waits for what runs on it.
    kill: async () => {
      child.stdin.write('\x03\x03');
      await ended;
    },
  };
}
