/**
 * @platformatic/kafka as a `Client`: `platformatic-driver.mts` run by a Node that is new enough for it.
 *
 * It wants Node 22.22 or 24.6 and later. Where the running Node is older, `.ci/install-clients` lays a newer one down in
 * `.cache/node24`. Not shown: nothing; not written: nothing.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { absent } from './client';
import { driver } from './driver';

const installed = resolve(__dirname, '../../../.cache/node24/node_modules/.bin/node');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const newEnough = (major === 22 && minor >= 22) || (major === 24 && minor >= 6) || major > 24;
/** A Node that can run it, if there is one. */
export const platformaticNode = newEnough ? process.execPath : installed;

export const platformatic = driver({
  name: '@platformatic/kafka',
  command: [platformaticNode, '--disable-warning=ExperimentalWarning', resolve(__dirname, 'platformatic-driver.mts')],
  missing: () =>
    existsSync(platformaticNode) ? null : absent(`a Node of 24.6 or later (this one is ${process.version})`),
});
