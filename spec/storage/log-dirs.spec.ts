import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { DirInUse } from '../../lib/storage/dir-lock';
import { LogDirError, type LogDirsOptions, openLogDirs } from '../../lib/storage/log-dirs';
import { readMetaProperties, writeMetaProperties } from '../../lib/storage/meta-properties';
import { inTempDir, nowMs } from '../support/metadata';

const logger = pino({ level: 'silent' });
const clusterId = 'IAAAAAAAQACAAAAAAAAAAQ';
const idA = 'EAAAAAAAQACAAAAAAAAAAQ';
const idB = 'EAAAAAAAQACAAAAAAAAAAg';

describe('openLogDirs', () => {
  const open = (logDirs: string[], more: Partial<LogDirsOptions> = {}) =>
    openLogDirs({ logDirs, metadataLogDir: logDirs[0]!, nodeId: 1, nowMs, logger, ...more });

  const lay = (dir: string, meta: object = {}) => {
    fs.mkdirSync(dir, { recursive: true });
    return writeMetaProperties(dir, { clusterId, nodeId: 1, directoryId: idA, ...meta }, nowMs);
  };

  const refusal = async (logDirs: string[], more: Partial<LogDirsOptions> = {}) => {
    const error: unknown = await open(logDirs, more).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(LogDirError);
    return (error as LogDirError).message;
  };

  it('makes and formats what is not there, as one cluster with an id for each directory', () =>
    inTempDir(async (home) => {
      const paths = [join(home, 'a'), join(home, 'deep/b')];
      const dirs = await open(paths);
      expect(dirs.dirs.map(({ path }) => path)).to.deep.equal(paths);
      expect(new Set(dirs.dirs.map(({ id }) => id)).size).to.equal(2);
      for (const { path, id, cleanShutdown } of dirs.dirs) {
        expect(readMetaProperties(path)).to.deep.equal({ clusterId: dirs.clusterId, nodeId: 1, directoryId: id });
        expect(cleanShutdown).to.equal(null);
      }
      await dirs.close(null);
    }));

  it('takes the marks of a clean shutdown, and leaves them in every directory when it closes cleanly', () =>
    inTempDir(async (home) => {
      const paths = [join(home, 'a'), join(home, 'b')];
      await (await open(paths)).close({ brokerEpoch: 9 });
      const dirs = await open(paths);
      expect(dirs.dirs.map(({ cleanShutdown }) => cleanShutdown)).to.deep.equal([
        { brokerEpoch: 9 },
        { brokerEpoch: 9 },
      ]);
      expect(paths.some((path) => fs.existsSync(join(path, '.kafka_cleanshutdown')))).to.equal(false);
      await dirs.close(null);
      const again = await open(paths);
      expect(again.dirs.map(({ cleanShutdown }) => cleanShutdown)).to.deep.equal([null, null]);
      await again.close(null);
    }));

  it('adds a directory to those of a cluster, and gives an id to one that has none', () =>
    inTempDir(async (home) => {
      const [a, b] = [join(home, 'a'), join(home, 'b')];
      await lay(a, { directoryId: null });
      const dirs = await open([a, b]);
      expect(dirs.clusterId).to.equal(clusterId);
      expect(readMetaProperties(a)?.directoryId).to.equal(dirs.dirs[0]!.id);
      expect(readMetaProperties(b)?.clusterId).to.equal(clusterId);
      await dirs.close(null);
    }));

  it('keeps a directory of its own for the metadata log', () =>
    inTempDir(async (home) => {
      const metadataLogDir = join(home, 'meta');
      const dirs = await open([join(home, 'a')], { metadataLogDir });
      expect(dirs.metadataDir.path).to.equal(metadataLogDir);
      expect(dirs.dirs).to.have.length(1);
      await dirs.close({ brokerEpoch: 1 });
      expect(fs.existsSync(join(metadataLogDir, '.kafka_cleanshutdown'))).to.equal(true);
    }));

  it('formats over what a format that was cut short has left, and a file system of its own', () =>
    inTempDir(async (home) => {
      for (const name of ['__cluster_metadata-0', 'lost+found', '.hidden']) fs.mkdirSync(join(home, name));
      fs.writeFileSync(join(home, 'meta.properties.tmp'), 'x');
      await (await open([home])).close(null);
    }));

  it('refuses directories of two clusters, of another node, and two with one id', () =>
    inTempDir(async (home) => {
      const [a, b] = [join(home, 'a'), join(home, 'b')];
      await lay(a);
      await lay(b, { clusterId: 'other', directoryId: idB });
      expect(await refusal([a, b])).to.equal(`${b}/meta.properties is of cluster other, that in ${a} of ${clusterId}`);
      await lay(b, { nodeId: 2, directoryId: idB });
      expect(await refusal([a, b])).to.equal(`${b}/meta.properties is of node 2, but node.id is 1`);
      expect(await refusal([a], { nodeId: 3 })).to.equal(`${a}/meta.properties is of node 1, but node.id is 3`);
      await lay(b);
      expect(await refusal([a, b])).to.equal(`${b} and ${a} have the same directory.id ${idA}`);
      expect(await refusal([a, `${a}/`])).to.equal(`log.dirs names ${a} more than once`);
      await lay(b, { directoryId: idB });
      await (await open([a, b])).close(null);
    }));

  it('refuses a metadata log outside metadata.log.dir', () =>
    inTempDir(async (home) => {
      const [a, b] = [join(home, 'a'), join(home, 'b')];
      fs.mkdirSync(join(b, '__cluster_metadata-0'), { recursive: true });
      expect(await refusal([a, b])).to.equal(`${b}/__cluster_metadata-0 is not in metadata.log.dir, which is ${a}`);
    }));

  it('refuses a directory that is not empty and not a broker’s', () =>
    inTempDir(async (home) => {
      fs.writeFileSync(join(home, 'thesis.txt'), '');
      expect(await refusal([home])).to.include('has no meta.properties and is not empty (it has thesis.txt)');
      expect(fs.readdirSync(home).filter((name) => name !== '.lock')).to.deep.equal(['thesis.txt']);
    }));

  it('says which path is a file', () =>
    inTempDir(async (home) => {
      const file = join(home, 'file');
      fs.writeFileSync(file, '');
      expect(await refusal([file])).to.equal(`log directory ${file} cannot be made: it is a file (EEXIST)`);
      const below = join(file, 'data');
      expect(await refusal([below])).to.equal(
        `log directory ${below} cannot be made: part of the path is a file (ENOTDIR)`,
      );
    }));

  it('says that a directory is read-only', function () {
    if (process.getuid?.() === 0) this.skip(); // root writes everywhere
    return inTempDir(async (home) => {
      const dir = join(home, 'a');
      fs.mkdirSync(dir, { mode: 0o500 });
      expect(await refusal([dir])).to.match(/cannot be written: permission denied \(EACCES\)$/);
    });
  });

  it('keeps a second broker out until it is closed, and lets go of all where one is taken', () =>
    inTempDir(async (home) => {
      const [a, b] = [join(home, 'a'), join(home, 'b')];
      const first = await open([b]);
      expect(await open([a, b]).catch((error) => error)).to.be.instanceOf(DirInUse);
      await first.close(null);
      await (await open([a])).close(null);
    }));
});
