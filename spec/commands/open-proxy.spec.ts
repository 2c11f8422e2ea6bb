import { expect } from 'chai';
import { openProxy } from '../../lib/commands/open-proxy';
import { quietLogger } from '../../lib/logger';
import { UsageError } from '../../lib/usage';
import { freePort } from '../support/probe';
import { rejected } from '../support/thrown';

const logger = quietLogger();

describe('openProxy', () => {
  it('lets clients in, before one or several brokers, and says where', async () => {
    const { proxy, upstream, where } = await openProxy({ upstream: 'a:1, b:2' }, logger);
    expect(upstream).to.deep.equal(['a:1', 'b:2']);
    expect(where).to.match(/^clients connect to 127\.0\.0\.1:\d+, before a:1, b:2$/);
    await proxy.close();
  });

  it('takes a port alone for one of 127.0.0.1', async () => {
    const port = await freePort();
    const { proxy, where } = await openProxy({ upstream: 'a:1', listen: String(port) }, logger);
    expect(where).to.include(`connect to 127.0.0.1:${port},`);
    await proxy.close();
  });

  it('says where nobody can listen', async () => {
    const { proxy, where } = await openProxy({ upstream: 'a:1' }, logger);
    const taken = /connect to (\S+),/.exec(where)![1]!;
    for (const [listen, code, message] of [
      [taken, 'EADDRINUSE', `--listen: port ${taken.split(':')[1]} of 127.0.0.1 is taken by another program`],
      ['192.0.2.1:1', 'EADDRNOTAVAIL', '--listen: 192.0.2.1 is no address of this machine'],
    ] as const)
      expect(await rejected(openProxy({ upstream: 'a:1', listen }, logger))).to.include({ code, message });
    await proxy.close();
  });

  it('says what cannot be meant by the names of options', async () => {
    for (const [given, message] of [
      [{ upstream: 'nowhere' }, /^--upstream: cannot read "nowhere": expected host:port/],
      [{ upstream: 'a:1', listen: '9092x' }, /^--listen: cannot read "9092x": expected host:port/],
    ] as const) {
      const error = await rejected(openProxy(given, logger));
      expect(error).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.match(message);
    }
  });
});
