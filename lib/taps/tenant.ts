/**
 * One tenant: its prefix, and how names and ids look on either side of it.
 */
import type { StrangeIds } from './tenant-ids';
import { TenantIds } from './tenant-ids';

export class Tenant {
  readonly prefix: string;
  readonly ids: TenantIds;

  constructor(prefix: string, strange: StrangeIds) {
    this.prefix = prefix;
    this.ids = new TenantIds(strange);
  }

  /** The name by which the broker knows what the tenant calls so. */
  readonly toBroker = (name: string): string => this.prefix + name;

  /** What the tenant calls it; null for what is not the tenant's. */
  readonly toClient = (name: string): string | null =>
    name.startsWith(this.prefix) ? name.slice(this.prefix.length) : null;
}
