import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { type Service, serve } from '../support/child';
import { apiVersions } from '../support/foreign/messages';
import { type Home, launch, main, makeHome, start } from '../support/launch';
import { freePort, untilAnswering } from '../support/probe';
import { readAll } from '../support/reading';
import { Wire } from '../support/wire';
import { append, createTopic, send } from '../support/writing';

/** What a broker said that could not start: its fatal lines. */
async function refusal(args: readonly string[]): Promise<string> {
  const service = start(args);
  const end = await service.ended;
  expect(end, service.output()).to.match(/code 1$/);
  const fatal = service
    .output()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string; err?: unknown })
    .filter(({ level }) => level === 'fatal');
  expect(fatal, service.output()).not.to.have.lengthOf(0);
  for (const line of fatal) expect(line, 'a stack is for what nobody foresaw').not.to.have.property('err');
  return fatal.map(({ msg }) => msg).join('\n');
}

describe('a start that cannot be', function () {
  this.timeout(60_000);
  let home: Home;
  const services: Service[] = [];

  beforeEach(async () => {
    home = await makeHome();
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.kill();
    await home.remove();
  });

  const override = (key: string, value: string) => ['--override', `${key}=${value}`];
  const otherPort = async () => override('listeners', `PLAINTEXT://127.0.0.1:${await freePort()}`);

  it('names the line of a properties file that cannot be read', async () => {
    writeFileSync(home.file, `node.id=1\n\nlog.dirs=${home.dir}\nbroken=\\u12\n`);
    expect(await refusal([home.file])).to.match(/server\.properties:4: expected four hex.*u12/);
    expect(existsSync(home.dir)).to.equal(false);
  });

  it('names the lines of keys that cannot be used, what they say and what is expected', async () => {
    writeFileSync(home.file, `node.id=1\nnum.partitions=many\nlog.dirs=${home.dir}\nlog.segment.bytes=-5\n`);
    const said = await refusal([home.file]);
    expect(said).to.match(/line 2: .*\bmany\b.*num\.partitions.*number/i);
    expect(said).to.match(/line 4: .*-5.*log\.segment\.bytes.*at least/);
    expect(existsSync(home.dir)).to.equal(false);
  });

  it('says that there is no such properties file', async () => {
    expect(await refusal([join(home.path, 'nowhere.properties')])).to.match(/nowhere\.properties.*no such file/);
  });

  it('leaves a log directory to the broker that has it', async () => {
    const first = await launch(home);
    services.push(first);
    const said = await refusal([home.file, ...(await otherPort())]);
    expect(said)
      .to.include(home.dir)
      .and.match(new RegExp(`in use.*\\b${first.pid}\\b`));
    const wire = await Wire.connect(home.bootstrap);
    const topicId = await createTopic(wire, 'still');
    await append(wire, 'still', 0, buildBatch([{ value: 'here' }]));
    expect(await readAll(wire, { topic: 'still', topicId, partition: 0, offset: 0 })).to.have.lengthOf(1);
    wire.close();
  });

  it('says that a port is taken, and gives the log directory back', async () => {
    services.push(await launch(home));
    const dir = join(home.path, 'other');
    const said = await refusal([home.file, ...override('log.dirs', dir)]);
    expect(said)
      .to.include(`port ${home.bootstrap.split(':')[1]}`)
      .and.include('--override listeners=');
    services.push(start([home.file, ...override('log.dirs', dir), ...(await otherPort())]));
    await services.at(-1)!.until(/Millrace is ready/);
  });

  it('does not open the directory of another node', async () => {
    await (await launch(home)).stop();
    const said = await refusal([home.file, ...override('node.id', '2')]);
    expect(said).to.match(/meta\.properties is of node 1, but node\.id is 2/);
    services.push(await launch(home));
  });

  it('does not mix the directories of two clusters', async () => {
    await (await launch(home)).stop();
    const twin = join(home.path, 'twin');
    mkdirSync(twin);
    writeFileSync(join(twin, 'meta.properties'), 'version=1\ncluster.id=another\nnode.id=1\n');
    const said = await refusal([home.file, ...override('log.dirs', `${home.dir},${twin}`)]);
    expect(said).to.match(/is of cluster another, that in .* of \S+/);
    expect(said).to.include(home.dir).and.include(twin);
  });

  it('does not take over a directory that is somebody else’s', async () => {
    mkdirSync(home.dir);
    writeFileSync(join(home.dir, 'thesis.txt'), 'three years of work');
    expect(await refusal([home.file])).to.match(/not empty.*thesis\.txt/);
    expect(readFileSync(join(home.dir, 'thesis.txt'), 'utf8')).to.equal('three years of work');
  });

  it('says when a file is in the way', async () => {
    writeFileSync(join(home.path, 'file'), '');
    for (const path of ['file', 'file/data'])
      expect(await refusal([home.file, ...override('log.dirs', join(home.path, path))])).to.match(
        /log directory .*file.*(is a file|path is a file)/,
      );
  });

  it('says when it may not write to the directory', async function () {
    if (process.getuid?.() === 0) this.skip(); // nothing is read-only to root
    mkdirSync(home.dir);
    chmodSync(home.dir, 0o555);
    expect(await refusal([home.file])).to.match(/log directory .*data cannot be written: permission denied/);
  });

  describe('on a disk of four megabytes', () => {
    const missing = missingTmpfs();
    if (missing !== null) {
      it(`is skipped: ${missing}`);
      return;
    }
    /** Runs the broker where `home.dir` is a disk of its own, after `prepare` has had its way with it. */
    const onSmallDisk = (prepare: string) => {
      mkdirSync(home.dir);
      const script = `mount -t tmpfs -o size=4m none "$1" && { ${prepare}; } && exec "$2" "$3" "$4"`;
      const args = ['-rm', 'sh', '-c', script, 'sh', home.dir, process.execPath, main, home.file];
      services.push(serve('unshare', args));
      return services.at(-1)!;
    };

    it('says when the disk is full from the start', async () => {
      const service = onSmallDisk('head -c 10000000 /dev/zero > "$1/.full" 2>/dev/null || :');
      expect(await service.ended).to.match(/code 1$/);
      expect(service.output()).to.match(/"fatal".*log directory .*: the disk is full \(ENOSPC\)/);
    });

    it('says when the disk is read-only', async () => {
      const service = onSmallDisk('mount -o remount,ro "$1"');
      expect(await service.ended).to.match(/code 1$/);
      expect(service.output()).to.match(/"fatal".*log directory .*: the file system is read-only \(EROFS\)/);
    });

    it('refuses what the disk has no room for, keeps what it acknowledged, and serves on', async () => {
      const service = onSmallDisk(':');
      await untilAnswering(home.bootstrap, service);
      const wire = await Wire.connect(home.bootstrap);
      const topicId = await createTopic(wire, 'large', { partitions: 2 });
      let acked = 0;
      let refused = 0;
      while (refused === 0) {
        const { errorCode } = await send(wire, 'large', 0, buildBatch([{ value: Buffer.alloc(500_000, acked) }]));
        if (errorCode === 0) acked++;
        else refused = errorCode;
        expect(acked).to.be.below(20);
      }
      expect([refused, acked > 0]).to.deep.equal([56, true]);
      expect(service.output()).to.match(/"error".*ENOSPC.*partition offline/);
      wire.raw(apiVersions(4, 9));
      expect((await wire.frame()).readInt32BE(0)).to.equal(9);
      // A partition beside it still takes what fits.
      expect(await append(wire, 'large', 1, buildBatch([{ value: 'small' }]))).to.equal(0);
      const other = await readAll(wire, { topic: 'large', topicId, partition: 1, offset: 0 });
      expect(other.map(({ value }) => String(value))).to.deep.equal(['small']);
      wire.close();
      service.signal('SIGTERM');
      expect(await service.ended).to.match(/code \d$/);
    });
  });
});

/** Null where a small disk can be mounted, else why not. */
function missingTmpfs(): string | null {
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=4m none /mnt'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no small disk can be mounted here (unshare -rm and tmpfs, of Linux)';
  }
}
