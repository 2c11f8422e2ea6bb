/**
 * Where a broker under test listens, and when it does: a free port to give it, and a wait for its first answer.
 *
 * Ports stay below 32768: whoever dials a closed port of the ephemeral range again and again ends up connected to itself.
 */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { Service } from './child';

const PORT_MIN = 20_000;
const PORT_END = 30_000;
const RETRY_MS = 50;
/** An ApiVersions 0 request with correlation id 1 and no client id: every broker answers it before all else. */
const API_VERSIONS = Buffer.from('0000000a0012000000000001ffff', 'hex');

/** A loopback port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_MIN, PORT_END);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** Waits until the broker at `bootstrap` answers; rejects, with the service's output, when it ends first or is late. */
export async function untilAnswering(bootstrap: string, service: Service, timeoutMs = 60_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  let end: string | undefined;
  void service.ended.then((sentence) => {
    end = sentence;
  });
  while (!(await answers(bootstrap))) {
    if (end !== undefined) throw new Error(`${end}\n${service.output()}`);
    if (performance.now() > deadlineMs) {
      await service.kill();
      throw new Error(`no answer from ${bootstrap} in ${timeoutMs} ms\n${service.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function answers(bootstrap: string): Promise<boolean> {
  const [host, port] = bootstrap.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => socket.write(API_VERSIONS));
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(2_000, () => settle(false));
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
