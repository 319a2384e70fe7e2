import { bool8, bytes16, reserved, struct, u8, u16, u32 } from '../../src/bufferstructs/index.js'
import { limits } from '../../src/limits.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { longTermId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { rop } from '../rop.js'

/** Offsets from here on are below zero for whoever takes them as signed. */
const NEGATIVE = 0x80000000

/** [MS-OXCROPS] 2.2.3.12, [MS-OXCSTOR] 2.2.1.12, 3.2.5.12: reads per-user information of a public folder. */
export const RopReadPerUserInformation = rop(0x63, 'RopReadPerUserInformation', {
  input: ['logon'],
  request: struct({ folderId: longTermId, reserved: reserved(u8), dataOffset: u32, maxDataSize: u16 }),
  response: struct({ hasFinished: bool8, data: bytes16 }),
  execute(call, { folderId, dataOffset, maxDataSize }) {
    if (dataOffset >= NEGATIVE) throw new MapiError(call.personality.negativePerUserOffsetError)
    const whole = call.mailbox.perUserInformation(folderId, call.actor)
    if (dataOffset > whole.byteLength) throw new MapiError(ErrorCode.ecError)
    const most = maxDataSize === 0 ? limits.perUserBlockBytes : Math.min(maxDataSize, limits.perUserBlockBytes)
    const data = whole.subarray(dataOffset, dataOffset + most)
    return { hasFinished: dataOffset + data.byteLength === whole.byteLength, data }
  }
})
