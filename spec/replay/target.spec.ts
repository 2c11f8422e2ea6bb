import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { targetOf } from '../../lib/replay/target';
import { UsageError } from '../../lib/usage';

describe('targetOf', () => {
  it('connects to an address', async () => {
    const server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const target = targetOf(`127.0.0.1:${port}`);
    const stream = await target.connect();
    const [first] = await new Promise<Buffer[]>((resolve) => stream.once('data', (chunk) => resolve([chunk])));
    expect([target.name, String(first)]).to.deep.equal([`127.0.0.1:${port}`, 'hello']);
    stream.destroy();
    server.close();
  });

  it('hands a broker of this process the other end', async () => {
    const target = targetOf({ handle: (stream) => stream.end('hello') });
    const stream = await target.connect();
    const chunk = await new Promise<Buffer>((resolve) => stream.once('data', resolve));
    expect(String(chunk)).to.equal('hello');
  });

  it('takes whatever connects', async () => {
    const stream = new PassThrough();
    const target = targetOf({ name: 'mine', connect: () => stream });
    expect([target.name, await target.connect()]).to.deep.equal(['mine', stream]);
  });

  it('refuses what is no address and no target', () => {
    for (const given of ['localhost', 'localhost:', ':9092', 'a:0', 'a:65536', '::1:9092', {} as never])
      expect(() => targetOf(given), String(given)).to.throw(UsageError);
    expect(() => targetOf('localhost')).to.throw('"localhost" is no address such as localhost:9092 or [::1]:9092');
    expect(targetOf('[::1]:9092').name).to.equal('[::1]:9092');
  });
});
