import { array, empty, flags, id, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { sendOptions } from '../wire-forms.js'

/** [MS-OXCROPS] 2.2.12.6, [MS-OXCFXICS] 2.2.3.1.1.3, 3.2.5.8.1.3: starts a download of messages. */
export const RopFastTransferSourceCopyMessages = rop(0x4b, 'RopFastTransferSourceCopyMessages', {
  input: ['folder'],
  output: 'fastTransferSource',
  request: struct({
    messageIds: array(u16, id),
    copyFlags: flags(u8, {
      move: 0x01,
      unused1: 0x02,
      unused2: 0x04,
      unused3: 0x08,
      bestBody: 0x10,
      sendEntryId: 0x20
    }),
    sendOptions
  }),
  response: empty
})
