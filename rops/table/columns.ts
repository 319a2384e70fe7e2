import type { TableView } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { isMultivalue, isValueType, MULTIVALUE_INSTANCE, PtypErrorCode } from '../../src/oxcdata/property-type.js'

/** Whether a tag may be a column or a sort key: of a type that values have, instances only of many values ([MS-OXCTABL] R435). */
export function isColumn(tag: number): boolean {
  const type = tag & 0xffff
  const single = type & ~MULTIVALUE_INSTANCE
  if ((type & MULTIVALUE_INSTANCE) !== 0 && !isMultivalue(single)) return false
  return single !== PtypErrorCode && isValueType(single)
}

/** Rows can be read only after a successful RopSetColumns ([MS-OXCTABL] 3.2.5.2). */
export function demandColumns(table: TableView): void {
  if (table.columns === undefined || table.columns.length === 0) throw new MapiError(ErrorCode.ecNullObject)
}
