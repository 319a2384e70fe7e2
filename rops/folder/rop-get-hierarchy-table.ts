import { flags, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const tableFlags = flags(u8, {
  depth: 0x04,
  deferredErrors: 0x08,
  noNotifications: 0x10,
  softDeletes: 0x20,
  useUnicode: 0x40,
  suppressesNotifications: 0x80
})
const DOCUMENTED = 0xfc

/** [MS-OXCROPS] 2.2.4.13, [MS-OXCFOLD] 2.2.1.13, 3.2.5.12: opens the table of a folder's subfolders. */
export const RopGetHierarchyTable = rop(0x04, 'RopGetHierarchyTable', {
  input: ['folder'],
  output: 'table',
  request: struct({
    tableFlags
  }),
  response: struct({ rowCount: u32 }),
  execute(call, { tableFlags: bits }) {
    if ((bits & ~DOCUMENTED) !== 0) throw new MapiError(ErrorCode.ecNotSupported)
    const { names } = tableFlags
    const options = {
      depth: (bits & names.depth) !== 0,
      softDeleted: (bits & names.softDeletes) !== 0,
      unicode: (bits & names.useUnicode) !== 0,
      suppressNotifications: (bits & (names.noNotifications | names.suppressesNotifications)) !== 0,
      codePage: call.session.codePage
    }
    return chain(call.input.hierarchyTable(options, call.actor), table => {
      call.output('table', table)
      return chain(table.rowCount(), rowCount => ({ rowCount }))
    })
  }
})
