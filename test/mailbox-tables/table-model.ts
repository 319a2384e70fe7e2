import { Reader, Writer } from '../../src/bufferstructs/index.js'
import { BuiltOrders } from '../../src/mailbox/tables/built-orders.js'
import { ContentsTable } from '../../src/mailbox/tables/contents-table.js'
import { computedRowValue, type RowMailbox } from '../../src/mailbox/tables/message-row-cells.js'
import type { LiveMessage } from '../../src/mailbox/tables/order-check.js'
import { OrderIndex, type OrderIndexOptions } from '../../src/mailbox/tables/order-index.js'
import type { CacheBudget } from '../../src/mailbox/tables/row-cache.js'
import type { RowSet, SummaryInput } from '../../src/mailbox/tables/summary-row.js'
import { makeId } from '../../src/oxcdata/ids.js'
import { PackedProperties, packProperties } from '../../src/oxcdata/packed-properties.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { readPropertyRow } from '../../src/oxcdata/property-row.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { customRuntime } from '../../src/runtime.js'
import { Batch, MemoryEngine, Store } from '../../store/index.js'

export const FID = makeId(1, 0x10c)
export const MAILBOX = 7
/** A multivalue string property without a name of its own. */
export const KEYWORDS = 0x8123101f

/** A message of the model. */
export interface ModelMessage {
  mid: number
  set: RowSet
  version: number
  subject: string
  importance: number
  deliveryTime: bigint | undefined
  keywords: string[]
}

/** Seeded numbers below a limit (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return limit => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

export function inputOf(message: ModelMessage): SummaryInput {
  const bag = new PropertyBag()
  const put = (tag: number, value: PropertyValue) => bag.set(tag, encodeValue(tagType(tag), value))
  put(tags.PidTagSubject, message.subject)
  put(tags.PidTagImportance, message.importance)
  if (message.deliveryTime !== undefined) put(tags.PidTagMessageDeliveryTime, message.deliveryTime)
  if (message.keywords.length > 0) put(KEYWORDS, message.keywords)
  return { version: message.version, properties: new PackedProperties(packProperties(bag)) }
}

export const testMailbox: RowMailbox = {
  guid: '33333333-3333-4333-8333-333333333333',
  guidBytes: new Uint8Array(16).fill(0x33),
  replicaGuid: '44444444-4444-4444-8444-444444444444',
  replicaBytes: new Uint8Array(16).fill(0x44),
  mappingSignature: new Uint8Array(16).fill(0x44),
  storeKind: 'private',
  storeEntryId: new Uint8Array(20).fill(0x55)
}

/** A folder in a store of its own, and the same messages as plain objects. */
export class ModelFolder {
  readonly store: Store
  readonly messages = new Map<number, ModelMessage>()
  index!: OrderIndex
  built!: BuiltOrders
  private lastVersion = 0
  private lastCounter = 0x1000
  private readonly options: OrderIndexOptions
  private timers: (() => void)[] = []
  private readonly runtime = customRuntime({
    timer: (_delayMs, callback) => {
      this.timers.push(callback)
      return () => {
        this.timers = this.timers.filter(timer => timer !== callback)
      }
    }
  })

  constructor(runRows: number, options: OrderIndexOptions & { store?: Store } = {}) {
    this.store = options.store ?? new Store(new MemoryEngine())
    this.options = { ...options, runRows }
    this.restart()
  }

  /** Everything in memory is forgotten. */
  restart(options: { cache?: CacheBudget } = {}): void {
    this.index = new OrderIndex(this.store, MAILBOX, { ...this.options, ...options })
    const source = {
      record: (mid: number) => {
        const message = this.messages.get(mid)
        if (message === undefined) return undefined
        const { properties } = inputOf(message)
        return { value: (tag: number) => properties.value(tag) }
      },
      computedValue: (tag: number, mid: number, row: Parameters<typeof computedRowValue>[3]) =>
        computedRowValue(testMailbox, tag, mid, row)
    }
    this.built = new BuiltOrders(this.index, source, this.runtime)
  }

  /** Lets every timer that was set go off. */
  runTimers(): void {
    for (const timer of this.timers.splice(0)) timer()
  }

  table(set: RowSet = 0, localeId = 0x409): ContentsTable {
    const { index, built } = this
    return new ContentsTable({
      index,
      built,
      mailbox: testMailbox,
      fid: FID,
      set,
      localeId,
      count: () => [...this.messages.values()].filter(message => message.set === set).length
    })
  }

  add(message: Omit<ModelMessage, 'mid' | 'version'>): ModelMessage {
    return { ...message, mid: makeId(1, ++this.lastCounter), version: 0 }
  }

  /** Commits changes together: message as it shall be, or only a MID to delete. */
  async commit(changes: readonly (ModelMessage | number)[]): Promise<void> {
    const batch = new Batch()
    const after = new Map(this.messages)
    for (const change of changes) {
      const mid = typeof change === 'number' ? change : change.mid
      const previous = after.get(mid)
      const next = typeof change === 'number' ? undefined : { ...change, version: ++this.lastVersion }
      const before = previous === undefined ? null : inputOf(previous)
      if (previous !== undefined && next !== undefined && previous.set !== next.set) {
        await this.index.written(batch, FID, previous.set, mid, before, null)
        await this.index.written(batch, FID, next.set, mid, null, inputOf(next))
      } else {
        const set = (next ?? previous)!.set
        await this.index.written(batch, FID, set, mid, before, next === undefined ? null : inputOf(next))
      }
      if (next === undefined) after.delete(mid)
      else after.set(mid, next)
    }
    this.store.commit(batch)
    this.messages.clear()
    for (const [mid, message] of after) this.messages.set(mid, message)
  }

  live(): LiveMessage[] {
    return [...this.messages.values()].map(message => ({ mid: message.mid, set: message.set, input: inputOf(message) }))
  }
}

export const COLUMNS = [tags.PidTagMid, tags.PidTagSubject, tags.PidTagImportance]

export interface ReadRows {
  cells: (PropertyValue | number | null)[][]
  position: string
  full: boolean
}

/** Reads rows and decodes their cells; errors stay numbers in objects `{error}`. */
export async function readRows(
  table: ContentsTable,
  options: { forward?: boolean; advance?: boolean; count: number },
  limit?: number
): Promise<ReadRows> {
  const writer = new Writer(64, limit)
  const { rows, position, full } = await table.queryRows(writer, { forward: true, advance: true, ...options })
  const reader = new Reader(writer.written())
  const cells: ReadRows['cells'] = []
  for (let i = 0; i < rows; i++) {
    const row = readPropertyRow(reader, table.columns!)
    cells.push(
      row.map((cell, at) => {
        if (cell instanceof Uint8Array)
          return decodeValue(table.columns![at] & 0xffff & ~(table.columns![at] & 0x2000 ? 0x3000 : 0), cell)
        return typeof cell === 'number' ? cell : null
      })
    )
  }
  if (reader.remaining !== 0) throw new Error(`${reader.remaining} bytes behind the last row`)
  return { cells, position, full }
}

/** A PidTagMid cell as the number that the model knows. */
export function midOf(cell: PropertyValue | number | null): number {
  const bytes = encodeValue(0x0014, cell as bigint)
  const reader = new Reader(bytes)
  return reader.id()
}
