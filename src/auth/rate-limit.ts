import type { Runtime } from '../runtime.js'

interface Bucket {
  failures: number
  /** Monotonic ms at which `failures` was last brought up to date. */
  at: number
}

/**
 * Counts failed log-ons per name and forgets them at a steady pace (a leaky bucket). Memory is bounded: when the table
 * is full, the entry that was touched longest ago goes.
 */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>()

  /** More than `burst` failures are refused; one is forgotten every `forgetMs`. */
  constructor(
    private readonly runtime: Runtime,
    private readonly burst: number,
    private readonly forgetMs: number,
    private readonly entries = 10_000
  ) {}

  allows(name: string): boolean {
    const bucket = this.buckets.get(name)
    return bucket === undefined || this.leak(bucket) <= this.burst - 1
  }

  failed(name: string): void {
    const bucket = this.buckets.get(name) ?? { failures: 0, at: this.runtime.monotonic() }
    bucket.failures = Math.min(this.leak(bucket) + 1, this.burst * 2)
    this.buckets.delete(name)
    this.buckets.set(name, bucket)
    if (this.buckets.size > this.entries) this.buckets.delete(this.buckets.keys().next().value as string)
  }

  get size(): number {
    return this.buckets.size
  }

  private leak(bucket: Bucket): number {
    const now = this.runtime.monotonic()
    bucket.failures = Math.max(0, bucket.failures - (now - bucket.at) / this.forgetMs)
    bucket.at = now
    return bucket.failures
  }
}
