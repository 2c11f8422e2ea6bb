import { expect } from 'chai';
import {
  bufferCount,
  concatMap,
  delay,
  filter,
  finalize,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  pipe,
  take,
  tap,
  timer,
} from 'rxjs';
import { fromOperator } from '../../lib/pipeline/from-operator';
import type { Reply, Request } from '../../lib/pipeline/seams';
import { Answer } from '../../lib/protocol/api';
import { pass } from '../support/in-process';
import { answer, echo, frame, run, settle } from '../support/pipeline';
import { live, ruled } from '../support/stages';

const double = echo(1, 'pipelined', (n) => ({ n: n * 2 }));
const numbered = (...numbers: number[]) => Buffer.concat(numbers.map((n) => frame(1, n, n)));
const nOf = (item: Request | Reply) => (item.body as { n: number }).n;
type Item = Request | Reply;

describe('fromOperator', () => {
  it('changes, delays and buffers what flows, in order', async () => {
    const { clock } = ruled();
    const change = fromOperator<Item>(
      'change',
      map((item) => ({ ...item, body: { n: nOf(item) * 10 } })),
    );
    const wait = fromOperator<Item>(
      'wait',
      pipe(
        delay(50, clock),
        bufferCount(2),
        concatMap((items) => from(items)),
      ),
    );
    const { client, answers } = run([double], { taps: { requests: [change, wait] } });
    client.write(numbered(1, 2, 3));
    await settle();
    expect(answers()).to.have.lengthOf(0);
    pass(clock, 50);
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [1, 20],
      [2, 40],
    ]);
    // What is still buffered comes out when the client ends.
    client.end();
    await settle();
    expect(answers().map(answer)).to.deep.include([3, 60]);
  });

  it('gives back what a dropped message held: its bytes, and lent memory', async () => {
    let released = 0;
    const lends = echo(1, 'pipelined', (n) => new Answer({ n }, () => void released++));
    const requests = fromOperator<Item>(
      'odd',
      filter((item) => nOf(item) % 2 === 1),
    );
    const replies = fromOperator<Reply>(
      'not 3',
      filter((item) => item.body === null || nOf(item) !== 3),
    );
    const { client, answers, budget } = run([lends], { taps: { requests: [requests], replies: [replies] } });
    client.write(numbered(1, 2, 3, 4, 5));
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [1, 1],
      [5, 5],
    ]);
    expect(released).to.equal(3);
    expect(budget.used).to.equal(0);
  });

  it('ends the connection with a line that names the stage on an error, behind what came before', async () => {
    const { rules, logged } = ruled();
    const fails = fromOperator<Item>(
      'fails',
      tap((item) => {
        if (nOf(item) === 2) throw new TypeError('a bug');
      }),
    );
    const { client, answers, ended } = run([double], { taps: { requests: [fails] }, rules });
    client.write(numbered(1, 2, 3));
    expect((await ended)?.message).to.equal("stage 'fails' failed: a bug");
    expect(answers().map(answer)).to.deep.equal([[1, 2]]);
    expect(logged.map(({ stage, err }) => [stage, err?.message])).to.deep.equal([['fails', 'a bug']]);
  });

  it('ends the connection when the operator completes before it does', async () => {
    const { client, answers, ended } = run([double], { taps: { requests: [fromOperator<Item>('two', take(2))] } });
    client.write(numbered(1, 2, 3));
    expect((await ended)?.message).to.equal("stage 'two' completed");
    expect(answers().map(answer)).to.deep.equal([
      [1, 2],
      [2, 4],
    ]);
  });

  it('ends the connection when messages come out of order, or twice', async () => {
    const { clock } = ruled();
    const shuffles = fromOperator<Item>(
      'shuffles',
      mergeMap((item) => (nOf(item) === 1 ? timer(10, clock).pipe(map(() => item)) : of(item))),
    );
    const twice = fromOperator<Item>(
      'twice',
      mergeMap((item) => of(item, item)),
    );
    for (const [stage, expected] of [
      [shuffles, [2, 4]],
      [twice, [1, 2]],
    ] as const) {
      const { client, answers, ended } = run([double], { taps: { requests: [stage] } });
      client.write(numbered(1, 2));
      await settle();
      pass(clock, 10);
      expect((await ended)?.message).to.equal(`stage '${stage.stageName}' gave a message out of order, or twice`);
      expect(answers().map(answer)).to.deep.equal([expected]);
    }
  });

  it('takes nothing more while what it gave is not taken, also where it gives late', async () => {
    const { clock } = ruled();
    for (const operator of [map((n: number) => n), delay<number>(10, clock)]) {
      const stream = fromOperator<number>('numbers', operator)(live());
      let taken = 0;
      for (let i = 0; i < 50; i++) {
        if (!stream.writableNeedDrain) stream.write({ n: taken++ });
        await settle(1);
        pass(clock, 10);
        await settle(1);
      }
      expect(taken).to.be.at.most(8);
      const read: unknown[] = [];
      stream.on('data', (item) => read.push(item));
      await settle();
      pass(clock, 100);
      await settle();
      expect(read).to.have.lengthOf(taken);
    }
  });

  it('unsubscribes when its connection is lost', async () => {
    let subscribed = 0;
    const counting = (source: Observable<Item>) => {
      subscribed++;
      return source.pipe(finalize(() => subscribed--));
    };
    const stream = fromOperator<Item>('counting', counting)(live());
    expect(subscribed).to.equal(1);
    stream.destroy();
    await settle(1);
    expect(subscribed).to.equal(0);
  });
});
