import { bool8, bytes16, flags, optional, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { propertyRow, restrictionData, seekOrigin } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.13, [MS-OXCTABL] 2.2.2.14, 3.2.5.14: moves a table's cursor to the next row that fits a restriction. */
export const RopFindRow = rop(0x4f, 'RopFindRow', {
  input: ['table'],
  request: struct({
    findRowFlags: flags(u8, { backward: 0x01 }),
    restriction: restrictionData,
    origin: seekOrigin,
    bookmark: bytes16
  }),
  response: struct({ rowNoLongerVisible: bool8, row: optional(bool8, propertyRow) })
})
