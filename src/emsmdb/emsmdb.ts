import type { PublicFolderStore, Rop } from '../../rops/rop.js'
import { isKnownCodePage, MalformedBuffer, Reader } from '../bufferstructs/index.js'
import { limits } from '../limits.js'
import { type Log, silentLog } from '../log.js'
import type { Actor, Mailbox, Maybe } from '../mailbox/domain.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { Personality } from '../personality.js'
import { newGuid, type Runtime } from '../runtime.js'
import { connectAuxiliaryBuffer, readAuxiliaryBuffer } from './auxiliary-buffer.js'
import type { Backoff } from './backoff.js'
import { compareVersions, normalizeVersion } from './client-version.js'
import { joinUploads } from './packing.js'
import { Execution, type ProcessorSurroundings, RPC_SERVER_TOO_BUSY } from './processor.js'
import { RopList, type RopTable } from './rop-list.js'
import { RopMetrics } from './rop-metrics.js'
import { HEADER_BYTES, readExtendedBuffers } from './rpc-header-ext.js'
import { EmsmdbSession, type SessionEnd } from './session.js'
import { SessionTable } from './session-table.js'

export interface EmsmdbOptions {
  readonly personality: Personality
  readonly runtime: Runtime
  readonly ropTable: RopTable
  /** The mailbox that a legacy DN names, undefined when there is none here. */
  readonly findMailbox: (legacyDn: string) => Maybe<Mailbox | undefined>
  /** Whether an actor may connect with administrator privilege; nobody may unless said. */
  readonly isAdministrator?: (actor: Actor) => boolean
  /** Stores of public folders, the one that everybody is to use first; none unless said. Asked at every Connect and public logon. */
  readonly publicFolders?: () => readonly PublicFolderStore[]
  /** Told of defects and store errors, with the error in `fields.error`. */
  readonly log?: Log
  /**
   * Legacy DN of the server that a session should have spoken to for a mailbox, which RopLogon sends it to (ecWrongServer); undefined
   * when that is this one. Nobody is sent elsewhere when it is left out.
   */
  readonly redirect?: (mailbox: Mailbox, session: EmsmdbSession) => string | undefined
  /** How long an asynchronous operation is waited for before its progress is told; limits.progressAfterMs unless said. */
  readonly progressAfterMs?: number | undefined
  /** Asked before each ROP; an answer makes the client send it and those behind it again later. */
  readonly admit?: (session: EmsmdbSession, logonId: number, row: Rop) => Backoff | undefined
}

export interface ConnectRequest {
  readonly actor: Actor
  readonly userDn: string
  readonly flags: number
  readonly codePage: number
  readonly sortLocaleId: number
  readonly stringLocaleId: number
  /** As on the wire of EcDoConnectEx, three WORDs; [0, 0, 0] when unknown. */
  readonly clientVersion: readonly [number, number, number]
  readonly auxiliary: Uint8Array
  /** GUID of the mailbox that the client named as its server; not known of every front. */
  readonly serverMailboxGuid?: string
}

/** The [out] parameters of EcDoConnectEx ([MS-OXCRPC] 3.1.4.1). On failure numbers are 0 and strings empty. */
export interface ConnectResponse {
  readonly session: EmsmdbSession | null
  readonly errorCode: number
  readonly pollsMaxMs: number
  readonly retryCount: number
  readonly retryDelayMs: number
  readonly dnPrefix: string
  readonly displayName: string
  /** Extended buffer with auxiliary blocks, or empty. */
  readonly auxiliary: Uint8Array
}

export interface ExecuteRequest {
  /** NoCompression, NoXorMagic, Chain ([MS-OXCRPC] 3.1.4.2, pulFlags). */
  readonly flags: number
  /** Extended buffers, each with its RPC_HEADER_EXT. Must not change while the call runs. */
  readonly rop: Uint8Array
  readonly maxRopOut: number
  readonly auxiliary: Uint8Array
}

export interface ExecuteResponse {
  /** The return value of EcDoRpcExt2. */
  readonly errorCode: number
  /**
   * What MAPI over HTTP says in StatusCode, in a failure body, where the documents want the whole call to fail there:
   * ecBufferTooSmall and RPC_S_SERVER_TOO_BUSY ([MS-OXCROPS] 3.2.4.2, 3.2.4.3). 0 or absent otherwise.
   */
  readonly statusCode?: number
  readonly flags: number
  /** Extended buffers, to be sent one behind the other; none on failure. Valid until the session's next call. */
  readonly rop: Uint8Array[]
  readonly auxiliary: Uint8Array
}

const CONNECT_ADMINISTRATOR = 0x00000001
const CONNECT_IGNORE_NO_PUBLIC_FOLDERS = 0x00008000
const POLLS_MAX_MS = 60000
const RETRY_COUNT = 6
const RETRY_DELAY_MS = 10000
const RETRY_DELAY_SPREAD_MS = 5000
/** RPC_X_BAD_STUB_DATA: a size that the interface definition forbids. */
const BAD_STUB_DATA = 0x000006f7
const NOTHING = new Uint8Array(0)

/**
 * The EMSMDB server ([MS-OXCRPC] 3.1): sessions, and ROP buffers in and out as bytes. It knows no socket; MAPI over HTTP
 * and RPC call it alike. What it answers is on disk.
 */
export class Emsmdb {
  readonly metrics: RopMetrics
  readonly #options: EmsmdbOptions
  readonly #around: ProcessorSurroundings
  readonly #sessions: SessionTable
  /** Answer of Connect without and with public folders. */
  readonly #auxiliary: readonly Uint8Array[]
  readonly #maxRopOutBytes: number
  /** Lists that no call is using; an Execute that finds none makes one. */
  readonly #lists: RopList[] = []

  constructor(options: EmsmdbOptions) {
    const { personality, runtime } = options
    this.#options = options
    this.metrics = new RopMetrics(options.ropTable)
    const log = options.log ?? silentLog
    this.#around = {
      personality,
      runtime,
      log,
      metrics: this.metrics,
      admit: options.admit,
      progressAfterMs: options.progressAfterMs ?? limits.progressAfterMs
    }
    this.#sessions = new SessionTable(runtime, personality.sessionIdleMs, session => void this.#end(session, 'idle'))
    this.#auxiliary = [false, true].map(hasPublicFolders => connectAuxiliaryBuffer(personality, hasPublicFolders))
    const ultraLarge = (personality.serverCapabilities & 0x00000008) !== 0
    this.#maxRopOutBytes = ultraLarge ? limits.ultraLargeRopOutBytes : limits.maxRopOutBytes
  }

  get #hasPublicFolders(): boolean {
    return (this.#options.publicFolders?.() ?? []).length > 0
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  /** The living session with an id, for fronts that keep only that. */
  find(id: string): EmsmdbSession | undefined {
    return this.#sessions.get(id)
  }

  /** The sessions that live, oldest first. */
  sessions(): readonly EmsmdbSession[] {
    return this.#sessions.all()
  }

  /** Opens a session ([MS-OXCRPC] 3.1.4.1, [MS-OXCMAPIHTTP] 2.2.4.1). A refusal is an errorCode, not an exception. */
  connect(request: ConnectRequest): Maybe<ConnectResponse> {
    const refused = this.#refuseConnect(request)
    if (refused !== 0) return refusedConnect(refused)
    // Only a personality that lets an empty DN pass comes here with one.
    const found = this.#options.findMailbox(request.userDn === '' ? request.actor.legacyDn : request.userDn)
    return found instanceof Promise ? found.then(mailbox => this.#open(request, mailbox)) : this.#open(request, found)
  }

  #refuseConnect(request: ConnectRequest): number {
    const { personality, isAdministrator } = this.#options
    const refused = refuseAuxiliary(request.auxiliary)
    if (refused !== 0) return refused
    if (request.userDn === '' && personality.emptyUserDnIsDenied) return ErrorCode.ecAccessDenied
    const version = normalizeVersion(request.clientVersion)
    const isOld = version[0] !== 0 && compareVersions(version, [12, 0, 0, 0]) < 0
    if (isOld && !this.#hasPublicFolders && (request.flags & CONNECT_IGNORE_NO_PUBLIC_FOLDERS) === 0) {
      return ErrorCode.ecClientVerDisallowed
    }
    const wantsPrivilege = (request.flags & CONNECT_ADMINISTRATOR) !== 0
    if (wantsPrivilege && isAdministrator?.(request.actor) !== true) return ErrorCode.ecLoginPerm
    return isKnownCodePage(request.codePage) || request.codePage === 0 ? 0 : ErrorCode.ecUnknownCodePage
  }

  #open(request: ConnectRequest, mailbox: Mailbox | undefined): ConnectResponse {
    if (mailbox === undefined) return refusedConnect(ErrorCode.ecUnknownUser)
    const { personality, runtime } = this.#options
    const rights = mailbox.access(request.actor)
    const asAdministrator = (request.flags & CONNECT_ADMINISTRATOR) !== 0
    if (!rights.owner && !rights.full && !asAdministrator) return refusedConnect(ErrorCode.ecLoginPerm)
    try {
      this.#sessions.demandRoom(request.actor)
    } catch (error) {
      if (error instanceof MapiError) return refusedConnect(error.code)
      throw error
    }
    const facts = {
      id: newGuid(runtime),
      index: this.#sessions.freeIndex(),
      actor: request.actor,
      codePage: request.codePage === 0 ? 1252 : request.codePage,
      stringLocaleId: request.stringLocaleId,
      sortLocaleId: request.sortLocaleId,
      clientVersion: request.clientVersion,
      serverMailboxGuid: request.serverMailboxGuid,
      createdMs: runtime.monotonic()
    }
    const session = new EmsmdbSession(facts, personality, this.#options)
    this.#sessions.add(session)
    const [low, high] = runtime.random(new Uint8Array(2))
    return {
      session,
      errorCode: 0,
      pollsMaxMs: POLLS_MAX_MS,
      retryCount: RETRY_COUNT,
      // Clients that were turned away together shall not come back together.
      retryDelayMs: RETRY_DELAY_MS + (((high << 8) | low) % RETRY_DELAY_SPREAD_MS),
      dnPrefix: '',
      displayName: mailbox.owner.displayName,
      auxiliary: this.#auxiliary[this.#hasPublicFolders ? 1 : 0]
    }
  }

  /**
   * Runs a request's ROPs ([MS-OXCRPC] 3.1.4.2). Resolves when all that the answer says is on disk. One call of a session
   * runs at a time: a further one is refused with ecRejected, because the fronts see to it and queueing would hide that
   * they do not.
   */
  execute(session: EmsmdbSession, request: ExecuteRequest): Maybe<ExecuteResponse> {
    if (session.ended !== undefined) return failedExecute(ErrorCode.ecEndOfSession)
    if (session.busy) return failedExecute(ErrorCode.ecRejected)
    const refused = this.#refuseExecute(request)
    if (refused !== 0) return failedExecute(refused)
    session.busy = true
    session.lastUsedMs = this.#options.runtime.monotonic()
    const list = this.#lists.pop() ?? new RopList()
    let answered: Maybe<ExecuteResponse>
    try {
      answered = this.#run(session, list, request)
    } catch (error) {
      return this.#settle(session, list, this.#defect(session, error))
    }
    if (!(answered instanceof Promise)) return this.#settle(session, list, answered)
    return answered.catch(error => this.#defect(session, error)).then(response => this.#settle(session, list, response))
  }

  #refuseExecute(request: ExecuteRequest): number {
    const { byteLength } = request.rop
    if (byteLength > limits.maxRopOutBytes || request.maxRopOut > this.#maxRopOutBytes) return BAD_STUB_DATA
    if (byteLength > this.#options.personality.requestBufferBytes || byteLength < HEADER_BYTES)
      return ErrorCode.ecRpcFailed
    return refuseAuxiliary(request.auxiliary)
  }

  #run(session: EmsmdbSession, list: RopList, request: ExecuteRequest): Maybe<ExecuteResponse> {
    try {
      this.#decode(session, list, request.rop)
    } catch (error) {
      // A reader that stopped in the middle of a layout is not fit to go on.
      list.reader = new Reader(NOTHING)
      if (error instanceof MalformedBuffer) return failedExecute(ErrorCode.ecRpcFormat)
      throw error
    }
    const execution = new Execution(this.#around, session, list, request.flags, request.maxRopOut)
    const ran = execution.run()
    return ran instanceof Promise
      ? ran.then(code => this.#answer(session, execution, code))
      : this.#answer(session, execution, ran)
  }

  /** Decodes every payload; those behind the first carry on with its last ROP ([MS-OXCRPC] 3.1.4.2.1.2.1). */
  #decode(session: EmsmdbSession, list: RopList, bytes: Uint8Array): void {
    const payloads = readExtendedBuffers(bytes)
    const isPublic = (logonId: number) => session.logons[logonId]?.isPublic === true
    const { ropTable } = this.#options
    list.reader.context = session.context
    list.read(ropTable, list.reader, payloads[0], isPublic)
    if (payloads.length === 1) return
    const last = list.count - 1
    if (last < 0) throw new MalformedBuffer('nothing to carry on with', 0)
    const { id } = list.rows[last]
    const parts = [list.requests[last]]
    const further = new RopList()
    for (const payload of payloads.slice(1)) {
      further.read(ropTable, list.reader, payload, isPublic)
      if (further.count !== 1 || further.rows[0].id !== id) throw new MalformedBuffer('payload does not carry on', 0)
      parts.push(further.requests[0])
    }
    const joined = joinUploads(id, parts)
    if (joined === undefined) throw new MalformedBuffer('ROP does not go on in further payloads', 0)
    list.requests[last] = joined
  }

  /** Waits, once, for what the answer may speak of. */
  #answer(session: EmsmdbSession, execution: Execution, errorCode: number): Maybe<ExecuteResponse> {
    const pending = session.durable()
    if (pending === undefined) return this.#respond(session, execution, errorCode)
    return pending.then(
      () => this.#respond(session, execution, errorCode),
      error => {
        // Nobody may be told of what did not reach the disk; the mailbox is opened anew from there.
        this.#around.log.error('emsmdb.flush-failed', { session: session.id, error })
        const ended = this.#end(session, 'store')
        return ended instanceof Promise
          ? ended.then(() => failedExecute(ErrorCode.ecRpcFailed))
          : failedExecute(ErrorCode.ecRpcFailed)
      }
    )
  }

  #respond(session: EmsmdbSession, execution: Execution, errorCode: number): ExecuteResponse {
    if (errorCode !== 0) return failedExecute(errorCode)
    session.endAnswer()
    const rop = execution.writer.position === 0 ? [] : [execution.writer.written()]
    return { errorCode: 0, statusCode: 0, flags: 0, rop, auxiliary: NOTHING }
  }

  #defect(session: EmsmdbSession, error: unknown): ExecuteResponse {
    this.#around.log.error('emsmdb.defect', { session: session.id, error })
    session.broken = true
    return failedExecute(ErrorCode.ecRpcFailed)
  }

  #settle(session: EmsmdbSession, list: RopList, response: ExecuteResponse): Maybe<ExecuteResponse> {
    list.clear()
    this.#lists.push(list)
    session.busy = false
    session.lastUsedMs = this.#options.runtime.monotonic()
    if (!session.broken && session.ended === undefined) return response
    // A session that ended while the call ran may have opened something since.
    const ended = session.ended === undefined ? this.#end(session, 'defect') : session.handles.releaseAll()
    return ended instanceof Promise ? ended.then(() => response) : response
  }

  /** Ends a session at its client's wish ([MS-OXCRPC] 3.1.4.3). */
  disconnect(session: EmsmdbSession): Maybe<void> {
    return this.#end(session, 'disconnected')
  }

  /** A sign of life that is no Execute: PING. */
  touch(session: EmsmdbSession): void {
    session.lastUsedMs = this.#options.runtime.monotonic()
  }

  /**
   * NotificationWait, EcDoAsyncWaitEx ([MS-OXCMAPIHTTP] 3.2.5.5, [MS-OXCRPC] 3.3.4.1): `pending` as soon as notifications
   * wait in the queue, otherwise false after five minutes, at the end of the session or when the signal aborts.
   */
  wait(session: EmsmdbSession, signal: AbortSignal): Promise<{ pending: boolean }> {
    const settled = () => session.notifications.length > 0 || session.ended !== undefined || signal.aborted
    const answer = () => ({ pending: session.ended === undefined && session.notifications.length > 0 })
    if (settled()) return Promise.resolve(answer())
    this.touch(session)
    session.waiting++
    return new Promise(resolve => {
      const finish = () => {
        cancelTimer()
        forgetWaker()
        signal.removeEventListener('abort', finish)
        session.waiting--
        this.touch(session)
        resolve(answer())
      }
      const cancelTimer = this.#options.runtime.timer(limits.notificationWaitMs, finish)
      const forgetWaker = session.onWake(finish)
      signal.addEventListener('abort', finish)
    })
  }

  /** Ends every session, because the server stops. */
  close(): Maybe<void> {
    return this.endSessions('closed')
  }

  /** Ends every session, or those that `which` picks. What a call that is running answers is still sent if it is on disk. */
  endSessions(why: SessionEnd, which: (session: EmsmdbSession) => boolean = () => true): Maybe<void> {
    const pending = this.#sessions
      .all()
      .filter(which)
      .map(session => this.#end(session, why))
      .filter(ended => ended instanceof Promise)
    if (pending.length > 0) return Promise.all(pending).then(() => {})
  }

  #end(session: EmsmdbSession, why: SessionEnd): Maybe<void> {
    return session.end(why)
  }
}

function refuseAuxiliary(auxiliary: Uint8Array): number {
  if (auxiliary.byteLength === 0) return 0
  if (auxiliary.byteLength > limits.auxiliaryBytes) return BAD_STUB_DATA
  if (auxiliary.byteLength < HEADER_BYTES) return ErrorCode.ecRpcFailed
  try {
    readAuxiliaryBuffer(auxiliary)
  } catch (error) {
    if (error instanceof MalformedBuffer) return ErrorCode.ecRpcFormat
    throw error
  }
  return 0
}

function refusedConnect(errorCode: number): ConnectResponse {
  const numbers = { pollsMaxMs: 0, retryCount: 0, retryDelayMs: 0 }
  return { session: null, errorCode, ...numbers, dnPrefix: '', displayName: '', auxiliary: NOTHING }
}

function failedExecute(errorCode: number): ExecuteResponse {
  const statusCode = errorCode === ErrorCode.ecBufferTooSmall || errorCode === RPC_SERVER_TOO_BUSY ? errorCode : 0
  return { errorCode, statusCode, flags: 0, rop: [], auxiliary: NOTHING }
}
