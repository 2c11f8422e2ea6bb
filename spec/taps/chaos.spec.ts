import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { apiVersions } from '../../lib/apis/api-versions';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { errors } from '../../lib/errors';
import { type ChaosDecision, type ChaosOptions, chaos } from '../../lib/taps/chaos';
import { UsageError } from '../../lib/usage';
import { batchOf, Tapped } from '../support/tapped';
import { rejected } from '../support/thrown';
import { Wire } from '../support/wire';

describe('chaos', () => {
  let tapped: Tapped | null = null;
  afterEach(async () => {
    await tapped?.close();
    tapped = null;
  });
  async function open(options: Omit<ChaosOptions, 'seed'>, seed = 1): Promise<Tapped> {
    tapped = await Tapped.open(chaos({ seed, ...options }));
    return tapped;
  }

  /** What becomes of 80 Metadata requests, with as many Produce ones in between if asked. */
  async function decisions(seed: number, others = false): Promise<ChaosDecision[]> {
    const made: ChaosDecision[] = [];
    const onDecision = (decision: ChaosDecision) => void (decision.api === 'Metadata' && made.push(decision));
    const rule = {
      delay: 0.1,
      delayMs: [0, 0] as const,
      refuse: 0.2,
      errors: [errors.NOT_CONTROLLER, errors.LEADER_NOT_AVAILABLE],
    };
    const here = await open({ rules: [rule], onDecision }, seed);
    for (let i = 0; i < 80; i++) {
      await here.broker.inject(metadata, 12, { topics: [{ name: 'a' }] });
      if (others) await here.send(['x']);
    }
    await here.close();
    return made.map((decision) => ({ ...decision, connection: 0 }));
  }

  it('decides the same for the same seed, whatever other APIs are asked in between', async () => {
    const made = await decisions(42);
    expect(made.length).to.be.within(8, 40);
    expect(new Set(made.map(({ refused }) => refused))).to.include.keys('NOT_CONTROLLER', 'LEADER_NOT_AVAILABLE');
    expect(await decisions(42, true)).to.deep.equal(made);
    expect(await decisions(43)).not.to.deep.equal(made);
  });

  it('refuses in the shape of the API, and the broker never gets it', async () => {
    const { broker } = await open({ rules: [{ apis: [produce], refuse: 1, errors: [errors.NOT_ENOUGH_REPLICAS] }] });
    expect(await tapped!.send(['a'])).to.include({ errorCode: errors.NOT_ENOUGH_REPLICAS.code });
    expect(await tapped!.stored()).to.deep.equal([]);
    expect(await broker.inject(metadata, 12, { topics: [] })).to.have.property('brokers');
  });

  it('delays by the clock of the broker, within the bounds given', async () => {
    const made: number[] = [];
    const { clock } = await open({
      ...{ rules: [{ delay: 1, delayMs: [20, 30] }], onDecision: ({ delayMs }) => void made.push(delayMs) },
    });
    let isThere = false;
    const answer = tapped!.send(['a']).then(() => (isThere = true));
    await clock.advance(19);
    expect(isThere).to.equal(false);
    await clock.advance(11);
    await answer;
    expect(made[0]).to.be.within(20, 30);
  });

  it('hangs up before the broker gets a request, or in place of its answer', async () => {
    const body = {
      acks: 1,
      timeoutMs: 1,
      topicData: [{ name: 'a', partitionData: [{ index: 0, records: batchOf(['a']) }] }],
    };
    const send = async () => {
      const [client, server] = duplexPair();
      tapped!.broker.handle(server);
      return rejected(new Wire(client).request(produce, 9, body));
    };
    await open({ rules: [{ hangUp: 1 }] });
    expect(await send()).to.be.instanceOf(Error);
    expect(await tapped!.stored()).to.deep.equal([]);
    await tapped!.close();
    await open({ rules: [{ loseAnswer: 1 }] });
    expect(await send()).to.be.instanceOf(Error);
    expect(await tapped!.stored()).to.deep.equal(['0 a']);
  });

  it('leaves ApiVersions alone unless it is named, and takes the first rule that names an API', async () => {
    const asked = { clientSoftwareName: 'spec', clientSoftwareVersion: '1' };
    const refuse = (error: keyof typeof errors) => ({ refuse: 1, errors: [errors[error]] });
    const rules = [{ apis: [metadata], ...refuse('NOT_CONTROLLER') }, refuse('REQUEST_TIMED_OUT')];
    await open({ rules });
    expect((await tapped!.broker.inject(apiVersions, 4, asked)).errorCode).to.equal(0);
    expect((await tapped!.send(['a'])).errorCode).to.equal(errors.REQUEST_TIMED_OUT.code);
    const { topics } = await tapped!.broker.inject(metadata, 12, { topics: [{ name: 'a' }] });
    expect(topics[0]!.errorCode).to.equal(errors.NOT_CONTROLLER.code);
  });

  const wrong: [string, object, string][] = [
    ['no seed', { rules: [] }, 'seed: undefined, expected a whole number'],
    ['no rules', { seed: 1 }, 'rules: expected a list'],
    ['what is no probability', { seed: 1, rules: [{ delay: 30 }] }, 'delay: 30, expected a probability from 0 to 1'],
    ['a rule nearly right', { seed: 1, rules: [{ hangup: 1 }] }, 'did you mean hangUp?'],
    ['bounds the wrong way round', { seed: 1, rules: [{ delayMs: [5, 1] }] }, 'delayMs: 5 to 1, expected the shorter'],
    ['what are no errors', { seed: 1, rules: [{ errors: ['X'] }] }, 'errors: expected a list of errors'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => chaos(options as ChaosOptions)).to.throw(UsageError, message);
    });
  }
});
