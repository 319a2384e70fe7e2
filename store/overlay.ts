/** Reads that see queued and in-flight batches over what the engine holds. Values inside are sealed, results are not. */

import type { EngineReader, Entry, PageOptions, RangeOptions } from './engine.js'
import { keyBytes, keyText } from './key-range.js'
import { payloadOf, unseal } from './records.js'
import type { SortedMap, Span } from './sorted-map.js'
import { StoreError } from './store-error.js'

/** A write that the engine has not confirmed yet. */
export interface Pending {
  /** Undefined stands for a deletion that hides what the engine still shows. */
  sealed: Uint8Array | undefined
  /** Commit that wrote it. */
  sequence: number
}

export type Overlay = SortedMap<Pending>

/** An engine (or its snapshot) and the overlay that lies over it. */
export interface View {
  readonly engine: EngineReader
  readonly overlay: Overlay
}

const NOTHING = new Uint8Array(0)
const PAGE_ENTRIES = 512
const CURSOR_ENTRIES = 128

export function getFrom(view: View, key: Uint8Array): Uint8Array | undefined {
  if (view.overlay.size > 0) {
    const pending = view.overlay.get(keyText(key))
    if (pending !== undefined) return pending.sealed === undefined ? undefined : payloadOf(pending.sealed)
  }
  let sealed: Uint8Array | undefined
  try {
    sealed = view.engine.get(key)
  } catch (cause) {
    throw readError(cause)
  }
  return sealed === undefined ? undefined : unseal(key, sealed)
}

export async function getManyFrom(view: View, keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
  const values: (Uint8Array | undefined)[] = new Array(keys.length)
  const missing: number[] = []
  for (let i = 0; i < keys.length; i++) {
    const pending = view.overlay.size > 0 ? view.overlay.get(keyText(keys[i])) : undefined
    if (pending === undefined) missing.push(i)
    else if (pending.sealed !== undefined) values[i] = payloadOf(pending.sealed)
  }
  if (missing.length === 0) return values
  const sealed = await reading(view.engine.getMany(missing.map(i => keys[i])))
  for (let j = 0; j < missing.length; j++) {
    const found = sealed[j]
    if (found !== undefined) values[missing[j]] = unseal(keys[missing[j]], found)
  }
  return values
}

export async function rangeFrom(view: View, options: RangeOptions): Promise<Entry[]> {
  if (touches(view.overlay, options)) {
    const entries: Entry[] = []
    for await (const page of pagesFrom(view, options)) entries.push(...page)
    return entries
  }
  const entries = await reading(view.engine.range(options))
  if (options.keysOnly !== true) unsealAll(entries)
  return entries
}

/** The moment that is read is that of the call, not that of the first page. */
export function pagesFrom(view: View, options: PageOptions): AsyncGenerator<Entry[], void, void> {
  try {
    return startPages(view, options, options.pageEntries ?? PAGE_ENTRIES)
  } catch (cause) {
    throw readError(cause)
  }
}

function startPages(view: View, options: PageOptions, pageEntries: number): AsyncGenerator<Entry[], void, void> {
  if (!touches(view.overlay, options)) return unsealedPages(view.engine.pages({ ...options, pageEntries }), options)
  // The number of entries that the overlay hides is unknown, so the engine is read without the limit; leaving the loop
  // closes its iterator.
  const needed = Math.min(pageEntries, (options.limit ?? pageEntries) + 16)
  const pages = view.engine.pages({ ...options, limit: undefined, pageEntries: needed })
  return mergedPages(pages, new OverlayCursor(view.overlay.snapshot(), options), { ...options, pageEntries })
}

function touches(overlay: Overlay, options: RangeOptions): boolean {
  if (overlay.size === 0) return false
  let found = false
  overlay.scan({ gte: keyText(options.gte), lt: keyText(options.lt) }, () => {
    found = true
    return false
  })
  return found
}

async function* unsealedPages(
  pages: AsyncGenerator<Entry[], void, void>,
  options: RangeOptions
): AsyncGenerator<Entry[], void, void> {
  try {
    for await (const page of pages) {
      if (options.keysOnly !== true) unsealAll(page)
      yield page
    }
  } catch (cause) {
    throw readError(cause)
  }
}

async function* mergedPages(
  pages: AsyncGenerator<Entry[], void, void>,
  cursor: OverlayCursor,
  options: PageOptions & { pageEntries: number }
): AsyncGenerator<Entry[], void, void> {
  const sign = options.reverse ? -1 : 1
  const keysOnly = options.keysOnly === true
  let left = options.limit ?? Number.POSITIVE_INFINITY
  if (left <= 0) return
  let out: Entry[] = []
  // Both yields below come when a page is full or the limit is reached, wherever the entry came from.
  for await (const page of unsealedPages(pages, options)) {
    for (const entry of page) {
      const text = keyText(entry.key)
      let order = cursor.compare(text) * sign
      for (; order < 0; order = cursor.compare(text) * sign) {
        left -= cursor.emit(out, keysOnly)
        if (out.length >= options.pageEntries || left === 0) yield out
        if (left === 0) return
        if (out.length >= options.pageEntries) out = []
      }
      if (order === 0) left -= cursor.emit(out, keysOnly)
      else left -= out.push(entry) > 0 ? 1 : 0
      if (out.length >= options.pageEntries || left === 0) yield out
      if (left === 0) return
      if (out.length >= options.pageEntries) out = []
    }
  }
  while (!cursor.atEnd && left > 0) {
    left -= cursor.emit(out, keysOnly)
    if (out.length < options.pageEntries) continue
    yield out
    out = []
  }
  if (out.length > 0) yield out
}

/** Walks the overlay's part of a range in steps, so that a short page does not collect a long overlay. */
class OverlayCursor {
  private readonly span: Span
  private texts: string[] = []
  private pendings: Pending[] = []
  private at = 0
  private isLast = false

  constructor(
    private readonly overlay: Overlay,
    options: RangeOptions
  ) {
    this.span = { gte: keyText(options.gte), lt: keyText(options.lt), reverse: options.reverse === true }
    this.refill()
  }

  get atEnd(): boolean {
    return this.at >= this.texts.length
  }

  /** Below zero when the cursor's key stands before `text` in ascending order; the end stands behind everything. */
  compare(text: string): number {
    if (this.atEnd) return this.span.reverse ? -1 : 1
    const own = this.texts[this.at]
    return own < text ? -1 : own > text ? 1 : 0
  }

  /** Appends the current entry unless it is a deletion, moves on, and says how many were appended. */
  emit(out: Entry[], keysOnly: boolean): number {
    const { sealed } = this.pendings[this.at]
    if (sealed !== undefined) {
      out.push({ key: keyBytes(this.texts[this.at]), value: keysOnly ? NOTHING : payloadOf(sealed) })
    }
    this.at++
    if (this.atEnd && !this.isLast) this.refill()
    return sealed === undefined ? 0 : 1
  }

  private refill(): void {
    const last = this.texts[this.texts.length - 1]
    if (last !== undefined) {
      if (this.span.reverse) this.span.lt = last
      else this.span.gte = `${last}\0`
    }
    this.texts = []
    this.pendings = []
    this.at = 0
    this.overlay.scan(this.span, (text, pending) => {
      this.texts.push(text)
      this.pendings.push(pending)
      return this.texts.length < CURSOR_ENTRIES
    })
    this.isLast = this.texts.length < CURSOR_ENTRIES
  }
}

function unsealAll(entries: Entry[]): void {
  for (const entry of entries) entry.value = unseal(entry.key, entry.value)
}

async function reading<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    throw readError(cause)
  }
}

export function readError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause
  return new StoreError('read', `the engine failed to read: ${cause instanceof Error ? cause.message : cause}`, {
    cause
  })
}
