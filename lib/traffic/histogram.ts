/**
 * Percentiles of any number of latencies in the same little memory: counts in buckets that grow with what they count, so that
 * a percentile is too large by less than 2.2 %, and never larger than the largest latency, which is exact.
 */

/** Buckets for each doubling. */
const steps = 32;
/** Latencies below a microsecond are one bucket, as are those of twelve days and more. */
const doublings = 40;

export class Histogram {
  private readonly counts = new Float64Array(steps * doublings + 1);
  private total = 0;
  private largest = 0;

  /** Takes a latency in ms; a negative one, of clocks that were set back, counts as none. */
  add(ms: number): void {
    this.counts[bucketOf(ms)]!++;
    this.total++;
    if (ms > this.largest) this.largest = ms;
  }

  get count(): number {
    return this.total;
  }

  /** 0 where nothing was counted. */
  get max(): number {
    return this.largest;
  }

  /** What `part` (0 to 1) of the latencies do not exceed, in ms; 0 where nothing was counted. */
  percentile(part: number): number {
    let left = Math.max(1, Math.ceil(this.total * part));
    for (let i = 0; i < this.counts.length; i++) {
      left -= this.counts[i]!;
      if (left <= 0) return Math.min(upperMs(i), this.largest);
    }
    return 0;
  }
}

function bucketOf(ms: number): number {
  const us = ms * 1000;
  if (!(us >= 1)) return 0;
  return Math.min(steps * doublings, 1 + Math.floor(Math.log2(us) * steps));
}

/** The upper end of a bucket, in ms. */
function upperMs(bucket: number): number {
  return 2 ** (bucket / steps) / 1000;
}
