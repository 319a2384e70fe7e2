import {
  ascii0,
  bool8,
  bytes,
  bytes16,
  reserved,
  string8z,
  struct,
  u8,
  u16,
  when
} from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'

/** [MS-OXCROPS] 2.2.7.9, [MS-OXOMSG] 2.2.4.4: sending options of an address type. */
export const RopOptionsData = rop(0x6f, 'RopOptionsData', {
  input: ['logon'],
  request: struct({ addressType: ascii0, wantWin32: bool8 }),
  response: struct({
    reserved: reserved(u8),
    optionsInfo: bytes16,
    helpFileSize: u16,
    helpFile: bytes('helpFileSize'),
    helpFileName: when(fields => fields.helpFileSize !== 0, string8z)
  })
})
