import { enumeration, u16 } from '../../src/bufferstructs/index.js'

/** ReturnValue of a server that is too busy to go on; its response says for how long instead of carrying data. */
export const SERVER_BUSY = 0x00000480

/** [MS-OXCFXICS] 2.2.3.1.1.5.2: how far a transfer is. */
export const transferStatus = enumeration(u16, { error: 0x0000, partial: 0x0001, noRoom: 0x0002, done: 0x0003 })
