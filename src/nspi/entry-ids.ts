import { Reader, Writer } from '../bufferstructs/index.js'
import { addressBookEntryId } from '../oxcdata/entry-id.js'

/** [MS-OXNSPI] 2.2.9.2: the first byte of an ephemeral entry id, and its size. */
const EPHEMERAL = 0x87
const EPHEMERAL_BYTES = 32
const VERSION = 1

/** [MS-OXNSPI] 2.2.9.2: an id that is valid for clients of the server with this GUID. */
export function ephemeralEntryId(serverGuid: string, displayType: number, mid: number): Uint8Array {
  const writer = new Writer(EPHEMERAL_BYTES)
  writer.u32(EPHEMERAL)
  writer.guid(serverGuid)
  writer.u32(VERSION)
  writer.u32(displayType)
  writer.u32(mid)
  return writer.bytes.slice(0, writer.position)
}

/** The minimal entry id in an ephemeral entry id of this server, undefined for any other bytes. Its display type says nothing (R379). */
export function midOfEphemeral(serverGuid: string, bytes: Uint8Array): number | undefined {
  if (bytes.byteLength !== EPHEMERAL_BYTES || bytes[0] !== EPHEMERAL) return undefined
  const reader = new Reader(bytes)
  reader.take(4)
  if (reader.guid() !== serverGuid || reader.u32() !== VERSION) return undefined
  reader.take(4)
  return reader.u32()
}

/** Everything before the display type, which is the same in all permanent entry ids. */
const PERMANENT_HEAD = addressBookEntryId({ type: 0, dn: '' }).subarray(0, 24)

/** [MS-OXNSPI] 2.2.9.3: an id that is valid for ever. Every row has some, so it is put together without a detour. */
export function permanentEntryId(displayType: number, dn: string): Uint8Array {
  const start = PERMANENT_HEAD.byteLength + 4
  const bytes = new Uint8Array(start + dn.length + 1)
  bytes.set(PERMANENT_HEAD)
  bytes[start - 4] = displayType
  bytes[start - 3] = displayType >> 8
  for (let i = 0; i < dn.length; i++) bytes[start + i] = dn.charCodeAt(i)
  return bytes
}
