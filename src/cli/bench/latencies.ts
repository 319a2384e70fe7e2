/** Latencies of one case, in milliseconds. Kept whole: a case runs for seconds, and exact percentiles are worth the memory. */
export class Latencies {
  private values = new Float64Array(1024)
  count = 0

  add(milliseconds: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.count * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.count++] = milliseconds
  }

  /** The values below which `shares` (0 to 1) of all lie, nearest rank. Zeros when nothing was measured. */
  percentiles(shares: readonly number[]): number[] {
    const sorted = this.values.slice(0, this.count).sort()
    return shares.map(share =>
      this.count === 0 ? 0 : sorted[Math.min(this.count - 1, Math.ceil(share * this.count) - 1)]
    )
  }
}
