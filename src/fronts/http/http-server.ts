import { createServer, type Server, type Socket } from 'node:net'
import type { AuthScheme } from '../../auth/auth-scheme.js'
import type { Config } from '../../config.js'
import type { Principal } from '../../directory/principal.js'
import { type Log, silentLog } from '../../log.js'
import type { Runtime } from '../../runtime.js'
import { Authentication } from './authentication.js'
import { HttpConnection } from './http-connection.js'
import { HttpDate } from './http-date.js'
import { type Route, Router } from './router.js'
import type { StreamSocket } from './stream-socket.js'
import { TlsListener, type TlsSettings } from './tls-listener.js'

/** How often deadlines are looked at: a connection may live this much longer than its limit says. */
const TICK_MS = 250
const BUSY = Buffer.from('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 'latin1')

export interface HttpLimits {
  headBytes: number
  bodyBytes: number
  headTimeMs: number
  bodyTimeMs: number
  idleTimeMs: number
  sendTimeMs: number
  connections: number
  connectionsPerSource: number
}

export function httpLimits(config: Config): HttpLimits {
  return {
    headBytes: config.headLimitBytes,
    bodyBytes: config.bodyLimitBytes,
    headTimeMs: config.headTimeMs,
    bodyTimeMs: config.bodyTimeMs,
    idleTimeMs: config.idleTimeMs,
    sendTimeMs: config.sendTimeMs,
    connections: config.connectionLimit,
    connectionsPerSource: config.connectionLimitPerSource
  }
}

export interface HttpServerOptions {
  runtime: Runtime
  limits: HttpLimits
  routes: readonly Route[]
  schemes: readonly AuthScheme[]
  /** Changes whenever a principal changes, and the principal as it is then; see Authentication. */
  generation?: () => number
  current?: (principal: Principal) => Principal | null
  log?: Log
}

/**
 * The listener that all HTTP fronts share. It answers `/healthz` itself: 200 once `ready` was called, 503 before and
 * while closing. `accept` takes any socket, so that TLS or a test can bring its own.
 */
export class HttpServer {
  readonly limits: HttpLimits
  readonly router: Router
  readonly authentication: Authentication
  readonly date: HttpDate
  readonly log: Log
  closing = false
  /** Connections that count towards the limits: those that requests come by, and TLS handshakes. */
  counted = 0
  private readonly runtime: Runtime
  private readonly connections = new Set<HttpConnection>()
  /** Connections that a TLS listener counts, from before their handshake until their socket is closed. */
  private readonly countedElsewhere = new WeakSet<HttpConnection>()
  private readonly perSource = new Map<string, number>()
  private readonly listeners: Server[] = []
  private readonly tlsListeners: TlsListener[] = []
  private isReady = false
  private inFlight = 0
  private stopTicking: (() => void) | null = null
  private whenQuiet: (() => void) | null = null
  private whenEmpty: (() => void) | null = null

  constructor(options: HttpServerOptions) {
    this.runtime = options.runtime
    this.limits = options.limits
    this.log = options.log ?? silentLog
    this.date = new HttpDate(options.runtime)
    this.authentication = new Authentication(options)
    this.router = new Router().add(this.health(), ...options.routes)
    this.tick()
  }

  /** Listens on a TCP port (0: any free one) and returns the port. Rejects when the address cannot be used. */
  listen(port: number, host: string): Promise<number> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) =>
      this.accept(socket, false)
    )
    return this.begin(listener, port, host)
  }

  /** As `listen`, for connections that are encrypted with this certificate. */
  async listenSecure(port: number, host: string, settings: TlsSettings): Promise<number> {
    const listener = new TlsListener(settings, {
      log: this.log,
      handshakeTimeMs: this.limits.headTimeMs,
      admit: source => this.admit(source),
      release: source => this.release(source),
      take: socket => {
        const connection = new HttpConnection(this, socket, true)
        this.countedElsewhere.add(connection)
        this.connections.add(connection)
      }
    })
    listener.show(await settings.certificate.current())
    const found = await this.begin(listener.tcp, port, host)
    this.tlsListeners.push(listener)
    return found
  }

  private begin(listener: Server, port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      listener.once('error', reject)
      listener.listen({ port, host, backlog: 1024 }, () => {
        listener.off('error', reject)
        listener.on('error', error => this.log.error('http.listener-failed', { error }))
        this.listeners.push(listener)
        const address = listener.address()
        resolve(address !== null && typeof address === 'object' ? address.port : port)
      })
    })
  }

  /** From now on `/healthz` answers 200. */
  ready(): void {
    this.isReady = true
  }

  /** Takes a connected socket; refuses it with 503 when there are too many. */
  accept(socket: StreamSocket, secure: boolean): void {
    if (!this.admit(socket.remoteAddress ?? 'unknown')) {
      socket.on('error', () => socket.destroy())
      socket.write(BUSY)
      socket.end()
      this.runtime.timer(1000, () => socket.destroy())
      return
    }
    this.connections.add(new HttpConnection(this, socket, secure))
  }

  /** Monotonic milliseconds: what deadlines are measured in. */
  now(): number {
    return this.runtime.monotonic()
  }

  get connectionCount(): number {
    return this.connections.size
  }

  requestBegan(): void {
    this.inFlight++
  }

  requestEnded(): void {
    if (--this.inFlight === 0) this.whenQuiet?.()
  }

  connectionClosed(connection: HttpConnection): void {
    if (!this.connections.delete(connection)) return
    if (!this.countedElsewhere.has(connection)) this.release(connection.source)
    if (this.connections.size === 0) this.whenEmpty?.()
  }

  /** Counts a connection from this address; false when there are too many, from it or in all. */
  private admit(source: string): boolean {
    const fromSource = this.perSource.get(source) ?? 0
    const { connections, connectionsPerSource } = this.limits
    if (this.closing || this.counted >= connections || fromSource >= connectionsPerSource) {
      this.log.warn('http.connection-refused', { source, connections: this.counted })
      return false
    }
    this.counted++
    this.perSource.set(source, fromSource + 1)
    return true
  }

  private release(source: string): void {
    this.counted--
    const left = (this.perSource.get(source) ?? 1) - 1
    if (left === 0) this.perSource.delete(source)
    else this.perSource.set(source, left)
  }

  /** Stops listening, lets requests in flight finish for at most `withinMs`, then breaks what is left. */
  async close(withinMs: number): Promise<void> {
    if (this.closing) return
    this.closing = true
    const stopped = this.listeners.map(listener => new Promise<void>(resolve => listener.close(() => resolve())))
    for (const connection of this.connections) connection.closeSoon()
    if (this.inFlight > 0) {
      await new Promise<void>(resolve => {
        const cancel = this.runtime.timer(withinMs, resolve)
        this.whenQuiet = () => {
          cancel()
          resolve()
        }
      })
    }
    if (this.connections.size > 0) await this.drain(Math.min(withinMs, 1000))
    for (const connection of this.connections) connection.destroy()
    for (const listener of this.tlsListeners) listener.destroy()
    this.stopTicking?.()
    await Promise.all(stopped)
  }

  /** Gives the last answers time to leave and clients time to close. */
  private drain(withinMs: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.runtime.timer(withinMs, resolve)
      this.whenEmpty = () => {
        cancel()
        resolve()
      }
    })
  }

  private tick(): void {
    this.stopTicking = this.runtime.timer(TICK_MS, () => {
      const now = this.now()
      for (const connection of this.connections) if (connection.deadline <= now) connection.timedOut()
      this.tick()
    })
  }

  private health(): Route {
    return {
      path: '/healthz',
      authenticate: false,
      bodyLimitBytes: 0,
      methods: ['GET', 'HEAD', 'OPTIONS'],
      handle: (_request, response) => {
        const up = this.isReady && !this.closing
        response.status = up ? 200 : 503
        response
          .header('Content-Type', 'text/plain')
          .header('Cache-Control', 'no-store')
          .send(up ? 'ok\n' : 'not ready\n')
      }
    }
  }
}
