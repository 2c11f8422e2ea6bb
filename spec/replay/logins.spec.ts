import { expect } from 'chai';
import { exchanges } from '../../lib/apis/exchanges';
import { callsOf } from '../../lib/capture/calls';
import type { CaptureEvent } from '../../lib/capture/event';
import { hiddenSecret } from '../../lib/capture/redact/secrets';
import type { Difference } from '../../lib/replay/compare/compare';
import { withoutLogin } from '../../lib/replay/logins';
import { checkReplayOptions } from '../../lib/replay/options';
import type { Outcome } from '../../lib/replay/outcome';
import { Replayer } from '../../lib/replay/replayer';
import { targetOf } from '../../lib/replay/target';
import { clockAt } from '../support/in-process';
import { failed } from '../support/outcomes';
import { answerBytes, frame, opened, requestBytes } from '../support/recordings';
import { beat, ScriptedBroker } from '../support/scripted-broker';

const handshake = exchanges().get(17)!;
const authenticate = exchanges().get(36)!;
const beating = exchanges().get(12)!;
const served = [handshake, authenticate, beating];

/** A connection that logs in and asks twice; `isHidden`: without its password. */
function recorded(mechanism: string, isHidden: boolean, version = 1): CaptureEvent[] {
  const secret = Buffer.from('\0user\0secret');
  const authBytes = isHidden ? hiddenSecret(secret.length) : secret;
  const bodies = { groupId: 'g', generationId: 1, memberId: 'm' };
  const calls = [
    [requestBytes(handshake, version, { mechanism }, 1), answerBytes(handshake, version, granted, 1)],
    [requestBytes(authenticate, 1, { authBytes }, 2), answerBytes(authenticate, 1, letIn, 2)],
    ...[3, 4].map((id) => [requestBytes(beating, 4, bodies, id), beat(id)]),
  ];
  return [opened(1), ...calls.flatMap(([q, a]) => [frame(1, 'client', q!), frame(1, 'broker', a!)])];
}
const granted = { errorCode: 0, mechanisms: ['PLAIN'] };
const letIn = { errorCode: 0, errorMessage: null, authBytes: Buffer.alloc(0), sessionLifetimeMs: 0 };

/** Answers as one that wants a login, or none. */
function broker(wantsLogin: boolean): ScriptedBroker {
  const loggedIn = new Set<number>();
  return new ScriptedBroker(({ connection, apiKey, correlationId }) => {
    if (apiKey === handshake.key) return answerBytes(handshake, 1, granted, correlationId);
    if (apiKey === authenticate.key) {
      loggedIn.add(connection);
      return answerBytes(authenticate, 1, letIn, correlationId);
    }
    return wantsLogin && !loggedIn.has(connection) ? 'hang up' : beat(correlationId);
  }, served);
}

async function played(events: CaptureEvent[], target: ScriptedBroker): Promise<Outcome[]> {
  const replayer = new Replayer(targetOf(target), checkReplayOptions('spec', { scheduler: clockAt(0) }));
  const found: Outcome[] = [];
  for await (const event of callsOf(events)) {
    const outcome = await replayer.take(event);
    if (outcome !== null) found.push(outcome);
  }
  replayer.close();
  return found;
}
const told = (found: readonly Outcome[]) =>
  found.map(({ verdict, why }) => (why === null ? verdict : `${verdict}: ${why}`));

describe('Logins', () => {
  const lacking = 'its password was left out of the recording (record with --keep sasl)';

  it('are played where the password was kept', async () => {
    expect(told(await played(recorded('PLAIN', false), broker(true)))).to.deep.equal(['same', 'same', 'same', 'same']);
  });

  it('are left out where it was not, and connections go on without where the target lets them', async () => {
    const target = broker(false);
    const found = await played(recorded('PLAIN', true), target);
    expect(told(found)).to.deep.equal(['same', `left out: ${lacking}`, 'same', 'same']);
    // The first one asked what is served; the second has made a handshake, and waits for a login.
    expect(target.heard.map(({ connection }) => connection)).to.deep.equal([2, 3, 3]);
  });

  it('lock a connection out where the target hangs up on it, once', async () => {
    const target = broker(true);
    const found = await played(recorded('PLAIN', true), target);
    const why = `locked out: the target wants a login: ${lacking}`;
    expect(told(found)).to.deep.equal(['same', `left out: ${lacking}`, why, why]);
    expect(target.heard).to.have.lengthOf(2);
  });

  it('cannot be played where the mechanism never says the same twice, whatever was kept', async () => {
    const [, kept] = told(await played(recorded('SCRAM-SHA-256', false), broker(false)));
    expect(kept).to.equal('left out: SCRAM-SHA-256 never says the same twice');
    const [, hidden] = told(await played(recorded('SCRAM-SHA-256', true), broker(false)));
    expect(hidden).to.equal(
      'left out: its password was left out of the recording, and SCRAM-SHA-256 never says the same twice',
    );
  });

  it('cannot be played where tokens had no headers', async () => {
    const [first] = told(await played(recorded('PLAIN', false, 0), broker(false)));
    expect(first).to.equal('left out: its tokens go by without a header, and are not played');
  });

  it('are not to blame for a broker that hangs up later', async () => {
    const target = new ScriptedBroker(({ apiKey, correlationId }) => {
      if (apiKey === handshake.key) return answerBytes(handshake, 1, granted, correlationId);
      return correlationId === 4 ? 'hang up' : beat(correlationId);
    }, served);
    const found = await played(recorded('PLAIN', true), target);
    expect(told(found).at(-1)).to.equal('no answer: the broker ended the connection');
  });
});

describe('withoutLogin', () => {
  it('excuses a listener that has no SASL', () => {
    const refused = { ...failed, field: 'SaslHandshake.errorCode', replayed: 34 };
    const mechanisms = { ...failed, path: 'mechanisms', field: 'SaslHandshake.mechanisms' };
    const reasons = (name: string, ...differences: Difference[]) =>
      withoutLogin(name, differences).map(({ reason }) => reason);
    const reason = 'the target wants no login there';
    expect(reasons('SaslHandshake', refused, mechanisms)).to.deep.equal([reason, reason]);
    expect(reasons('SaslAuthenticate', { ...refused, replayed: 58 })).to.deep.equal([null]);
    expect(reasons('Fetch', refused)).to.deep.equal([null]);
  });
});
