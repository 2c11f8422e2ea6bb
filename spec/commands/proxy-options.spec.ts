import { expect } from 'chai';
import { Command } from 'commander';
import { addProxyOptions } from '../../lib/commands/proxy-options';

describe('addProxyOptions', () => {
  it('says where clients come in, and what they are told', () => {
    const command = addProxyOptions(new Command('x'));
    command.parse(['--listen', '0.0.0.0:9093', '--advertised-host', 'here'], { from: 'user' });
    expect(command.opts()).to.deep.equal({ listen: '0.0.0.0:9093', advertisedHost: 'here' });
  });
});
