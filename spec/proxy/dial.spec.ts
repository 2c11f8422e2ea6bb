import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { type Address, addressText } from '../../lib/proxy/address';
import { type DialOptions, dial } from '../../lib/proxy/dial';
import { clockAt, pass, timersOf } from '../support/in-process';

class Pending extends PassThrough {
  connecting = true;

  connected(): void {
    this.connecting = false;
    this.emit('connect');
  }
}

/** Dials `a:1` and `b:2`; what was opened, and what came of it. */
function dialled(options: Partial<DialOptions> = {}) {
  const clock = clockAt(0);
  const opened: Pending[] = [];
  const told: string[] = [];
  const giveUp = dial({
    addresses: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ],
    connect: () => {
      opened.push(new Pending());
      return opened.at(-1)!;
    },
    scheduler: clock,
    connected: (_stream, address: Address) => told.push(`connected ${addressText(address)}`),
    failed: (why) => told.push(why),
    ...options,
  });
  return { clock, opened, told, giveUp };
}

describe('dial', () => {
  it('takes the first address that answers', () => {
    const { clock, opened, told } = dialled();
    expect(told).to.deep.equal([]);
    opened[0]!.connected();
    expect(told).to.deep.equal(['connected a:1']);
    expect([opened.length, timersOf(clock)]).to.deep.equal([1, 0]);
  });

  it('takes a stream that need not connect at once', () => {
    expect(dialled({ connect: () => new PassThrough() }).told).to.deep.equal(['connected a:1']);
  });

  it('goes on to the next where one refuses, and lets go of it', () => {
    const { opened, told } = dialled();
    opened[0]!.emit('error', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    expect(opened[0]!.destroyed).to.equal(true);
    opened[1]!.connected();
    expect(told).to.deep.equal(['connected b:2']);
    expect(opened[0]!.emit('error', new Error('late')), 'nobody minds').to.equal(true);
  });

  it('gives each ten seconds, and says of all why they could not be reached', () => {
    const { clock, opened, told } = dialled();
    opened[0]!.emit('error', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    pass(clock, 9999);
    expect(told).to.deep.equal([]);
    pass(clock, 1);
    expect(told).to.deep.equal([
      'a:1 cannot be reached: ECONNREFUSED; b:2 cannot be reached: no connection within 10000 ms',
    ]);
    expect(timersOf(clock)).to.equal(0);
  });

  it('gives up when it is told to, and leaves nothing', () => {
    const { clock, opened, told, giveUp } = dialled();
    giveUp();
    expect([opened[0]!.destroyed, timersOf(clock), told.length]).to.deep.equal([true, 0, 0]);
  });
});
