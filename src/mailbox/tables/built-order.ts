import { Writer } from '../../bufferstructs/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { isMultivalueInstance, singleType, storedType } from '../../oxcdata/property-type.js'
import { splitElements } from '../../oxcdata/property-value.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { RestrictionEvaluator, type RestrictionTarget } from '../../oxcdata/restriction-evaluate.js'
import { SORT_DESCENDING, type SortOrder } from '../../oxcdata/sort-order.js'
import { writeOrderKey } from '../../oxcdata/value-order.js'
import { PidTagRead } from '../../oxprops/property-tags.generated.js'
import type { Runtime } from '../../runtime.js'
import type { Maybe } from '../domain.js'
import type { ReadState } from '../public-store/read-states.js'
import { TimeSlice } from '../time-slice.js'
import { type CategorySpec, writeMid, writeTail } from './categories/category-key.js'
import type { OrderIndex } from './order-index.js'
import { OrderRun, type RowKey } from './order-run.js'
import type { RowOrder } from './row-order.js'
import { type RecordSource, RowTargets } from './row-targets.js'
import { type SortableRow, SortableRows } from './sortable-rows.js'
import type { RowSet, SummaryRow } from './summary-row.js'

/** What distinguishes one order from another; tables that ask for the same share it. */
export interface OrderSpec {
  readonly fid: Fid
  readonly set: RowSet
  readonly sort: readonly SortOrder[]
  readonly restriction: Restriction | null
  /** Multivalue instance column by whose values rows are repeated; 0 for none ([MS-OXCTABL] 3.2.5.2). */
  readonly expand: PropertyTag
  readonly localeId: number
  /** Rows are divided into categories; absent where they are not. */
  readonly categories?: CategorySpec | undefined
  /** Whose read states sort and restriction look at, in a public store; undefined when they look at none. */
  readonly reader?: ReadState | undefined
}

/** Changes beyond this share of the rows are not applied one by one. */
const REBUILD_SHARE = 16
/** ... nor fewer than this many ever cause a rebuild. */
const REBUILD_FROM = 1000

/**
 * An order that a folder does not keep: sorted in another way, restricted, or with rows repeated for the values of a
 * multivalue. It is built on first use in time slices and follows the commits; changes are applied when it is read next.
 */
export class BuiltOrder implements RowOrder {
  readonly reversed = false
  readonly spec: OrderSpec
  private readonly index: OrderIndex
  readonly runtime: Runtime
  private readonly evaluator: RestrictionEvaluator | undefined
  private readonly targets: RowTargets
  private readonly keyWriter = new Writer(128)
  private runs: OrderRun[] = []
  private dirty = new Map<Mid, SummaryRow | null>()
  private isBuilt = false
  /** The order has to be built anew, because more of it has changed than is known. */
  private isStale = false
  private working: Promise<void> | undefined
  total = 0
  /** Grows with every change of the rows. */
  revision = 0
  /** Tables that use it. */
  users = 0

  constructor(index: OrderIndex, spec: OrderSpec, source: RecordSource, runtime: Runtime) {
    this.index = index
    this.spec = spec
    this.runtime = runtime
    const { restriction, sort } = spec
    this.evaluator =
      restriction === null ? undefined : new RestrictionEvaluator(restriction, { localeId: spec.localeId })
    const sorted = sort.map(({ tag }) => tag)
    if (spec.categories !== undefined && spec.categories.maximum !== 0) sorted.push(spec.categories.maximum)
    this.targets = new RowTargets(
      source,
      restriction,
      spec.expand === 0 ? sorted : [...sorted, spec.expand],
      spec.reader
    )
  }

  /** Brings the order up to date; undefined when it is. */
  refresh(): Promise<void> | undefined {
    if (this.working !== undefined) return this.working
    if (this.isBuilt && this.dirty.size === 0 && !this.isStale) return undefined
    const work = this.work()
    if (work === undefined) return undefined
    this.working = work.finally(() => {
      this.working = undefined
    })
    return this.working
  }

  /** Takes note of a committed change. */
  changed(mid: Mid, row: SummaryRow | null): void {
    // Nothing has been read yet: the build will see the change.
    if (!this.isBuilt && this.working === undefined) return
    this.dirty.set(mid, row)
  }

  /** Any row may have changed. */
  invalidate(): void {
    this.isStale = true
  }

  get runCount(): number {
    return this.runs.length
  }

  countAt(run: number): number {
    return this.runs[run].count
  }

  contentAt(run: number): OrderRun {
    return this.runs[run]
  }

  async load(): Promise<void> {}

  find(key: Uint8Array, mid: Mid): number {
    let low = 0
    let high = this.runs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.runs[middle].compareAt(0, key, mid) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }

  locate(mid: Mid, instance = 0): RowKey | undefined {
    const isAny = this.spec.expand === 0 || instance === 0
    for (const run of this.runs) {
      for (let at = run.mids.indexOf(mid); at >= 0; at = run.mids.indexOf(mid, at + 1)) {
        if (isAny || instanceOfKey(run.keyAt(at)) === instance - 1) return run.rowKeyAt(at)
      }
    }
    return undefined
  }

  private work(): Promise<void> | undefined {
    if (!this.isBuilt || this.isStale || this.dirty.size > Math.max(REBUILD_FROM, this.total / REBUILD_SHARE))
      return this.build()
    return this.applyChanges()
  }

  private async build(): Promise<void> {
    const { fid, set } = this.spec
    const slice = new TimeSlice(this.runtime)
    const rows = new SortableRows()
    // `working` is not set yet, so what is committed before the first page is asked for is not noted: it is in the page.
    this.dirty.clear()
    this.isBuilt = false
    this.isStale = false
    for await (const page of this.index.summaries(fid)) {
      for (const { mid, row } of page) {
        if (row.set !== set) continue
        const made = this.rowsOf(mid, row)
        for (const one of made instanceof Promise ? await made : made) rows.push(one)
        if (slice.isDue) await slice.pause()
      }
    }
    const runs = await rows.sorted(this.index.runRows, slice)
    this.runs = runs.length === 0 ? [OrderRun.empty] : runs
    this.total = rows.count
    this.isBuilt = true
    this.revision++
    await this.applyChanges()
  }

  /** Applies what was noted; at once when no message has to be read and there is little of it. */
  private applyChanges(): Promise<void> | undefined {
    const slice = new TimeSlice(this.runtime)
    while (this.dirty.size > 0) {
      const [mid, row] = this.dirty.entries().next().value!
      this.dirty.delete(mid)
      const made = row === null ? [] : this.rowsOf(mid, row)
      if (made instanceof Promise) {
        return made.then(rows => {
          this.replace(mid, rows)
          return this.applyChanges()
        })
      }
      this.replace(mid, made)
      if (this.dirty.size > 0 && slice.isDue) return slice.pause().then(() => this.applyChanges())
    }
    return undefined
  }

  /** The rows that a message has in this order: none when it does not meet the restriction. */
  private rowsOf(mid: Mid, row: SummaryRow): Maybe<SortableRow[]> {
    const target = this.targets.of(mid, row)
    if (target instanceof Promise) return target.then(found => this.rowsOfTarget(mid, row, found))
    return this.rowsOfTarget(mid, row, target)
  }

  private rowsOfTarget(mid: Mid, row: SummaryRow, target: RestrictionTarget | undefined): SortableRow[] {
    // Gone since: a change that says so is on its way.
    if (target === undefined) return []
    if (this.evaluator?.matches(target) === false) return []
    const { expand } = this.spec
    if (expand === 0) return [{ key: this.sortKey(mid, target, undefined, 0), mid, version: row.version }]
    const value = target.value(expand)
    const type = storedType(expand & 0xffff & ~0x2000)
    const values = value === undefined ? [undefined] : splitElements(type, value)
    if (values.length === 0) values.push(undefined as never)
    return values.map((one, instance) => ({ key: this.sortKey(mid, target, one, instance), mid, version: row.version }))
  }

  private sortKey(mid: Mid, target: RestrictionTarget, element: Uint8Array | undefined, instance: number): Uint8Array {
    const writer = this.keyWriter
    writer.position = 0
    let level = this.spec.categories?.count ?? 0
    for (const { tag, order } of this.spec.sort) {
      const type = storedType(tag & 0xffff)
      const isInstance = isMultivalueInstance(type)
      const value = isInstance && tag === this.spec.expand ? element : target.value(tag)
      const own = isInstance ? storedType(singleType(type)) : type
      // Texts that differ by case only are in one category.
      const caseRule = level-- > 0 ? 'ignoreCase' : 'case'
      writeOrderKey(writer, own, value, order === SORT_DESCENDING, this.spec.localeId, caseRule)
    }
    const { categories, expand } = this.spec
    if (categories !== undefined) this.writeCategoryTail(mid, target, categories.maximum, instance)
    else if (expand !== 0) {
      // The rows of one message stand together unless the sort parts them.
      writeMid(writer, mid)
      writer.u8(instance >>> 8)
      writer.u8(instance & 0xff)
    }
    return writer.bytes.slice(0, writer.position)
  }

  private writeCategoryTail(mid: Mid, target: RestrictionTarget, maximum: PropertyTag, instance: number): void {
    const largest = new Writer(64)
    if (maximum !== 0) {
      const type = storedType(maximum & 0xffff)
      writeOrderKey(largest, type, target.value(maximum), false, this.spec.localeId)
    }
    const isUnread = target.value(PidTagRead)?.[0] === 0
    writeTail(this.keyWriter, mid, isUnread, largest.written(), instance)
  }

  /** Puts the rows of a message in the place of those that it had. */
  private replace(mid: Mid, rows: readonly SortableRow[]): void {
    this.revision++
    for (let at = 0; at < this.runs.length; at++) {
      for (let found = this.runs[at].mids.indexOf(mid); found >= 0; found = this.runs[at].mids.indexOf(mid)) {
        this.runs[at] = this.runs[at].remove(found)
        this.total--
      }
      if (this.runs[at].count === 0 && this.runs.length > 1) this.runs.splice(at--, 1)
    }
    for (const { key, version } of rows) {
      const at = this.find(key, mid)
      const run = this.runs[at]
      const grown = run.insert(run.lowerBound(key, mid), key, mid, version)
      this.total++
      if (grown.count <= this.index.runRows * 2) this.runs[at] = grown
      else this.runs.splice(at, 1, grown.slice(0, grown.count >>> 1), grown.slice(grown.count >>> 1, grown.count))
    }
  }
}

/** The number of the value that a row of an expanded order shows: it ends the sort key. */
export function instanceOfKey(key: Uint8Array): number {
  const { byteLength } = key
  return byteLength < 2 ? 0 : key[byteLength - 2] * 0x100 + key[byteLength - 1]
}
