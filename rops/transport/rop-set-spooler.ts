import { empty } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.4, [MS-OXOMSG] 2.2.5.1: says that the client sends mail itself. */
export const RopSetSpooler = rop(0x47, 'RopSetSpooler', {
  input: ['logon'],
  request: empty,
  response: empty
})
