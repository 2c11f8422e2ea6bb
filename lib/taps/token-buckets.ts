/**
 * Token buckets by name: how long each client has to wait so that, over time, it takes no more than a rate. Called by
 * rate-limit.ts; pure.
 *
 * What always holds: a bucket is filled by time alone and holds `burst` at most; what is taken beyond that is a debt, and
 * the wait is how long the rate needs to repay it. The number of buckets is bounded: full ones are forgotten first, since
 * they remember nothing; where all are in use, further clients share one.
 */
interface Bucket {
  tokens: number;
  atMs: number;
}

export interface BucketOptions {
  readonly perSecond: number;
  /** Tokens of a full bucket. */
  readonly burst: number;
  readonly maxBuckets: number;
}

export class TokenBuckets {
  private readonly options: BucketOptions;
  /** Those used last are last. */
  private readonly buckets = new Map<string, Bucket>();
  private readonly shared: Bucket;

  constructor(options: BucketOptions) {
    this.options = options;
    this.shared = { tokens: options.burst, atMs: Number.NEGATIVE_INFINITY };
  }

  /** Takes tokens; how long to wait for them, ms. */
  take(name: string, tokens: number, nowMs: number): number {
    const bucket = this.bucketOf(name, nowMs);
    this.fill(bucket, nowMs);
    bucket.tokens -= tokens;
    return bucket.tokens >= 0 ? 0 : Math.ceil((-bucket.tokens * 1000) / this.options.perSecond);
  }

  get size(): number {
    return this.buckets.size;
  }

  private bucketOf(name: string, nowMs: number): Bucket {
    const known = this.buckets.get(name);
    if (known === undefined && !this.makeRoom(nowMs)) return this.shared;
    const bucket = known ?? { tokens: this.options.burst, atMs: nowMs };
    this.buckets.delete(name);
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Whether there is room for one more, once the one that nobody has used for the longest time is full again. */
  private makeRoom(nowMs: number): boolean {
    if (this.buckets.size < this.options.maxBuckets) return true;
    const [name, oldest] = this.buckets.entries().next().value!;
    this.fill(oldest, nowMs);
    if (oldest.tokens < this.options.burst) return false;
    return this.buckets.delete(name);
  }

  private fill(bucket: Bucket, nowMs: number): void {
    const { burst, perSecond } = this.options;
    // A clock that was set back fills nothing.
    const elapsedMs = Math.max(0, nowMs - bucket.atMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsedMs * perSecond) / 1000);
    bucket.atMs = nowMs;
  }
}
