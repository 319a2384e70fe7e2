/** A seeded generator (32-bit xorshift), so that a failing run can be repeated. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = (seed * 0x9e3779b1) | 1
  }

  next(): number {
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    return this.state >>> 0
  }

  below(limit: number): number {
    return this.next() % limit
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 0xff)
  }
}
