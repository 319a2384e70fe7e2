/** Requests of Execute as data: taken apart to the fields of each remote operation, and put together again. */
import { ropTable } from '../../rops/index.js'
import type { Rop } from '../../rops/rop.js'
import { codecContext, interpret, type Layout, MalformedBuffer, Reader, Writer } from '../bufferstructs/index.js'
import { RopBatch, type RopSlots } from '../client/rop-batch.js'
import { compressLz77 } from '../compression/lz77.js'
import { obfuscate } from '../compression/xor.js'
import { HEADER_BYTES, HeaderFlags, readExtendedBuffers } from '../emsmdb/rpc-header-ext.js'
import { executeRequest } from '../fronts/mapi-http/grammar/bodies.js'
import { RAW_CODE_PAGE } from '../oxcdata/raw-string8.js'

export type Fields = Record<string, unknown>

/** One remote operation. 8-bit text is Latin-1, byte for byte, whatever its code page. */
export interface RopRecord {
  readonly rop: Rop
  readonly logonId: number
  /** Handle slots in wire order, as `rop.handles` names them. */
  readonly slots: readonly number[]
  readonly fields: Fields
  /** Fields depend on the kind of the logon. */
  readonly publicLogon: boolean
}

/** One payload with its list of operations and its handle table. */
export interface RopPayload {
  /** Flags of its RPC_HEADER_EXT. */
  readonly headerFlags: number
  readonly rops: readonly RopRecord[]
  readonly handles: readonly number[]
}

export interface ExecuteRecord {
  readonly flags: number
  readonly payloads: readonly RopPayload[]
  readonly maxRopOut: number
  readonly auxiliary: Uint8Array
}

const ROP_SIZE_BYTES = 2
const LOGON_PRIVATE = 0x01

/**
 * Takes a request body apart; every byte of it is accounted for, or it throws MalformedBuffer. `isPublic` tells the kind of the logons
 * that are open.
 */
export function parseExecuteRequest(
  body: Uint8Array,
  isPublic: (logonId: number) => boolean = () => false
): ExecuteRecord {
  const reader = new Reader(body)
  const { flags, rop, maxRopOut, auxiliary } = executeRequest.read(reader)
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over`)
  const headers = headerFlagsOf(rop)
  const announced = new Map<number, boolean>()
  const payloads = readExtendedBuffers(rop).map((payload, at) => {
    const kindOf = (logonId: number): boolean => announced.get(logonId) ?? isPublic(logonId)
    return { headerFlags: headers[at], ...parsePayload(payload, kindOf, announced) }
  })
  return { flags, payloads, maxRopOut, auxiliary }
}

function headerFlagsOf(rop: Uint8Array): number[] {
  const view = new DataView(rop.buffer, rop.byteOffset, rop.byteLength)
  const flags: number[] = []
  for (let at = 0; at + HEADER_BYTES <= rop.byteLength; at += HEADER_BYTES + view.getUint16(at + 4, true))
    flags.push(view.getUint16(at + 2, true))
  return flags
}

function parsePayload(
  payload: Uint8Array,
  isPublic: (logonId: number) => boolean,
  announced: Map<number, boolean>
): { rops: RopRecord[]; handles: number[] } {
  const reader = new Reader(payload, codecContext({ codePage: RAW_CODE_PAGE }))
  const ropSize = reader.u16()
  if (ropSize < ROP_SIZE_BYTES || ropSize > payload.byteLength) reader.fail('RopSize outside the payload', 0)
  if ((payload.byteLength - ropSize) % 4 !== 0) reader.fail('handle table is no array of 32-bit values', ropSize)
  reader.end = ropSize
  const rops: RopRecord[] = []
  while (reader.remaining > 0) {
    const one = parseRop(reader, isPublic)
    if (one.rop.name === 'RopLogon')
      announced.set(one.logonId, ((one.fields.logonFlags as number) & LOGON_PRIVATE) === 0)
    rops.push(one)
  }
  const handles: number[] = []
  for (let at = ropSize; at < payload.byteLength; at += 4) handles.push(reader.view.getUint32(at, true))
  return { rops, handles }
}

function parseRop(reader: Reader, isPublic: (logonId: number) => boolean): RopRecord {
  const rop = ropTable[reader.u8()]
  if (rop === undefined) return reader.fail('a reserved RopId', reader.position - 1)
  const logonId = reader.u8()
  const slots = placesOf(rop).map(() => reader.u8())
  const publicLogon = isPublic(logonId)
  reader.context.publicLogon = publicLogon
  const fields = interpret.read(rop.request as Layout<unknown>, reader) as Fields
  return { rop, logonId, slots, fields, publicLogon }
}

function placesOf(rop: Rop): string[] {
  return rop.handles === 'none' ? [] : rop.handles.split(' ')
}

/** The body of a request. Payloads are compressed and obfuscated as they were, each with this project's own compressor. */
export function formatExecuteRequest({ flags, payloads, maxRopOut, auxiliary }: ExecuteRecord): Buffer {
  const rop = Buffer.concat(payloads.map(seal))
  const value = { flags, rop, maxRopOut, auxiliary }
  const writer = new Writer(executeRequest.size(value))
  executeRequest.write(writer, value)
  return Buffer.from(writer.written())
}

/** The ROP input buffer of one payload. */
export function formatPayload({ rops, handles }: Pick<RopPayload, 'rops' | 'handles'>): Buffer {
  const batch = new RopBatch(handles, { codePage: RAW_CODE_PAGE })
  for (const { rop, logonId, slots, fields, publicLogon } of rops) {
    batch.context.publicLogon = publicLogon
    const places = placesOf(rop).map((place, at) => [place, slots[at]])
    batch.add(rop, Object.fromEntries(places) as RopSlots, fields, { logonId })
  }
  return batch.write()
}

function seal(payload: RopPayload): Buffer {
  const plain = formatPayload(payload)
  const packed = (payload.headerFlags & HeaderFlags.compressed) === 0 ? undefined : compressLz77(plain)
  const isSmaller = packed !== undefined && packed.byteLength < plain.byteLength
  let flags = payload.headerFlags
  if (packed !== undefined && !isSmaller) flags &= ~HeaderFlags.compressed
  const bytes = Buffer.from(isSmaller ? packed : plain)
  if ((flags & HeaderFlags.xorMagic) !== 0) obfuscate(bytes)
  if (plain.byteLength > 0xffff) throw new MalformedBuffer(`a payload of ${plain.byteLength} bytes`, 0)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16LE(flags, 2)
  header.writeUInt16LE(bytes.byteLength, 4)
  header.writeUInt16LE(plain.byteLength, 6)
  return Buffer.concat([header, bytes])
}
