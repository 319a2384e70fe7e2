import { Batch } from './batch.js'
import { keys } from './keys.js'
import type { Store } from './store.js'
import { StoreError } from './store-error.js'

export interface CountersOptions {
  /** Numbers reserved with one commit (default 256): what a crash skips at most, beside what was in use. */
  block?: number
}

interface Line {
  /** Next number to hand out. */
  next: number
  /** Numbers below may have been used; stands in the store. */
  ceiling: number
  /** Generation of the store that knows the ceiling. */
  generation: number
}

/**
 * Number lines that never repeat a number: object ids, change numbers, blob ids. The ceiling of a block is committed
 * before its first number is handed out, and commits become durable in order, so that whatever names a number is on
 * disk only after the ceiling above it. A number that leaves the server without a commit of its own (a range of ids
 * for a client) needs a wait for `store.lastSequence`.
 */
export class Counters {
  private readonly lines = new Map<string, Line>()
  private readonly retired = new Set<number>()
  private readonly block: number

  constructor(
    private readonly store: Store,
    options: CountersOptions = {}
  ) {
    this.block = options.block ?? 256
  }

  /** The first of `count` successive numbers of a mailbox's line; lines begin at 1. */
  take(mailbox: number, name: string, count = 1): number {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`cannot take ${count} numbers`)
    const line = this.line(mailbox, name)
    const first = line.next
    if (first + count > line.ceiling || line.generation !== this.store.generation) {
      this.reserve(mailbox, name, line, first + count + this.block - 1)
    }
    line.next = first + count
    return first
  }

  /** The number that `take` would hand out. After a crash it is above every number that was used, by at most a block. */
  peek(mailbox: number, name: string): number {
    return this.line(mailbox, name).next
  }

  /** Makes sure that no number up to `used` is handed out any more (numbers that came from elsewhere). */
  raise(mailbox: number, name: string, used: number): void {
    const line = this.line(mailbox, name)
    if (used < line.next) return
    if (used + 1 > line.ceiling || line.generation !== this.store.generation) {
      this.reserve(mailbox, name, line, used + this.block)
    }
    line.next = used + 1
  }

  /** Gives out no more numbers of a mailbox, and writes nothing of its lines: it is being removed. */
  retire(mailbox: number): void {
    this.retired.add(mailbox)
    for (const where of this.lines.keys()) if (where.startsWith(`${mailbox}:`)) this.lines.delete(where)
  }

  /** Gives unused numbers back, before an orderly close: the next opening goes on without a gap. */
  settle(): void {
    const batch = new Batch()
    for (const [where, line] of this.lines) {
      if (line.next === line.ceiling && line.generation === this.store.generation) continue
      const colon = where.indexOf(':')
      batch.put(keys.counter.of(Number(where.slice(0, colon)), where.slice(colon + 1)), encode(line.next))
    }
    this.store.commit(batch)
    this.lines.clear()
  }

  private line(mailbox: number, name: string): Line {
    if (this.retired.has(mailbox)) throw new StoreError('closed', `mailbox ${mailbox} has been removed`)
    const where = `${mailbox}:${name}`
    let line = this.lines.get(where)
    if (line === undefined) {
      const next = this.stored(mailbox, name)
      line = { next, ceiling: next, generation: this.store.generation }
      this.lines.set(where, line)
    }
    return line
  }

  private reserve(mailbox: number, name: string, line: Line, ceiling: number): void {
    // After a failed flush the store may hold an older ceiling than this line, never a higher one that matters: numbers
    // in memory only grow.
    const to = Math.max(ceiling, this.stored(mailbox, name))
    if (!Number.isSafeInteger(to)) throw new RangeError(`number line ${name} of mailbox ${mailbox} is exhausted`)
    // Flushed also where commits are not: a power cut may then lose commits, but no number comes twice.
    this.store.commit(new Batch().put(keys.counter.of(mailbox, name), encode(to)).flushed())
    line.ceiling = to
    line.generation = this.store.generation
  }

  private stored(mailbox: number, name: string): number {
    const value = this.store.get(keys.counter.of(mailbox, name))
    return value === undefined ? 1 : Number(Buffer.from(value).readBigUInt64BE())
  }
}

function encode(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
