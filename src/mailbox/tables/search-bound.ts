import { Writer } from '../../bufferstructs/index.js'
import { sortKey } from '../../oxcdata/collation.js'
import { isMultivalue, isString, storedType } from '../../oxcdata/property-type.js'
import { RelOp, type Restriction } from '../../oxcdata/restriction.js'
import { SORT_DESCENDING, type SortOrder } from '../../oxcdata/sort-order.js'
import { writeOrderKey } from '../../oxcdata/value-order.js'

/** What the order of a table tells about the rows that a restriction can hold for. */
export interface SearchBound {
  /** Every row that can meet the restriction has a sort key that is this one, begins with it, or comes behind it in the table's direction. */
  readonly key: Uint8Array
  /** Only rows whose keys begin with `key` can. */
  readonly isExact: boolean
}

const UPWARD: readonly number[] = [RelOp.equal, RelOp.greaterThan, RelOp.greaterThanOrEqual]
const DOWNWARD: readonly number[] = [RelOp.equal, RelOp.lessThan, RelOp.lessThanOrEqual]
/** CASE level of a text is not looked at by restrictions; it ends the key. */
const TERMINATOR_BYTES = 2

/**
 * Where a forward search may begin in an order with this sort, so that going to a value in a long table looks at few rows; undefined when
 * the order tells nothing. `isReversed`: keys are those of the ascending order, read from the last to the first.
 */
export function searchBound(
  restriction: Restriction | null,
  [first]: readonly SortOrder[],
  isReversed: boolean,
  localeId: number
): SearchBound | undefined {
  if (restriction === null || first === undefined) return undefined
  if (restriction.kind === 'and') {
    for (const inner of restriction.restrictions) {
      const bound = searchBound(inner, [first], isReversed, localeId)
      if (bound !== undefined) return bound
    }
    return undefined
  }
  if (restriction.kind !== 'property' || restriction.tag !== first.tag) return undefined
  const type = storedType(first.tag & 0xffff)
  const { tag, bytes } = restriction.value
  const isDescending = first.order === SORT_DESCENDING
  if (isMultivalue(type) || storedType(tag & 0xffff) !== type) return undefined
  if (!(isDescending ? DOWNWARD : UPWARD).includes(restriction.relop)) return undefined
  const writer = new Writer(2 * bytes.byteLength + 16)
  const isTurned = isDescending && !isReversed
  writeOrderKey(writer, type, bytes, isTurned, localeId)
  let key = writer.written()
  if (isString(type)) key = beginningOf(key, bytes, localeId)
  return { key, isExact: restriction.relop === RelOp.equal }
}

/** The part of a text's order key that all texts have which restrictions take as equal to it. */
function beginningOf(key: Uint8Array, text: Uint8Array, localeId: number): Uint8Array {
  const whole = sortKey(text, localeId)
  const alike = sortKey(text, localeId, 'ignoreCase')
  let size = key.byteLength - TERMINATOR_BYTES
  for (let at = alike.byteLength; at < whole.byteLength; at++) size -= whole[at] === 0 ? 2 : 1
  return key.subarray(0, size)
}
