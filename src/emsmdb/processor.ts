import { RopProgress } from '../../rops/property/rop-progress.js'
import { type Logon, type ObjectKind, type Rop, RopFailure } from '../../rops/rop.js'
import { StoreError } from '../../store/store-error.js'
import { BufferFull, type Layout, MalformedBuffer, type Writer } from '../bufferstructs/index.js'
import { limits } from '../limits.js'
import type { Log } from '../log.js'
import type { Mailbox, Maybe } from '../mailbox/domain.js'
import { newWatch } from '../mailbox/watch.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { Personality } from '../personality.js'
import type { Runtime } from '../runtime.js'
import { type Backoff, understandsBackoff, writeBackoff } from './backoff.js'
import { NO_HANDLE, releaseObject, type ServerObject } from './handle-table.js'
import { PENDING_BYTES } from './notification-queue.js'
import { downloadPacking } from './packing.js'
import { EmsmdbRopCall } from './rop-call.js'
import type { RopList } from './rop-list.js'
import type { RopMetrics } from './rop-metrics.js'
import { ExecuteFlags, HEADER_BYTES, markLast, openExtendedBuffer, sealExtendedBuffer } from './rpc-header-ext.js'
import { HasEnded, RunningOperation, StillRunning } from './running-operation.js'
import type { EmsmdbSession } from './session.js'

/** What the processor needs of the server around it. */
export interface ProcessorSurroundings {
  readonly personality: Personality
  readonly runtime: Runtime
  readonly metrics: RopMetrics
  readonly log: Log
  /** How long an asynchronous operation is waited for before its progress is told, milliseconds. */
  readonly progressAfterMs: number
  /** Asked before each ROP; an answer delays it and all behind it. */
  readonly admit: ((session: EmsmdbSession, logonId: number, row: Rop) => Backoff | undefined) | undefined
}

/** RPC_S_SERVER_TOO_BUSY, for clients that do not know RopBackoff ([MS-OXCROPS] 3.2.4.2). */
export const RPC_SERVER_TOO_BUSY = 0x000006bb
const ROP_BUFFER_TOO_SMALL = 0xff
/** RopId and SizeNeeded. */
const TOO_SMALL_FRAME_BYTES = 3
/** RopId, handle index, ReturnValue. */
const RESPONSE_FRAME_BYTES = 6
/** A ROP whose answer is small by nature is not begun with less room than this, unless it is the first. */
const SMALL_ANSWER_BYTES = 64
/** A ROP that fills the space left is not begun with less room than this, unless it is the first: a short answer would read as the end of the data. */
const STREAM_ANSWER_BYTES = 8 * 1024
const CONTINUE = true
const STOP = false

/**
 * One Execute: runs the ROPs of a decoded list in order and writes the response payloads into one slab. `run` gives the
 * error code of the call, 0 on success; the extended buffers are then in `writer`. It is synchronous as long as every
 * handler is.
 */
export class Execution {
  readonly writer: Writer
  readonly #around: ProcessorSurroundings
  readonly #session: EmsmdbSession
  readonly #list: RopList
  readonly #flags: number
  readonly #maxRopOut: number
  readonly #call: EmsmdbRopCall

  /** Position of the open payload's RPC_HEADER_EXT, and the last position that its responses may reach. */
  #header = 0
  #end = 0
  /** Where the response of the current ROP stands. */
  #start = 0
  /** Response body of the last ROP, when it succeeded. */
  #body: DataView | undefined
  /** Where the destination of the current ROP lies, when it has one. */
  #destinationMailbox: Mailbox | undefined
  #payloads = 0
  #full = false
  #startedMs = 0
  errorCode = 0

  constructor(around: ProcessorSurroundings, session: EmsmdbSession, list: RopList, flags: number, maxRopOut: number) {
    this.#around = around
    this.#session = session
    this.#list = list
    this.#flags = flags
    this.#maxRopOut = maxRopOut
    this.writer = session.beginAnswer(maxRopOut)
    this.#call = new EmsmdbRopCall(session, around.personality, around.runtime, this.writer)
  }

  run(): Maybe<number> {
    // Exchange 2013 and 2016 answer nothing and do nothing when not even a header fits ([MS-OXCRPC] R2002).
    if (this.#maxRopOut < HEADER_BYTES) return 0
    if (!this.#openPayload()) return ErrorCode.ecBufferTooSmall
    this.#startedMs = this.#around.runtime.monotonic()
    const ran = this.#runFrom(0)
    return ran instanceof Promise ? ran.then(() => this.#complete()) : this.#complete()
  }

  /** Begins a payload; false when the room does not even hold RopSize and the handle table. */
  #openPayload(): boolean {
    const room = Math.min(this.#maxRopOut - this.writer.position - HEADER_BYTES, limits.payloadBytes)
    const end = this.writer.position + HEADER_BYTES + room - this.#list.handles.length * 4
    if (end < this.writer.position + HEADER_BYTES + 2) return false
    this.#header = openExtendedBuffer(this.writer)
    this.#end = end
    this.writer.reserve(2)
    this.#payloads++
    return true
  }

  #closePayload(last: boolean): void {
    const { writer } = this
    writer.limit = this.#maxRopOut
    const payload = this.#header + HEADER_BYTES
    writer.patchU16(payload, writer.position - payload)
    for (const handle of this.#list.handles) writer.u32(handle)
    sealExtendedBuffer(writer, this.#header, this.#flags, last)
  }

  #runFrom(first: number): Maybe<void> {
    for (let i = first; i < this.#list.count; i++) {
      const more = this.#step(i)
      if (more instanceof Promise) return more.then(go => (go ? this.#runFrom(i + 1) : undefined))
      if (!more) return
    }
  }

  /** Runs one ROP. False ends the call: the buffer is full, the server is busy, or something broke (`errorCode`). */
  #step(i: number): Maybe<boolean> {
    const list = this.#list
    const row = list.rows[i]
    const call = this.#call
    this.#start = this.writer.position
    this.#body = undefined
    call.begin(list.logonIds[i])
    const running = this.#session.running[list.logonIds[i]]
    if (running !== undefined && row.asksForProgress !== true) return this.#abort(i, running)
    this.writer.context.publicLogon = call.currentLogon?.isPublic === true
    if (row.noResponse === true) return this.#release(i)
    const backoff = this.#around.admit?.(this.#session, list.logonIds[i], row)
    if (backoff !== undefined) return this.#delay(i, backoff)
    if (!this.#makeRoom(i, row)) return this.#overflow(i)
    const refused = this.#resolveObjects(i, row)
    const { writer } = this
    writer.u8(row.responseId ?? row.id)
    writer.u8(list.firstIndexes[i])
    if (row.output !== undefined && row.handles === 'input output')
      writer.patchU8(this.#start + 1, list.secondIndexes[i])
    writer.u32(0)
    try {
      if (refused !== 0) throw refusal(row, refused, list.secondIndexes[i])
      if (row.output !== undefined) this.#session.handles.demandRoom(row.output)
      const result = this.#execute(row, list.requests[i])
      if (result instanceof Promise) {
        return result.then(
          value => this.#succeed(i, row, value),
          error => this.#fail(i, row, error)
        )
      }
      return this.#succeed(i, row, result)
    } catch (error) {
      return this.#fail(i, row, error)
    }
  }

  #execute(row: Rop, request: unknown): Maybe<unknown> {
    if (row.stream !== undefined) return row.stream(this.#call, request, this.writer)
    if (row.asksForProgress === true) return this.#awaitRunning(request as { wantCancel: boolean })
    if (row.isAsynchronous?.(request) === true) return this.#begin(row, request)
    if (row.execute !== undefined) return row.execute(this.#call, request)
    throw new MapiError(row.notBuiltError ?? ErrorCode.ecNotImplemented)
  }

  /** Runs a ROP whose operation may take longer than its Execute. */
  #begin(row: Rop, request: unknown): Maybe<unknown> {
    const watch = newWatch()
    const { runtime, progressAfterMs } = this.#around
    const { logonId } = this.#call
    this.#call.watch = watch
    const result = row.execute!(this.#call, request)
    if (!(result instanceof Promise)) return result
    const operation = new RunningOperation(row, watch, result, this.#destinationMailbox)
    return operation.wait(runtime, progressAfterMs).then(isDone => {
      if (isDone) return result
      this.#session.running[logonId] = operation
      throw new StillRunning(operation)
    })
  }

  /** RopProgress: the response of the operation's own ROP, or how far it has come ([MS-OXCPRPT] 3.2.5.20). */
  async #awaitRunning({ wantCancel }: { wantCancel: boolean }): Promise<never> {
    const { logonId } = this.#call
    const operation = this.#session.running[logonId]
    if (operation === undefined) throw new MapiError(ErrorCode.ecNotSupported)
    if (wantCancel) await operation.abort()
    const { runtime, progressAfterMs } = this.#around
    if (!(await operation.wait(runtime, progressAfterMs))) throw new StillRunning(operation)
    this.#session.running[logonId] = undefined
    // Its response speaks of what it has done there, too.
    if (operation.destination !== undefined) this.#session.touch(operation.destination)
    throw new HasEnded(operation)
  }

  /** Any other ROP of the logon ends an operation that goes on ([MS-OXCPRPT] R453). */
  async #abort(i: number, operation: RunningOperation): Promise<boolean> {
    this.#session.running[this.#call.logonId] = undefined
    await operation.abort()
    return this.#step(i)
  }

  #respondProgress(i: number, row: Rop, { watch }: RunningOperation): boolean {
    const { writer } = this
    writer.position = this.#start
    writer.u8(RopProgress.id)
    writer.u8(this.#list.firstIndexes[i])
    writer.u32(0)
    const { logonId } = this.#call
    const completedTaskCount = Math.min(watch.completed, watch.total)
    RopProgress.response.write(writer, { logonId, completedTaskCount, totalTaskCount: watch.total })
    return this.#finish(i, row, 0)
  }

  async #respondFor(i: number, { row, result }: RunningOperation): Promise<boolean> {
    this.writer.position = this.#start
    this.writer.u8(row.responseId ?? row.id)
    this.writer.u8(this.#list.firstIndexes[i])
    this.writer.u32(0)
    try {
      return await this.#succeed(i, row, await result)
    } catch (error) {
      return this.#fail(i, row, error)
    }
  }

  #succeed(i: number, row: Rop, value: unknown): Maybe<boolean> {
    try {
      if (row.stream === undefined) row.response.write(this.writer, value)
      const published = this.#publish(i, row)
      if (published instanceof Promise) return published.then(() => this.#finish(i, row, 0))
    } catch (error) {
      return this.#fail(i, row, error)
    }
    return this.#finish(i, row, 0)
  }

  #finish(i: number, row: Rop, returnValue: number): boolean {
    const now = this.#around.runtime.monotonic()
    this.#around.metrics.count(row.id, returnValue, now - this.#startedMs)
    this.#startedMs = now
    const isLast = i + 1 === this.#list.count && (this.#flags & ExecuteFlags.chain) !== 0
    if (returnValue === 0 && isLast && downloadPacking(row.id) !== undefined) {
      const { writer } = this
      const at = this.#start + RESPONSE_FRAME_BYTES
      this.#body = new DataView(writer.bytes.buffer, writer.bytes.byteOffset + at, writer.position - at)
    }
    return CONTINUE
  }

  /** Gives the output object its handle, now that the response has been written. */
  #publish(i: number, row: Rop): Maybe<void> {
    const { outputKind, outputObject, openedLogon, currentLogon, logonId } = this.#call
    if (outputKind === undefined || outputObject === undefined) return
    const { handles, logons } = this.#session
    const logon = openedLogon ?? this.#call.logon
    const slot = outputIndex(row, this.#list, i)
    this.#list.handles[slot] = handles.add(outputKind, outputObject, logon)
    if (openedLogon === undefined) return
    // An active LogonId changes hands: its former logon is released ([MS-OXCROPS] R28, R29).
    logons[logonId] = openedLogon
    this.#session.firstMailbox ??= openedLogon.mailbox
    if (currentLogon !== undefined) return handles.releaseLogon(currentLogon)
  }

  /** Turns what a handler threw into a response. */
  #fail(i: number, row: Rop, error: unknown): Maybe<boolean> {
    this.#dropOutput()
    if (error instanceof StillRunning) return this.#respondProgress(i, row, error.operation)
    if (error instanceof HasEnded) return this.#respondFor(i, error.operation)
    if (error instanceof BufferFull) {
      // What has been committed cannot be asked for again: such a ROP fails, the others are sent back.
      if (!commits(row, this.#call.inputKind)) return this.#overflow(i)
      return this.#respondFailure(i, row, ErrorCode.ecBufferTooSmall, undefined)
    }
    if (error instanceof MapiError) return this.#respondFailure(i, row, error.code, undefined)
    if (error instanceof RopFailure) return this.#respondFailure(i, row, error.code, error.body)
    if (error instanceof MalformedBuffer) return this.#respondFailure(i, row, ErrorCode.ecInvalidParam, undefined)
    if (error instanceof StoreError) {
      this.#around.log.error('emsmdb.store-error', { rop: row.name, error })
      return this.#respondFailure(i, row, ErrorCode.ecDatabaseError, undefined)
    }
    this.#around.log.error('emsmdb.defect', { rop: row.name, session: this.#session.id, error })
    this.errorCode = ErrorCode.ecRpcFailed
    this.#session.broken = true
    return STOP
  }

  #respondFailure(i: number, row: Rop, returnValue: number, body: unknown): boolean {
    const { writer } = this
    writer.position = this.#start + RESPONSE_FRAME_BYTES
    writer.patchU32(this.#start + 2, returnValue)
    const layout = row.responseOn?.[returnValue] as Layout<unknown> | undefined
    try {
      if (layout !== undefined && body !== undefined) layout.write(writer, body)
      else if (row.responseAlways !== undefined) row.response.write(writer, body ?? row.responseAlways)
    } catch (error) {
      if (error instanceof BufferFull) return this.#overflow(i)
      throw error
    }
    if (row.output !== undefined) {
      const slot = outputIndex(row, this.#list, i)
      const reusesInput = row.handles === 'input output' && slot === this.#list.firstIndexes[i]
      if (slot < this.#list.handles.length && !reusesInput) this.#list.handles[slot] = NO_HANDLE
    }
    return this.#finish(i, row, returnValue)
  }

  #dropOutput(): void {
    const { outputKind, outputObject } = this.#call
    if (outputObject !== undefined && outputKind !== 'logon') void releaseObject(outputObject)
  }

  /** RopRelease: no response, and whatever goes wrong is ignored ([MS-OXCROPS] 3.2.5.3). */
  #release(i: number): Maybe<boolean> {
    const list = this.#list
    const slot = list.firstIndexes[i]
    const logon = this.#call.currentLogon
    if (slot >= list.handles.length || logon === undefined) return this.#finish(i, list.rows[i], 0)
    const handle = list.handles[slot]
    const found = this.#session.handles.resolve(handle, logon)
    if (typeof found === 'number') return this.#finish(i, list.rows[i], 0)
    list.handles[slot] = this.#around.personality.releasedHandleSlot
    this.#session.touch(logon.mailbox)
    this.#session.notifications.forget(handle)
    if (found.kind === 'logon') this.#session.logons[logon.id] = undefined
    const released = this.#session.handles.release(handle)
    return released instanceof Promise
      ? released.then(() => this.#finish(i, list.rows[i], 0))
      : this.#finish(i, list.rows[i], 0)
  }

  /** Finds the objects that the handle indexes name; gives 0 or the error of [MS-OXCROPS] 3.2.5.4. */
  #resolveObjects(i: number, row: Rop): number {
    const list = this.#list
    const call = this.#call
    call.inputHandleIndex = row.handles === 'response input' ? list.secondIndexes[i] : list.firstIndexes[i]
    if (row.output !== undefined && outputIndex(row, list, i) >= list.handles.length) return ErrorCode.ecNullObject
    this.#destinationMailbox = undefined
    if (row.handles === 'output' || row.handles === 'none') return 0
    if (call.currentLogon === undefined) return ErrorCode.ecNullObject
    this.#session.touch(call.currentLogon.mailbox)
    const input = this.#resolve(call.inputHandleIndex, row.input, row, call.currentLogon)
    if (typeof input === 'number') return input
    call.input = input.object
    call.inputKind = input.kind
    if (row.handles !== 'source destination') return 0
    const logon = row.destinationOfAnyLogon === true ? undefined : call.currentLogon
    const destination = this.#resolve(list.secondIndexes[i], row.destination ?? row.input, row, logon)
    if (typeof destination === 'number') {
      const missing = destination === ErrorCode.ecNullObject || destination === ErrorCode.ecInvalidObject
      return missing ? ErrorCode.ecNullDestinationObject : destination
    }
    call.destination = destination.object
    this.#destinationMailbox = destination.logon.mailbox
    this.#session.touch(destination.logon.mailbox)
    return 0
  }

  #resolve(slot: number, kinds: readonly ObjectKind[], row: Rop, logon: Logon | undefined): ServerObject | number {
    if (slot >= this.#list.handles.length) return ErrorCode.ecNullObject
    const found = this.#session.handles.resolve(this.#list.handles[slot], logon)
    if (found === ErrorCode.ecInvalidObject) return row.releasedHandleError ?? found
    if (typeof found === 'number') return found
    return kinds.includes(found.kind) ? found : (row.wrongKindError ?? ErrorCode.ecNotSupported)
  }

  /**
   * Bounds the writer for the next response, so that the ROPs behind it can still be sent back by RopBufferTooSmall where
   * that leaves enough room, and be answered by bare errors where not. False when there is too little room to begin.
   */
  #makeRoom(i: number, row: Rop): boolean {
    const { writer } = this
    const later = this.#list.count - i - 1
    const end = this.#responseEnd()
    const enough = this.#enoughBytes(row)
    let limit = end
    if (later > 0) {
      limit = end - TOO_SMALL_FRAME_BYTES - (this.#list.end - this.#list.nextOffset(i))
      if (limit - writer.position < enough) limit = end - later * RESPONSE_FRAME_BYTES
    }
    const isFirst = writer.position === this.#header + HEADER_BYTES + 2
    if (limit - writer.position < (isFirst ? RESPONSE_FRAME_BYTES : enough)) return false
    writer.limit = limit
    return true
  }

  /** Where responses must end: before the handle table, and before a RopPending that may be due. */
  #responseEnd(): number {
    return this.#end - (this.#session.notifications.length > 0 ? PENDING_BYTES : 0)
  }

  #enoughBytes(row: Rop): number {
    const half = (this.#end - this.#header - HEADER_BYTES) >> 1
    return Math.min(row.stream === undefined ? SMALL_ANSWER_BYTES : STREAM_ANSWER_BYTES, half)
  }

  /** Sends the i-th ROP and those behind it back ([MS-OXCROPS] 3.2.4.3), or fails the call when that cannot help. */
  #overflow(i: number): boolean {
    const { writer } = this
    const list = this.#list
    writer.position = this.#start
    writer.limit = this.#maxRopOut
    // A further payload that turns out too small is dropped: what was asked for has already been answered.
    if (this.#payloads > 1) return STOP
    this.#around.metrics.countTooSmall(list.rows[i].id)
    const rest = list.end - list.offsets[i]
    const isFirst = writer.position === this.#header + HEADER_BYTES + 2
    const isLargest = this.#end + list.handles.length * 4 - this.#header - HEADER_BYTES >= limits.payloadBytes
    if ((isFirst && isLargest) || writer.position + TOO_SMALL_FRAME_BYTES + rest > this.#end) {
      this.errorCode = ErrorCode.ecBufferTooSmall
      return STOP
    }
    writer.u8(ROP_BUFFER_TOO_SMALL)
    writer.u16(this.#around.personality.bufferTooSmallSizeNeeded)
    writer.copy(list.payload, list.offsets[i], list.end)
    this.#full = true
    return STOP
  }

  #delay(i: number, backoff: Backoff): boolean {
    if (!understandsBackoff(this.#session.normalizedVersion)) {
      this.errorCode = RPC_SERVER_TOO_BUSY
      return STOP
    }
    this.writer.limit = this.#end
    try {
      writeBackoff(this.writer, this.#list.logonIds[i], backoff)
    } catch (error) {
      if (!(error instanceof BufferFull)) throw error
      return this.#overflow(i)
    }
    this.#full = true
    return STOP
  }

  #complete(): Maybe<number> {
    if (this.errorCode !== 0) return this.errorCode
    const { notifications, index } = this.#session
    // RopBufferTooSmall is the last response of its buffer, and the client comes again at once.
    if (!this.#full && notifications.length > 0) {
      this.writer.limit = this.#end
      notifications.drain(this.writer, this.#end, index)
    }
    if (this.#body === undefined || this.#full) {
      this.#closePayload(true)
      return 0
    }
    const last = this.#list.count - 1
    const packed = this.#pack(last, this.#list.requests[last], this.#body)
    return packed instanceof Promise ? packed.then(() => this.errorCode) : this.errorCode
  }

  /** Goes on with the last ROP in further payloads as long as there is data and room ([MS-OXCRPC] 3.1.4.2.1.2.2). */
  #pack(i: number, request: unknown, body: DataView): Maybe<void> {
    const { writer } = this
    const row = this.#list.rows[i]
    const packing = downloadPacking(row.id)
    const next = packing?.next(request as Record<string, unknown>, body)
    this.#closePayload(false)
    const header = this.#header
    const room = this.#maxRopOut - writer.position
    const enough = next !== undefined && room >= packing!.residualBytes && this.#payloads < limits.payloadsPerResponse
    if (!enough || !this.#openPayload()) return markLast(writer, header)
    const end = this.#header
    this.#list.requests[i] = next
    const more = this.#step(i)
    const settle = (): Maybe<void> => {
      const added = this.#body as DataView | undefined
      if (added !== undefined && packing!.carries(added)) return this.#pack(i, next, added)
      writer.position = end
      markLast(writer, header)
    }
    return more instanceof Promise ? more.then(settle) : settle()
  }
}

function outputIndex(row: Rop, list: RopList, i: number): number {
  return row.handles === 'output' ? list.firstIndexes[i] : list.secondIndexes[i]
}

function commits(row: Rop, kind: ObjectKind): boolean {
  return row.writes?.includes(kind) === true
}

/** A null destination has a body of its own in which the client finds the index that it sent ([MS-OXCROPS] 2.2.4.6.3 and others). */
function refusal(row: Rop, code: number, destHandleIndex: number): unknown {
  if (code !== ErrorCode.ecNullDestinationObject || row.responseOn?.[code] === undefined) return new MapiError(code)
  return new RopFailure(code, { destHandleIndex, partialCompletion: false, readByteCount: 0n, writtenByteCount: 0n })
}
