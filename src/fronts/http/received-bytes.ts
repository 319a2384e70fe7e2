const EMPTY = Buffer.alloc(0)

/**
 * Bytes that came in and were not used yet. One chunk is held as it is, so that a request that fits into one read is
 * never copied; further chunks go into a buffer that doubles, so that a client dripping single bytes costs linear work.
 */
export class ReceivedBytes {
  bytes: Buffer = EMPTY
  position = 0
  end = 0
  private owned = false

  get size(): number {
    return this.end - this.position
  }

  append(chunk: Buffer): void {
    if (this.position === this.end) {
      this.bytes = chunk
      this.position = 0
      this.end = chunk.length
      this.owned = false
      return
    }
    const needed = this.size + chunk.length
    if (!this.owned || this.end + chunk.length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(1024, needed * 2))
      this.bytes.copy(larger, 0, this.position, this.end)
      this.end = this.size
      this.position = 0
      this.bytes = larger
      this.owned = true
    }
    chunk.copy(this.bytes, this.end)
    this.end += chunk.length
  }

  /** A view of the next `count` bytes, which are then used. It stays valid: used bytes are never written again. */
  take(count: number): Buffer {
    const view = this.bytes.subarray(this.position, this.position + count)
    this.position += count
    if (this.position === this.end) this.clear()
    return view
  }

  clear(): void {
    this.bytes = EMPTY
    this.position = 0
    this.end = 0
    this.owned = false
  }
}
