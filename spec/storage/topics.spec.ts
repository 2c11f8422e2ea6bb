import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { buildBatch } from '../../lib/records/build';
import { FaultyDisk } from '../support/faulty-disk';
import { imageWith, Storage, startMs, topicId } from '../support/storage';

const one = () => buildBatch([{ value: 'x' }], { timestamp: startMs });
const nameOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'appended',
    (error) => error.name,
  );

describe('LocalTopics', () => {
  let storage: Storage;
  let stale: string[];
  const dirs = () =>
    readdirSync(storage.dir)
      .filter((name) => !name.includes('checkpoint'))
      .sort();
  const masked = () => dirs().map((name) => name.replace(/[0-9a-f]{32}/, 'ID'));
  /** A directory as somebody may have left it. */
  const lay = (dir: string, name: string, files: Record<string, string | Buffer>) => {
    mkdirSync(join(dir, name), { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(dir, name, file), content);
  };
  const emptyDir = () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-topics-'));
    stale.push(dir);
    return dir;
  };
  const metadata = (id: string) => `version: 0\ntopic_id: ${id}`;

  beforeEach(() => {
    stale = [];
  });
  afterEach(async () => {
    await storage.remove();
    for (const dir of stale) rmSync(dir, { recursive: true, force: true });
  });

  describe('as the image changes', () => {
    beforeEach(async () => {
      storage = await Storage.open({ topics: [{ name: 'foo', partitions: 2 }] });
    });

    it('has its topics by name and by id', () => {
      const { topics } = storage;
      expect(topics.byName('foo')?.id).to.equal(topicId('foo'));
      expect(topics.byId(topicId('foo'))).to.equal(topics.byName('foo'));
      expect(topics.byName('bar')).to.equal(undefined);
      expect([...topics].map(({ name }) => name)).to.deep.equal(['foo']);
      expect([...topics.byName('foo')!.partitions].map(({ partition }) => partition)).to.deep.equal([0, 1]);
      expect(topics.byName('foo')!.partition(2)).to.equal(undefined);
    });

    it('makes the directories of a new topic, which can be used at once', async () => {
      await storage.topics.update(
        imageWith([
          { name: 'foo', partitions: 2 },
          { name: 'bar', partitions: 3 },
        ]),
      );
      expect(dirs()).to.deep.equal(['bar-0', 'bar-1', 'bar-2', 'foo-0', 'foo-1']);
      expect(readFileSync(join(storage.dir, 'bar-2', 'partition.metadata'), 'utf8')).to.equal(metadata(topicId('bar')));
      expect(await storage.append('bar', one(), 2)).to.include({ baseOffset: 0 });
    });

    it('leaves a new directory without segments until something is written', async () => {
      expect(readdirSync(join(storage.dir, 'foo-0'))).to.deep.equal(['partition.metadata']);
      await storage.append('foo', one());
      expect(readdirSync(join(storage.dir, 'foo-0'))).to.deep.equal([
        `${'0'.repeat(20)}.log`,
        'leader-epoch-checkpoint',
        'partition.metadata',
      ]);
    });

    it('adds partitions to a topic that grows', async () => {
      const first = storage.partition('foo');
      await storage.topics.update(imageWith([{ name: 'foo', partitions: 4 }]));
      expect(storage.partition('foo')).to.equal(first);
      expect(await storage.append('foo', one(), 3)).to.include({ baseOffset: 0 });
    });

    it('puts a changed configuration in effect', async () => {
      expect(storage.topics.byName('foo')!.config['retention.ms']).to.equal(604800000);
      await storage.topics.update(imageWith([{ name: 'foo', partitions: 2, configs: { 'retention.ms': '5' } }]));
      expect(storage.partition('foo').topic.config['retention.ms']).to.equal(5);
      await storage.topics.update(imageWith([{ name: 'foo', partitions: 2 }]));
      expect(storage.partition('foo').topic.config['retention.ms']).to.equal(604800000);
    });

    it('leads in a new epoch from the log end on', async () => {
      await storage.append('foo', one());
      await storage.topics.update(imageWith([{ name: 'foo', partitions: 2, leaderEpoch: 3 }]));
      const log = storage.partition('foo');
      expect([log.leaderEpoch, log.latestLeaderEpoch(), log.earliestLeaderEpoch()]).to.deep.equal([3, 3, 0]);
      expect(log.endOffsetForEpoch(0)).to.deep.equal({ leaderEpoch: 0, endOffset: 1 });
      await storage.append('foo', one());
      expect(log.endOffsetForEpoch(3)).to.deep.equal({ leaderEpoch: 3, endOffset: 2 });
      const file = join(storage.dir, 'foo-0', 'leader-epoch-checkpoint');
      expect(readFileSync(file, 'utf8')).to.equal('0\n2\n0 0\n3 1\n');
    });

    it('sets the directories of a deleted topic aside at once, and removes them later', async () => {
      await storage.append('foo', one());
      const log = storage.partition('foo');
      let ended = false;
      log.advanced$.subscribe({ complete: () => (ended = true) });
      await storage.topics.update(imageWith([]));
      expect(storage.topics.byName('foo')).to.equal(undefined);
      expect(storage.topics.byId(topicId('foo'))).to.equal(undefined);
      expect(masked()).to.deep.equal(['foo-0.ID-delete', 'foo-1.ID-delete']);
      expect(ended).to.equal(true);
      storage.advance(60000);
      await storage.topics.removed();
      expect(dirs()).to.deep.equal([]);
    });

    it('refuses reads and appends of a deleted topic', async () => {
      const log = storage.partition('foo');
      await storage.topics.update(imageWith([]));
      const unknown = errors.UNKNOWN_TOPIC_OR_PARTITION.name;
      expect(await nameOf(storage.appends.submit({ log, batch: one() }))).to.equal(unknown);
      const read = () => log.read(0, { maxBytes: 1, atLeastOne: true, isolation: 'read_uncommitted' });
      expect(read).to.throw().with.property('name', unknown);
    });

    it('makes a topic anew that has the name of a deleted one', async () => {
      await storage.append('foo', one());
      await storage.topics.update(imageWith([{ name: 'foo', id: topicId('other') }]));
      expect(storage.topics.byName('foo')!.id).to.equal(topicId('other'));
      expect(storage.partition('foo').logEndOffset).to.equal(0);
      expect(masked()).to.deep.equal(['foo-0', 'foo-0.ID-delete', 'foo-1.ID-delete']);
    });

    it('makes changes one after the other, in the order of the calls', async () => {
      const updates = [
        imageWith([{ name: 'a' }]),
        imageWith([{ name: 'a' }, { name: 'b' }]),
        imageWith([{ name: 'b' }]),
      ];
      await Promise.all(updates.map((image) => storage.topics.update(image)));
      expect([...storage.topics].map(({ name }) => name)).to.deep.equal(['b']);
    });

    it('has nothing of partitions whose replicas are elsewhere', async () => {
      await storage.topics.update(imageWith([{ name: 'far', replicas: [2] }]));
      expect(storage.topics.byName('far')!.partition(0)).to.equal(undefined);
      expect(dirs().filter((name) => name.startsWith('far'))).to.deep.equal([]);
    });

    it('costs only that partition when a directory cannot be made', async () => {
      writeFileSync(join(storage.dir, 'bar-1'), 'in the way');
      await storage.topics.update(imageWith([{ name: 'bar', partitions: 3 }]));
      expect(storage.partition('bar', 1).offline?.message).to.match(/^bar-1: make the directory: EEXIST/);
      expect(await nameOf(storage.append('bar', one(), 1))).to.equal(errors.KAFKA_STORAGE_ERROR.name);
      expect(await nameOf(storage.append('bar', one(), 2))).to.equal('appended');
    });
  });

  describe('at the start', () => {
    it('has what was there at the stop', async () => {
      storage = await Storage.open({ topics: [{ name: 'foo' }] });
      await storage.append('foo', one());
      storage = await storage.reopen();
      expect(storage.partition('foo').highWatermark).to.equal(1);
      expect(await storage.append('foo', one())).to.include({ baseOffset: 1 });
    });

    it('has every acknowledged batch after a crash', async () => {
      storage = await Storage.open({ topics: [{ name: 'foo', partitions: 5 }] });
      const acked = await Promise.all(Array.from({ length: 200 }, (_, i) => storage.append('foo', one(), i % 5)));
      expect(acked).to.have.length(200);
      const after = await storage.crash();
      for (let i = 0; i < 5; i++) expect(after.partition('foo', i).highWatermark).to.equal(40);
      await after.remove();
    });

    it('takes in a topic id that is padded, of the standard alphabet', async () => {
      const dir = emptyDir();
      const id = 'AAAAAAAAQACAAAAAAAAAcg';
      lay(dir, 'foo-0', { 'partition.metadata': metadata(`${id}==`), [`${'0'.repeat(20)}.log`]: one() });
      storage = await Storage.open({ dirs: [dir], topics: [{ name: 'foo', id }] });
      expect(storage.partition('foo').highWatermark).to.equal(1);
    });

    it('sets aside what the image does not have, or has under another id', async () => {
      const dir = emptyDir();
      const log = `${'0'.repeat(20)}.log`;
      lay(dir, 'gone-0', { 'partition.metadata': metadata(topicId('gone')), [log]: one() });
      lay(dir, 'foo-0', { 'partition.metadata': metadata(topicId('older')), [log]: one() });
      lay(dir, 'foo-7', { 'partition.metadata': metadata(topicId('foo')), [log]: one() });
      lay(dir, 'bare-0', { [log]: one() });
      lay(dir, 'far-0', { 'partition.metadata': metadata(topicId('far')) });
      storage = await Storage.open({
        dirs: [dir],
        topics: [{ name: 'foo' }, { name: 'bare' }, { name: 'far', replicas: [2] }],
      });
      expect(masked()).to.deep.equal([
        ...[
          'bare-0',
          'bare-0.ID-stray',
          'far-0.ID-stray',
          'foo-0',
          'foo-0.ID-stray',
          'foo-7.ID-stray',
          'gone-0.ID-stray',
        ],
      ]);
      expect(storage.partition('foo').highWatermark).to.equal(0);
    });

    it('takes in a directory whose partition.metadata a crash left empty, and one in which nothing is', async () => {
      const dir = emptyDir();
      lay(dir, 'foo-0', { 'partition.metadata': '', [`${'0'.repeat(20)}.log`]: one() });
      lay(dir, 'bar-0', {});
      storage = await Storage.open({ dirs: [dir], topics: [{ name: 'foo' }, { name: 'bar' }] });
      expect(storage.partition('foo').highWatermark).to.equal(1);
      expect(dirs()).to.deep.equal(['bar-0', 'foo-0']);
      expect(readFileSync(join(dir, 'bar-0', 'partition.metadata'), 'utf8')).to.equal(metadata(topicId('bar')));
    });

    it('removes what a deletion left behind, and leaves the rest alone', async () => {
      const dir = emptyDir();
      const unique = 'f'.repeat(32);
      for (const name of [
        `old-0.${unique}-delete`,
        `moving-0.${unique}-future`,
        `lost-0.${unique}-stray`,
        'notes',
        '.git',
      ])
        mkdirSync(join(dir, name));
      writeFileSync(join(dir, 'meta.properties'), '');
      mkdirSync(join(dir, '__cluster_metadata-0'));
      storage = await Storage.open({ dirs: [dir] });
      storage.advance(60000);
      await storage.topics.removed();
      expect(masked()).to.deep.equal([
        ...['.git', '__cluster_metadata-0', 'lost-0.ID-stray', 'meta.properties', 'moving-0.ID-future', 'notes'],
      ]);
    });

    it('costs only that partition when its directory is no directory any more', async () => {
      const dir = emptyDir();
      lay(dir, 'bar-0', { 'partition.metadata': metadata(topicId('bar')) });
      mkdirSync(join(dir, 'foo-0', 'partition.metadata'), { recursive: true });
      storage = await Storage.open({ dirs: [dir], topics: [{ name: 'foo' }, { name: 'bar' }] });
      expect(storage.partition('foo').offline?.name).to.equal(errors.KAFKA_STORAGE_ERROR.name);
      expect(storage.partition('bar').offline).to.equal(null);
    });

    it('costs only that partition when a log cannot be loaded', async () => {
      const dir = emptyDir();
      const log = `${'0'.repeat(20)}.log`;
      lay(dir, 'foo-0', { 'partition.metadata': metadata(topicId('foo')), [log]: one() });
      lay(dir, 'bar-0', { 'partition.metadata': metadata(topicId('bar')), [log]: one() });
      const disk = new FaultyDisk();
      disk.readError = 'EIO';
      disk.failing = 'foo-0';
      storage = await Storage.open({ dirs: [dir], disk, topics: [{ name: 'foo' }, { name: 'bar' }] });
      expect(storage.partition('foo').offline?.message).to.match(/^foo-0: load the log: EIO/);
      expect(storage.partition('bar').highWatermark).to.equal(1);
    });
  });

  describe('with several log directories', () => {
    it('puts each partition where the fewest are, or where the image says', async () => {
      const paths = [emptyDir(), emptyDir(), emptyDir()];
      storage = await Storage.open({
        dirs: paths,
        topics: [
          { name: 'one', partitions: 4, directories: [topicId('dir2')] },
          { name: 'two', partitions: 5 },
        ],
      });
      expect(paths.map((path) => readdirSync(path).length)).to.deep.equal([3, 2, 4]);
    });

    it('finds them again wherever they are', async () => {
      const paths = [emptyDir(), emptyDir()];
      storage = await Storage.open({ dirs: paths, topics: [{ name: 'foo', partitions: 4 }] });
      for (let i = 0; i < 4; i++) await storage.append('foo', one(), i);
      storage = await storage.reopen({ dirs: paths.toReversed() });
      for (let i = 0; i < 4; i++) expect(storage.partition('foo', i).highWatermark).to.equal(1);
      expect(paths.map((path) => existsSync(join(path, 'recovery-point-offset-checkpoint')))).to.deep.equal([
        true,
        true,
      ]);
    });

    it('serves one of two directories of the same partition, and sets the other aside', async () => {
      const paths = [emptyDir(), emptyDir()];
      const log = `${'0'.repeat(20)}.log`;
      for (const path of paths) lay(path, 'foo-0', { 'partition.metadata': metadata(topicId('foo')), [log]: one() });
      storage = await Storage.open({ dirs: paths, topics: [{ name: 'foo' }] });
      expect(storage.partition('foo').highWatermark).to.equal(1);
      expect(readdirSync(paths[1]!)[0]).to.match(/-stray$/);
    });
  });

  describe('close', () => {
    it('writes what was submitted, refuses what comes later, and says that all is on the device', async () => {
      const disk = new FaultyDisk();
      storage = await Storage.open({ disk, topics: [{ name: 'foo' }] });
      const log = storage.partition('foo');
      const pending = storage.append('foo', one());
      const closing = storage.topics.close();
      expect(await pending).to.include({ baseOffset: 0 });
      expect(await nameOf(storage.appends.submit({ log, batch: one() }))).to.equal(errors.NOT_LEADER_OR_FOLLOWER.name);
      expect(await closing).to.equal(true);
      expect(disk.calls.flush).to.be.greaterThan(0);
      expect(readFileSync(join(storage.dir, 'recovery-point-offset-checkpoint'), 'utf8')).to.equal('0\n1\nfoo 0 1\n');
      expect(readdirSync(join(storage.dir, 'foo-0'))).to.deep.equal([
        ...['.index', '.log', '.timeindex'].map((suffix) => '0'.repeat(20) + suffix),
        `${'1'.padStart(20, '0')}.snapshot`,
        'leader-epoch-checkpoint',
        'partition.metadata',
      ]);
    });

    it('says no when something could not be written', async () => {
      const disk = new FaultyDisk();
      storage = await Storage.open({ disk, topics: [{ name: 'foo' }, { name: 'bar' }] });
      await storage.append('foo', one());
      disk.writeError = 'ENOSPC';
      disk.failing = 'foo';
      expect(await storage.topics.close()).to.equal(false);
    });

    it('leaves a log alone that nobody wrote to', async () => {
      storage = await Storage.open({ topics: [{ name: 'foo' }] });
      await storage.append('foo', one());
      const disk = new FaultyDisk();
      storage = await storage.reopen({ disk });
      await storage.topics.close();
      expect(disk.calls).to.include({ flush: 0, writeSync: 0, writev: 0, truncate: 0 });
    });
  });
});
