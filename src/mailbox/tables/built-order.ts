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
import { type BuiltRun, BuiltRuns } from './built-runs.js'
import { type CategorySpec, writeMid, writeTail } from './categories/category-key.js'
import { OrderBuilder } from './order-builder.js'
import type { OrderIndex } from './order-index.js'
import type { OrderRun, RowKey } from './order-run.js'
import type { RowOrder } from './row-order.js'
import { type RecordSource, RowTargets } from './row-targets.js'
import type { SortableRow } from './sortable-rows.js'
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
  private rows: BuiltRuns
  private dirty = new Map<Mid, SummaryRow | null>()
  private isBuilt = false
  /** The order has to be built anew, because more of it has changed than is known. */
  private isStale = false
  private working: Promise<void> | undefined
  private isDiscarded = false
  /** Grows with every change of the rows. */
  revision = 0
  /** Tables that use it. */
  users = 0

  constructor(index: OrderIndex, spec: OrderSpec, source: RecordSource, runtime: Runtime) {
    this.index = index
    this.rows = new BuiltRuns(index, [], undefined)
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

  get total(): number {
    return this.rows.total
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
    // Nothing has been read yet, or nothing that was read counts: the build will see the change.
    if (this.working === undefined && (!this.isBuilt || this.isStale)) return
    this.dirty.set(mid, row)
    if (this.working === undefined && this.dirty.size > this.mostChanges) this.invalidate()
  }

  /** Any row may have changed. */
  invalidate(): void {
    this.isStale = true
    if (this.working === undefined) this.dirty.clear()
  }

  /** Nobody uses the order any more. */
  async discard(): Promise<void> {
    this.isDiscarded = true
    // What is at work sees it and ends.
    await this.working?.catch(() => {})
    await this.rows.discard()
  }

  get runCount(): number {
    return this.rows.count
  }

  countAt(run: number): number {
    return this.rows.at(run).count
  }

  /** What a run is; the same object as long as its rows are the same. */
  runAt(run: number): BuiltRun {
    return this.rows.at(run)
  }

  contentAt(run: number): OrderRun | undefined {
    return this.rows.content(run)
  }

  load(run: number): Promise<void> {
    return this.rows.load(run)
  }

  find(key: Uint8Array, mid: Mid): number {
    return this.rows.find(key, mid)
  }

  locate(mid: Mid, instance = 0): RowKey | undefined {
    const isAny = this.spec.expand === 0 || instance === 0
    const key = this.rows.places(mid).find(found => isAny || instanceOfKey(found) === instance - 1)
    return key === undefined ? undefined : { key: key.slice(), mid }
  }

  private get mostChanges(): number {
    return Math.max(REBUILD_FROM, this.total / REBUILD_SHARE)
  }

  private work(): Promise<void> | undefined {
    const { rows, dirty, index } = this
    const hasGrown = !rows.isSpilled && rows.total + dirty.size > index.residentRows * 2
    if (!this.isBuilt || this.isStale || hasGrown || dirty.size > this.mostChanges) return this.build()
    return this.applyChanges()
  }

  private async build(): Promise<void> {
    const slice = new TimeSlice(this.runtime)
    const builder = new OrderBuilder(this.index, slice)
    // `working` is not set yet, so what is committed before the first page is asked for is not noted: it is in the page.
    this.dirty.clear()
    this.isBuilt = false
    this.isStale = false
    const before = this.rows
    try {
      await this.addAll(builder, slice)
      this.rows = await builder.finish()
    } catch (error) {
      await builder.abandon().catch(() => {})
      throw error
    }
    this.isBuilt = true
    this.revision++
    await before.discard()
    await this.applyChanges()
  }

  private async addAll(builder: OrderBuilder, slice: TimeSlice): Promise<void> {
    const { fid, set } = this.spec
    for await (const page of this.index.summaries(fid)) {
      if (this.isDiscarded) throw new Error('the order is not wanted any more')
      for (const { mid, row } of page) {
        if (row.set !== set) continue
        const made = this.rowsOf(mid, row)
        const added = builder.add(made instanceof Promise ? await made : made)
        if (added !== undefined) await added
        if (slice.isDue) await slice.pause()
      }
    }
  }

  /** Applies what was noted; at once when no message and no run has to be read and there is little of it. */
  private applyChanges(): Promise<void> | undefined {
    const fail = (error: unknown): never => {
      // The changes have been taken and are not all made.
      this.isStale = true
      throw error
    }
    try {
      // What was made for a change that had to wait: a message may have changed again since.
      this.rows.commit()
      const waiting = this.applySome(new TimeSlice(this.runtime))
      this.rows.commit()
      return waiting?.then(() => this.applyChanges(), fail)
    } catch (error) {
      return fail(error)
    }
  }

  /** Applies changes up to one for which something has to be waited for. */
  private applySome(slice: TimeSlice): Promise<void> | undefined {
    while (this.dirty.size > 0) {
      const [mid, row] = this.dirty.entries().next().value!
      this.dirty.delete(mid)
      const made = row === null ? [] : this.rowsOf(mid, row)
      if (made instanceof Promise) return made.then(rows => this.replace(mid, rows))
      const loading = this.replace(mid, made)
      if (loading !== undefined) return loading
      if (this.dirty.size > 0 && slice.isDue) return slice.pause().then(() => this.index.store.whenRoom())
    }
    return undefined
  }

  /** Puts the rows of a message in the place of those that it had, as soon as the runs in which they stand are at hand. */
  private replace(mid: Mid, rows: readonly SortableRow[]): Promise<void> | undefined {
    this.revision++
    const loading = this.rows.replace(mid, rows)
    return loading?.then(() => this.replace(mid, rows))
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
}

/** The number of the value that a row of an expanded order shows: it ends the sort key. */
export function instanceOfKey(key: Uint8Array): number {
  const { byteLength } = key
  return byteLength < 2 ? 0 : key[byteLength - 2] * 0x100 + key[byteLength - 1]
}
