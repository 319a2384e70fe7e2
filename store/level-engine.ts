import type { AbstractIterator, AbstractSnapshot } from 'abstract-level'
import { ClassicLevel } from 'classic-level'
import type { Engine, EngineReader, EngineSnapshot, Entry, Operation, PageOptions, RangeOptions } from './engine.js'
import { SecondLinks } from './second-links.js'
import { StoreError, StoreLocked } from './store-error.js'

export interface LevelEngineOptions {
  /** Uncompressed blocks kept in memory, in MiB (default 64). */
  blockCacheMiB?: number
  /**
   * Size of LevelDB's log and memory table, in MiB (default 64). Two of them may be in memory. Small ones make LevelDB merge
   * its files so often that saving a message costs a third more CPU; large ones take longer to read when the store opens.
   */
  writeBufferMiB?: number
}

type Database = ClassicLevel<Uint8Array, Uint8Array>

const NOTHING = new Uint8Array(0)

/** How much of a range LevelDB's thread may read ahead of one page. */
const READ_AHEAD_BYTES = 1 << 20

/** The engine of a real server: LevelDB in a directory, which is made when it is missing. */
export class LevelEngine implements Engine {
  private readonly reader: LevelReader

  private constructor(
    private readonly database: Database,
    private readonly links: SecondLinks,
    readonly directory: string
  ) {
    this.reader = new LevelReader(database, undefined)
  }

  /** A StoreLocked when the directory is in use, a StoreError when it cannot be opened for another reason. */
  static async open(directory: string, options: LevelEngineOptions = {}): Promise<LevelEngine> {
    const database: Database = new ClassicLevel<Uint8Array, Uint8Array>(directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      cacheSize: (options.blockCacheMiB ?? 64) << 20,
      writeBufferSize: (options.writeBufferMiB ?? 64) << 20,
      maxFileSize: 8 << 20
    })
    await openDatabase(database, directory)
    return new LevelEngine(database, await SecondLinks.open(directory), directory)
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.reader.get(key)
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return this.reader.getMany(keys)
  }

  range(options: RangeOptions): Promise<Entry[]> {
    return this.reader.range(options)
  }

  pages(options: PageOptions): AsyncGenerator<Entry[], void, void> {
    return this.reader.pages(options)
  }

  // Operations go into a native batch one by one: an array of them costs abstract-level eight times as much each.
  async write(operations: readonly Operation[], { flush }: { flush: boolean }): Promise<void> {
    const batch = this.database.batch()
    let bytes = 0
    for (const { key, value } of operations) {
      bytes += key.byteLength
      if (value === undefined) batch.del(key)
      else {
        batch.put(key, value)
        bytes += value.byteLength
      }
    }
    await batch.write({ sync: flush })
    this.links.wrote(bytes)
  }

  snapshot(): EngineSnapshot {
    return new LevelReader(this.database, this.database.snapshot())
  }

  async reopen(): Promise<void> {
    await this.database.close()
    await openDatabase(this.database, this.directory)
  }

  async close(): Promise<void> {
    await this.database.close()
    await this.links.close()
  }
}

async function openDatabase(database: Database, directory: string): Promise<void> {
  try {
    await database.open()
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause
    if (cause?.code === 'LEVEL_LOCKED') throw new StoreLocked(directory, { cause: error })
    const reason = cause?.message ?? (error as Error).message
    throw new StoreError('read', `the store in ${directory} cannot be opened: ${reason}`, { cause: error })
  }
}

class LevelReader implements EngineReader, EngineSnapshot {
  constructor(
    private readonly database: Database,
    private readonly moment: AbstractSnapshot | undefined
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    return this.moment === undefined
      ? this.database.getSync(key)
      : this.database.getSync(key, { snapshot: this.moment })
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return this.database.getMany(keys as Uint8Array[], { snapshot: this.moment })
  }

  async range(options: RangeOptions): Promise<Entry[]> {
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    if (limit <= 0) return []
    const iterator = this.iterate(options)
    const entries: Entry[] = []
    try {
      while (entries.length < limit) {
        const found = await iterator.nextv(Math.min(limit - entries.length, 1000))
        if (found.length === 0) break
        append(entries, found)
      }
    } finally {
      await iterator.close()
    }
    return entries
  }

  // The iterator is made here and not in the generator, because making it fixes the moment that it reads.
  pages(options: PageOptions): AsyncGenerator<Entry[], void, void> {
    return pagesOf(this.iterate(options), options)
  }

  close(): void {
    void this.moment?.close()
  }

  private iterate({ gte, lt, reverse, limit, keysOnly }: RangeOptions): Iterator {
    return this.database.iterator<Uint8Array, Uint8Array>({
      gte,
      lt,
      reverse: reverse === true,
      limit: limit ?? -1,
      values: keysOnly !== true,
      fillCache: true,
      highWaterMarkBytes: READ_AHEAD_BYTES,
      snapshot: this.moment
    })
  }
}

type Iterator = AbstractIterator<Database, Uint8Array, Uint8Array>

async function* pagesOf(iterator: Iterator, options: PageOptions): AsyncGenerator<Entry[], void, void> {
  const pageEntries = options.pageEntries ?? 512
  let left = options.limit ?? Number.POSITIVE_INFINITY
  try {
    while (left > 0) {
      const found = await iterator.nextv(Math.min(pageEntries, left))
      if (found.length === 0) return
      left -= found.length
      const page: Entry[] = []
      append(page, found)
      yield page
    }
  } finally {
    await iterator.close()
  }
}

function append(entries: Entry[], found: [Uint8Array, Uint8Array][]): void {
  for (const [key, value] of found) entries.push({ key, value: value ?? NOTHING })
}
