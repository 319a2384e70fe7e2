/** Contents tables: what opening, paging, seeking and writing cost, by folder size, in CPU and in keys read. */
import { Writer } from '../../src/bufferstructs/index.js'
import { BuiltOrders } from '../../src/mailbox/tables/built-orders.js'
import { ContentsTable } from '../../src/mailbox/tables/contents-table.js'
import type { RowMailbox } from '../../src/mailbox/tables/message-row-cells.js'
import { OrderIndex } from '../../src/mailbox/tables/order-index.js'
import type { SummaryInput } from '../../src/mailbox/tables/summary-row.js'
import { makeId } from '../../src/oxcdata/ids.js'
import { PackedProperties, packProperties } from '../../src/oxcdata/packed-properties.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { systemRuntime } from '../../src/runtime.js'
import { Batch, type Store } from '../../store/index.js'

const MAILBOX = 3
const FID = makeId(1, 0x10c)
const PAGE_ROWS = 50
const BATCH_MESSAGES = 500

/** Ten columns as a mail list has them. */
const COLUMNS = [
  tags.PidTagMid,
  tags.PidTagFolderId,
  tags.PidTagMessageClass,
  tags.PidTagMessageFlags,
  tags.PidTagMessageSize,
  tags.PidTagImportance,
  tags.PidTagHasAttachments,
  tags.PidTagSubject,
  tags.PidTagSentRepresentingName,
  tags.PidTagMessageDeliveryTime
]

const mailbox: RowMailbox = {
  guid: '33333333-3333-4333-8333-333333333333',
  guidBytes: new Uint8Array(16),
  replicaGuid: '44444444-4444-4444-8444-444444444444',
  replicaBytes: new Uint8Array(16),
  mappingSignature: new Uint8Array(16),
  storeKind: 'private',
  storeEntryId: new Uint8Array(20)
}

export interface TableFigure {
  name: string
  messages: number
  /** CPU of one operation, microseconds. */
  cpuUs: number
  /** Keys that one operation read from the store. */
  keysRead: number
  /** Longest time between two turns of the event loop meanwhile, milliseconds. */
  longestDelayMs: number
}

function inputOf(number: number, version: number): SummaryInput {
  const bag = new PropertyBag()
  const put = (tag: number, value: PropertyValue) => bag.set(tag, encodeValue(tagType(tag), value))
  put(tags.PidTagMessageClass, 'IPM.Note')
  put(tags.PidTagMessageFlags, number & 1)
  put(tags.PidTagMessageSize, 4000 + (number % 5000))
  put(tags.PidTagImportance, number % 3)
  put(tags.PidTagHasAttachments, number % 7 === 0)
  put(tags.PidTagSubject, `Message ${(number * 7919) % 100_003} about the harbour`)
  put(tags.PidTagSentRepresentingName, `Sender ${number % 97}`)
  put(tags.PidTagSentRepresentingEmailAddress, `sender${number % 97}@example.test`)
  put(tags.PidTagDisplayTo, 'Alice Adams; Bob Brown')
  put(tags.PidTagMessageDeliveryTime, 132_000_000_000_000_000n + BigInt(number) * 600_000_000n)
  put(tags.PidTagLastModificationTime, 132_000_000_000_000_000n + BigInt(number) * 600_000_000n)
  put(tags.PidTagBody, `A body that begins with this sentence and goes on for a while, number ${number}.`)
  return { version, properties: new PackedProperties(packProperties(bag)) }
}

/** A folder with so many messages, and what is measured on it. */
export class TableBench {
  private readonly store: Store
  private readonly messages: number
  private index: OrderIndex
  private built: BuiltOrders

  constructor(store: Store, messages: number) {
    this.store = store
    this.messages = messages
    this.index = new OrderIndex(store, MAILBOX)
    this.built = this.buildersOf(this.index)
  }

  private buildersOf(index: OrderIndex): BuiltOrders {
    return new BuiltOrders(index, { record: () => undefined, computedValue: () => undefined }, systemRuntime)
  }

  private restart(): void {
    this.index = new OrderIndex(this.store, MAILBOX)
    this.built = this.buildersOf(this.index)
  }

  private table(): ContentsTable {
    const { index, built } = this
    const table = new ContentsTable({ index, built, mailbox, fid: FID, set: 0, localeId: 0x409 })
    table.setColumns(COLUMNS)
    return table
  }

  async run(rounds: number): Promise<TableFigure[]> {
    const figures: TableFigure[] = [await this.measure('import, per message', this.messages, () => this.fill())]
    this.restart()
    figures.push(await this.measure('open cold, first page', 1, () => this.firstPage()))
    figures.push(await this.measure('open warm, first page', rounds, () => this.repeat(rounds, () => this.firstPage())))
    const table = this.table()
    await this.page(table)
    figures.push(
      await this.measure('page of 50 x 10, warm', rounds, () =>
        this.repeat(rounds, () => {
          table.seek('beginning', 0)
          return this.page(table)
        })
      )
    )
    const byTime = this.table()
    byTime.sort([{ tag: tags.PidTagMessageDeliveryTime, order: 1 }])
    await this.page(byTime)
    figures.push(
      await this.measure('newest page by time, warm', rounds, () =>
        this.repeat(rounds, () => {
          byTime.seek('beginning', 0)
          return this.page(byTime)
        })
      )
    )
    const step = Math.floor(this.messages / 2)
    await table.seek('beginning', step)
    figures.push(
      await this.measure('seek to the middle, position', rounds, () =>
        this.repeat(rounds, async () => {
          await table.seek('beginning', step)
          await table.position()
        })
      )
    )
    figures.push(await this.measure('change one message', rounds, () => this.changeMany(rounds)))
    const bySubject = this.table()
    bySubject.sort([{ tag: tags.PidTagSubject, order: 0 }])
    figures.push(await this.measure('sort by subject, first page', 1, () => this.page(bySubject)))
    figures.push(
      await this.measure('sort by subject, next page', rounds, () =>
        this.repeat(rounds, () => {
          bySubject.seek('beginning', 0)
          return this.page(bySubject)
        })
      )
    )
    return figures
  }

  private async fill(): Promise<void> {
    for (let from = 0; from < this.messages; from += BATCH_MESSAGES) {
      const batch = new Batch()
      for (let i = from; i < Math.min(this.messages, from + BATCH_MESSAGES); i++) {
        const written = this.index.written(batch, FID, 0, makeId(1, 0x1000 + i), null, inputOf(i, i + 1))
        if (written instanceof Promise) await written
      }
      this.store.commit(batch)
      await this.store.whenRoom()
      await new Promise(resolve => setImmediate(resolve))
    }
    await this.store.whenDurable(this.store.lastSequence)
  }

  private async changeMany(rounds: number): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      const number = (i * 7919) % this.messages
      const batch = new Batch()
      const [before, after] = [inputOf(number, number + 1), inputOf(number, this.messages + i + 1)]
      const written = this.index.written(batch, FID, 0, makeId(1, 0x1000 + number), before, after)
      if (written instanceof Promise) await written
      this.store.commit(batch)
    }
    await this.store.whenDurable(this.store.lastSequence)
  }

  private firstPage(): Promise<number> | number {
    return this.page(this.table())
  }

  private page(table: ContentsTable): Promise<number> | number {
    const read = table.queryRows(this.writer(), { forward: true, advance: true, count: PAGE_ROWS })
    return read instanceof Promise ? read.then(({ rows }) => rows) : read.rows
  }

  private readonly slab = new Writer(1 << 16, 1 << 16)

  private writer(): Writer {
    this.slab.position = 0
    return this.slab
  }

  private async repeat(rounds: number, run: () => Promise<unknown> | unknown): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      const result = run()
      if (result instanceof Promise) await result
    }
  }

  private async measure(name: string, per: number, run: () => Promise<unknown> | unknown): Promise<TableFigure> {
    let longestDelayMs = 0
    let last = performance.now()
    let isRunning = true
    const tick = () => {
      const now = performance.now()
      longestDelayMs = Math.max(longestDelayMs, now - last)
      last = now
      if (isRunning) setImmediate(tick)
    }
    setImmediate(tick)
    const keys = this.index.keysRead
    const started = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(started)
    isRunning = false
    const keysRead = (this.index.keysRead - keys) / per
    return { name, messages: this.messages, cpuUs: (user + system) / per, keysRead, longestDelayMs }
  }
}
