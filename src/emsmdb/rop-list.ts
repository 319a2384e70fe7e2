import type { Rop } from '../../rops/rop.js'
import { MalformedBuffer, Reader } from '../bufferstructs/index.js'
import { RAW_CODE_PAGE } from '../oxcdata/raw-string8.js'

/** RopId and first request field of RopLogon: its LogonFlags say of which kind the logon will be ([MS-OXCROPS] 2.2.3.1.1). */
const ROP_LOGON = 0xfe
const LOGON_FLAG_PRIVATE = 0x01

const NOTHING = new Uint8Array(0)

/** One row per RopId; a RopId without a row is reserved. */
export type RopTable = readonly (Rop | undefined)[]

/**
 * The ROP input buffer ([MS-OXCROPS] 2.2.1), decoded whole before anything runs: RopSize, RopsList,
 * ServerObjectHandleTable. The arrays run in parallel, one element per ROP, and are reused from call to call, so that
 * decoding leaves no garbage but the request values.
 */
export class RopList {
  count = 0
  readonly rows: Rop[] = []
  readonly logonIds: number[] = []
  /** Input, source, response or output handle index, as the row's `handles` says; 0 when there is none. */
  readonly firstIndexes: number[] = []
  /** Output, input or destination handle index of the forms that have two. */
  readonly secondIndexes: number[] = []
  /** Request values, as the rows' layouts read them; byte fields are views of `payload`. */
  readonly requests: unknown[] = []
  /** Offset in `payload` of each ROP, for RopBufferTooSmall. */
  readonly offsets: number[] = []
  /** Offset in `payload` behind the last ROP. */
  end = 0
  payload: Uint8Array = NOTHING
  handles: Uint32Array = new Uint32Array(0)
  /** The cursor that goes with the list. */
  reader = new Reader(NOTHING)

  /**
   * Decodes a payload. `isPublic` tells the kind of the logons that are open; a RopLogon earlier in the same buffer counts
   * as well, because ROPs behind it have fields that depend on it. Throws MalformedBuffer for a list that does not parse
   * and for a reserved or server-originated RopId; the list is then empty.
   */
  read(table: RopTable, reader: Reader, payload: Uint8Array, isPublic: (logonId: number) => boolean): void {
    this.clear()
    reader.reset(payload)
    const ropSize = reader.u16()
    if (ropSize < 2 || ropSize > payload.byteLength) reader.fail('RopSize outside the payload', 0)
    const tableBytes = payload.byteLength - ropSize
    if (tableBytes % 4 !== 0) reader.fail('handle table is no array of 32-bit values', ropSize)
    reader.end = ropSize
    try {
      let announced: Map<number, boolean> | undefined
      const kindOf = (logonId: number) => announced?.get(logonId) ?? isPublic(logonId)
      while (reader.position < ropSize) {
        const row = this.#readOne(table, reader, kindOf)
        if (row.id === ROP_LOGON) {
          announced ??= new Map()
          const flagsAt = this.offsets[this.count - 1] + 3
          announced.set(this.logonIds[this.count - 1], (payload[flagsAt] & LOGON_FLAG_PRIVATE) === 0)
        }
      }
    } catch (error) {
      this.clear()
      throw error
    }
    this.payload = payload
    this.end = ropSize
    if (this.handles.length !== tableBytes / 4) this.handles = new Uint32Array(tableBytes / 4)
    for (let i = 0; i < this.handles.length; i++) this.handles[i] = reader.view.getUint32(ropSize + i * 4, true)
  }

  #readOne(table: RopTable, reader: Reader, isPublic: (logonId: number) => boolean): Rop {
    const offset = reader.position
    const id = reader.u8()
    const row = table[id]
    if (row === undefined || row.serverOriginated === true) {
      throw new MalformedBuffer(`no ROP has the id 0x${id.toString(16).padStart(2, '0')}`, offset)
    }
    const logonId = reader.u8()
    const first = row.handles === 'none' ? 0 : reader.u8()
    const second = hasTwoIndexes(row) ? reader.u8() : 0
    reader.context.publicLogon = isPublic(logonId)
    const request = row.rawString8 === true ? readRaw(row, reader) : row.request.read(reader)
    const i = this.count++
    this.rows[i] = row
    this.logonIds[i] = logonId
    this.firstIndexes[i] = first
    this.secondIndexes[i] = second
    this.requests[i] = request
    this.offsets[i] = offset
    return row
  }

  /** Forgets the request values and the payload, so that a waiting session holds on to no slab. */
  clear(): void {
    for (let i = 0; i < this.count; i++) this.requests[i] = undefined
    this.count = 0
    this.payload = NOTHING
    this.end = 0
  }

  /** Offset in `payload` of the ROP behind the i-th one. */
  nextOffset(i: number): number {
    return i + 1 < this.count ? this.offsets[i + 1] : this.end
  }
}

/** Reads a request whose 8-bit text is in a code page that only the handler knows. */
function readRaw(row: Rop, reader: Reader): unknown {
  const { context } = reader
  const { codePage } = context
  context.codePage = RAW_CODE_PAGE
  try {
    return row.request.read(reader)
  } finally {
    context.codePage = codePage
  }
}

function hasTwoIndexes(row: Rop): boolean {
  return row.handles === 'input output' || row.handles === 'response input' || row.handles === 'source destination'
}
