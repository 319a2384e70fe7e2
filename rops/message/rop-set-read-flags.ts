import { array, bool8, id, struct, u16 } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { nothingPartial, partialCompletion } from '../wire-forms.js'
import { readFlags } from './read-flags.js'

/** [MS-OXCROPS] 2.2.6.10, [MS-OXCMSG] 2.2.3.10, 3.2.5.10: changes the read state of messages of a folder. */
export const RopSetReadFlags = rop(0x66, 'RopSetReadFlags', {
  input: ['folder'],
  wrongKindError: ErrorCode.ecNullObject,
  writes: ['folder'],
  request: struct({ wantAsynchronous: bool8, readFlags, messageIds: array(u16, id) }),
  response: partialCompletion,
  responseAlways: nothingPartial,
  execute(call, { readFlags: bits, messageIds }) {
    return chain(call.input.setReadFlags(messageIds, bits, call.actor), ({ partial }) => ({
      partialCompletion: partial && !call.personality.readFlagsNeverPartial
    }))
  }
})
