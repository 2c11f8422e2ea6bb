/**
 * A broker inside a program: from `createBroker()` to listening in a warm process, and a hundred of them one after another.
 */
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { createBroker } from '../../lib/embedded/create-broker';
import { median, type Print } from './bench';

const brokers = 100;

/** Milliseconds until it listens, and until it is closed. */
async function lifeOfOne() {
  const startMs = performance.now();
  const broker = await createBroker();
  await broker.listen();
  const listeningMs = performance.now();
  await broker.close();
  return { startMs: listeningMs - startMs, closeMs: performance.now() - listeningMs };
}

function residentMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1024 / 1024;
}

/** Milliseconds that `reset` takes of a broker with ten topics, without groups or with one. */
async function resets(withGroup: boolean): Promise<number> {
  const broker = await createBroker();
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    for (let t = 0; t < 10; t++) await broker.produce(`topic-${t}`, ['x']);
    if (withGroup) await broker.inject(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['group'] });
    const startMs = performance.now();
    await broker.reset();
    times.push(performance.now() - startMs);
  }
  await broker.close();
  return median(times);
}

export async function bench(print: Print): Promise<void> {
  for (let i = 0; i < 20; i++) await lifeOfOne();
  const beforeMb = residentMb();
  const beganMs = performance.now();
  const lives = [];
  for (let i = 0; i < brokers; i++) lives.push(await lifeOfOne());
  const tookMs = performance.now() - beganMs;
  const grownMb = residentMb() - beforeMb;
  print({ what: 'createBroker() to listening', figure: median(lives.map(({ startMs }) => startMs)), unit: 'ms' });
  print({ what: 'close, with its directory', figure: median(lives.map(({ closeMs }) => closeMs)), unit: 'ms' });
  print({ what: `${brokers} brokers started and closed`, figure: tookMs / 1000, unit: 's' });
  print({ what: `memory grown by ${brokers} brokers`, figure: grownMb, unit: 'MB' });
  print({ what: 'reset, ten topics', figure: await resets(false), unit: 'ms' });
  print({ what: 'reset, ten topics and groups', figure: await resets(true), unit: 'ms' });
}
