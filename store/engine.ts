/**
 * An ordered key-value engine: the small contract that LevelDB, memory, the fault-injecting wrapper and one day a
 * distributed engine stand behind. Keys and values are bytes that nobody changes once they were handed over, in either
 * direction. Keys are ordered as unsigned bytes, a key before its extensions.
 */

export interface Entry {
  key: Uint8Array
  /** Empty when only keys were asked for. */
  value: Uint8Array
}

export interface RangeOptions {
  /** First key, included. */
  gte: Uint8Array
  /** End of the range, not included. */
  lt: Uint8Array
  /** From the last key to the first. */
  reverse?: boolean
  /** At most this many entries. */
  limit?: number
  keysOnly?: boolean
}

export interface PageOptions extends RangeOptions {
  /** At most this many entries in a page (default 512). */
  pageEntries?: number
}

/** A write of one key; `value` undefined deletes it. */
export interface Operation {
  key: Uint8Array
  value: Uint8Array | undefined
}

/** Reads, all of one moment when they come from a snapshot. */
export interface EngineReader {
  get(key: Uint8Array): Uint8Array | undefined
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>
  /** The entries of a range as of the moment of the call. */
  range(options: RangeOptions): Promise<Entry[]>
  /** The same in pages, never empty ones, with memory for one page only; it too reads the moment of the call. */
  pages(options: PageOptions): AsyncGenerator<Entry[], void, void>
}

export interface EngineSnapshot extends EngineReader {
  close(): void
}

export interface Engine extends EngineReader {
  /**
   * Writes a batch whole or not at all, later operations of a key winning. With `flush` it is on disk when the promise
   * resolves; without, a kill of the process does not lose it but a power cut may, even when a later batch was flushed.
   */
  write(operations: readonly Operation[], options: { flush: boolean }): Promise<void>
  snapshot(): EngineSnapshot
  /** Closes and opens again what lies beneath, after a failed write: what it then holds is what is on disk. */
  reopen(): Promise<void>
  close(): Promise<void>
}
