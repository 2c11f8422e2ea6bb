import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import pino from 'pino';
import { VirtualTimeScheduler } from 'rxjs';
import { addressesOf, Server, type ServerOptions } from '../../lib/pipeline/server';
import { settle } from '../support/pipeline';

const scheduler = new VirtualTimeScheduler();

interface Started {
  readonly server: Server;
  readonly port: number;
  readonly accepted: Socket[];
  readonly gentle: string[];
}

async function start(options: Partial<ServerOptions> = {}): Promise<Started> {
  const accepted: Socket[] = [];
  const gentle: string[] = [];
  const server = new Server({
    listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 0 }],
    backlog: 50,
    maxConnections: 100,
    maxConnectionsPerIp: () => 100,
    maxIdleMs: -1,
    scheduler,
    logger: pino({ level: 'silent' }),
    accept: (socket, listener) => {
      accepted.push(socket);
      socket.resume().once('end', () => socket.end());
      return () => {
        gentle.push(listener);
        socket.end();
        socket.destroy();
      };
    },
    ...options,
  });
  const port = (await server.listen())[0]!.port;
  return { server, port, accepted, gentle };
}

/** Connects, and tells whether the server keeps the connection. */
function dial(port: number, host = '127.0.0.1'): Promise<{ socket: Socket; closed: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => resolve({ socket, closed }));
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    socket.once('error', reject);
    socket.resume();
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await settle(1);
  expect(condition()).to.equal(true);
}

describe('Server', () => {
  it('opens its listeners and says on which ports they are', async () => {
    const { server, port, accepted } = await start();
    const { socket } = await dial(port);
    await until(() => accepted.length === 1);
    expect(server.connections).to.equal(1);
    socket.destroy();
    await until(() => server.connections === 0);
    await server.close(0);
  });

  it('listens on IPv4 and IPv6 where a listener names no host', async () => {
    const { server, port, accepted } = await start({ listeners: [{ name: 'PLAINTEXT', host: null, port: 0 }] });
    const four = await dial(port);
    await until(() => accepted.length === 1);
    expect(accepted[0]!.remoteAddress).to.match(/^(::ffff:)?127\.0\.0\.1$/);
    four.socket.destroy();
    await until(() => server.connections === 0);
    await server.close(0);
  });

  it('refuses connections beyond max.connections and takes new ones when others have gone', async () => {
    const { server, port, accepted } = await start({ maxConnections: 1 });
    const first = await dial(port);
    await until(() => accepted.length === 1);
    const second = await dial(port);
    await second.closed;
    first.socket.destroy();
    await until(() => server.connections === 0);
    const third = await dial(port);
    await until(() => accepted.length === 2);
    third.socket.destroy();
    await until(() => server.connections === 0);
    await server.close(0);
  });

  it('refuses connections beyond max.connections.per.ip', async () => {
    const { server, port, accepted } = await start({
      maxConnectionsPerIp: (address) => (address === '127.0.0.1' ? 1 : 9),
    });
    const first = await dial(port);
    await until(() => accepted.length === 1);
    await (await dial(port)).closed;
    first.socket.destroy();
    await until(() => server.connections === 0);
    await server.close(0);
  });

  it('closes connections that were idle for connections.max.idle.ms, and no others', async () => {
    const clock = new VirtualTimeScheduler();
    const { server, port, accepted } = await start({ maxIdleMs: 1000, scheduler: clock });
    const [idle, busy] = [await dial(port), await dial(port)];
    await until(() => accepted.length === 2);
    const advance = (toMs: number) => {
      clock.maxFrames = toMs;
      clock.flush();
    };
    advance(900);
    busy.socket.write('still here');
    await until(() => accepted.some((socket) => socket.bytesRead > 0));
    advance(1200);
    await idle.closed;
    expect(server.connections).to.equal(1);
    busy.socket.destroy();
    await until(() => server.connections === 0);
    await server.close(0);
  });

  it('lets every connection end gently when it closes', async () => {
    const { server, port, accepted, gentle } = await start();
    const { closed } = await dial(port);
    await until(() => accepted.length === 1);
    await server.close(1000);
    await closed;
    expect(gentle).to.deep.equal(['PLAINTEXT']);
  });

  it('cuts connections that do not end within the grace', async () => {
    const clock = new VirtualTimeScheduler();
    const { server, port } = await start({ scheduler: clock, accept: () => () => {} });
    const { closed } = await dial(port);
    await until(() => server.connections === 1);
    const closing = server.close(500);
    clock.flush();
    await closing;
    await closed;
  });

  it('fails to listen where the port is taken', async () => {
    const { server, port } = await start();
    const second = start({ listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port }] });
    const error = await second.then(
      () => null,
      (e: NodeJS.ErrnoException) => e,
    );
    expect(error?.code).to.equal('EADDRINUSE');
    await server.close(0);
  });
});

describe('addressesOf', () => {
  it('writes both ends with their ports, and IPv4 as such', () => {
    const socket = (remoteAddress: string | undefined, localAddress: string | undefined) =>
      addressesOf({ remoteAddress, localAddress, remotePort: 5, localPort: 9092 } as Socket);
    expect(socket('::ffff:10.0.0.1', '::ffff:10.0.0.2')).to.deep.equal({
      remoteAddress: '10.0.0.1',
      ends: { client: '10.0.0.1:5', server: '10.0.0.2:9092' },
    });
    expect(socket('::1', '::1').ends).to.deep.equal({ client: '[::1]:5', server: '[::1]:9092' });
    expect(socket(undefined, undefined).remoteAddress).to.equal('');
  });
});
