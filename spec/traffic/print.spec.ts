import { expect } from 'chai';
import { readCapture } from '../../lib/capture/read-capture';
import { CaptureError } from '../../lib/capture/source';
import { printTraffic } from '../../lib/traffic/print';
import { Printed } from '../support/printed';
import { frame, opened } from '../support/recordings';
import { trafficFile } from '../support/reference-traffic';

const file = trafficFile('kafkajs-basic.pcap');
const open = (signal: AbortSignal) => readCapture(file, { signal });

describe('printTraffic', function () {
  this.timeout(30_000);

  it('prints the calls of a file', async () => {
    const output = new Printed();
    await printTraffic(open, {}, output);
    expect(output.text).to.include('JoinGroup v5').and.to.include('25 requests on 4 connections');
    expect(output.text).not.to.include('\x1b');
  });

  it('colours on a terminal, unless NO_COLOR says otherwise or a program reads', async () => {
    const [terminal, plain, json] = [new Printed(true), new Printed(true), new Printed(true)];
    const before = process.env['NO_COLOR'];
    try {
      delete process.env['NO_COLOR'];
      await printTraffic(open, {}, terminal);
      await printTraffic(open, { json: true }, json);
      process.env['NO_COLOR'] = '1';
      await printTraffic(open, {}, plain);
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
    expect(terminal.text).to.include('\x1b[');
    expect(plain.text + json.text).not.to.include('\x1b[');
  });

  it('stops quietly when nobody reads any more', async () => {
    const output = new Printed();
    output.write = () => {
      output.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      return false;
    };
    await printTraffic(open, {}, output);
    expect(output.text).to.equal('');
  });

  it('sums up what it saw when it is interrupted', async () => {
    const output = new Printed();
    async function* endless(signal: AbortSignal) {
      yield opened(1);
      yield frame(1, 'client', Buffer.alloc(4));
      const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve));
      process.emit('SIGINT');
      await stopped;
    }
    await printTraffic(endless, {}, output);
    expect(output.text).to.include('0 requests on 1 connection');
    expect(process.listenerCount('SIGINT')).to.equal(0);
  });

  it('throws what nobody foresaw', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it gives anything
    async function* broken(): AsyncGenerator<never> {
      throw new TypeError('a bug');
    }
    const error = await printTraffic(broken, {}, new Printed()).catch((reason: unknown) => reason);
    expect(error).to.be.an.instanceOf(TypeError).and.not.to.be.an.instanceOf(CaptureError);
  });
});
