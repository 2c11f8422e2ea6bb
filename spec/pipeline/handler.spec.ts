import { expect } from 'chai';
import { errors, Hangup } from '../../lib/errors';
import { Answer } from '../../lib/protocol/api';
import { answer, type EchoResponse, echo, frame, run, settle } from '../support/pipeline';

/** Answers that wait until they are told to go. */
function gate() {
  const go = new Map<number, (n?: number) => void>();
  const started: number[] = [];
  const handle = (n: number) => {
    started.push(n);
    return new Promise<{ n: number }>((resolve, reject) => {
      go.set(n, (outcome = n) =>
        outcome === 666 ? reject(new Hangup('the worst happened')) : resolve({ n: outcome }),
      );
    });
  };
  return { go: (n: number, outcome?: number) => go.get(n)!(outcome), started, handle };
}

describe('handler', () => {
  it('starts pipelined calls before earlier ones are answered, and keeps the order of the answers', async () => {
    const { go, started, handle } = gate();
    const { client, answers } = run([echo(1, 'pipelined', handle)]);
    client.write(Buffer.concat([frame(1, 101, 1), frame(1, 102, 2), frame(1, 103, 3)]));
    await settle();
    expect(started).to.deep.equal([1, 2, 3]);
    go(3);
    go(2);
    await settle();
    expect(answers()).to.have.lengthOf(0);
    go(1);
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [101, 1],
      [102, 2],
      [103, 3],
    ]);
  });

  it('lets an exclusive call wait for all before it, and all after it wait for its answer', async () => {
    const { go, started, handle } = gate();
    const { client, answers } = run([echo(1, 'pipelined', handle), echo(2, 'exclusive', handle)]);
    client.write(Buffer.concat([frame(1, 1, 1), frame(2, 2, 2), frame(1, 3, 3)]));
    await settle();
    expect(started).to.deep.equal([1]);
    go(1);
    await settle();
    expect(started).to.deep.equal([1, 2]);
    go(2);
    await settle();
    expect(started).to.deep.equal([1, 2, 3]);
    go(3);
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('holds a connection to its limit of calls in flight', async () => {
    const { go, started, handle } = gate();
    const { client } = run([echo(1, 'pipelined', handle)], { maxInFlight: 2 });
    client.write(Buffer.concat([1, 2, 3, 4].map((n) => frame(1, n, n))));
    await settle();
    expect(started).to.deep.equal([1, 2]);
    go(1);
    await settle();
    expect(started).to.deep.equal([1, 2, 3]);
  });

  it('turns a KafkaError into the refusal of that API and a bug into UNKNOWN_SERVER_ERROR, and goes on', async () => {
    const fails = (n: number): { n: number } | Promise<{ n: number }> => {
      if (n === 1) throw errors.INVALID_RECORD;
      if (n === 2) return Promise.reject(errors.NOT_LEADER_OR_FOLLOWER);
      if (n === 3) throw new TypeError('a bug');
      return { n };
    };
    const { client, answers } = run([echo(1, 'exclusive', fails)]);
    client.write(Buffer.concat([1, 2, 3, 4].map((n) => frame(1, n, n))));
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [1, 87],
      [2, 6],
      [3, -1],
      [4, 4],
    ]);
  });

  it('hangs up in order: what came before is answered, what came after is not', async () => {
    const { go, handle } = gate();
    const { client, answers, ended } = run([echo(1, 'pipelined', handle)]);
    client.write(Buffer.concat([1, 2, 3].map((n) => frame(1, n, n))));
    await settle();
    go(3);
    go(2, 666);
    await settle();
    expect(answers()).to.have.lengthOf(0);
    go(1);
    expect((await ended)?.message).to.equal('the worst happened');
    expect(answers().map(answer)).to.deep.equal([[1, 1]]);
  });

  it('sends nothing for an answer of null, and keeps serving', async () => {
    const { client, answers, budget } = run([echo(1, 'pipelined', (n) => (n === 1 ? null : { n }))]);
    client.write(Buffer.concat([frame(1, 1, 1), frame(1, 2, 2)]));
    await settle();
    expect(answers().map(answer)).to.deep.equal([[2, 2]]);
    expect(budget.used).to.equal(0);
  });

  it('answers everything asked before the client closed its side, and wakes what was parked', async () => {
    const parked = (n: number, { signal }: { signal: AbortSignal }) =>
      new Promise<{ n: number }>((resolve) => signal.addEventListener('abort', () => resolve({ n: n + 1 })));
    const { client, answers, ended } = run([echo(1, 'exclusive', parked)]);
    client.end(frame(1, 1, 1));
    expect(await ended).to.equal(null);
    expect(answers().map(answer)).to.deep.equal([[1, 2]]);
  });

  it('hands lent memory back once the answer has been sent', async () => {
    let released = 0;
    const lends = (n: number) => new Answer<EchoResponse>({ n }, () => void released++);
    const { client, answers } = run([echo(1, 'exclusive', lends)]);
    client.write(Buffer.concat([frame(1, 1, 1), frame(1, 2, 2)]));
    await settle();
    expect(answers()).to.have.lengthOf(2);
    expect(released).to.equal(2);
  });
});
