import { expect } from 'chai';
import { replay } from '../../lib/commands/replay';

describe('replay', () => {
  it('takes recordings, a target and how to play', async () => {
    const command = replay();
    const seen: unknown[] = [];
    command.action((files, options) => void seen.push(files, options));
    const args = [
      'a.mrcap',
      'b.pcap',
      '--to',
      'h:1',
      '--speed',
      '10',
      '--ignore',
      '**.rack',
      '--settle',
      '0',
      '--port',
      '9092,9093',
      '--same-cluster',
      '--json',
    ];
    await command.parseAsync(args, { from: 'user' });
    expect(seen).to.deep.equal([
      ['a.mrcap', 'b.pcap'],
      { to: 'h:1', speed: 10, ignore: ['**.rack'], settle: 0, port: [9092, 9093], sameCluster: true, json: true },
    ]);
  });

  it('refuses what is no port before it reads anything', async () => {
    const command = replay()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    const parsed = command.parseAsync(['a.pcap', '--to', 'h:1', '--port', 'x'], { from: 'user' });
    expect(await parsed.catch((reason: unknown) => reason)).to.have.property('exitCode', 1);
  });
});
