import type { Mid } from '../../oxcdata/ids.js'
import type { ComputedCells, RowCell } from '../../oxcdata/property-row.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { ReadState } from '../public-store/read-states.js'
import { instanceOfKey } from './built-order.js'
import { computedCell, type MessageRow, type RowMailbox } from './message-row-cells.js'
import type { RowWalk } from './row-order.js'
import type { SummaryRow } from './summary-row.js'

/** The computed cells of a table's columns, moved from row to row. */
export class RowCells implements ComputedCells, MessageRow {
  readonly mailbox: RowMailbox
  mid: Mid = 0
  row!: SummaryRow
  instance = -1
  depth = 0
  private plan: (((row: MessageRow) => RowCell) | undefined)[] = []
  private isNeeded = false

  constructor(
    mailbox: RowMailbox,
    private readonly reader: ReadState | undefined
  ) {
    this.mailbox = mailbox
  }

  setColumns(columns: readonly PropertyTag[]): void {
    this.plan = columns.map(column => computedCell(column, this.reader))
    this.isNeeded = this.plan.some(cell => cell !== undefined)
  }

  /** Moves to the row that a walk stands on; undefined when no column is computed. */
  on(walk: RowWalk, row: SummaryRow, isExpanded: boolean): this | undefined {
    if (!this.isNeeded) return undefined
    this.mid = walk.run.mids[walk.index]
    this.row = row
    this.instance = isExpanded ? instanceOfKey(walk.run.keyAt(walk.index)) : -1
    return this
  }

  cell(_column: PropertyTag, index: number): RowCell | undefined {
    return this.plan[index]?.(this)
  }
}
