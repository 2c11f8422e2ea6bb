import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { initProducerId } from '../../lib/apis/init-producer-id';
import { produce } from '../../lib/apis/produce';
import { errors } from '../../lib/errors';
import { around } from '../../lib/pipeline/around';
import { mergeTaps } from '../../lib/pipeline/taps';
import { type Mirror, type MirrorOptions, mirror } from '../../lib/taps/mirror';
import { UsageError } from '../../lib/usage';
import { settle } from '../support/pipeline';
import { batchOf, Tapped } from '../support/tapped';
import { Wire } from '../support/wire';

describe('mirror', () => {
  let tapped: Tapped | null = null;
  afterEach(async () => {
    await tapped?.close();
    tapped = null;
  });
  async function open(made: Mirror, topics = ['a', 'copy', 'other']): Promise<Tapped> {
    tapped = await Tapped.open(made.taps, topics);
    return tapped;
  }

  it('copies what is written to chosen topics, in order and partition by partition, in every version', async () => {
    const copies = mirror({ topics: ['a'], to: 'copy' });
    await open(copies);
    await tapped!.send(['1', '2'], { codec: 1 });
    await tapped!.send(['3'], { version: 13 });
    await tapped!.send(['p1'], { partition: 1 });
    await tapped!.send(['x'], { topic: 'other' });
    await copies.settled();
    expect(await tapped!.stored('copy')).to.deep.equal(['0 1', '1 2', '2 3', '0 p1']);
    expect(copies.figures()).to.deep.equal({ copied: 3, failed: 0, dropped: 0, waitingBytes: 0 });
  });

  it('copies batches of idempotent producers without their numbers, and nothing that was refused', async () => {
    const copies = mirror({ topics: (name) => name !== 'copy', to: () => 'copy' });
    const { broker } = await open(copies);
    const { producerId, producerEpoch } = await broker.inject(initProducerId, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1,
    });
    const send = (baseSequence: number, value: string) =>
      tapped!.send([value], { producerId, producerEpoch, baseSequence });
    await send(0, 'a');
    expect(await send(5, 'gap')).to.include({ errorCode: 45 });
    await send(1, 'b');
    await copies.settled();
    expect(await tapped!.stored('copy')).to.deep.equal(['0 a', '1 b']);
  });

  it('does not let the client wait for the copy, nor fail with it', async () => {
    const copies = mirror({ topics: ['a'], to: 'none' });
    await open(copies);
    expect(await tapped!.send(['a'])).to.include({ errorCode: 0 });
    expect(await tapped!.send(['a'], { version: 13 })).to.include({ errorCode: 0 });
    await copies.settled();
    expect(copies.figures()).to.include({ copied: 0, failed: 2 });
  });

  it('lets it wait, and fail, on the ack path', async () => {
    const copies = mirror({
      topics: ['a', 'other'],
      to: (topic) => (topic === 'a' ? 'copy' : 'none'),
      onAckPath: true,
    });
    await open(copies);
    expect(await tapped!.send(['a'])).to.include({ errorCode: 0, baseOffset: 0 });
    expect(await tapped!.stored('copy'), 'is there with the answer').to.deep.equal(['0 a']);
    const failed = await tapped!.send(['b'], { topic: 'other' });
    expect(failed).to.include({ errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code, baseOffset: -1 });
    expect(failed.errorMessage).to.equal('copy: UNKNOWN_TOPIC_OR_PARTITION');
    expect(copies.figures()).to.include({ copied: 1, failed: 1 });
  });

  it('drops copies for which there is no room', async () => {
    const copies = mirror({ topics: ['a'], to: 'copy', maxQueuedBytes: 500 });
    let goOn = () => {};
    const isFree = new Promise<void>((resolve) => (goOn = resolve));
    // Inside of the mirror, where copies pass as well.
    const slow = around(produce, 'slow', async ({ request }, next) => {
      if (request.body.topicData[0]!.name === 'copy') await isFree;
      return next();
    });
    tapped = await Tapped.open(mergeTaps({ calls: [slow] }, copies.taps), ['a', 'copy']);
    for (let i = 0; i < 5; i++) await tapped.send([`${i} ${'x'.repeat(300)}`]);
    goOn();
    await copies.settled();
    expect(copies.figures()).to.include({ copied: 1, dropped: 4 });
    expect(await tapped.stored('copy')).to.have.lengthOf(1);
  });

  it('copies what nobody waits for (acks=0)', async () => {
    const copies = mirror({ topics: ['a'], to: 'copy' });
    const { broker } = await open(copies);
    const [client, server] = duplexPair();
    broker.handle(server);
    const wire = new Wire(client);
    wire.tell(produce, 9, {
      acks: 0,
      timeoutMs: 1,
      topicData: [{ name: 'a', partitionData: [{ index: 0, records: batchOf(['a']) }] }],
    });
    await settle();
    await copies.settled();
    expect(await tapped!.stored('copy')).to.deep.equal(['0 a']);
    wire.close();
  });

  const wrong: [string, object, string][] = [
    ['no topics', { to: 'b' }, 'topics: expected the topics'],
    ['nowhere to copy to', { topics: ['a'] }, 'to: expected the name of a topic'],
    ['no room at all', { topics: ['a'], to: 'b', maxQueuedBytes: 0 }, 'maxQueuedBytes: 0'],
    ['an option nearly right', { topics: ['a'], to: 'b', onAckpath: true }, 'did you mean onAckPath?'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => mirror(options as MirrorOptions)).to.throw(UsageError, message);
    });
  }
});
