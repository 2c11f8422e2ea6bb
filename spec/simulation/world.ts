/**
 * The world of one seed: one broker on a directory in memory, its clock, the clients' connections, and the transcript of all
 * that was said. The broker may be closed, or frozen in the midst of a write, and begins again on what it left.
 */
import { createHash, type Hash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { type DestinationStream, pino } from 'pino';
import { loadConfig } from '../../lib/config';
import { type FaultyBroker, openWithFaults } from '../../lib/embedded/open-with-faults';
import type { Faults } from '../../lib/faults/faults';
import { virtualClock } from '../../lib/virtual-clock';
import type { Dice } from '../support/dice';
import { CrashDisk } from './crash-disk';
import { Ledger } from './ledger';
import { Link } from './link';

/** All that happens, happens at multiples of this, so that much happens at a time. */
export const gridMs = 20;
const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

const settings = {
  listeners: 'PLAINTEXT://127.0.0.1:0',
  'offsets.topic.num.partitions': 2,
  'num.partitions': 1,
  'group.initial.rebalance.delay.ms': 40,
  'group.min.session.timeout.ms': 100,
  'group.consumer.min.session.timeout.ms': 100,
  'group.consumer.session.timeout.ms': 3000,
  'group.consumer.min.heartbeat.interval.ms': 20,
  'group.consumer.heartbeat.interval.ms': 100,
  'log.initial.task.delay.ms': 400,
  'log.flush.offset.checkpoint.interval.ms': 1000,
  'log.flush.start.offset.checkpoint.interval.ms': 1000,
  'log.segment.delete.delay.ms': 300,
  'auto.create.topics.enable': false,
};

/** A directory that lives in memory, where the system has one. */
export function memoryDir(): string {
  try {
    return mkdtempSync('/dev/shm/millrace-simulation-');
  } catch {
    return mkdtempSync(join(tmpdir(), 'millrace-simulation-'));
  }
}

export class World {
  readonly clock = virtualClock(startMs);
  readonly ledger = new Ledger();
  /** Times the broker began. */
  lives = 0;
  /** Nothing more goes wrong from now on; clients finish what they have begun. */
  isEnding = false;
  private readonly dice: Dice;
  private readonly home: string;
  private readonly tell: ((line: string) => void) | null;
  private readonly transcript: Hash = createHash('sha1');
  private readonly links = new Set<Link>();
  private dir: string;
  private disk = new CrashDisk();
  private broker: FaultyBroker | null = null;
  private linkCount = 0;
  /** Complaints of the broker that a fault explains. */
  private isTroubled = false;

  /**
   * @param home directory for everything; belongs to the world
   * @param tell hears what happens, if anybody wants to know
   */
  constructor(dice: Dice, home: string, tell: ((line: string) => void) | null) {
    this.dice = dice;
    this.home = home;
    this.tell = tell;
    this.dir = join(home, 'data-0');
  }

  get nowMs(): number {
    return this.clock.now() - startMs;
  }

  /** The broker's, while there is one. */
  get faults(): Faults | null {
    return this.broker?.faults ?? null;
  }

  get isUp(): boolean {
    return this.broker !== null;
  }

  say(line: string): void {
    this.tell?.(`${String(this.nowMs).padStart(6)} ms  ${line}`);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) =>
      this.clock.schedule(() => resolve(), Math.max(1, Math.round(ms / gridMs)) * gridMs),
    );
  }

  async start(): Promise<void> {
    const lines: DestinationStream = { write: (line) => this.complaint(JSON.parse(line)) };
    this.disk = new CrashDisk();
    this.broker = await openWithFaults({
      config: loadConfig({ ...settings, 'log.dirs': this.dir }),
      logger: pino({ level: this.tell === null ? 'error' : 'info', base: undefined }, lines),
      scheduler: this.clock,
      disk: this.disk,
      newId: () => this.dice.uuid(),
      stopwatch: () => 0,
    });
    this.lives++;
    this.say('the broker is up');
  }

  /** Connects, or gives a connection that is over where there is no broker. */
  connect(clientId: string): Link {
    const [client, server] = duplexPair();
    const id = ++this.linkCount;
    const link = new Link(client, clientId, (way, bytes) => {
      this.transcript.update(`${id}${way}${this.nowMs}`).update(bytes);
    });
    if (this.broker === null) {
      link.cut();
      return link;
    }
    this.links.add(link);
    this.broker.opened.handle(server);
    return link;
  }

  /** Ends the broker as it should end. */
  async stop(): Promise<void> {
    const { broker } = this;
    if (broker === null) return;
    this.say('the broker stops');
    this.broker = null;
    await broker.close();
    this.cutAll();
  }

  /** Kills the broker in the midst of a write; resolves when it is gone. */
  crash(): Promise<void> {
    const { broker, disk } = this;
    if (broker === null) return Promise.resolve();
    return new Promise((resolve) => {
      let isGone = false;
      const freeze = () => {
        if (isGone) return;
        isGone = true;
        const frozen = join(this.home, `data-${this.lives}`);
        cpSync(this.dir, frozen, { recursive: true });
        rmSync(join(frozen, '.lock'), { force: true });
        rmSync(join(frozen, '.millrace.lock'), { force: true });
        const left = this.dir;
        this.dir = frozen;
        this.broker = null;
        this.say('the broker is killed');
        this.cutAll();
        // What it still does, it does for nobody, to files that nobody looks at.
        setImmediate(() => {
          this.isTroubled = true;
          broker.close().then(() => {
            rmSync(left, { recursive: true, force: true });
            this.isTroubled = false;
            resolve();
          });
        });
      };
      disk.crashAfter(this.dice.int(0, 6), this.dice.next(), freeze);
      // A broker that has nothing to write is killed as well.
      this.clock.schedule(freeze, 200);
    });
  }

  /** Errors that are logged from now on are what was to be expected, or not. */
  trouble(isTroubled: boolean): void {
    this.isTroubled = isTroubled;
  }

  /** Ends every connection. */
  cutAll(): void {
    for (const link of this.links) link.cut();
    this.links.clear();
  }

  /** What was said, and what is on the disk, in one text each. */
  digest(): { readonly transcript: string; readonly files: string } {
    const files = createHash('sha1');
    const walk = (dir: string, name: string) => {
      for (const entry of readdirSync(dir).sort()) {
        const path = join(dir, entry);
        if (statSync(path).isDirectory()) walk(path, `${name}/${entry}`);
        else if (!entry.startsWith('.')) files.update(`${name}/${entry}`).update(readFileSync(path));
      }
    };
    walk(this.dir, '');
    return { transcript: this.transcript.copy().digest('hex'), files: files.digest('hex') };
  }

  private complaint({ level, msg, err }: { level: number; msg: string; err?: { stack?: string } }): void {
    this.say(`  broker: ${msg}`);
    if (level >= 50 && !this.isTroubled) this.ledger.fault(`the broker logged an error: ${msg} ${err?.stack ?? ''}`);
  }
}
