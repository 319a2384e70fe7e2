import { type Layout, Reader, Writer } from '../../bufferstructs/index.js'
import type { Directory } from '../../directory/directory.js'
import type { Principal } from '../../directory/principal.js'
import type { ConnectResponse, Emsmdb, EmsmdbSession, ExecuteResponse } from '../../emsmdb/index.js'
import { limits } from '../../limits.js'
import { type Log, silentLog } from '../../log.js'
import type { Personality } from '../../personality.js'
import type { Runtime } from '../../runtime.js'
import { HttpDate } from '../http/http-date.js'
import type { HttpRequest, HttpResponse, Route } from '../http/index.js'
import { parseClientVersion } from './client-application.js'
import { CookieName, cookie, setCookie } from './cookies.js'
import { Exchange, type ExchangeSurroundings } from './exchange.js'
import * as bodies from './grammar/bodies.js'
import { MailboxOwners } from './mailbox-owners.js'
import { Refusal, ResponseCode } from './response-code.js'
import { ResponseHeaders } from './response-headers.js'
import { CONNECT_EXPIRATION_MS, isCookie, newCookie, type SessionContext, SessionContexts } from './session-context.js'

export type EmsmdbPort = Pick<Emsmdb, 'connect' | 'execute' | 'disconnect' | 'wait' | 'touch'>
type Context = SessionContext<EmsmdbSession>

export interface MailboxEndpointOptions {
  emsmdb: EmsmdbPort
  directory: Directory
  personality: Personality
  runtime: Runtime
  serverName: string
  contextLimit: number
  contextLimitPerUser: number
  answerCacheBytes: number
  log?: Log
}

/** What a request came to before its type is served. */
interface Call {
  exchange: Exchange<Call>
  head: HttpRequest['head']
  principal: Principal
  owner: Principal
  requestId: string
  body: Buffer
  context: Context | null
  /** Cookie of a context that was refused: Exchange sets all cookies on a refused Connect too. */
  refusedCookies: { context: string; sequence: string } | null
}

/** An Execute request at its largest: RPC's bound for ROPs and auxiliary buffer, and the fixed fields. */
const BODY_LIMIT = limits.maxRopOutBytes + limits.auxiliaryBytes + 64
const REQUEST_ID = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?:\d{1,20}$/i
/** [MS-OXCMAPIHTTP] 2.2.2.1; `header` is the name as it is looked up. */
const DEMANDED_HEADERS = ['X-RequestType', 'X-RequestId', 'X-ClientApplication', 'Content-Type'].map(name => ({
  name,
  header: name.toLowerCase()
}))
const SWEEP_MS = 5000

/** The mailbox endpoint of MAPI over HTTP, `/mapi/emsmdb/?MailboxId=guid@domain` ([MS-OXCMAPIHTTP] 2.2.4, 3.2). */
export class MailboxEndpoint {
  private readonly options: MailboxEndpointOptions
  private readonly contexts: SessionContexts<EmsmdbSession>
  private readonly headers: ResponseHeaders
  private readonly date: HttpDate
  private readonly owners: MailboxOwners
  private readonly around: ExchangeSurroundings<Call>
  private readonly log: Log
  private shuttingDown = false
  private stopSweeping: (() => void) | null = null

  constructor(options: MailboxEndpointOptions) {
    const { runtime, personality, emsmdb } = options
    this.options = options
    this.log = options.log ?? silentLog
    this.date = new HttpDate(runtime)
    this.owners = new MailboxOwners(options.directory, runtime)
    this.headers = new ResponseHeaders(personality, runtime, options.serverName)
    this.around = {
      runtime,
      log: this.log,
      pendingPeriodMs: personality.pendingPeriodMs,
      date: () => this.date.now(),
      headerLines: (exchange, code) => this.headerLines(exchange, code)
    }
    const bounds = {
      contexts: options.contextLimit,
      contextsPerUser: options.contextLimitPerUser,
      answerBytes: options.answerCacheBytes
    }
    this.contexts = new SessionContexts(runtime, bounds, context => {
      const ending = emsmdb.disconnect(context.session)
      if (ending instanceof Promise) ending.catch(error => this.log.error('mapi-http.disconnect-failed', { error }))
    })
    this.sweep()
  }

  get contextCount(): number {
    return this.contexts.size
  }

  routes(): Route[] {
    return [this.route('/mapi/emsmdb', (request, response) => this.handle(request, response))]
  }

  /** Parked waits are answered, new requests refused with code 18. Sessions live on until `close`. */
  shutDown(): void {
    this.shuttingDown = true
    this.contexts.endWaits()
  }

  /** Ends all sessions. */
  close(): void {
    this.shutDown()
    this.stopSweeping?.()
    this.contexts.endAll()
  }

  private route(path: string, handle: Route['handle']): Route {
    return { path, authenticate: true, bodyLimitBytes: BODY_LIMIT, methods: ['POST', 'OPTIONS'], handle }
  }

  private sweep(): void {
    this.stopSweeping = this.options.runtime.timer(SWEEP_MS, () => {
      this.contexts.sweep()
      this.sweep()
    })
  }

  private handle(request: HttpRequest, response: HttpResponse): void | Promise<void> {
    const exchange = new Exchange(request, response, this.around)
    exchange.requestType = requestTypeOf(request.head)
    const owner = this.mailboxOwner(request)
    if (owner === undefined && request.principal !== null && request.head.method === 'POST') {
      // As Exchange does: without the mailbox's name the request is never routed to what speaks MAPI/HTTP.
      response.status = 400
      response
        .header('Content-Type', 'text/plain')
        .send('The MailboxId of the request names no mailbox of this server.\n')
      return
    }
    return exchange.answer(() => this.serve(exchange, request, owner))
  }

  private mailboxOwner(request: HttpRequest): Principal | undefined {
    const mailboxId = request.head.queryParameter('mailboxid')
    return mailboxId === undefined ? undefined : this.owners.find(mailboxId)
  }

  private serve(
    exchange: Exchange<Call>,
    request: HttpRequest,
    owner: Principal | undefined
  ): Buffer | Promise<Buffer> {
    const { head, principal } = request
    if (principal === null)
      throw new Refusal(ResponseCode.anonymousNotAllowed, 'The endpoint serves no anonymous requests.')
    if (head.method !== 'POST' || owner === undefined)
      throw new Refusal(ResponseCode.invalidVerb, 'The endpoint takes POST only.')
    if (this.shuttingDown) throw new Refusal(ResponseCode.endpointShuttingDown, 'The server is stopping.')
    const requestId = this.demandHeaders(exchange, head)
    const call: Call = {
      exchange,
      head,
      principal,
      owner,
      requestId,
      body: request.body,
      context: null,
      refusedCookies: null
    }
    exchange.call = call
    const serve = SERVED[exchange.requestType as string]
    if (serve === undefined)
      throw new Refusal(ResponseCode.invalidRequestType, 'The endpoint does not know the X-RequestType.')
    if (request.bodyTooLarge) {
      throw new Refusal(ResponseCode.tooLarge, `A request body has at most ${BODY_LIMIT} bytes.`)
    }
    return serve.call(this, call)
  }

  /** [MS-OXCMAPIHTTP] 2.2.2.1; X-ClientInfo may be missing, as Exchange has it. */
  private demandHeaders(exchange: Exchange<Call>, head: HttpRequest['head']): string {
    const requestId = head.header('x-requestid')
    for (const { name, header } of DEMANDED_HEADERS) {
      if (!head.has(header)) throw new Refusal(ResponseCode.missingHeader, `The request has no ${name} header.`)
    }
    exchange.requestId = requestId
    if (requestId === undefined || !REQUEST_ID.test(requestId)) {
      throw new Refusal(ResponseCode.invalidHeader, 'X-RequestId is not a GUID, a colon and a number.')
    }
    if (head.headerIs('content-type', 'application/mapi-http')) return requestId
    const type = (head.header('content-type') ?? '').split(';', 1)[0].trim().toLowerCase()
    // Clients of the first release of Exchange 2013 send octet-stream.
    if (type !== 'application/mapi-http' && type !== 'application/octet-stream') {
      throw new Refusal(ResponseCode.invalidHeader, 'Content-Type is not application/mapi-http.')
    }
    return requestId
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.1, 3.2.5.6. */
  connect(call: Call): Buffer | Promise<Buffer> {
    const { emsmdb } = this.options
    const request = parse(bodies.connectRequest, call.body)
    // The context's cookies stand in the head: it waits for the session, also when a mailbox has to be opened first.
    call.exchange.headMayLeaveEarly = false
    const oldCookie = cookie(call.head, CookieName.context)
    // A reconnection ends the context that it comes from; the sequence cookie is not looked at.
    if (oldCookie !== undefined) this.contexts.end(this.findContext(call, oldCookie))
    if (!this.contexts.makeRoom(call.principal)) {
      throw new Refusal(ResponseCode.unknownFailure, 'The server has no room for another Session Context.')
    }
    const answer = emsmdb.connect({
      actor: call.principal,
      userDn: request.userDn,
      flags: request.flags,
      codePage: request.defaultCodePage,
      sortLocaleId: request.sortLocaleId,
      stringLocaleId: request.stringLocaleId,
      clientVersion: parseClientVersion(call.head.header('x-clientapplication') ?? ''),
      auxiliary: request.auxiliary
    })
    return answer instanceof Promise
      ? answer.then(result => this.connected(call, result))
      : this.connected(call, answer)
  }

  private connected(call: Call, answer: ConnectResponse): Buffer {
    const { session } = answer
    if (session !== null) call.context = this.contexts.add(call.principal, call.owner.mailboxGuid, session)
    else {
      const { runtime } = this.options
      call.refusedCookies = { context: newCookie(runtime), sequence: newCookie(runtime) }
      this.log.info('mapi-http.connect-refused', { user: call.principal.address, errorCode: answer.errorCode })
    }
    return format(bodies.connectResponse, {
      statusCode: 0,
      errorCode: answer.errorCode,
      pollsMaxMs: answer.pollsMaxMs,
      retryCount: answer.retryCount,
      retryDelayMs: answer.retryDelayMs,
      dnPrefix: answer.dnPrefix,
      displayName: answer.displayName,
      auxiliary: answer.auxiliary
    })
  }

  /** [MS-OXCMAPIHTTP] 3.1.5.2, 3.2.5.1. A repetition, by its X-RequestId, is answered and not executed again. */
  execute(call: Call): Buffer | Promise<Buffer> {
    const context = this.demandContext(call)
    const repeated = this.repetition(call, context)
    if (repeated !== undefined) return repeated
    this.demandSequence(call, context)
    const request = parse(bodies.executeRequest, call.body)
    return this.inTurn(call, context, () => {
      const { flags, rop, maxRopOut, auxiliary } = request
      const answer = this.options.emsmdb.execute(context.session, { flags, rop, maxRopOut, auxiliary })
      return answer instanceof Promise ? answer.then(formatExecute) : formatExecute(answer)
    })
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.4. */
  disconnect(call: Call): Buffer {
    const context = this.demandContext(call)
    this.demandSequence(call, context)
    parse(bodies.disconnectRequest, call.body)
    this.contexts.end(context)
    return format(bodies.disconnectResponse, { statusCode: 0, errorCode: 0, auxiliary: NOTHING })
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.5: parked beside the requests of the context. A further wait ends the one before. */
  notificationWait(call: Call): Promise<Buffer> {
    const context = this.demandContext(call)
    parse(bodies.notificationWaitRequest, call.body)
    context.endWait?.()
    const abort = new AbortController()
    const end = () => abort.abort()
    const { signal } = call.exchange.request
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    context.endWait = end
    this.contexts.begin(context)
    return this.options.emsmdb
      .wait(context.session, abort.signal)
      .then(({ pending }) =>
        format(bodies.notificationWaitResponse, {
          statusCode: 0,
          errorCode: 0,
          eventPending: pending ? 1 : 0,
          auxiliary: NOTHING
        })
      )
      .finally(() => {
        signal.removeEventListener('abort', end)
        if (context.endWait === end) context.endWait = null
        this.contexts.done(context)
      })
  }

  /** [MS-OXCMAPIHTTP] 2.2.6, 3.2.5.3: answers also without a context, and refreshes the one that it names. */
  ping(call: Call): Buffer {
    const text = cookie(call.head, CookieName.context)
    const context = text === undefined || !isCookie(text) ? undefined : this.contexts.find(text)
    if (context !== undefined && context.principalGuid === call.principal.guid && context.session.ended === undefined) {
      call.context = context
      this.options.emsmdb.touch(context.session)
      this.contexts.begin(context)
      this.contexts.done(context)
    }
    return EMPTY
  }

  private demandContext(call: Call): Context {
    const text = cookie(call.head, CookieName.context)
    if (text === undefined)
      throw new Refusal(ResponseCode.missingCookie, `The request has no ${CookieName.context} cookie.`)
    const context = this.findContext(call, text)
    if (context.mailboxGuid !== call.owner.mailboxGuid) {
      throw new Refusal(
        ResponseCode.noPrivilege,
        'The Session Context belongs to another mailbox than the MailboxId names.'
      )
    }
    call.context = context
    return context
  }

  private findContext(call: Call, text: string): Context {
    if (!isCookie(text))
      throw new Refusal(ResponseCode.invalidContextCookie, 'The session context cookie is not one of this server.')
    const context = this.contexts.find(text)
    if (context !== undefined && context.session.ended !== undefined) this.contexts.end(context)
    if (context === undefined || context.ended) {
      throw new Refusal(ResponseCode.contextNotFound, 'There is no such Session Context, or it has expired.')
    }
    // 3.2.5.1: another authentication context than that of the Connect. Nothing says that the context exists.
    if (context.principalGuid !== call.principal.guid) {
      throw new Refusal(ResponseCode.contextNotFound, 'There is no such Session Context, or it has expired.')
    }
    return context
  }

  /** The answer to a request that came before with the same X-RequestId; undefined when this one is new. */
  private repetition(call: Call, context: Context): Buffer | Promise<Buffer> | undefined {
    if (context.running?.requestId === call.requestId) return context.running.result
    if (context.kept?.requestId !== call.requestId) return undefined
    if (context.kept.body !== null && context.kept.until > this.options.runtime.monotonic()) return context.kept.body
    throw new Refusal(
      ResponseCode.contextNotFound,
      'The request was executed before and its answer is no longer at hand.'
    )
  }

  /** One request at a time, each with the sequence cookie of the answer before ([MS-OXCMAPIHTTP] 3.1.5.1, 3.2.5.1). */
  private demandSequence(call: Call, context: Context): void {
    const sequence = cookie(call.head, CookieName.sequence)
    if (sequence === undefined)
      throw new Refusal(ResponseCode.missingCookie, `The request has no ${CookieName.sequence} cookie.`)
    if (context.running !== null) {
      throw new Refusal(ResponseCode.invalidSequence, 'Another request of the Session Context is under way.')
    }
    if (sequence !== context.sequence && sequence !== context.staleSequence) {
      throw new Refusal(ResponseCode.invalidSequence, 'The sequence cookie is not that of the last answer.')
    }
  }

  /** Runs a request of the context: the sequence moves on at its start, because its head may leave before its end. */
  private inTurn(call: Call, context: Context, work: () => Buffer | Promise<Buffer>): Buffer | Promise<Buffer> {
    const { contexts } = this
    // What a wait or a PING gave out last may reach the client after the answer of this request, on another connection.
    if (context.staleSequence !== context.sequence) context.staleSequence = null
    context.sequence = newCookie(this.options.runtime)
    context.idleLimitMs = this.options.personality.sessionIdleMs
    contexts.forget(context)
    contexts.begin(context)
    let result: Buffer | Promise<Buffer>
    try {
      result = work()
    } catch (error) {
      contexts.done(context)
      throw error
    }
    if (!(result instanceof Promise)) {
      contexts.done(context)
      contexts.keep(context, call.requestId, result)
      return result
    }
    const settled = result
      .then(body => {
        contexts.keep(context, call.requestId, body)
        return body
      })
      .finally(() => {
        context.running = null
        contexts.done(context)
      })
    context.running = { requestId: call.requestId, result: settled }
    return settled
  }

  private headerLines(exchange: Exchange<Call>, code: ResponseCode): string {
    const { head, connection } = exchange.request
    const { call } = exchange
    const isConnect = exchange.requestType === 'Connect' && call !== null
    const context = call?.context ?? null
    const owner = call?.owner ?? exchange.request.principal
    return this.headers.lines(head, owner?.domain ?? 'localdomain', {
      code,
      requestType: exchange.requestType,
      expirationMs: isConnect
        ? CONNECT_EXPIRATION_MS
        : context === null
          ? null
          : this.options.personality.sessionIdleMs,
      isConnect,
      cookies: owner === null ? '' : this.cookieLines(call, owner, isConnect, connection.secure)
    })
  }

  private cookieLines(call: Call | null, owner: Principal, isConnect: boolean, secure: boolean): string {
    const { context, refusedCookies } = call ?? { context: null, refusedCookies: null }
    const contextValue = context?.cookie ?? refusedCookies?.context
    const sequenceValue = context?.sequence ?? refusedCookies?.sequence
    const own = (name: string, value: string | undefined) =>
      value === undefined ? '' : setCookie(name, value, '/mapi/emsmdb', secure)
    const contextLine = own(CookieName.context, contextValue)
    const sequenceLine = own(CookieName.sequence, sequenceValue)
    const type = call?.exchange.requestType
    if (context !== null && (type === 'NotificationWait' || type === 'PING')) context.staleSequence = context.sequence
    const lines = this.owners.cookieLines(owner, secure)
    return lines.routing + (isConnect ? contextLine + sequenceLine : sequenceLine + contextLine) + lines.backEnd
  }
}

/** X-RequestType; the names that are served come as the constants that `SERVED` has, which makes no string. */
function requestTypeOf(head: HttpRequest['head']): string | undefined {
  for (const name of SERVED_NAMES) if (head.headerIs('x-requesttype', name)) return name
  return head.header('x-requesttype')
}

const EMPTY = Buffer.alloc(0)
const NOTHING = new Uint8Array(0)

/** Request types of the mailbox endpoint ([MS-OXCMAPIHTTP] 2.2.3.3.1). */
const SERVED: Readonly<Record<string, ((this: MailboxEndpoint, call: Call) => Buffer | Promise<Buffer>) | undefined>> =
  {
    __proto__: null as never,
    Connect: MailboxEndpoint.prototype.connect,
    Execute: MailboxEndpoint.prototype.execute,
    Disconnect: MailboxEndpoint.prototype.disconnect,
    NotificationWait: MailboxEndpoint.prototype.notificationWait,
    PING: MailboxEndpoint.prototype.ping
  }
const SERVED_NAMES = ['Execute', 'NotificationWait', 'Connect', 'Disconnect', 'PING'] as const

function parse<T>(layout: Layout<T>, body: Buffer): T {
  return layout.read(new Reader(body))
}

function format<T>(layout: Layout<T>, value: T): Buffer {
  const writer = new Writer(layout.size(value))
  layout.write(writer, value)
  const bytes = writer.written()
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** By hand, because the output comes in parts, which are copied once, to their place. */
function formatExecute(answer: ExecuteResponse): Buffer {
  // StatusCode, AuxiliaryBufferSize, AuxiliaryBuffer ([MS-OXCMAPIHTTP] 2.2.4.2.3).
  if (answer.statusCode !== undefined && answer.statusCode !== 0) {
    const failure = Buffer.allocUnsafe(8 + answer.auxiliary.length)
    failure.writeUInt32LE(answer.statusCode, 0)
    failure.writeUInt32LE(answer.auxiliary.length, 4)
    failure.set(answer.auxiliary, 8)
    return failure
  }
  let size = 0
  for (const part of answer.rop) size += part.length
  if (size > limits.ultraLargeRopOutBytes) {
    throw new Refusal(ResponseCode.invalidResponse, 'The answer is larger than any answer may be.')
  }
  const { auxiliary } = answer
  const body = Buffer.allocUnsafe(20 + size + auxiliary.length)
  body.writeUInt32LE(0, 0)
  body.writeUInt32LE(answer.errorCode, 4)
  body.writeUInt32LE(answer.flags, 8)
  body.writeUInt32LE(size, 12)
  let at = 16
  for (const part of answer.rop) {
    body.set(part, at)
    at += part.length
  }
  body.writeUInt32LE(auxiliary.length, at)
  body.set(auxiliary, at + 4)
  return body
}
