import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { isMultivalue, isValueType, MULTIVALUE_INSTANCE, PtypErrorCode } from '../../oxcdata/property-type.js'

/**
 * Columns as a table may have them; ecInvalidParam for a type that no value has, for PtypUnspecified, PtypErrorCode and
 * instances of a single value ([MS-OXCTABL] 3.2.5.2, R435). A column may be named twice: it then stands in the row twice.
 */
export function demandColumnTypes(columns: readonly PropertyTag[]): void {
  for (const column of columns) {
    const type = column & 0xffff
    const plain = type & ~MULTIVALUE_INSTANCE
    const isInstance = plain !== type
    if (!isValueType(plain) || plain === PtypErrorCode || (isInstance && !isMultivalue(plain))) {
      throw new MapiError(ErrorCode.ecInvalidParam)
    }
  }
}

/** The columns to read rows with; ecNullObject before a successful RopSetColumns ([MS-OXCTABL] R768). */
export function demandColumns(columns: readonly PropertyTag[] | undefined): readonly PropertyTag[] {
  if (columns === undefined) throw new MapiError(ErrorCode.ecNullObject)
  return columns
}
