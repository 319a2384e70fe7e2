import { flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { restrictionData, tableStatus } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.5.3, [MS-OXCTABL] 2.2.2.4, 3.2.5.4: chooses which rows a table shows. */
export const RopRestrict = rop(0x14, 'RopRestrict', {
  input: ['table'],
  request: struct({ restrictFlags: flags(u8, { tblAsync: 0x01 }), restriction: restrictionData }),
  response: struct({ tableStatus }),
  execute(call, { restriction }) {
    const { input: table } = call
    if (table.source === 'attachments') throw new MapiError(ErrorCode.ecNotSupported)
    return chain(table.restrict(restriction), () => ({ tableStatus: tableStatus.names.complete }))
  }
})
