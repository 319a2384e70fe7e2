import type { SortOrder } from '../../../oxcdata/sort-order.js'
import { TimeSlice } from '../../time-slice.js'
import type { BuiltOrder } from '../built-order.js'
import { CategorizedOrder } from './categorized-order.js'
import { type CategorySpec, type KeyColumn, keyColumn } from './category-key.js'
import { CategoryStates } from './category-states.js'
import { type Category, CategoryFinder } from './category-tree.js'

/** The categories of one table: what there is of them in the order below, and which of them are expanded. */
export class Categories {
  readonly states: CategoryStates
  private readonly columns: KeyColumn[]
  private readonly finder: CategoryFinder
  private tree: Category[] = []
  private treeRevision = -1
  private order: CategorizedOrder | undefined
  private statesRevision = -1
  private base: BuiltOrder | undefined

  /** `sort` begins with the columns of the categories. */
  constructor(
    readonly spec: CategorySpec,
    sort: readonly SortOrder[],
    expandedLevels: number
  ) {
    this.columns = sort.slice(0, spec.count).map(keyColumn)
    this.finder = new CategoryFinder(this.columns, spec.maximum !== 0)
    this.states = new CategoryStates(expandedLevels)
  }

  /** What the table shows of an order that is up to date; a promise after which to ask again. */
  over(base: BuiltOrder): CategorizedOrder | Promise<void> {
    const isOther = base !== this.base || base.revision !== this.treeRevision
    if (!isOther && this.order !== undefined && this.statesRevision === this.states.revision) return this.order
    if (isOther) {
      const tree = this.finder.find(base, new TimeSlice(base.runtime))
      if (tree instanceof Promise) return tree
      this.tree = tree
      this.base = base
      this.treeRevision = base.revision
    }
    this.statesRevision = this.states.revision
    this.order = new CategorizedOrder(base, this.tree, this.states, this.columns, this.spec.maximum !== 0)
    return this.order
  }

  /** The order as it was last shown. */
  get shown(): CategorizedOrder {
    return this.order!
  }
}
