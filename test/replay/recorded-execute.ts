import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ropTable } from '../../rops/index.js'
import type { Rop } from '../../rops/rop.js'
import { codecContext, interpret, Reader } from '../../src/bufferstructs/index.js'
import { unwrapPayloads } from '../../src/client/extended-buffer.js'

/** Bodies of a real Outlook's MAPI/HTTP requests, with the answers of a server that was not Exchange. */
export const CAPTURE_FOLDER = join('..', 'shared', 'captures', '03-mapi-http')

export interface RecordedRequest {
  rop: Rop
  /** Handle slots in wire order, as `rop.handles` names them. */
  slots: number[]
  fields: Record<string, unknown>
}

export interface RecordedResponse {
  name: string
  slot: number
  returnValue: number
  value: unknown
}

export interface RecordedExecute<T> {
  rops: T[]
  handles: number[]
}

export function readBody(name: string): Buffer {
  return readFileSync(join(CAPTURE_FOLDER, name))
}

/** The ROPs of a recorded Execute request; every byte of it must be accounted for. */
export function readRequest(number: number): RecordedExecute<RecordedRequest> {
  const body = readBody(`execute_req${number}.bin`)
  const size = body.readUInt32LE(4)
  const [payload] = unwrapPayloads(body.subarray(8, 8 + size))
  const rops: RecordedRequest[] = []
  const reader = listReader(payload)
  while (reader.remaining > 0) {
    const rop = ropTable[reader.u8()]
    if (rop === undefined) return reader.fail('a reserved RopId')
    reader.u8()
    const slots = rop.handles === 'none' ? [] : rop.handles.split(' ').map(() => reader.u8())
    rops.push({ rop, slots, fields: interpret.read(rop.request, reader) as Record<string, unknown> })
  }
  return { rops, handles: readHandles(payload) }
}

/** The ROPs of a recorded Execute response; `columns` are those of the property rows in it, by place in the list. */
export function readResponse(
  number: number,
  columns: readonly (readonly number[])[]
): RecordedExecute<RecordedResponse> {
  const body = readBody(`execute_resp${number}.bin`)
  const size = body.readUInt32LE(12)
  return readResponses(unwrapPayloads(body.subarray(16, 16 + size))[0], columns)
}

export function readResponses(
  payload: Buffer,
  columns: readonly (readonly number[])[]
): RecordedExecute<RecordedResponse> {
  const rops: RecordedResponse[] = []
  const reader = listReader(payload)
  while (reader.remaining > 0) {
    const rop = ropTable[reader.u8()]!
    const slot = reader.u8()
    const returnValue = reader.u32()
    reader.context.columns = columns[rops.length] ?? []
    const hasBody = returnValue === 0 || rop.responseAlways !== undefined
    rops.push({ name: rop.name, slot, returnValue, value: hasBody ? interpret.read(rop.response, reader) : undefined })
  }
  return { rops, handles: readHandles(payload) }
}

function listReader(payload: Buffer): Reader {
  const reader = new Reader(payload, codecContext())
  reader.position = 2
  reader.end = payload.readUInt16LE(0)
  return reader
}

function readHandles(payload: Buffer): number[] {
  const handles: number[] = []
  for (let at = payload.readUInt16LE(0); at + 4 <= payload.length; at += 4) handles.push(payload.readUInt32LE(at))
  return handles
}
