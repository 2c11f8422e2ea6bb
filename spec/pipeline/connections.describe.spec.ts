import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { loadConfig } from '../../lib/config';
import { around } from '../../lib/pipeline/around';
import { Connections } from '../../lib/pipeline/connections';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import type { DescribeOptions, SeamPicture, StagePicture } from '../../lib/pipeline/picture';
import type { Taps } from '../../lib/pipeline/seams';
import { UsageError } from '../../lib/usage';
import { clockAt } from '../support/in-process';
import { echo, frame, settle, shared } from '../support/pipeline';

/** Connections whose calls of API 1 are answered at once, and those of API 2 when the spec says so. */
function open(taps: Taps = {}) {
  const waiting: (() => void)[] = [];
  const now = echo(1, 'pipelined', (n) => ({ n }));
  const later = echo(2, 'pipelined', (n) => new Promise((resolve) => waiting.push(() => resolve({ n }))));
  const clock = clockAt(1000);
  const apis = new Map([now, later].map((api) => [api.key, api]));
  const services = { config: loadConfig({}), scheduler: clock, logger: pino({ level: 'silent' }), apis };
  const connections = new Connections(shared(services), taps);
  const connect = (listener = 'PLAINTEXT') => {
    const [client, server] = duplexPair();
    client.resume();
    connections.handle(server, listener);
    return client;
  };
  const stages = (): StagePicture[] =>
    connections.describe().pipeline.flatMap((part) => (part.is === 'seam' ? part.stages : [part]));
  const stageOf = (name: string) => stages().find((stage) => stage.name === name)!;
  return { connections, connect, clock, waiting, stages, stageOf };
}

describe('Connections.describe', () => {
  it('shows seams and core stages in the order of the flow, and users’ stages where they sit', () => {
    const first = onRequest('first', () => {});
    const { connections, clock } = open({ requests: [first] });
    clock.frame = 2000;
    const second = onRequest('second', () => {});
    const remove = connections.taps.add('requests', second, { listener: 'A', when: () => true });
    const { pipeline } = connections.describe();
    expect(pipeline.map((part) => `${part.is} ${part.name}`)).to.deep.equal([
      ...['seam inbound', 'stage framer', 'seam frames', 'stage decoder', 'seam requests', 'stage router'],
      ...['seam calls', 'stage handler', 'seam replies', 'stage encoder', 'seam outbound'],
    ]);
    const { stages } = pipeline.find((part) => part.name === 'requests') as SeamPicture;
    expect(
      stages.map(({ name, isTap, listener, isConditional, sinceMs }) => [
        name,
        isTap,
        listener,
        isConditional,
        sinceMs,
      ]),
    ).to.deep.equal([
      ['first', true, null, false, 1000],
      ['second', true, 'A', true, 2000],
    ]);
    remove();
    const after = connections.describe().pipeline.find((part) => part.name === 'requests') as SeamPicture;
    expect(after.stages.map(({ name }) => name)).to.deep.equal(['first']);
  });

  it('counts what passes, on every connection and after its end', async () => {
    const { connections, connect, stageOf } = open({ replies: [onReply('sees', () => {})] });
    const [one, two] = [connect('A'), connect('B')];
    for (const client of [one, two, one]) client.write(frame(1, 1, 1));
    await settle();
    two.end();
    await settle();
    expect(connections.describe()).to.deep.include({
      connections: { open: 1, opened: 2, byListener: { A: 1 } },
      budget: { usedBytes: 0, limitBytes: connections.describe().budget.limitBytes },
    });
    const bytes = frame(1, 1, 1).length;
    expect(stageOf('framer')).to.deep.include({ taken: { messages: 3, bytes: 3 * bytes }, connections: 1 });
    expect(stageOf('framer').given).to.deep.equal({ messages: 3, bytes: null });
    expect(stageOf('sees')).to.deep.include({
      taken: { messages: 3, bytes: null },
      given: { messages: 3, bytes: null },
    });
    expect(stageOf('encoder').given).to.deep.equal({ messages: 3, bytes: 3 * 16 });
  });

  it('tells what waits in the handler, and the bytes of its requests', async () => {
    const { connections, connect, waiting, stageOf } = open();
    const client = connect();
    for (let i = 0; i < 3; i++) client.write(frame(2, i, 1));
    await settle();
    expect(stageOf('handler').waiting).to.deep.equal({ messages: 3, bytes: 0 });
    expect(connections.describe().budget.usedBytes).to.equal(3 * (frame(2, 1, 1).length - 4));
    for (const answer of waiting) answer();
    await settle();
    expect(stageOf('handler').waiting.messages).to.equal(0);
    expect(connections.describe().budget.usedBytes).to.equal(0);
  });

  it('times stages while somebody asks for it: those around a call without it, and the call with them', async () => {
    const { connections, connect, waiting, stageOf, stages } = open({
      calls: [around('outside', (_call, next) => next())],
    });
    const client = connect();
    client.write(frame(1, 1, 1));
    await settle();
    expect(connections.describe().timedMs).to.equal(null);
    expect(stages().every(({ time }) => time === null)).to.equal(true);

    expect(connections.describe({ timings: true }).timedMs).to.be.at.least(0);
    client.write(frame(2, 2, 1));
    await settle(50);
    for (const answer of waiting) answer();
    await settle();
    for (const name of ['framer', 'decoder', 'router', 'outside', 'handler', 'encoder'])
      expect(stageOf(name).time?.messages, name).to.equal(1);
    const [handler, outside] = [stageOf('handler').time!, stageOf('outside').time!];
    expect(handler.totalMs).to.be.greaterThan(outside.totalMs);
    expect(handler.maxMs).to.equal(handler.meanMs);
    connections.describe({ timings: false });
    expect(stageOf('handler').time).to.equal(null);
  });

  it('is plain data, and refuses an option that there is not', () => {
    const { connections, connect } = open({ requests: [onRequest('x', () => {})] });
    connect();
    const picture = connections.describe({ timings: true });
    expect(JSON.parse(JSON.stringify(picture))).to.deep.equal(picture);
    const wrong = { timing: true } as DescribeOptions;
    expect(() => connections.describe(wrong)).to.throw(
      UsageError,
      'describe: no option "timing": did you mean timings?',
    );
  });
});
