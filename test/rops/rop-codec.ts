/** Reads and writes whole ROPs by their rows, with either of the two codecs, so that outside bytes can be held against the layouts. */
import { ropTable } from '../../rops/index.js'
import type { Rop } from '../../rops/rop.js'
import { type AnyLayout, codecContext, interpret, type Layout, Reader, Writer } from '../../src/bufferstructs/index.js'

export interface Codec {
  readonly name: string
  read(layout: AnyLayout, reader: Reader): unknown
  write(layout: AnyLayout, writer: Writer, value: unknown): void
}

export const codecs: readonly Codec[] = [
  {
    name: 'compiled',
    read: (layout, reader) => layout.read(reader),
    write: (layout, writer, value) => layout.write(writer, value)
  },
  {
    name: 'interpreted',
    read: (layout, reader) => interpret.read(layout, reader),
    write: (layout, writer, value) => interpret.write(layout, writer, value)
  }
]

/** A ROP request or response as its bytes say. `handles` are the handle indexes in wire order. */
export interface WireRop {
  rop: Rop
  logonId?: number
  handles: number[]
  returnValue?: number
  /** Undefined where the response has no body. */
  value: unknown
}

const INDEXES = {
  none: 0,
  input: 1,
  output: 1,
  'input output': 2,
  'response input': 2,
  'source destination': 2
} as const

function rowAt(reader: Reader): Rop {
  const at = reader.position
  return ropTable[reader.u8()] ?? reader.fail('reserved RopId', at)
}

export function readRequest(codec: Codec, reader: Reader): WireRop {
  const rop = rowAt(reader)
  const logonId = reader.u8()
  const handles = Array.from({ length: INDEXES[rop.handles] }, () => reader.u8())
  return { rop, logonId, handles, value: codec.read(rop.request, reader) }
}

export function writeRequest(codec: Codec, writer: Writer, request: WireRop): void {
  writer.u8(request.rop.id)
  writer.u8(request.logonId ?? 0)
  for (const index of request.handles) writer.u8(index)
  codec.write(request.rop.request, writer, request.value)
}

/** The layout of a response body: of the particular failure, of success, or none. */
export function bodyOf(rop: Rop, returnValue: number): Layout<unknown> | undefined {
  const special = rop.responseOn?.[returnValue]
  if (special !== undefined) return special
  return returnValue === 0 || rop.responseAlways !== undefined ? rop.response : undefined
}

export function readResponse(codec: Codec, reader: Reader): WireRop {
  const rop = rowAt(reader)
  if (rop.serverOriginated) return { rop, handles: [], value: codec.read(rop.response, reader) }
  const handles = [reader.u8()]
  const returnValue = reader.u32()
  const body = bodyOf(rop, returnValue)
  return { rop, handles, returnValue, value: body === undefined ? undefined : codec.read(body, reader) }
}

export function writeResponse(codec: Codec, writer: Writer, response: WireRop): void {
  const { rop, returnValue } = response
  writer.u8(rop.id)
  if (rop.serverOriginated) {
    codec.write(rop.response, writer, response.value)
    return
  }
  writer.u8(response.handles[0])
  writer.u32(returnValue!)
  const body = bodyOf(rop, returnValue!)
  if (body !== undefined) codec.write(body, writer, response.value)
}

/** The list of ROPs in a ROP buffer ([MS-OXCROPS] 2.2.1) without RPC_HEADER_EXT. */
export function listOf(payload: Uint8Array): Uint8Array {
  const size = new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint16(0, true)
  return payload.subarray(2, size)
}

export function readerOf(bytes: Uint8Array, columns: readonly number[] = []): Reader {
  return new Reader(bytes, codecContext({ columns }))
}

export function writerOf(columns: readonly number[] = []): Writer {
  return new Writer(256, Number.MAX_SAFE_INTEGER, codecContext({ columns }))
}
