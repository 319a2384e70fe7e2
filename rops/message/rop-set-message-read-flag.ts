import { bool8, bytes, optional, struct, u8, when } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { readFlags } from './read-flags.js'

/** [MS-OXCROPS] 2.2.6.11, [MS-OXCMSG] 2.2.3.11, 3.2.5.10: changes the read state of an open message. */
export const RopSetMessageReadFlag = rop(0x11, 'RopSetMessageReadFlag', {
  input: ['message'],
  handles: 'response input',
  writes: ['message'],
  request: struct({
    readFlags,
    clientData: when((_fields, context) => context.publicLogon, bytes(24))
  }),
  response: struct({ changed: optional(bool8, struct({ logonId: u8, clientData: bytes(24) })) })
})
