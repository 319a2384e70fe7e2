import { bool8, bytes16, empty, guid, struct, u32, when } from '../../src/bufferstructs/index.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.3.13, [MS-OXCSTOR] 2.2.1.13, 3.2.5.13: stores per-user information of a public folder. */
export const RopWritePerUserInformation = rop(0x64, 'RopWritePerUserInformation', {
  input: ['logon'],
  writes: ['logon'],
  request: struct({
    folderId: longTermId,
    hasFinished: bool8,
    dataOffset: u32,
    data: bytes16,
    replGuid: when((fields, context) => fields.dataOffset === 0 && !context.publicLogon, guid)
  }),
  response: empty,
  execute(call, { folderId: folder, hasFinished: isLast, dataOffset: offset, data, replGuid }) {
    const { logon, mailbox, actor } = call
    logon.perUserUpload ??= mailbox.perUserUpload()
    return chain(logon.perUserUpload.write({ folder, offset, data, isLast, replGuid }, actor), () => ({}))
  }
})
