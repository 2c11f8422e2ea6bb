import { expect } from 'chai';
import { Progress } from '../../lib/commands/progress';
import { frame, stream } from '../support/recordings';

const counts = { requests: 3, compared: 2, differences: 1 };

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 100, written, write: (text: string) => void written.push(text) };
}

describe('Progress', () => {
  it('shows how much was read on a terminal, and wipes it', async () => {
    const terminal = screen(true);
    const progress = new Progress(terminal, 100);
    for await (const _ of progress.watch(stream([frame(1, 'client', Buffer.alloc(50))])));
    progress.show(counts);
    progress.clear();
    progress.clear();
    expect(terminal.written).to.deep.equal([
      `\r\x1b[K${'█'.repeat(12)}${'░'.repeat(12)} 3 requests, 2 answers, 1 difference`,
      '\r\x1b[K',
    ]);
  });

  it('is silent elsewhere', () => {
    const pipe = screen(false);
    const progress = new Progress(pipe, 100);
    progress.show(counts);
    progress.clear();
    expect(pipe.written).to.deep.equal([]);
  });

  it('keeps to the width of the terminal', () => {
    const narrow = { ...screen(true), columns: 20 };
    new Progress(narrow, 0).show(counts);
    expect(narrow.written[0]).to.have.lengthOf('\r\x1b[K'.length + 19);
  });
});
