/**
 * Where the Python clients live: the virtual environment that `.ci/install-clients` makes.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { absent } from './client';

const python = resolve(__dirname, '../../../.cache/python/bin/python');

/** The command that runs one of the Python programs beside this file. */
export function pythonCommand(program: string): string[] {
  return [python, '-B', resolve(__dirname, program)];
}

export function missingPython(packageName: string): string | null {
  return existsSync(python) ? null : absent(`a Python with ${packageName} (${python})`);
}
