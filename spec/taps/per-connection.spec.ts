import { expect } from 'chai';
import { Figures } from '../../lib/pipeline/figures';
import { stage } from '../../lib/pipeline/stage';
import { perConnection } from '../../lib/taps/per-connection';
import { settle } from '../support/pipeline';
import { live } from '../support/stages';

describe('perConnection', () => {
  it('makes a stage anew for each connection, and counts where the pipeline counts', async () => {
    const like = { stageName: 'x', fits: ['replies'] as const };
    let made = 0;
    const tap = perConnection<string, string>(like, () => {
      const n = ++made;
      return stage('x', 'objects to objects', () => ({
        each(item, push, done) {
          push(`${item}${n}`);
          done();
        },
      }));
    });
    expect([tap.stageName, tap.fits]).to.deep.equal(['x', ['replies']]);
    const figures = new Figures();
    const seen: string[] = [];
    for (const stream of [figures.of(tap)(live()), figures.of(tap)(live())]) {
      stream.on('data', (item: string) => seen.push(item));
      stream.write('a');
    }
    await settle(2);
    expect([seen, figures.in]).to.deep.equal([['a1', 'a2'], 2]);
  });
});
