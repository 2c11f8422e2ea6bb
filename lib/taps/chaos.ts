/**
 * `chaos`: some requests are delayed, refused, cut off or answered to nobody, by chance. For tests of what clients make of
 * an unreliable broker; what is to go wrong at a certain moment is what `broker.faults` is for.
 *
 * What always holds: the same seed decides the same about the n-th request of each API, whatever the others do. Refusals
 * are in that API's own shape. A delay counts as the stage's own time (`millrace.stage.max.ms`).
 */
import { type ErrorName, errors, Hangup, KafkaError } from '../errors';
import { around } from '../pipeline/around';
import type { LiveConnection } from '../pipeline/connection';
import type { Request, Taps } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import { checkNames, numberOf, UsageError } from '../usage';
import { type Dice, diceOf } from './dice';
import { perConnection } from './per-connection';
import { wait } from './wait';

/** What happens to requests of some APIs, each by a probability from 0 to 1; several may happen to one. */
export interface ChaosRule {
  /** All but ApiVersions if absent. */
  readonly apis?: readonly Api[];
  /** It waits before the broker gets it. */
  readonly delay?: number;
  /** Shortest and longest delay, ms; 1 to 100 if absent. */
  readonly delayMs?: readonly [number, number];
  /** It is refused and the broker never gets it. */
  readonly refuse?: number;
  /** The errors to choose from; REQUEST_TIMED_OUT if absent. */
  readonly errors?: readonly KafkaError[];
  /** Its connection ends and the broker never gets it. */
  readonly hangUp?: number;
  /** The broker does what it asks, and its connection ends in place of the answer. */
  readonly loseAnswer?: number;
}

/** What was decided about one request. */
export interface ChaosDecision {
  readonly api: string;
  /** Which request of that API it was, from 1 on. */
  readonly number: number;
  readonly clientId: string | null;
  readonly connection: number;
  /** 0: none. */
  readonly delayMs: number;
  /** Kafka's name of the error; null: none. */
  readonly refused: ErrorName | null;
  readonly hungUp: boolean;
  readonly lostAnswer: boolean;
}

export interface ChaosOptions {
  /** A whole number. */
  readonly seed: number;
  /** The first rule that names a request's API counts. */
  readonly rules: readonly ChaosRule[];
  /** Hears of every request to which something happens. */
  readonly onDecision?: (decision: ChaosDecision) => void;
}

const apiVersionsKey = 18;
const ruleNames = ['apis', 'delay', 'delayMs', 'refuse', 'errors', 'hangUp', 'loseAnswer'] as const;

/** @throws UsageError for options that cannot be meant */
export function chaos(options: ChaosOptions): Taps {
  checkNames('chaos', options, ['seed', 'rules', 'onDecision'] satisfies (keyof ChaosOptions)[]);
  const { seed, rules, onDecision = () => {} } = options;
  if (!Number.isSafeInteger(seed))
    throw new UsageError(`chaos: seed: ${JSON.stringify(seed)}, expected a whole number`);
  if (!Array.isArray(rules)) throw new UsageError('chaos: rules: expected a list, such as [{ delay: 0.1 }]');
  for (const rule of rules) checkRule(rule);
  const games = new Map<number, { readonly dice: Dice; number: number }>();
  const decide = (request: Request, rule: ChaosRule, connection: LiveConnection): ChaosDecision => {
    const { key, name } = request.api;
    let game = games.get(key);
    if (game === undefined) games.set(key, (game = { dice: diceOf(seed, name), number: 0 }));
    const { clientId } = request.header;
    return { ...rolled(rule, game.dice), api: name, number: ++game.number, clientId, connection: connection.id };
  };
  const like = around('chaos', (_call, next) => next());
  const stage = perConnection(like, (connection) =>
    around('chaos', async ({ request }, next) => {
      const rule = rules.find((one) => isAbout(one, request.api));
      if (rule === undefined) return next();
      const decision = decide(request, rule, connection);
      const { delayMs, refused, hungUp, lostAnswer } = decision;
      if (delayMs > 0 || refused !== null || hungUp || lostAnswer) onDecision(decision);
      const what = `${request.api.name} ${decision.number} of seed ${seed}`;
      if (delayMs > 0) await new Promise<void>((resolve) => wait(connection, delayMs, resolve));
      if (hungUp) throw new Hangup(`chaos before ${what}`);
      if (refused !== null) throw errors[refused].because(`chaos at ${what}`);
      if (!lostAnswer) return next();
      await next();
      throw new Hangup(`chaos behind ${what}`);
    }),
  );
  return { calls: [stage] };
}

function isAbout({ apis }: ChaosRule, { key }: Api): boolean {
  return apis === undefined ? key !== apiVersionsKey : apis.some((api) => api.key === key);
}

/** Always as many rolls, so that a probability changes nothing about what comes later. */
function rolled(rule: ChaosRule, dice: Dice) {
  const isDelayed = dice() < (rule.delay ?? 0);
  const howLong = dice();
  const isRefused = dice() < (rule.refuse ?? 0);
  const which = dice();
  const hungUp = dice() < (rule.hangUp ?? 0);
  const lostAnswer = dice() < (rule.loseAnswer ?? 0);
  const [least, most] = rule.delayMs ?? [1, 100];
  const among = rule.errors ?? [errors.REQUEST_TIMED_OUT];
  return {
    delayMs: isDelayed ? Math.round(least + howLong * (most - least)) : 0,
    refused: isRefused ? among[Math.floor(which * among.length)]!.name : null,
    hungUp,
    lostAnswer,
  };
}

function checkRule(rule: ChaosRule): void {
  checkNames('chaos: rule', rule, ruleNames satisfies readonly (keyof ChaosRule)[]);
  for (const name of ['delay', 'refuse', 'hangUp', 'loseAnswer'] as const)
    if (numberOf('chaos', name, rule[name], 0) > 1)
      throw new UsageError(`chaos: ${name}: ${rule[name]}, expected a probability from 0 to 1`);
  const [least, most] = rule.delayMs ?? [1, 100];
  if (numberOf('chaos', 'delayMs', least, 0) > numberOf('chaos', 'delayMs', most, 0))
    throw new UsageError(`chaos: delayMs: ${least} to ${most}, expected the shorter one first`);
  const among = rule.errors ?? [errors.REQUEST_TIMED_OUT];
  if (!Array.isArray(among) || among.length === 0 || !among.every((error) => error instanceof KafkaError))
    throw new UsageError('chaos: errors: expected a list of errors, such as [errors.NOT_LEADER_OR_FOLLOWER]');
  if (rule.apis !== undefined && !Array.isArray(rule.apis))
    throw new UsageError('chaos: apis: expected a list of APIs');
}
