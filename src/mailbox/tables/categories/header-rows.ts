import { ErrorCode } from '../../../oxcdata/error-code.js'
import type { Mid } from '../../../oxcdata/ids.js'
import { cellType, type RowCell } from '../../../oxcdata/property-row.js'
import type { PropertyTag } from '../../../oxcdata/property-tag.js'
import type { SortOrder } from '../../../oxcdata/sort-order.js'
import { cutCell } from '../../../oxcdata/table-cell.js'
import * as tags from '../../../oxprops/property-tags.generated.js'
import { wireId } from '../../change-key.js'
import type { ReadState } from '../../public-store/read-states.js'
import { int32 } from '../../stored-values.js'
import { computedCell, type RowMailbox } from '../message-row-cells.js'
import type { SummaryRow } from '../summary-row.js'
import type { Categories } from './categories.js'

/** PidTagRowType of header rows ([MS-OXCTABL] 2.2.1.3); one without rows has gone. */
const EXPANDED = 3
const COLLAPSED = 4

/** The header rows of a table with categories as they are written. */
export class HeaderRows {
  constructor(
    private readonly categories: Categories,
    private readonly sort: readonly SortOrder[],
    private readonly mailbox: RowMailbox,
    private readonly reader: ReadState | undefined
  ) {}

  /** The message whose values a header row shows in the columns of its category. */
  firstRow(id: number): { mid: Mid; version: number; instance: number } {
    const { shown } = this.categories
    return shown.firstRow(shown.header(id)!.category)
  }

  /** The cells of a header row; `first` is the summary row of its first message. */
  cells(id: number, columns: readonly PropertyTag[], first: SummaryRow): RowCell[] {
    const { category, state } = this.categories.shown.header(id)!
    return columns.map(column => {
      switch (column) {
        case tags.PidTagInstID:
          return wireId(id)
        case tags.PidTagInstanceNum:
          return int32(0)
        case tags.PidTagRowType:
          return int32(state.isExpanded ? EXPANDED : COLLAPSED)
        case tags.PidTagDepth:
          return int32(category.level)
        case tags.PidTagContentCount:
          return int32(category.count)
        case tags.PidTagContentUnreadCount:
          return int32(category.unread)
      }
      const level = this.sort.findIndex(({ tag }) => tag === column)
      return level < 0 || level > category.level ? ErrorCode.ecNotFound : this.valueOf(id, column, first)
    })
  }

  private valueOf(id: number, column: PropertyTag, row: SummaryRow): RowCell {
    const { mid, instance } = this.firstRow(id)
    const computed = computedCell(column, this.reader)
    if (computed !== undefined) return computed({ mailbox: this.mailbox, mid, row, instance, depth: 0 })
    const value = row.packed.value(column)
    return value === undefined ? ErrorCode.ecNotFound : cutCell(cellType(column), value)
  }
}
