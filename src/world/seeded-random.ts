import { createHash } from 'node:crypto'

/**
 * A small fast generator (sfc32) seeded from text: the same seed gives the same sequence on every machine and version.
 * Not for secrets.
 */
export class SeededRandom {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest()
    this.a = digest.readUInt32LE(0)
    this.b = digest.readUInt32LE(4)
    this.c = digest.readUInt32LE(8)
    for (let i = 0; i < 12; i++) this.u32()
  }

  /** A whole number of 32 bits. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + t) | 0
    return t >>> 0
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.u32() / 0x100000000) * bound)
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.u32() < probability * 0x100000000
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]
  }

  fill(bytes: Uint8Array): Uint8Array {
    let at = 0
    for (; at + 4 <= bytes.length; at += 4) {
      const word = this.u32()
      bytes[at] = word
      bytes[at + 1] = word >>> 8
      bytes[at + 2] = word >>> 16
      bytes[at + 3] = word >>> 24
    }
    for (; at < bytes.length; at++) bytes[at] = this.u32()
    return bytes
  }
}
