/**
 * The command as it is built, against two brokers of this process.
 */
import { expect } from 'chai';
import type { Broker } from '../../lib/embedded/create-broker';
import { start } from '../support/launch';
import { trafficFile } from '../support/reference-traffic';
import { basicMillrace } from '../support/replaying';

const addressOf = ({ endpoints }: Broker) => `127.0.0.1:${endpoints[0]!.port}`;

describe('runDiff', function () {
  this.timeout(30_000);

  it('prints one table and the count, and ends with 0 where two brokers say the same', async () => {
    const [a, b] = [await basicMillrace(), await basicMillrace()];
    const file = trafficFile('kcat-admin.pcap');
    const args = ['diff', file, '--settle', '0', '--markdown', '--a', addressOf(a), '--b', addressOf(b)];
    const service = start(args);
    expect(await service.ended).to.match(/code 0$/);
    expect(service.output()).to.equal('0 differences in 12 answers\n');
    await Promise.all([a.close(), b.close()]);
  });

  it('ends with 2 where a broker is not there', async () => {
    const args = ['diff', trafficFile('kcat-admin.pcap'), '--a', '127.0.0.1:1', '--b', '127.0.0.1:2'];
    const service = start(args);
    expect(await service.ended).to.match(/code 2$/);
    expect(service.output()).to.match(/^nothing was compared\nmillrace: 127\.0\.0\.1:[12] refuses connections\n$/);
  });

  it('does so where only one of them is not there', async () => {
    const there = await basicMillrace();
    for (const sides of [
      ['--a', addressOf(there), '--b', '127.0.0.1:1'],
      ['--a', '127.0.0.1:1', '--b', addressOf(there)],
    ]) {
      const service = start(['diff', trafficFile('kcat-admin.pcap'), ...sides]);
      expect(await service.ended).to.match(/code 2$/);
    }
    await there.close();
  });

  it('ends with 2 where there is nothing to play', async () => {
    const service = start([
      'diff',
      trafficFile('kcat-admin.pcap'),
      '--port',
      '1',
      '--a',
      '127.0.0.1:1',
      '--b',
      '127.0.0.1:2',
    ]);
    expect(await service.ended).to.match(/code 2$/);
    expect(service.output()).to.include('there is nothing to play: no requests in the recording at --port 1');
  });

  it('says in JSON what each of them did', async () => {
    const [a, b] = [await basicMillrace(), await basicMillrace()];
    const args = ['diff', trafficFile('kcat-admin.pcap'), '--settle', '0', '--json'];
    const service = start([...args, '--a', addressOf(a), '--b', addressOf(b)]);
    expect(await service.ended).to.match(/code 0$/);
    const lines = service
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).to.include({ is: 'outcome', number: 1, recording: trafficFile('kcat-admin.pcap') });
    expect(lines[0]).to.have.property('bLatencyMs');
    expect(lines.at(-1)).to.include({ is: 'summary', answers: 12, differences: 0 });
    await Promise.all([a.close(), b.close()]);
  });

  it('ends with 2 where both are the same', async () => {
    const service = start(['diff', trafficFile('kcat-admin.pcap'), '--a', '127.0.0.1:1', '--b', '127.0.0.1:1']);
    expect(await service.ended).to.match(/code 2$/);
    expect(service.output()).to.equal('millrace: --a and --b are the same: 127.0.0.1:1\n');
  });
});
