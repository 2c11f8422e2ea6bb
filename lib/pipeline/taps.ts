/**
 * `mergeTaps`: users' stages as one object, by the seams where they sit; and the checks of what is given as one.
 *
 * A tap of several stages (a limit counts requests at one seam and speaks at another) is a plain `Taps` object. Such
 * objects are put together with `mergeTaps`, given to `createBroker`, or added while the broker runs. Within a seam the
 * stages keep the order in which they were given.
 */
import { nearestOf } from '../config/hint';
import { UsageError } from '../usage';
import type { Seams, Stage, Taps } from './seams';

/** Every seam, in the order of the flow. */
export const seams = [
  'inbound',
  'frames',
  'requests',
  'calls',
  'replies',
  'outbound',
] as const satisfies readonly (keyof Seams)[];

/** One stage and where it sits. */
export interface Seated {
  readonly seam: keyof Seams;
  readonly stage: Stage<never, unknown>;
}

/**
 * Several taps as one; at each seam the stages of the first come first.
 * @throws UsageError for what is no tap
 */
export function mergeTaps(...all: readonly Taps[]): Taps {
  return tapsOf(all.flatMap((taps) => seatsOf(taps, 'mergeTaps')));
}

/** The tap that has these stages. */
export function tapsOf(seats: readonly Seated[]): Taps {
  const taps: { [S in keyof Seams]?: Stage<never, unknown>[] } = {};
  for (const { seam, stage } of seats) {
    taps[seam] ??= [];
    taps[seam].push(stage);
  }
  return taps as Taps;
}

/**
 * The stages of a tap in the order of the flow.
 * @param whose what the tap was given to, for the message
 * @throws UsageError for a seam that there is not, what is no stage, or a stage at a seam where it cannot sit
 */
export function seatsOf(taps: Taps, whose: string): Seated[] {
  if (typeof taps !== 'object' || taps === null || Array.isArray(taps))
    throw new UsageError(`${whose}: expected stages by seam, such as { requests: [stage] }`);
  for (const seam of Object.keys(taps)) checkSeam(seam, whose);
  return seams.flatMap((seam) => {
    const stages: readonly Stage<never, unknown>[] = taps[seam] ?? [];
    if (!Array.isArray(stages)) throw new UsageError(`${whose}: ${seam}: expected a list of stages`);
    for (const stage of stages) checkStage(stage, seam, whose);
    return stages.map((stage) => ({ seam, stage }));
  });
}

/** @throws UsageError where there is no such seam */
export function checkSeam(seam: string, whose: string): void {
  if ((seams as readonly string[]).includes(seam)) return;
  const nearest = nearestOf(seam, seams);
  const hint = nearest === null ? `there are ${seams.join(', ')}` : `did you mean ${nearest}?`;
  throw new UsageError(`${whose}: no seam ${JSON.stringify(seam)}: ${hint}`);
}

/** @throws UsageError for what is no stage, and for one that cannot sit at this seam */
export function checkStage(stage: Stage<never, unknown>, seam: keyof Seams, whose: string): void {
  if (typeof stage !== 'function' || typeof stage.stageName !== 'string')
    throw new UsageError(
      `${whose}: ${seam}: expected a stage, as onRequest, onReply, around, stage and their like make`,
    );
  if (stage.fits === undefined || stage.fits.includes(seam)) return;
  const where = stage.fits.length === 0 ? 'none' : stage.fits.join(', ');
  throw new UsageError(`${whose}: ${seam}: stage '${stage.stageName}' does not fit there; seams for it: ${where}`);
}
