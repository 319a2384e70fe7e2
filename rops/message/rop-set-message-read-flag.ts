import { bool8, bytes, optional, struct, u8, when } from '../../src/bufferstructs/index.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'
import { readFlags } from './read-flags.js'

/** [MS-OXCROPS] 2.2.6.11, [MS-OXCMSG] 2.2.3.11, 3.2.5.10: changes the read state of an open message. */
export const RopSetMessageReadFlag = rop(0x11, 'RopSetMessageReadFlag', {
  input: ['message'],
  wrongKindError: ErrorCode.ecNullObject,
  handles: 'response input',
  writes: ['message'],
  request: struct({
    readFlags,
    clientData: when((_fields, context) => context.publicLogon, bytes(24))
  }),
  response: struct({ changed: optional(bool8, struct({ logonId: u8, clientData: bytes(24) })) }),
  execute(call, { readFlags: bits, clientData }) {
    return chain(call.input.setReadFlag(bits, call.actor), changed => {
      // Only public folder mode tells of the change, with what the client sent (R921, R1841).
      const tells = changed && call.logon.isPublic && clientData !== undefined
      return { changed: tells ? { logonId: call.logon.id, clientData } : null }
    })
  }
})
