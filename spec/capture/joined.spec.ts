import { expect } from 'chai';
import type { CaptureEvent } from '../../lib/capture/event';
import { joined } from '../../lib/capture/joined';
import { closed, frame, opened, stream } from '../support/recordings';

describe('joined', () => {
  it('numbers connections anew, and ends those that were left open', async () => {
    const first = [opened(1), opened(2), closed(1), frame(2, 'client', Buffer.alloc(1), 9)];
    const made: CaptureEvent[] = [];
    for await (const event of joined([stream(first), [opened(1)]])) made.push(event);
    expect(made.map(({ is, connection }) => `${is} ${connection}`)).to.deep.equal([
      'opened 1',
      'opened 2',
      'closed 1',
      'frame 2',
      'closed 2',
      'opened 3',
      'closed 3',
    ]);
    expect(made[4]).to.include({ atMs: 9, by: null });
  });

  it('passes on what is lost of no connection', async () => {
    const lost = { is: 'lost', connection: null, atMs: 0, from: null, bytes: 1, why: '' } as const;
    for await (const event of joined([[lost]])) expect(event).to.equal(lost);
  });
});
