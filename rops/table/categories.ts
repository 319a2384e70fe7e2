import type { TableView } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { demandColumns } from './columns.js'

/** Tables that can have categories are contents tables ([MS-OXCTABL] R572, R578, R584, R590); columns come first (R8263 and others). */
export function demandCategories(table: TableView): Required<TableView> {
  if (table.expandRow === undefined) throw new MapiError(ErrorCode.ecNotSupported)
  demandColumns(table)
  return table as Required<TableView>
}
