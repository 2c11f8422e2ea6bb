/**
 * franz-go as a `Client`: the program in `franz-go/`, built by `.ci/install-clients`.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { absent } from './client';
import { driver } from './driver';

/** As `crew` it holds members of groups. */
export const franzGoProgram = resolve(__dirname, '../../../.cache/franz-go');

export const franzGo = driver({
  name: 'franz-go',
  command: [franzGoProgram],
  missing: () => (existsSync(franzGoProgram) ? null : absent(`the franz-go program (${franzGoProgram})`)),
});
