import { expect } from 'chai';
import { CallFaults } from '../../lib/faults/call-faults';
import { CountedFault } from '../../lib/faults/fault';
import type { Request } from '../../lib/pipeline/seams';
import { answer, echo, frame, run, settle } from '../support/pipeline';

describe('CallFaults', () => {
  const api = echo(7, 'pipelined', (n) => ({ n: n * 10 }));
  const bodyOf = ({ body }: Request) => body as { n: number; payload: Buffer };
  const all = (request: Request) => ({ meant: bodyOf(request), rest: null });

  async function answers(faults: CallFaults, ...ns: number[]): Promise<number[]> {
    const pipeline = run([api], { taps: { calls: [faults.stage] } });
    for (const n of ns) pipeline.client.write(frame(7, n, n));
    await settle();
    return pipeline.answers().map((bytes) => answer(bytes)[1]);
  }

  it('lets everything pass while no fault is set', async () => {
    expect(await answers(new CallFaults(), 1, 2)).to.deep.equal([10, 20]);
  });

  it('counts requests in their order, and each meets one fault', async () => {
    const faults = new CallFaults();
    const set = (times: number, passing: number, n: number) => {
      const fault = new CountedFault(`${n}`, times, (one) => faults.delete(one));
      faults.add({ fault, passing, select: all, act: () => ({ n }) });
      return fault;
    };
    const [first, second] = [set(2, 1, 77), set(1, 0, 88)];
    expect(await answers(faults, 1, 2, 3, 4)).to.deep.equal([88, 77, 77, 40]);
    expect([first!.fired, second!.fired]).to.deep.equal([2, 1]);
  });

  it('carries out what a fault asks for', async () => {
    const faults = new CallFaults();
    const fault = new CountedFault('', 1, (one) => faults.delete(one));
    faults.add({ fault, passing: 0, select: all, act: ({ carryOut }) => carryOut({ n: 5, payload: Buffer.alloc(0) }) });
    expect(await answers(faults, 1, 2)).to.deep.equal([50, 20]);
  });

  it('tells onlookers of every request, until they have seen enough', async () => {
    const faults = new CallFaults();
    const seen: number[] = [];
    const unwatch = faults.watch((request) => {
      if (seen.push(bodyOf(request).n) === 2) unwatch();
    });
    await answers(faults, 1, 2, 3);
    expect(seen).to.deep.equal([1, 2]);
  });

  it('charges the bug of a selector to the one request', async () => {
    const faults = new CallFaults();
    const select = (request: Request) => {
      if (bodyOf(request).n === 2) throw new TypeError('bug');
      return null;
    };
    faults.add({ fault: new CountedFault('', 1, () => {}), passing: 0, select, act: () => null });
    expect(await answers(faults, 1, 2, 3)).to.deep.equal([10, -1, 30]);
  });
});
