/**
 * Which topic ids are a tenant's own. Ids are learned from answers, where a name of the tenant's stands beside them; what
 * was not learned is nobody's business and goes to the broker as an id that no topic can have, so that the broker itself
 * answers as it does for a topic that is not there. Clients of good will then ask for metadata, from which it is learned.
 *
 * What always holds: no id reaches the broker that the tenant was not told by it; memory is bounded, and what was forgotten
 * is learned again.
 */
import { zeroUuid } from '../uuid';

/** Ids of topics that a tenant may have; the oldest are forgotten. */
const ownMax = 100_000;
/** Ids that were asked for and are not the tenant's, of all tenants. */
const strangersMax = 10_000;

/** Stands for ids that are nobody's. Shared by all tenants of a tap. */
export class StrangeIds {
  private readonly substitutes = new Map<string, string>();
  private readonly originals = new Map<string, string>();
  private count = 0;

  /** What is sent to the broker in the place of an id; the same for the same id, as long as it is remembered. */
  substituteOf(id: string): string {
    const known = this.substitutes.get(id);
    if (known !== undefined) return known;
    // Kafka's ids are random ones of version 4, which begin with other bits.
    const bytes = Buffer.alloc(16, 0xff);
    bytes.writeUInt32BE(this.count++ >>> 0, 12);
    const substitute = bytes.toString('base64url');
    this.substitutes.set(id, substitute);
    this.originals.set(substitute, id);
    if (this.substitutes.size > strangersMax) {
      const [oldest, itsSubstitute] = this.substitutes.entries().next().value!;
      this.substitutes.delete(oldest);
      this.originals.delete(itsSubstitute);
    }
    return substitute;
  }

  /** The id that a client has asked for, where an answer names it by what was sent in its place. */
  originalOf(id: string): string {
    return this.originals.get(id) ?? id;
  }
}

/** The ids of one tenant. */
export class TenantIds {
  private readonly strange: StrangeIds;
  private readonly own = new Set<string>();

  constructor(strange: StrangeIds) {
    this.strange = strange;
  }

  /** The broker has told the tenant of this id. */
  learn(id: string): void {
    if (id === zeroUuid || this.own.has(id)) return;
    this.own.add(id);
    if (this.own.size > ownMax) this.own.delete(this.own.values().next().value!);
  }

  toBroker(id: string): string {
    return id === zeroUuid || id === '' || this.own.has(id) ? id : this.strange.substituteOf(id);
  }

  toClient(id: string): string {
    return this.strange.originalOf(id);
  }
}
