import { flags, struct, u8, u32 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const tableFlags = flags(u8, {
  associated: 0x02,
  deferredErrors: 0x08,
  noNotifications: 0x10,
  softDeletes: 0x20,
  useUnicode: 0x40,
  conversationMembers: 0x80
})
const DOCUMENTED = 0xfa

/** [MS-OXCROPS] 2.2.4.14, [MS-OXCFOLD] 2.2.1.14, 3.2.5.13: opens the table of a folder's messages. */
export const RopGetContentsTable = rop(0x05, 'RopGetContentsTable', {
  input: ['folder'],
  output: 'table',
  request: struct({
    tableFlags
  }),
  response: struct({ rowCount: u32 }),
  execute(call, { tableFlags: bits }) {
    const { names } = tableFlags
    const conversationMembers = (bits & names.conversationMembers) !== 0
    // ConversationMembers goes with UseUnicode and DeferredErrors only, and on the root folder only (R1024, R1025).
    const companions = names.useUnicode | names.deferredErrors
    const misplaced = (bits & companions) !== companions || (call.input.type !== 'root' && !call.logon.isPublic)
    if ((bits & ~DOCUMENTED) !== 0 || (conversationMembers && misplaced)) throw new MapiError(ErrorCode.ecInvalidParam)
    const options = {
      associated: (bits & names.associated) !== 0,
      softDeleted: (bits & names.softDeletes) !== 0,
      unicode: (bits & names.useUnicode) !== 0,
      suppressNotifications: (bits & names.noNotifications) !== 0,
      conversationMembers,
      codePage: call.session.codePage
    }
    return chain(call.input.contentsTable(options, call.actor), table => {
      call.output('table', table)
      return chain(table.rowCount(), rowCount => ({ rowCount }))
    })
  }
})
