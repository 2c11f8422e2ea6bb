import { expect } from 'chai';
import { Command } from 'commander';
import { refuseAlone } from '../../lib/commands/usage-errors';
import { thrown } from '../support/thrown';

describe('refuseAlone', () => {
  const given = (...args: string[]) => {
    const command = new Command('x')
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .option('--fast')
      .option('--not-so-fast');
    return command.parse(args, { from: 'user' });
  };

  it('names the option that means nothing, and what it needs', () => {
    const alone = () => refuseAlone(given('--not-so-fast'), ['fast', 'notSoFast'], '--car <name>');
    expect(thrown(alone)).to.include({ message: 'error: --not-so-fast needs --car <name>' });
  });

  it('is about those that are given', () => {
    refuseAlone(given(), ['fast', 'notSoFast'], '--car <name>');
    refuseAlone(given('--fast'), ['notSoFast'], '--car <name>');
  });
});
