/**
 * Millrace as a process on a directory that outlives it: for specs that stop it, kill it and start it again. (A broker
 * that is only talked to comes from conformance.ts.)
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Service, serve } from './child';
import { freePort, untilAnswering } from './probe';

const checkout = resolve(__dirname, '../..');
/** The command line of the broker, as npm run build leaves it. */
export const main = join(checkout, 'dist/lib/main.js');
const startDeadlineMs = 60_000;
/** your_program.sh builds first if it must. */
const scriptDeadlineMs = 120_000;

/** A temporary directory with a `server.properties` and, once a broker ran, its `data`. */
export interface Home {
  readonly path: string;
  /** The log directory. */
  readonly dir: string;
  /** The properties file. */
  readonly file: string;
  /** `host:port` where its broker will listen. */
  readonly bootstrap: string;
  remove(): Promise<void>;
}

/** Makes a home on a free port; `properties` are added to its server.properties, or replace what is there. */
export async function makeHome(properties: Record<string, string> = {}): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-'));
  const dir = join(path, 'data');
  const file = join(path, 'server.properties');
  const bootstrap = `127.0.0.1:${await freePort()}`;
  const all = { 'node.id': '1', listeners: `PLAINTEXT://${bootstrap}`, 'log.dirs': dir, ...properties };
  await writeFile(
    file,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  return { path, dir, file, bootstrap, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts the built broker and leaves it to the caller to see what comes of it. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = process.env, cwd?: string): Service {
  if (!existsSync(main)) throw new Error(`${main} is missing; npm run build makes it`);
  return serve(process.execPath, [main, ...args], env, cwd);
}

/** Starts the built broker in a home and waits until it answers. */
export async function launch({ file, bootstrap }: Home): Promise<Service> {
  const service = start([file]);
  await untilAnswering(bootstrap, service, startDeadlineMs);
  return service;
}

/** The same through your_program.sh, as a user starts it. */
export async function launchScript({ file, bootstrap }: Home): Promise<Service> {
  const service = serve(join(checkout, 'your_program.sh'), [file]);
  await untilAnswering(bootstrap, service, scriptDeadlineMs);
  return service;
}
