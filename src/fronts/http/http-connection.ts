import type { AuthConnection, AuthOutcome } from '../../auth/auth-scheme.js'
import type { Principal } from '../../directory/principal.js'
import type { HttpRequest } from './http-request.js'
import { HttpResponse, type ResponseSink } from './http-response.js'
import type { HttpServer } from './http-server.js'
import { findHeadEnd, parseHead } from './parse-head.js'
import { ReceivedBytes } from './received-bytes.js'
import { bodyLength, RequestBody } from './request-body.js'
import type { RequestHead } from './request-head.js'
import type { RequestTarget } from './request-target.js'
import type { Route } from './router.js'
import type { StreamSocket } from './stream-socket.js'

/** Bytes of later requests that are taken in while one is being answered; beyond it the socket is paused. */
const READ_AHEAD = 256 * 1024
const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')

/**
 * One connection: reads requests and answers them one after the other, in order, also when they arrive together.
 * `deadline` is looked at by the server's clock; Infinity while a handler works.
 */
export class HttpConnection implements ResponseSink, AuthConnection {
  readonly source: string
  readonly secure: boolean
  readonly state = new Map<string, unknown>()
  deadline: number
  private readonly server: HttpServer
  private readonly socket: StreamSocket
  private readonly input = new ReceivedBytes()
  private phase: 'head' | 'body' | 'handling' | 'closed' = 'head'
  private scanned = 0
  private head!: RequestHead
  private lastTarget: RequestTarget | undefined
  private body!: RequestBody
  private route: Route | undefined
  private advancing = false
  private corked = false
  private paused = false
  private inputEnded = false
  private handling: PendingRequest | null = null
  private roomWaiters: (() => void)[] = []
  private resumeSending: Promise<void> | null = null

  constructor(server: HttpServer, socket: StreamSocket, secure: boolean) {
    this.server = server
    this.socket = socket
    this.source = socket.remoteAddress ?? 'unknown'
    this.secure = secure
    this.deadline = server.now() + server.limits.headTimeMs
    socket.setNoDelay(true)
    socket.on('data', chunk => this.received(chunk))
    socket.on('end', () => this.ended())
    socket.on('drain', () => this.drained())
    socket.on('error', () => this.destroy())
    socket.on('close', () => this.closed())
  }

  /** True when answers should say that the connection ends. */
  get closing(): boolean {
    return this.server.closing
  }

  /** True when no request has begun: such a connection may be closed at any time. */
  get idle(): boolean {
    return this.phase === 'head' && this.input.size === 0
  }

  /** Answers what has begun and closes then. */
  closeSoon(): void {
    if (this.idle) {
      this.phase = 'closed'
      this.socket.end()
      this.deadline = this.server.now() + this.server.limits.sendTimeMs
    }
  }

  destroy(): void {
    this.phase = 'closed'
    this.socket.destroy()
    this.server.connectionClosed(this)
  }

  /** The deadline has passed: 408 for a request that does not come in, silence for one that never began. */
  timedOut(): void {
    if (this.phase === 'closed' || this.phase === 'handling' || this.idle) this.destroy()
    else this.refuse(408)
  }

  write(first: Uint8Array, second?: Uint8Array): Promise<void> | undefined {
    if (this.socket.destroyed) return undefined
    let room = this.socket.write(first)
    if (second !== undefined) room = this.socket.write(second)
    if (room) return undefined
    this.deadline = this.server.now() + this.server.limits.sendTimeMs
    this.resumeSending ??= new Promise(resolve => this.roomWaiters.push(resolve))
    return this.resumeSending
  }

  finished(keepAlive: boolean): void {
    this.handling = null
    this.server.requestEnded()
    if (this.phase === 'closed') return
    if (!keepAlive || this.server.closing || (this.inputEnded && this.input.size === 0)) {
      this.phase = 'closed'
      this.socket.end()
      this.deadline = this.server.now() + this.server.limits.sendTimeMs
      return
    }
    this.phase = 'head'
    this.scanned = 0
    const { limits } = this.server
    this.deadline = this.server.now() + (this.input.size > 0 ? limits.headTimeMs : limits.idleTimeMs)
    if (this.socket.writableLength > READ_AHEAD) {
      // A client that sends requests but takes no answers must not fill our memory with answers.
      this.deadline = this.server.now() + limits.sendTimeMs
      this.roomWaiters.push(() => this.advance())
      return
    }
    this.advance()
  }

  private received(chunk: Buffer): void {
    if (this.phase === 'closed') return
    if (this.phase === 'head' && this.input.size === 0) {
      this.deadline = this.server.now() + this.server.limits.headTimeMs
    }
    this.input.append(chunk)
    if (this.phase === 'handling' && this.input.size > READ_AHEAD && !this.paused) {
      this.paused = true
      this.socket.pause()
    }
    this.advance()
  }

  /** A client that has closed its side still gets its answers, but waits are over: most such clients are gone. */
  private ended(): void {
    this.inputEnded = true
    this.handling?.abort()
    if (this.phase === 'handling' || this.phase === 'closed') return
    this.phase = 'closed'
    this.socket.end()
    this.deadline = this.server.now() + this.server.limits.sendTimeMs
  }

  private closed(): void {
    this.phase = 'closed'
    this.handling?.abort()
    this.drained()
    this.server.connectionClosed(this)
  }

  private drained(): void {
    const waiters = this.roomWaiters
    this.roomWaiters = []
    this.resumeSending = null
    if (this.phase === 'handling') this.deadline = Number.POSITIVE_INFINITY
    for (const go of waiters) go()
  }

  private advance(): void {
    if (this.advancing) return
    this.advancing = true
    while (this.step());
    if (this.corked) {
      this.corked = false
      this.socket.uncork()
    }
    this.advancing = false
    if (this.paused && this.input.size <= READ_AHEAD && this.phase !== 'closed') {
      this.paused = false
      this.socket.resume()
    }
  }

  /** One step of the reading; false when more input or the end of a handler has to come first. */
  private step(): boolean {
    if (this.phase === 'head') return this.readHead()
    if (this.phase !== 'body') return false
    const progress = this.body.advance(this.input)
    if (progress === 'more') {
      this.deadline = this.server.now() + this.server.limits.bodyTimeMs
      return false
    }
    if (progress !== 'whole') return this.refuse(progress)
    if (this.input.size > 0 && !this.corked) {
      // Requests that came together are answered together: one write for all that are ready.
      this.corked = true
      this.socket.cork()
    }
    return this.dispatch()
  }

  private readHead(): boolean {
    const { input } = this
    const { headBytes } = this.server.limits
    // RFC 9112 2.2: empty lines before a request line are passed over.
    while (
      this.scanned === 0 &&
      input.size >= 2 &&
      input.bytes[input.position] === 13 &&
      input.bytes[input.position + 1] === 10
    ) {
      input.take(2)
    }
    if (input.size === 0) return false
    const end = findHeadEnd(input.bytes, input.position + Math.max(0, this.scanned - 3), input.end)
    if ((end < 0 ? input.size : end - input.position) > headBytes) {
      this.refuse(431)
      return false
    }
    if (end < 0) {
      this.scanned = input.size
      return false
    }
    const head = parseHead(input.bytes, input.position, end, this.lastTarget)
    if (typeof head === 'number') {
      this.refuse(head)
      return false
    }
    input.take(end - input.position)
    return this.headArrived(head)
  }

  private headArrived(head: RequestHead): boolean {
    this.head = head
    this.lastTarget = head.place
    if (head.minor > 0 && head.count('host') !== 1) return this.refuse(400)
    const length = bodyLength(head)
    if (typeof length === 'number' && length < 0) return this.refuse(-length)
    const limit = this.server.limits.bodyBytes
    if (typeof length === 'number' && length > limit) return this.refuse(413)
    this.route = this.server.router.find(head.path)
    this.body = new RequestBody(length, this.route?.bodyLimitBytes ?? 0, limit)
    this.phase = 'body'
    const expectation = head.header('expect')
    if (expectation !== undefined && head.minor > 0) {
      if (expectation.toLowerCase() !== '100-continue') return this.refuse(417)
      if (this.input.size === 0 && length !== 0) this.write(CONTINUE)
    }
    return true
  }

  /** Answers a request that cannot be understood; what follows it cannot be either, so the connection ends. */
  private refuse(status: number): false {
    this.server.log.debug('http.refused', { status, source: this.source })
    this.phase = 'handling'
    this.input.clear()
    const response = new HttpResponse(this, this.server.date, 1, false, false)
    this.server.requestBegan()
    response.status = status
    response.header('Content-Type', 'text/plain').send('')
    return false
  }

  /** Runs the handler; true when it has answered already and the next request may be read. */
  private dispatch(): boolean {
    this.phase = 'handling'
    this.deadline = Number.POSITIVE_INFINITY
    const { head } = this
    const keepAlive = head.minor > 0 ? !head.lists('connection', 'close') : head.lists('connection', 'keep-alive')
    const response = new HttpResponse(this, this.server.date, head.minor, head.method === 'HEAD', keepAlive)
    const request = new PendingRequest(head, this.body.bytes, this.body.tooLarge, this, this.inputEnded)
    this.handling = request
    this.server.requestBegan()
    try {
      const work = this.answer(request, response)
      if (work instanceof Promise) work.catch(error => this.failed(response, error))
    } catch (error) {
      this.failed(response, error)
    }
    return (this.phase as string) === 'head'
  }

  private answer(request: PendingRequest, response: HttpResponse): void | Promise<void> {
    const { route, server } = this
    const { method } = request.head
    if (route === undefined) {
      response.status = method === 'OPTIONS' && request.head.target === '*' ? 204 : 404
      response.send('')
      return
    }
    if (method === 'OPTIONS') {
      response.header('Allow', route.methods.join(', ')).send('')
      return
    }
    if (route.authenticate === false) return route.handle(request, response)
    const outcome = server.authentication.authenticate(request.head, this, route.authenticate === 'optional')
    if (!(outcome instanceof Promise)) return this.identified(route, request, response, outcome)
    return outcome.then(result => this.identified(route, request, response, result))
  }

  private identified(
    route: Route,
    request: PendingRequest,
    response: HttpResponse,
    outcome: AuthOutcome
  ): void | Promise<void> {
    if (outcome.kind === 'principal' || outcome.kind === 'anonymous') {
      request.principal = outcome.kind === 'principal' ? outcome.principal : null
      if (outcome.kind === 'principal' && outcome.headerLines !== undefined) response.headerLines(outcome.headerLines)
      return route.handle(request, response)
    }
    response.status = 401
    response.headerLines(this.server.authentication.challenges(outcome)).send('')
  }

  private failed(response: HttpResponse, error: unknown): void {
    this.server.log.error('http.handler-failed', { error, method: this.head.method, path: this.head.path })
    if (response.ended) return
    if (response.started) {
      response.ended = true
      this.server.requestEnded()
      this.handling = null
      this.destroy()
      return
    }
    response.status = 500
    response.keepAlive = false
    response.send('')
  }
}

/** The request that is being answered; its signal is made when a handler asks for it. */
class PendingRequest implements HttpRequest {
  principal: Principal | null = null
  private controller: AbortController | null = null

  constructor(
    readonly head: RequestHead,
    readonly body: Buffer,
    readonly bodyTooLarge: boolean,
    readonly connection: AuthConnection,
    private aborted: boolean
  ) {}

  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController()
      if (this.aborted) this.controller.abort()
    }
    return this.controller.signal
  }

  abort(): void {
    this.aborted = true
    this.controller?.abort()
  }
}
