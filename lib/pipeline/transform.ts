/**
 * `transform`: through2, of which every stage is made; or the same of Node's own streams where through2 cannot be loaded.
 *
 * through2 is an ES module. Node loads one for `require`; jest, which loads modules in its own way, does not before Node
 * 24.9, and a broker has to run inside its tests all the same.
 */
import { Transform, type TransformCallback, type TransformOptions } from 'node:stream';

/** Makes a transform stream of a function for each item and one for the end. */
export type MakeTransform = (
  options: TransformOptions,
  each: (item: never, encoding: BufferEncoding, done: TransformCallback) => void,
  last: (done: TransformCallback) => void,
) => Transform;

/** What through2 does in its classic form. */
export const ownTransform: MakeTransform = (options, transform, flush) =>
  new Transform({ ...options, transform: transform as TransformOptions['transform'], flush });

/** @param load gives the module; specs make it fail */
export function loadTransform(load: () => { default: unknown }): MakeTransform {
  try {
    return load().default as MakeTransform;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_REQUIRE_ESM') throw error;
    return ownTransform;
  }
}

export const transform: MakeTransform = loadTransform(() => require('through2'));
