/**
 * franz-go as a `Client`: the program in `franz-go/`, built by `.ci/install-clients`.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { absent } from './client';
import { driver } from './driver';

const program = resolve(__dirname, '../../../.cache/franz-go');

export const franzGo = driver({
  name: 'franz-go',
  command: [program],
  missing: () => (existsSync(program) ? null : absent(`the franz-go program (${program})`)),
});
