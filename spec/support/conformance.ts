/**
 * The broker that the conformance specs talk to: Millrace as a user runs it, or any broker that is there already.
 *
 * `MILLRACE_BOOTSTRAP=host:port` points the specs at a running broker, Apache Kafka for one: what they ask must hold
 * there too. `MILLRACE_CLIENTS=required` (set by .ci/run) makes a missing client a failure; elsewhere it is a skip.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serve } from './child';
import { freePort, untilAnswering } from './probe';

const main = resolve(__dirname, '../../dist/lib/main.js');

export interface BrokerUnderTest {
  /** `host:port` for clients. */
  bootstrap: string;
  /** Its log directory; empty for a broker that was there already. */
  dir: string;
  /** Ends it with SIGTERM and removes the directory; leaves a broker that was there already alone. */
  stop(): Promise<void>;
}

/** Starts the built broker on an empty directory; `properties` are added to its server.properties. */
export async function startBroker(properties: Record<string, string> = {}): Promise<BrokerUnderTest> {
  const given = process.env['MILLRACE_BOOTSTRAP'];
  if (given) return { bootstrap: given, dir: '', stop: async () => {} };
  if (!existsSync(main)) throw new Error(`${main} is missing; npm run build makes it`);
  const home = await mkdtemp(join(tmpdir(), 'millrace-'));
  const dir = join(home, 'data');
  const bootstrap = `127.0.0.1:${await freePort()}`;
  const all = { 'node.id': '1', listeners: `PLAINTEXT://${bootstrap}`, 'log.dirs': dir, ...properties };
  const file = join(home, 'server.properties');
  await writeFile(
    file,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const service = serve(process.execPath, [main, file]);
  await untilAnswering(bootstrap, service, 20_000);
  const stop = async () => {
    await service.stop();
    await rm(home, { recursive: true, force: true });
  };
  return { bootstrap, dir, stop };
}

/** Whether a missing client is a failure rather than a skip. */
export function clientsRequired(): boolean {
  return process.env['MILLRACE_CLIENTS'] === 'required';
}
