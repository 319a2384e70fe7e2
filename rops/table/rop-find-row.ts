import { bool8, bytes16, flags, optional, struct, u8 } from '../../src/bufferstructs/index.js'
import type { TableView } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { propertyRow, restrictionData, seekOrigin } from '../wire-forms.js'
import { demandColumns } from './columns.js'

const BACKWARD = 0x01
/** RowNoLongerVisible and HasRowData. */
const PREFIX_BYTES = 2
const PREDEFINED = ['beginning', 'current', 'end'] as const
/** Tables whose rows can be sought (R542, R544). */
const SEARCHED: readonly TableView['source'][] = ['contents', 'hierarchy', 'rules']

/** [MS-OXCROPS] 2.2.5.13, [MS-OXCTABL] 2.2.2.14, 3.2.5.14: moves a table's cursor to the next row that fits a restriction. */
export const RopFindRow = rop(0x4f, 'RopFindRow', {
  input: ['table'],
  request: struct({
    findRowFlags: flags(u8, { backward: BACKWARD }),
    restriction: restrictionData,
    origin: seekOrigin,
    bookmark: bytes16
  }),
  response: struct({ rowNoLongerVisible: bool8, row: optional(bool8, propertyRow) }),
  stream(call, { findRowFlags, restriction, origin, bookmark }, body) {
    const { input: table } = call
    if (!SEARCHED.includes(table.source)) throw new MapiError(ErrorCode.ecNotSupported)
    demandColumns(table)
    if ((findRowFlags & ~BACKWARD) !== 0) throw new MapiError(ErrorCode.ecInvalidParam)
    const from = origin === seekOrigin.names.custom ? bookmark : PREDEFINED[origin]
    if (from === undefined) throw new MapiError(ErrorCode.ecInvalidParam)
    const at = body.reserve(PREFIX_BYTES)
    const options = { restriction, from, backward: (findRowFlags & BACKWARD) !== 0 }
    return chain(table.findRow(body, options), ({ isFound, isWritten, rowIsGone }) => {
      if (!isFound) throw new MapiError(ErrorCode.ecNotFound)
      body.patchU8(at, rowIsGone ? 1 : 0)
      body.patchU8(at + 1, isWritten ? 1 : 0)
    })
  }
})
