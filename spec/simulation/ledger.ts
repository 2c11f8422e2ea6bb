/**
 * What was sent, acknowledged, read and committed, and what must hold of it. Clients tell it everything; it tells what was
 * wrong, in sentences.
 */

/** `topic-partition`. */
export type Place = string;

export interface Stored {
  readonly offset: number;
  readonly value: string;
}

interface Acked {
  readonly place: Place;
  readonly baseOffset: number;
  readonly values: readonly string[];
}

/** Values begin with their producer's name and end with a number that counts up: `p1:17`. */
const producerOf = (value: string) => value.slice(0, value.indexOf(':'));
const numberOf = (value: string) => Number(value.slice(value.indexOf(':') + 1));

export class Ledger {
  readonly faults: string[] = [];
  private readonly sent = new Map<Place, Set<string>>();
  private readonly acked: Acked[] = [];
  private readonly idempotent = new Set<string>();
  private readonly read = new Map<Place, Map<number, string>>();
  private readonly committed = new Map<string, number>();
  private readonly asked = new Map<string, Set<number>>();
  private readonly generations = new Map<string, number>();
  private readonly owners = new Map<string, string>();

  /** Something does not hold. */
  fault(what: string): void {
    if (this.faults.length < 20) this.faults.push(what);
  }

  /** Values of this producer must not be there twice. */
  noDuplicates(producer: string): void {
    this.idempotent.add(producer);
  }

  sends(place: Place, values: readonly string[]): void {
    const all = this.sent.get(place) ?? new Set();
    for (const value of values) all.add(value);
    this.sent.set(place, all);
  }

  ackedAt(place: Place, baseOffset: number, values: readonly string[]): void {
    this.acked.push({ place, baseOffset, values });
  }

  get acknowledged(): number {
    return this.acked.length;
  }

  /** Somebody has read a record: so has everybody who reads that offset. */
  reads(place: Place, { offset, value }: Stored): void {
    const all = this.read.get(place) ?? new Map<number, string>();
    const before = all.get(offset);
    if (before !== undefined && before !== value)
      this.fault(`${place} had ${before} at offset ${offset}, and then ${value}`);
    all.set(offset, value);
    this.read.set(place, all);
  }

  /** An offset is about to be committed. */
  commits(group: string, place: Place, offset: number): void {
    const key = `${group} ${place}`;
    const all = this.asked.get(key) ?? new Set();
    this.asked.set(key, all.add(offset));
  }

  committedAt(group: string, place: Place, offset: number): void {
    const key = `${group} ${place}`;
    this.committed.set(key, Math.max(offset, this.committed.get(key) ?? -1));
  }

  /** What has been acknowledged as committed so far: who asks from now on is told no less. */
  committedSoFar(group: string, place: Place): number {
    return this.committed.get(`${group} ${place}`) ?? -1;
  }

  /** @param atLeast what had been acknowledged when it was asked */
  told(group: string, place: Place, offset: number, atLeast: number): void {
    if (offset < atLeast) this.fault(`${group} is told offset ${offset} of ${place}, but ${atLeast} was committed`);
    if (offset >= 0 && !this.asked.get(`${group} ${place}`)?.has(offset))
      this.fault(`${group} is told offset ${offset} of ${place}, which nobody committed`);
  }

  /** A member has heard that a generation of a classic group is complete. */
  begins(group: string, generation: number): void {
    this.generations.set(group, Math.max(generation, this.generationOf(group)));
  }

  /** The latest generation that anybody has heard of; −1: none. */
  generationOf(group: string): number {
    return this.generations.get(group) ?? -1;
  }

  /** A member takes a partition in a generation, or for as long as it does not let go. */
  owns(claim: string, member: string): void {
    const owner = this.owners.get(claim);
    if (owner !== undefined && owner !== member) this.fault(`${claim} has two owners: ${owner} and ${member}`);
    this.owners.set(claim, member);
  }

  letsGo(claim: string, member: string): void {
    if (this.owners.get(claim) === member) this.owners.delete(claim);
  }

  /** The last look: the logs as they are in the end. */
  close(logs: ReadonlyMap<Place, readonly Stored[]>): void {
    for (const [place, log] of logs) this.closeLog(place, log);
    for (const { place, baseOffset, values } of this.acked) {
      const log = logs.get(place);
      const found = values.map((_, i) => log?.[baseOffset + i]?.value);
      if (`${found}` !== `${values}`)
        this.fault(`${place} was acknowledged ${values} at offset ${baseOffset}, where it has ${found}`);
    }
  }

  private closeLog(place: Place, log: readonly Stored[]): void {
    const sent = this.sent.get(place);
    const seen = new Set<string>();
    const last = new Map<string, number>();
    for (const [i, { offset, value }] of log.entries()) {
      if (offset !== i) this.fault(`${place} has offset ${offset} where ${i} belongs`);
      if (!sent?.has(value)) this.fault(`${place} has ${value} at offset ${offset}, which nobody sent there`);
      const producer = producerOf(value);
      const number = numberOf(value);
      const isNew = !seen.has(value);
      if (!isNew && this.idempotent.has(producer)) this.fault(`${place} has ${value} twice`);
      if (isNew && number <= (last.get(producer) ?? -1))
        this.fault(`${place} has ${value} behind ${last.get(producer)}`);
      if (isNew) last.set(producer, number);
      seen.add(value);
    }
    for (const [offset, value] of this.read.get(place) ?? []) {
      if (log[offset]?.value !== value)
        this.fault(`${value} was read at offset ${offset} of ${place}, where the log has ${log[offset]?.value}`);
    }
  }
}
