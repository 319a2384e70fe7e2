import type { RandomSource } from './layout.js'

/** Seeded random numbers (mulberry32): the same seed gives the same values on every run. Not for secrets. */
export class Random implements RandomSource {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** An unsigned 32-bit number. */
  u32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.u32() / 0x100000000) * limit)
  }
}
