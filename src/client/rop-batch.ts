import { ropTable } from '../../rops/index.js'
import type { HandleForm, Rop } from '../../rops/rop.js'
import { type CodecContext, codecContext, interpret, type Layout, Reader, Writer } from '../bufferstructs/index.js'

/** A slot of the server object handle table that holds nothing yet. */
export const NO_HANDLE = 0xffffffff

/** What of a ROP's row a client needs: its bytes, not its handler. */
export interface WireRop<Q, S> {
  readonly id: number
  readonly name: string
  readonly handles: HandleForm
  readonly request: Layout<Q>
  readonly response: Layout<S>
  readonly responseId?: number
  readonly noResponse?: boolean
}

/** The part that does not depend on the ROP's fields. */
type RopRow = Omit<WireRop<unknown, unknown>, 'request' | 'response'>

/** What became of one ROP of a batch. `value` is the decoded response body, undefined when there was none. */
export interface RopResult<T = unknown> {
  name: string
  returnValue: number
  value: T | undefined
}

/** Handle slots of one ROP, by the names of the request fields. */
export interface RopSlots {
  input?: number
  output?: number
  response?: number
  source?: number
  destination?: number
}

interface Entry {
  rop: RopRow
  columns: readonly number[]
  resolve: (result: RopResult) => void
}

/** Size of the RopSize field that precedes the list of ROPs. */
const ROP_SIZE_BYTES = 2

/**
 * The ROPs of one Execute, in order, with their handle table. Requests are written and responses read by the
 * interpreter of bufferstructs, so that a test through this client also compares the server's compiled codecs with it.
 */
export class RopBatch {
  private readonly writer = new Writer(512)
  private readonly entries: Entry[] = []
  /** Called with every result that `readResponses` reads. */
  onResult: ((result: RopResult) => void) | undefined
  readonly handles: number[]
  readonly context: CodecContext

  /** `handles` are the object handles that the slots refer to; slots beyond it are added as they are named. */
  constructor(handles: readonly number[] = [], context: Partial<CodecContext> = {}) {
    this.handles = [...handles]
    this.context = codecContext(context)
    this.writer.context = this.context
    this.writer.u16(0)
  }

  /** Puts a handle into the table and returns its slot. */
  slot(handle: number = NO_HANDLE): number {
    this.handles.push(handle)
    return this.handles.length - 1
  }

  /**
   * Adds a ROP. `columns` are those of the PropertyRows in its response where the request does not say (RopQueryRows).
   * The returned result is filled in by `readResponses`.
   */
  add<Q, S>(
    rop: WireRop<Q, S>,
    slots: RopSlots,
    request: NoInfer<Q>,
    options: { logonId?: number; columns?: readonly number[] } = {}
  ): RopResult<S> {
    const result: RopResult<S> = { name: rop.name, returnValue: NO_HANDLE, value: undefined }
    const { writer } = this
    writer.u8(rop.id)
    writer.u8(options.logonId ?? 0)
    for (const slot of slotsInOrder(rop, slots)) {
      while (slot >= this.handles.length && slot < 0xff) this.handles.push(NO_HANDLE)
      writer.u8(slot)
    }
    interpret.write(rop.request, writer, request)
    const columns = options.columns ?? (request as { propertyTags?: readonly number[] } | undefined)?.propertyTags ?? []
    if (!rop.noResponse) {
      this.entries.push({ rop, columns, resolve: read => Object.assign(result, read) })
    }
    return result
  }

  /** The ROP input buffer: RopSize, list of ROPs, handle table ([MS-OXCROPS] 2.2.1). */
  write(): Buffer {
    const list = this.writer.written()
    const size = list.byteLength
    const bytes = Buffer.alloc(size + this.handles.length * 4)
    bytes.set(list)
    bytes.writeUInt16LE(size, 0)
    for (let slot = 0; slot < this.handles.length; slot++) bytes.writeUInt32LE(this.handles[slot], size + slot * 4)
    return bytes
  }

  /** Reads the ROP output buffers of the answer; fills results and handles. Returns ROPs that the server sent of its own accord. */
  readResponses(payloads: readonly Buffer[]): RopResult[] {
    const extra: RopResult[] = []
    let next = 0
    payloads.forEach((payload, index) => {
      const ropSize = payload.readUInt16LE(0)
      const reader = new Reader(payload, this.context)
      reader.position = ROP_SIZE_BYTES
      reader.end = ropSize
      while (reader.position < ropSize) {
        const waiting = this.entries[next]
        const { id, ...read } = readOne(reader, waiting?.columns ?? [])
        this.onResult?.(read)
        if (waiting !== undefined && (waiting.rop.responseId ?? waiting.rop.id) === id) {
          waiting.resolve(read)
          next++
        } else extra.push(read)
      }
      if (index === 0) this.readHandles(payload, ropSize)
    })
    return extra
  }

  private readHandles(payload: Buffer, at: number): void {
    for (let slot = 0; at + slot * 4 + 4 <= payload.length; slot++)
      this.handles[slot] = payload.readUInt32LE(at + slot * 4)
  }
}

function slotsInOrder(rop: RopRow, slots: RopSlots): number[] {
  const need = (slot: number | undefined, name: string): number => {
    if (slot === undefined) throw new TypeError(`${rop.name} wants a slot for '${name}'`)
    return slot
  }
  switch (rop.handles) {
    case 'input':
      return [need(slots.input, 'input')]
    case 'input output':
      return [need(slots.input, 'input'), need(slots.output, 'output')]
    case 'response input':
      return [need(slots.response ?? slots.input, 'response'), need(slots.input, 'input')]
    case 'source destination':
      return [need(slots.source, 'source'), need(slots.destination, 'destination')]
    case 'output':
      return [need(slots.output, 'output')]
    default:
      return []
  }
}

/** One response at the reader's position. */
function readOne(reader: Reader, columns: readonly number[]): RopResult & { id: number } {
  const at = reader.position
  const rop = ropTable[reader.u8()]
  if (rop === undefined) return reader.fail('response of a reserved RopId', at)
  reader.context.columns = columns
  const { id, name } = rop
  if (rop.serverOriginated) return { id, name, returnValue: 0, value: interpret.read(rop.response, reader) }
  reader.u8()
  const returnValue = reader.u32()
  const body = bodyOf(rop, returnValue)
  return { id, name, returnValue, value: body === undefined ? undefined : interpret.read(body, reader) }
}

function bodyOf(rop: Rop, returnValue: number): Layout<unknown> | undefined {
  const special = rop.responseOn?.[returnValue]
  if (special !== undefined) return special
  return returnValue === 0 || rop.responseAlways !== undefined ? (rop.response as Layout<unknown>) : undefined
}
