import type { Engine, EngineSnapshot, Entry, Operation, PageOptions, RangeOptions } from './engine.js'
import { keyBytes, keyText } from './key-range.js'
import { SortedMap, type Span } from './sorted-map.js'
import { StoreError } from './store-error.js'

type Bytes = SortedMap<Uint8Array>

const NOTHING = new Uint8Array(0)

/** Allocations up to this size are not looked at. */
const LARGE_BYTES = 16 << 10

/** Asynchronous calls between two turns of the event loop. */
const TURN_EVERY = 32

/** Keeps everything in memory: for tests and for servers that forget on exit. */
export class MemoryEngine implements Engine {
  private readonly map: Bytes
  private isClosed = false
  private calls = 0

  /** Starts with the bytes of another engine, which both then change without touching each other. */
  constructor(from?: MemoryEngine) {
    this.map = from === undefined ? new SortedMap<Uint8Array>() : from.map.snapshot()
  }

  /** Number of keys. */
  get size(): number {
    return this.map.size
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.demandOpen()
    return this.map.get(keyText(key))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    this.demandOpen()
    const values = keys.map(key => this.map.get(keyText(key)))
    await this.turn()
    return values
  }

  async range(options: RangeOptions): Promise<Entry[]> {
    this.demandOpen()
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    const entries = collect(this.map, spanOf(options), limit, options.keysOnly === true)
    await this.turn()
    return entries
  }

  pages(options: PageOptions): AsyncGenerator<Entry[], void, void> {
    this.demandOpen()
    return pagesOf(this.map.snapshot(), options)
  }

  async write(operations: readonly Operation[]): Promise<void> {
    this.apply(operations)
    await this.turn()
  }

  /** The same at once. */
  apply(operations: readonly Operation[]): void {
    this.demandOpen()
    for (const { key, value } of operations) {
      if (value === undefined) this.map.delete(keyText(key))
      else this.map.set(keyText(key), kept(value))
    }
  }

  snapshot(): EngineSnapshot {
    this.demandOpen()
    const map = this.map.snapshot()
    return {
      get: key => map.get(keyText(key)),
      getMany: async keys => keys.map(key => map.get(keyText(key))),
      range: async options =>
        collect(map, spanOf(options), options.limit ?? Number.POSITIVE_INFINITY, options.keysOnly === true),
      pages: options => pagesOf(map.snapshot(), options),
      close: () => {}
    }
  }

  async reopen(): Promise<void> {
    this.isClosed = false
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  /** Lets the event loop turn now and then: whoever awaits only this engine would otherwise hold it for good. */
  private turn(): Promise<void> | undefined {
    if (++this.calls % TURN_EVERY !== 0) return undefined
    return new Promise(resume => setImmediate(resume))
  }

  private demandOpen(): void {
    if (this.isClosed) throw new StoreError('closed', 'the engine is closed')
  }
}

/** A value of a large batch shares its allocation with others; here it would hold on to all of them. */
function kept(value: Uint8Array): Uint8Array {
  const sharedBytes = value.buffer.byteLength
  return sharedBytes > LARGE_BYTES && value.byteLength * 2 < sharedBytes
    ? Uint8Array.prototype.slice.call(value)
    : value
}

function spanOf(options: RangeOptions): Span {
  return { gte: keyText(options.gte), lt: keyText(options.lt), reverse: options.reverse === true }
}

function collect(map: Bytes, span: Span, limit: number, keysOnly: boolean): Entry[] {
  const entries: Entry[] = []
  if (limit <= 0) return entries
  map.scan(span, (key, value) => {
    entries.push({ key: keyBytes(key), value: keysOnly ? NOTHING : value })
    return entries.length < limit
  })
  return entries
}

async function* pagesOf(map: Bytes, options: PageOptions): AsyncGenerator<Entry[], void, void> {
  const span = spanOf(options)
  const pageEntries = options.pageEntries ?? 512
  let left = options.limit ?? Number.POSITIVE_INFINITY
  while (left > 0) {
    const page = collect(map, span, Math.min(pageEntries, left), options.keysOnly === true)
    if (page.length === 0) return
    left -= page.length
    const last = keyText(page[page.length - 1].key)
    if (span.reverse) span.lt = last
    else span.gte = `${last}\0`
    yield page
    // LevelDB reads pages on another thread; here the event loop needs its turn between two pages of a long walk.
    await new Promise<void>(resume => setImmediate(resume))
  }
}
