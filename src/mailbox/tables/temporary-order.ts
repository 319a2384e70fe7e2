import { Batch, deleteRange, keys, type Store, TEMPORARY_MAILBOX } from '../../../store/index.js'
import type { Mid } from '../../oxcdata/ids.js'
import { OrderRun } from './order-run.js'

/** Parts of the key space of one order. */
const RUN = 0
/** Rows in the order of their messages, page by page, as the order was built. */
const PLACES = 1
/** Rows of a message that has changed since. */
const MOVED = 2

/** What is written at once: little enough for other writers not to wait for it. */
const WRITE_BYTES = 512 << 10

let lastId = 0

/**
 * Where an order lies that is too long to be in memory: its runs and, by message, the places of its rows. Keys of the temporary
 * space, which the opening of the store empties: nothing here has to outlive the process.
 */
export class TemporaryOrder {
  private readonly id = ++lastId
  private lastNumber = 0
  /** First message of each page of places. */
  private readonly pages: Mid[] = []
  private batch = new Batch()

  constructor(private readonly store: Store) {}

  /** A number for a run, never given before. */
  newNumber(): number {
    return ++this.lastNumber
  }

  /** Adds a run to what is written next. */
  putRun(number: number, run: OrderRun): void {
    this.batch.put(this.key(RUN, number), packRun(run))
  }

  dropRun(number: number): void {
    this.batch.delete(this.key(RUN, number))
  }

  /** Undefined when the run has been dropped meanwhile. */
  async readRun(number: number): Promise<OrderRun | undefined> {
    const [bytes] = await this.store.getMany([this.key(RUN, number)])
    return bytes === undefined ? undefined : unpackRun(bytes)
  }

  /** Adds rows in the order of their messages, behind those of earlier calls; all rows of a message at once. */
  putPlaces(rows: OrderRun): void {
    this.pages.push(rows.mids[0])
    this.batch.put(this.key(PLACES, this.pages.length), packRun(rows))
  }

  /** The rows that a message has now. */
  movePlaces(mid: Mid, rows: OrderRun): void {
    this.batch.put(this.key(MOVED, mid), packRun(rows))
  }

  /** Sort keys of the rows of a message, as of the last commit. */
  places(mid: Mid): Uint8Array[] {
    const moved = this.store.get(this.key(MOVED, mid))
    if (moved !== undefined) return keysOf(unpackRun(moved), mid)
    const page = this.pageOf(mid)
    const bytes = page === 0 ? undefined : this.store.get(this.key(PLACES, page))
    return bytes === undefined ? [] : keysOf(unpackRun(bytes), mid)
  }

  /** Writes what there is when it is much; a promise to wait for before there is more. */
  writeMuch(): Promise<void> | undefined {
    return this.batch.sizeBytes < WRITE_BYTES ? undefined : this.store.whenDurable(this.commit())
  }

  /** Writes what there is: readers see it at once. */
  commit(): number {
    const { batch } = this
    this.batch = new Batch()
    return this.store.commit(batch)
  }

  /** Deletes everything of the order. */
  async remove(): Promise<void> {
    this.batch = new Batch()
    await deleteRange(this.store, keys.temporary.range(TEMPORARY_MAILBOX, this.id))
  }

  private key(part: number, number: number): Uint8Array {
    const rest = new Uint8Array(8)
    new DataView(rest.buffer).setBigUint64(0, BigInt(number))
    return keys.temporary.of(TEMPORARY_MAILBOX, this.id, part, rest)
  }

  /** Number of the page that a message belongs to, 0 when it is before the first one. */
  private pageOf(mid: Mid): number {
    let low = 0
    let high = this.pages.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.pages[middle] <= mid) low = middle + 1
      else high = middle
    }
    return low
  }
}

function keysOf(rows: OrderRun, mid: Mid): Uint8Array[] {
  const found: Uint8Array[] = []
  for (let at = rows.mids.indexOf(mid); at >= 0; at = rows.mids.indexOf(mid, at + 1)) found.push(rows.keyAt(at))
  return found
}

/**
 * count (f64), mids (f64 each), versions (f64 each), ends (u32 each), keys; numbers as this machine has them, since no other one
 * ever reads them.
 */
function packRun({ mids, versions, ends, keys }: OrderRun): Uint8Array {
  const count = mids.length
  const packed = new Uint8Array(8 + count * 20 + keys.byteLength)
  new Float64Array(packed.buffer, 0, 1)[0] = count
  new Float64Array(packed.buffer, 8, count).set(mids)
  new Float64Array(packed.buffer, 8 + count * 8, count).set(versions)
  new Uint32Array(packed.buffer, 8 + count * 16, count).set(ends)
  packed.set(keys, 8 + count * 20)
  return packed
}

function unpackRun(packed: Uint8Array): OrderRun {
  // Numbers are aligned in a copy, and a value may be a view of a whole batch.
  const { buffer } = new Uint8Array(packed)
  const count = new Float64Array(buffer, 0, 1)[0]
  return new OrderRun(
    new Float64Array(buffer, 8, count),
    new Float64Array(buffer, 8 + count * 8, count),
    new Uint8Array(buffer, 8 + count * 20),
    new Uint32Array(buffer, 8 + count * 16, count)
  )
}
