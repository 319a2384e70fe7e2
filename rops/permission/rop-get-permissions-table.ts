import { empty, flags, struct, u8 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

const tableFlags = flags(u8, { includeFreeBusy: 0x02 })

/** [MS-OXCROPS] 2.2.10.2, [MS-OXCPERM] 2.2.1, 3.2.5.1: opens the table of a folder's permissions. */
export const RopGetPermissionsTable = rop(0x3e, 'RopGetPermissionsTable', {
  input: ['folder'],
  output: 'table',
  request: struct({ tableFlags }),
  response: empty,
  execute(call, { tableFlags: bits }) {
    const includeFreeBusy = (bits & tableFlags.names.includeFreeBusy) !== 0
    call.output('table', call.input.permissionsTable({ includeFreeBusy }, call.actor))
    return {}
  }
})
