/**
 * `meta.properties` at the top of each log directory: which cluster, which node, which directory. Called by log-dirs.ts.
 * Written as Kafka's version 1; version 0, from the time of ZooKeeper, is read as well.
 */
import { join } from 'node:path';
import { formatProperties, parseProperties } from '../properties';
import { isReserved, parseUuid } from '../uuid';
import { readIfThere, replaceFile } from './small-file';

export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  /** 22 characters of base64url; null where the file has none yet. */
  readonly directoryId: string | null;
}

export const metaPropertiesName = 'meta.properties';

/** What the file says; null if there is none. Throws an Error that names the file and what is wrong in it. */
export function readMetaProperties(dir: string): MetaProperties | null {
  const path = join(dir, metaPropertiesName);
  const text = readIfThere(path)?.toString('latin1');
  if (text === undefined) return null;
  const properties = parseProperties(text, path);
  const required = (key: string) => {
    const value = properties.get(key)?.trim();
    if (value === undefined || value === '') throw new Error(`${path} has no ${key}`);
    return value;
  };
  const version = required('version');
  if (version !== '0' && version !== '1') throw new Error(`${path} has version ${version}, 0 and 1 are known`);
  const idKey = version === '0' ? 'broker.id' : 'node.id';
  const nodeId = required(idKey);
  if (!/^\d{1,10}$/.test(nodeId)) throw new Error(`${path} has ${idKey} ${nodeId}, not a number from 0`);
  const directory = properties.get('directory.id')?.trim();
  const directoryId = directory === undefined ? null : parseUuid(directory);
  if (directory !== undefined && (directoryId === null || isReserved(directoryId)))
    throw new Error(`${path} has directory.id ${directory}, not a uuid that a directory may have`);
  return { clusterId: required('cluster.id'), nodeId: Number(nodeId), directoryId };
}

/** Replaces the file; resolves once it is on the device. */
export async function writeMetaProperties(dir: string, meta: MetaProperties, nowMs: number): Promise<void> {
  const entries: [string, string][] = [
    ['node.id', String(meta.nodeId)],
    ['version', '1'],
    ['cluster.id', meta.clusterId],
  ];
  if (meta.directoryId !== null) entries.push(['directory.id', meta.directoryId]);
  await replaceFile(join(dir, metaPropertiesName), formatProperties(entries, ['', new Date(nowMs).toUTCString()]));
}
