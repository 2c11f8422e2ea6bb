/**
 * A stage that has state of its own for each connection, or needs what only the pipeline knows of one (its clock). Called
 * by the taps of this folder.
 */
import type { LiveConnection } from '../pipeline/connection';
import type { MakeStream, Stage } from '../pipeline/seams';

/**
 * @param like a stage of the same kind, which says its name and where it fits
 * @param begin makes the stage anew for each connection
 */
export function perConnection<In, Out>(
  { stageName, fits }: Pick<Stage<In, Out>, 'stageName' | 'fits'>,
  begin: (connection: LiveConnection) => Stage<In, Out>,
): Stage<In, Out> {
  const make: MakeStream = (connection, figures, holds) => begin(connection)(connection, figures, holds);
  return Object.assign(make, { stageName, fits });
}
