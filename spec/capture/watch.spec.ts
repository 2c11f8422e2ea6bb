import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { filter, firstValueFrom, map } from 'rxjs';
import { metadata, produce } from '../../lib/apis';
import { type AnsweredCall, callsOf } from '../../lib/capture/calls';
import type { CaptureEvent } from '../../lib/capture/event';
import { type Watch, watch } from '../../lib/capture/watch';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { buildBatch } from '../../lib/records/build';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { textOfEvent } from '../support/captured';
import { request } from '../support/crafted-pcap';
import { thrown } from '../support/thrown';

const asks = { topics: [{ name: 't' }], allowAutoTopicCreation: false };
const turn = () => new Promise((done) => setImmediate(done));

function producing(value: string) {
  const records = buildBatch([{ key: 'key', value }]);
  return { acks: 1, timeoutMs: 1000, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] };
}

describe('watch', () => {
  let broker: Broker;
  const brokerWith = async (live: Watch) => (broker = await createBroker({ topics: ['t'], taps: live.taps }));
  afterEach(() => broker.close());

  /** What is seen of a connection, as texts, in turns of its own. */
  function connect() {
    const [socket, server] = duplexPair();
    broker.handle(server);
    let answers = 0;
    socket.on('data', () => answers++);
    return { socket, server, answers: () => answers };
  }

  async function nextCall(calls: AsyncGenerator<unknown>): Promise<AnsweredCall> {
    while (true) {
      const event = (await calls.next()).value as { is: string };
      if (event.is === 'answered') return event as AnsweredCall;
    }
  }

  it('gives each call as it is answered, with secrets left out', async () => {
    const live = watch();
    await brokerWith(live);
    const calls = callsOf(live);
    await broker.inject(metadata, 9, asks);
    expect((await nextCall(calls)).request.name).to.equal('Metadata');
    const next = nextCall(calls);
    await broker.inject(produce, 9, producing('a secret value'));
    const { request, answer } = await next;
    const { topicData } = request.body.body as { topicData: { name: string; partitionData: { records: Buffer }[] }[] };
    expect([request.name, topicData[0]!.name]).to.deep.equal(['Produce', 't']);
    const { records } = topicData[0]!.partitionData[0]!;
    expect([records.includes('key'), records.includes('secret')]).to.deep.equal([true, false]);
    expect(answer.body.body).to.not.equal(null);
  });

  it('shows secrets that are to be kept', async () => {
    const live = watch({ keep: ['values'] });
    await brokerWith(live);
    await broker.inject(produce, 9, producing('a secret value'));
    expect((await nextCall(callsOf(live))).request.bytes.includes('a secret value')).to.equal(true);
  });

  it('ends when it is closed, behind what was seen', async () => {
    const live = watch();
    await brokerWith(live);
    await broker.inject(metadata, 9, asks);
    live.close();
    await broker.inject(metadata, 9, asks);
    const texts: string[] = [];
    for await (const event of live) texts.push(textOfEvent(event));
    expect(texts.filter((text) => text.includes('#'))).to.deep.equal(['1 client #1', '1 broker #1']);
  });

  it('is an Observable, too, which ends with its subscription', async () => {
    const live = watch();
    await brokerWith(live);
    const first = firstValueFrom(
      live.asObservable().pipe(
        filter((event) => event.is === 'frame'),
        map((event) => event.from),
      ),
    );
    await broker.inject(metadata, 9, asks);
    expect(await first).to.equal('client');
    await turn();
    for (let i = 0; i < 3; i++) await broker.inject(metadata, 9, asks);
    expect(live.droppedFrames).to.equal(0);
  });

  it('needs no time to pass on a virtual clock', async () => {
    const clock = virtualClock();
    const live = watch({ scheduler: clock });
    await brokerWith(live);
    const [socket, server] = duplexPair();
    broker.handle(server);
    socket.write(request(7));
    const seen: CaptureEvent[] = [];
    for await (const event of live) {
      seen.push(event);
      if (event.is === 'frame' && event.from === 'broker') break;
    }
    expect(seen.map(({ is }) => is)).to.deep.equal(['opened', 'frame', 'frame']);
    expect([seen[2]!.atMs, clock.timers]).to.deep.equal([clock.now(), 0]);
    socket.destroy();
  });

  it('drops frames that nobody takes, and says how many', async () => {
    const live = watch({ bufferMaxBytes: 1000 });
    await brokerWith(live);
    const { socket, answers } = connect();
    for (let i = 0; i < 300; i++) socket.write(request(i));
    while (answers() < 300) await turn();
    const { droppedFrames } = live;
    expect(droppedFrames).to.be.within(500, 599);
    live.close();
    const lost: string[] = [];
    for await (const event of live) if (event.is === 'lost') lost.push(event.why);
    expect(lost.join()).to.match(/\d+ frames? not recorded: who reads was slower, and 1000 bytes waited/);
    const told = lost.reduce((sum, why) => sum + Number(/^\d+/.exec(why)![0]), 0);
    expect(told).to.equal(droppedFrames);
    socket.destroy();
  });

  it('makes traffic wait instead, if that is wanted, for as long as somebody reads', async () => {
    const live = watch({ bufferMaxBytes: 1000, whenFull: 'wait' });
    await brokerWith(live);
    const { socket, answers } = connect();
    for (let i = 0; i < 300; i++) socket.write(request(i));
    const events = live[Symbol.asyncIterator]();
    for (let i = 0; i < 20; i++) await events.next();
    for (let i = 0; i < 100; i++) await turn();
    expect(answers()).to.be.within(5, 200);
    await events.return!();
    while (answers() < 300) await turn();
    expect(live.droppedFrames).to.equal(0);
    socket.destroy();
  });

  it('refuses options that cannot be meant', async () => {
    await brokerWith(watch());
    expect(thrown(() => watch({ flushMs: 1 } as object))).to.be.instanceOf(UsageError);
    expect(thrown(() => watch({ hide: ['values'] as never }))).to.match(/watch: hide: "values"/);
  });
});
