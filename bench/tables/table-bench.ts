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
import { PtypTime } from '../../src/oxcdata/property-type.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { RelOp, type Restriction } from '../../src/oxcdata/restriction.js'
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
  /** Memory of the process afterwards, in its heap and beside it, without garbage when it can be collected (--expose-gc). */
  memoryMiB: number
}

function subjectOf(number: number): string {
  return `Message ${(number * 7919) % 1_000_003} about the harbour`
}

function timeOf(number: number): bigint {
  return 132_000_000_000_000_000n + BigInt(number) * 600_000_000n
}

function textIs(tag: number, text: string): Restriction {
  return { kind: 'property', relop: RelOp.equal, tag, value: { tag, bytes: encodeValue(tagType(tag), text) } }
}

function subjectIs(subject: string): Restriction {
  return textIs(tags.PidTagSubject, subject)
}

function memory(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function inputOf(number: number, version: number): SummaryInput {
  const bag = new PropertyBag()
  const put = (tag: number, value: PropertyValue) => bag.set(tag, encodeValue(tagType(tag), value))
  put(tags.PidTagMessageClass, 'IPM.Note')
  put(tags.PidTagMessageFlags, number & 1)
  put(tags.PidTagMessageSize, 4000 + (number % 5000))
  put(tags.PidTagImportance, number % 3)
  put(tags.PidTagHasAttachments, number % 7 === 0)
  put(tags.PidTagSubject, subjectOf(number))
  put(tags.PidTagSentRepresentingName, `Sender ${number % 97}`)
  put(tags.PidTagSentRepresentingEmailAddress, `sender${number % 97}@example.test`)
  put(tags.PidTagDisplayTo, 'Alice Adams; Bob Brown')
  put(tags.PidTagMessageDeliveryTime, timeOf(number))
  put(tags.PidTagLastModificationTime, timeOf(number))
  put(tags.PidTagBody, `A body that begins with this sentence and goes on for a while, number ${number}.`)
  return { version, properties: new PackedProperties(packProperties(bag)) }
}

/** A folder with so many messages, and what is measured on it. */
export class TableBench {
  private readonly store: Store
  private readonly messages: number
  private readonly figures: TableFigure[] = []
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
    const table = new ContentsTable({
      ...{ index, built, mailbox, fid: FID, set: 0, localeId: 0x409 },
      count: () => this.messages
    })
    table.setColumns(COLUMNS)
    return table
  }

  async run(rounds: number): Promise<TableFigure[]> {
    this.figures.length = 0
    await this.measure('import, per message', this.messages, () => this.fill())
    this.restart()
    await this.measure('open cold, first page', 1, () => this.firstPage())
    await this.measure('open warm, first page', rounds, () => this.repeat(rounds, () => this.firstPage()))
    await this.keptOrders(rounds)
    await this.measure('change one message', rounds, () => this.changeMany(rounds))
    await this.builtOrders(rounds)
    return [...this.figures]
  }

  /** The orders that every folder keeps. */
  private async keptOrders(rounds: number): Promise<void> {
    const table = this.table()
    await this.page(table)
    await this.pages('page of 50 x 10, warm', table, rounds)
    const byTime = this.sorted(tags.PidTagMessageDeliveryTime, 1)
    await this.page(byTime)
    await this.pages('newest page by time, warm', byTime, rounds)
    const step = Math.floor(this.messages / 2)
    await table.seek('beginning', step)
    await this.measure('seek to the middle, position', rounds, () =>
      this.repeat(rounds, async () => {
        await table.seek('beginning', step)
        await table.position()
      })
    )
    const moment = encodeValue(PtypTime, timeOf(step))
    const atMoment: Restriction = {
      ...{ kind: 'property', relop: RelOp.lessThanOrEqual, tag: tags.PidTagMessageDeliveryTime },
      value: { tag: tags.PidTagMessageDeliveryTime, bytes: moment }
    }
    await this.find(byTime, atMoment)
    await this.measure('FindRow of a time, by time', rounds, () =>
      this.repeat(rounds, () => this.find(byTime, atMoment))
    )
    const last = subjectIs(subjectOf(this.messages - 1))
    await this.measure('FindRow of the last by scan', 1, () => this.find(table, last))
  }

  /** Orders that are made when they are asked for: the first time, and when they are there. */
  private async builtOrders(rounds: number): Promise<void> {
    const bySubject = this.sorted(tags.PidTagSubject, 0)
    await this.measure('sort by subject, first page', 1, () => this.page(bySubject))
    await this.pages('sort by subject, next page', bySubject, rounds)
    const restriction = subjectIs(subjectOf(Math.floor(this.messages / 3)))
    await this.find(bySubject, restriction)
    await this.measure('FindRow of a subject, by subject', rounds, () =>
      this.repeat(rounds, () => this.find(bySubject, restriction))
    )
    const bySender = this.table()
    bySender.restrict(textIs(tags.PidTagSentRepresentingName, 'Sender 7'))
    await this.measure('restrict by sender, first page', 1, () => this.page(bySender))
    await this.pages('restrict by sender, next page', bySender, rounds)
  }

  private sorted(tag: number, order: 0 | 1): ContentsTable {
    const table = this.table()
    table.sort([{ tag, order }])
    return table
  }

  private pages(name: string, table: ContentsTable, rounds: number): Promise<void> {
    return this.measure(name, rounds, () =>
      this.repeat(rounds, () => {
        table.seek('beginning', 0)
        return this.page(table)
      })
    )
  }

  private async find(table: ContentsTable, restriction: Restriction): Promise<void> {
    const found = await table.findRow(this.writer(), { restriction, from: 'beginning', backward: false })
    if (!found.isFound) throw new Error('the row is not there')
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

  private async measure(name: string, per: number, run: () => Promise<unknown> | unknown): Promise<void> {
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
    const memoryMiB = memory() / 0x100000
    this.figures.push({
      name,
      messages: this.messages,
      cpuUs: (user + system) / per,
      keysRead,
      longestDelayMs,
      memoryMiB
    })
  }
}
