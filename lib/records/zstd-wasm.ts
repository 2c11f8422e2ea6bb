/**
 * zstd for versions of Node that have none (before 22.15): libzstd compiled to WebAssembly. Called by zstd.ts only.
 *
 * The package's own entry point loads asynchronously and takes whatever size a frame declares, so its Emscripten module
 * is used below that: instantiated in one go at first use (9 ms), with output buffers whose size is ours. The version
 * of the package is pinned, because its inner file is named here. Goes away with Node 20.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The part of the global that is used here; the types of Node 20 leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Buffer) => object;
  Instance: new (module: object, imports: object) => object;
};

type Pointer = number;

/** The part of the Emscripten module that is used here. */
interface Zstd {
  HEAPU8: Uint8Array;
  instantiateWasm?: (imports: object, receive: (instance: object) => void) => void;
  init(): void;
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  _ZSTD_compressBound(bytes: number): number;
  _ZSTD_compress(to: Pointer, toBytes: number, from: Pointer, fromBytes: number, level: number): number;
  _ZSTD_decompress(to: Pointer, toBytes: number, from: Pointer, fromBytes: number): number;
  _ZSTD_isError(code: number): number;
}

/** ZSTD_error_dstSize_tooSmall of zstd_errors.h, as the negative that a failed call returns. */
const outputTooSmall = -70;

let loaded: Zstd | undefined;

function load(): Zstd {
  if (loaded !== undefined) return loaded;
  const folder = dirname(require.resolve('@bokuweb/zstd-wasm'));
  const zstd = privately<{ Module: Zstd }>(join(folder, 'zstd.js')).Module;
  zstd.instantiateWasm = (imports, receive) => {
    const module = new WebAssembly.Module(readFileSync(join(folder, 'zstd.wasm')));
    receive(new WebAssembly.Instance(module, imports));
  };
  zstd.init();
  return (loaded = zstd);
}

/** Loads a module apart from whoever else loads it: this one keeps its memory and what it was set up with in itself. */
function privately<T>(file: string): T {
  const shared = require.cache[file];
  delete require.cache[file];
  try {
    return require(file) as T;
  } finally {
    if (shared === undefined) delete require.cache[file];
    else require.cache[file] = shared;
  }
}

/** @throws RangeError if the frame holds more than `maxBytes`, Error for any other fault */
export function wasmDecompress(frame: Buffer, maxBytes: number): Buffer {
  const zstd = load();
  return run(zstd, frame, maxBytes, (to, from) => zstd._ZSTD_decompress(to, maxBytes, from, frame.length));
}

export function wasmCompress(bytes: Buffer, level: number): Buffer {
  const zstd = load();
  const bound = zstd._ZSTD_compressBound(bytes.length);
  return run(zstd, bytes, bound, (to, from) => zstd._ZSTD_compress(to, bound, from, bytes.length, level));
}

/** Copies the input into the module's memory, calls, and copies the output out. */
function run(zstd: Zstd, input: Buffer, maxBytes: number, call: (to: Pointer, from: Pointer) => number): Buffer {
  const from = zstd._malloc(Math.max(input.length, 1));
  const to = zstd._malloc(Math.max(maxBytes, 1));
  try {
    if (from === 0 || to === 0) throw new Error(`no memory for ${input.length} and ${maxBytes} bytes`);
    zstd.HEAPU8.set(input, from);
    const result = call(to, from);
    if (result === outputTooSmall) throw new RangeError(`more than ${maxBytes} bytes`);
    if (zstd._ZSTD_isError(result) !== 0) throw new Error(`zstd error ${-result}`);
    return Buffer.from(zstd.HEAPU8.subarray(to, to + result));
  } finally {
    if (from !== 0) zstd._free(from);
    if (to !== 0) zstd._free(to);
  }
}
