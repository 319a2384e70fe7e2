import { type Layout, Reader, Writer } from '../../bufferstructs/index.js'
import type { Directory } from '../../directory/directory.js'
import type { Principal } from '../../directory/principal.js'
import { type Log, silentLog } from '../../log.js'
import type { Personality } from '../../personality.js'
import type { Runtime } from '../../runtime.js'
import { HttpDate } from '../http/http-date.js'
import type { HttpRequest, HttpResponse, Route } from '../http/index.js'
import { CookieName, cookie, setCookie } from './cookies.js'
import { Exchange, type ExchangeSurroundings } from './exchange.js'
import { MailboxOwners } from './mailbox-owners.js'
import { Refusal, ResponseCode } from './response-code.js'
import { ResponseHeaders } from './response-headers.js'
import { CONNECT_EXPIRATION_MS, isCookie, newCookie, type SessionContext, SessionContexts } from './session-context.js'

/** What every endpoint of MAPI over HTTP is given. */
export interface SessionEndpointOptions {
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
export interface Call<Session> {
  exchange: Exchange<Call<Session>>
  head: HttpRequest['head']
  principal: Principal
  owner: Principal
  requestId: string
  body: Buffer
  context: SessionContext<Session> | null
  /** Cookie of a context that was refused: Exchange sets all cookies on a refused Connect too. */
  refusedCookies: { context: string; sequence: string } | null
  /** Runs beside the requests of the context: it neither waits for their turn nor moves the sequence on. */
  beside: boolean
}

export type Serve<Session> = (call: Call<Session>) => Buffer | Promise<Buffer>

/** What tells one endpoint from the other. */
export interface EndpointKind<Session> {
  /** Path without a final slash, which is also the path of the cookies. */
  readonly path: string
  readonly bodyLimitBytes: number
  /** The request type that creates a Session Context. */
  readonly establishes: string
  /** Request types beside PING ([MS-OXCMAPIHTTP] 2.2.3.3.1). */
  readonly requestTypes: Readonly<Record<string, Serve<Session>>>
  /** Names of request types that are looked for first, the likeliest before the others; finding one makes no string. */
  readonly frequentTypes: readonly string[]
  /** True when the session ended beneath, without its context. */
  isEnded(session: Session): boolean
  /** The session is in use although nothing was asked of it. */
  touch(session: Session): void
  end(session: Session): void | Promise<void>
}

const REQUEST_ID = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?:\d{1,20}$/i
/** [MS-OXCMAPIHTTP] 2.2.2.1; `header` is the name as it is looked up. */
const DEMANDED_HEADERS = ['X-RequestType', 'X-RequestId', 'X-ClientApplication', 'Content-Type'].map(name => ({
  name,
  header: name.toLowerCase()
}))
const SWEEP_MS = 5000
const PING = 'PING'

/**
 * What the endpoints of MAPI over HTTP share ([MS-OXCMAPIHTTP] 2.2.2, 2.2.3, 3.2): demands on a request, Session Contexts
 * with their cookies and their sequence, repetitions, PING, and the headers of answers.
 */
export class SessionEndpoint<Session> {
  private readonly contexts: SessionContexts<Session>
  private readonly headers: ResponseHeaders
  private readonly date: HttpDate
  private readonly owners: MailboxOwners
  private readonly around: ExchangeSurroundings<Call<Session>>
  private readonly served: ReadonlyMap<string, Serve<Session>>
  private readonly log: Log
  private shuttingDown = false
  private stopSweeping: (() => void) | null = null

  constructor(
    private readonly options: SessionEndpointOptions,
    private readonly kind: EndpointKind<Session>
  ) {
    const { runtime, personality } = options
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
    this.served = new Map([...Object.entries(kind.requestTypes), [PING, call => this.ping(call)]])
    const bounds = {
      contexts: options.contextLimit,
      contextsPerUser: options.contextLimitPerUser,
      answerBytes: options.answerCacheBytes
    }
    this.contexts = new SessionContexts(runtime, bounds, context => {
      const ending = kind.end(context.session)
      if (ending instanceof Promise) ending.catch(error => this.log.error('mapi-http.disconnect-failed', { error }))
    })
    this.sweep()
  }

  get contextCount(): number {
    return this.contexts.size
  }

  routes(): Route[] {
    const { path, bodyLimitBytes } = this.kind
    const handle: Route['handle'] = (request, response) => this.handle(request, response)
    return [{ path, authenticate: true, bodyLimitBytes, methods: ['POST', 'OPTIONS'], handle }]
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

  private sweep(): void {
    this.stopSweeping = this.options.runtime.timer(SWEEP_MS, () => {
      this.contexts.sweep()
      this.sweep()
    })
  }

  private handle(request: HttpRequest, response: HttpResponse): void | Promise<void> {
    const exchange = new Exchange(request, response, this.around)
    exchange.requestType = this.requestTypeOf(request.head)
    const owner = this.mailboxOwner(request)
    if (owner === undefined && request.principal !== null && request.head.method === 'POST') {
      // As Exchange does: without the mailbox's name the request is never routed to what speaks MAPI/HTTP.
      response.status = 400
      response
        .header('Content-Type', 'text/plain')
        .send('The MailboxId of the request names no mailbox of this server.\n')
      return
    }
    const home = owner && this.options.directory.otherHome(owner)
    if (owner !== undefined && home !== undefined && request.principal !== null && request.head.method === 'POST') {
      // [MS-OXCMAPIHTTP] 2.2.2.2: redirection is one of the two reasons for another status than 200.
      response.status = 302
      const place = `${this.kind.path}/?MailboxId=${owner.mailboxGuid}@${owner.domain}`
      response.header('Location', `${home}${place}`).send('')
      return
    }
    return exchange.answer(() => this.serve(exchange, request, owner))
  }

  /** X-RequestType; a frequent name comes as the constant that the endpoint has, which makes no string. */
  private requestTypeOf(head: HttpRequest['head']): string | undefined {
    for (const name of this.kind.frequentTypes) if (head.headerIs('x-requesttype', name)) return name
    return head.header('x-requesttype')
  }

  private mailboxOwner(request: HttpRequest): Principal | undefined {
    const mailboxId = request.head.queryParameter('mailboxid')
    return mailboxId === undefined ? undefined : this.owners.find(mailboxId)
  }

  private serve(
    exchange: Exchange<Call<Session>>,
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
    const call: Call<Session> = {
      exchange,
      head,
      principal,
      owner,
      requestId,
      body: request.body,
      context: null,
      refusedCookies: null,
      beside: false
    }
    exchange.call = call
    const serve = this.served.get(exchange.requestType as string)
    if (serve === undefined)
      throw new Refusal(ResponseCode.invalidRequestType, 'The endpoint does not know the X-RequestType.')
    if (request.bodyTooLarge) {
      throw new Refusal(ResponseCode.tooLarge, `A request body has at most ${this.kind.bodyLimitBytes} bytes.`)
    }
    return serve(call)
  }

  /** [MS-OXCMAPIHTTP] 2.2.2.1; X-ClientInfo may be missing, as Exchange has it. */
  private demandHeaders(exchange: Exchange<Call<Session>>, head: HttpRequest['head']): string {
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

  /**
   * [MS-OXCMAPIHTTP] 3.2.5.1, 3.2.5.6: makes ready for a new Session Context. A reconnection ends the context that it comes
   * from; its sequence cookie is not looked at.
   */
  prepareContext(call: Call<Session>): void {
    // The context's cookies stand in the head: it waits for the session, also when that takes its time.
    call.exchange.headMayLeaveEarly = false
    const oldCookie = cookie(call.head, CookieName.context)
    if (oldCookie !== undefined) this.contexts.end(this.findContext(call, oldCookie))
    if (!this.contexts.makeRoom(call.principal)) {
      throw new Refusal(ResponseCode.unknownFailure, 'The server has no room for another Session Context.')
    }
  }

  addContext(call: Call<Session>, session: Session): void {
    call.context = this.contexts.add(call.principal, call.owner.mailboxGuid, session)
  }

  /** The answer says that there is no session, and shows cookies all the same, as Exchange does. */
  refuseContext(call: Call<Session>, errorCode: number): void {
    const { runtime } = this.options
    call.refusedCookies = { context: newCookie(runtime), sequence: newCookie(runtime) }
    this.log.info('mapi-http.connect-refused', { user: call.principal.address, errorCode })
  }

  /**
   * Serves a request that has the context to itself ([MS-OXCMAPIHTTP] 3.1.5.2, 3.2.5.1). A repetition, by its X-RequestId,
   * is answered and not executed again. The sequence moves on at the start, because the head may leave before the end.
   */
  run<Request>(
    call: Call<Session>,
    layout: Layout<Request>,
    work: (session: Session, request: Request, call: Call<Session>) => Buffer | Promise<Buffer>
  ): Buffer | Promise<Buffer> {
    const context = this.demandContext(call)
    const repeated = this.repetition(call, context)
    if (repeated !== undefined) return repeated
    this.demandSequence(call, context)
    const request = parse(layout, call.body)
    const { contexts } = this
    // What a wait or a PING gave out last may reach the client after the answer of this request, on another connection.
    if (context.staleSequence !== context.sequence) context.staleSequence = null
    context.sequence = newCookie(this.options.runtime)
    context.idleLimitMs = this.options.personality.sessionIdleMs
    contexts.forget(context)
    contexts.begin(context)
    let result: Buffer | Promise<Buffer>
    try {
      result = work(context.session, request, call)
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

  /** [MS-OXCMAPIHTTP] 3.2.5.4: ends the context of a Disconnect or Unbind request. */
  endContext(call: Call<Session>, layout: Layout<unknown>): void {
    const context = this.demandContext(call)
    this.demandSequence(call, context)
    parse(layout, call.body)
    this.contexts.end(context)
  }

  /** Parks a request beside the others of the context until `wait` resolves. A further one ends the one before. */
  park<T>(
    call: Call<Session>,
    layout: Layout<unknown>,
    wait: (session: Session, signal: AbortSignal) => Promise<T>
  ): Promise<T> {
    call.beside = true
    const context = this.demandContext(call)
    parse(layout, call.body)
    context.endWait?.()
    const abort = new AbortController()
    const end = () => abort.abort()
    const { signal } = call.exchange.request
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    context.endWait = end
    this.contexts.begin(context)
    return wait(context.session, abort.signal).finally(() => {
      signal.removeEventListener('abort', end)
      if (context.endWait === end) context.endWait = null
      this.contexts.done(context)
    })
  }

  /** A request that needs no context: the one that it names, if there is one, is kept from expiring. */
  refresh(call: Call<Session>): void {
    call.beside = true
    const text = cookie(call.head, CookieName.context)
    const context = text === undefined || !isCookie(text) ? undefined : this.contexts.find(text)
    if (context === undefined || context.principalGuid !== call.principal.guid) return
    if (this.kind.isEnded(context.session)) return
    call.context = context
    this.kind.touch(context.session)
    this.contexts.begin(context)
    this.contexts.done(context)
  }

  /** [MS-OXCMAPIHTTP] 2.2.6, 3.2.5.3: answers also without a context. */
  private ping(call: Call<Session>): Buffer {
    this.refresh(call)
    return EMPTY
  }

  private demandContext(call: Call<Session>): SessionContext<Session> {
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

  private findContext(call: Call<Session>, text: string): SessionContext<Session> {
    if (!isCookie(text))
      throw new Refusal(ResponseCode.invalidContextCookie, 'The session context cookie is not one of this server.')
    const context = this.contexts.find(text)
    if (context !== undefined && this.kind.isEnded(context.session)) this.contexts.end(context)
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
  private repetition(call: Call<Session>, context: SessionContext<Session>): Buffer | Promise<Buffer> | undefined {
    if (context.running?.requestId === call.requestId) return context.running.result
    if (context.kept?.requestId !== call.requestId) return undefined
    if (context.kept.body !== null && context.kept.until > this.options.runtime.monotonic()) return context.kept.body
    throw new Refusal(
      ResponseCode.contextNotFound,
      'The request was executed before and its answer is no longer at hand.'
    )
  }

  /** One request at a time, each with the sequence cookie of the answer before ([MS-OXCMAPIHTTP] 3.1.5.1, 3.2.5.1). */
  private demandSequence(call: Call<Session>, context: SessionContext<Session>): void {
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

  private headerLines(exchange: Exchange<Call<Session>>, code: ResponseCode): string {
    const { head, connection } = exchange.request
    const { call } = exchange
    const isConnect = exchange.requestType === this.kind.establishes && call !== null
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

  private cookieLines(call: Call<Session> | null, owner: Principal, isConnect: boolean, secure: boolean): string {
    const { context, refusedCookies } = call ?? { context: null, refusedCookies: null }
    const contextValue = context?.cookie ?? refusedCookies?.context
    const sequenceValue = context?.sequence ?? refusedCookies?.sequence
    const own = (name: string, value: string | undefined) =>
      value === undefined ? '' : setCookie(name, value, this.kind.path, secure)
    const contextLine = own(CookieName.context, contextValue)
    const sequenceLine = own(CookieName.sequence, sequenceValue)
    if (context !== null && call?.beside === true) context.staleSequence = context.sequence
    const lines = this.owners.cookieLines(owner, secure)
    return lines.routing + (isConnect ? contextLine + sequenceLine : sequenceLine + contextLine) + lines.backEnd
  }
}

const EMPTY = Buffer.alloc(0)

export function parse<T>(layout: Layout<T>, body: Buffer): T {
  return layout.read(new Reader(body))
}

export function format<T>(layout: Layout<T>, value: T): Buffer {
  const writer = new Writer(layout.size(value))
  layout.write(writer, value)
  const bytes = writer.written()
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
