import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** An HTTP response whose body has been read whole. Header names are in lower case; Set-Cookie lines are kept apart. */
export interface HttpResponse {
  status: number
  headers: Map<string, string>
  setCookies: string[]
  body: Buffer
}

export interface HttpConnectionOptions {
  host: string
  port: number
  /** TLS with these options when given; `ca` as PEM text. See `serverAddress` for those of a URL. */
  tls?: { ca?: string; servername?: string; rejectUnauthorized?: boolean }
  /** No bytes for this long while a response is due ends the connection. */
  idleTimeoutMs?: number
}

/** The server closed the connection, or it sent what is not HTTP. */
export class HttpConnectionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'HttpConnectionError'
  }
}

interface Waiting {
  resolve(response: HttpResponse): void
  reject(error: Error): void
}

const CRLF_CRLF = Buffer.from('\r\n\r\n')

/** One keep-alive connection, one request at a time or pipelined; responses come in order. */
export class HttpConnection {
  private readonly waiting: Waiting[] = []
  private received: Buffer = Buffer.alloc(0)
  private failure: Error | undefined

  private constructor(
    private readonly socket: Socket,
    private readonly hostHeader: string
  ) {
    socket.setNoDelay(true)
    socket.on('data', chunk => this.onData(chunk))
    socket.on('error', error => this.fail(error))
    socket.on('close', () => this.fail(new HttpConnectionError('the server closed the connection')))
  }

  static open(options: HttpConnectionOptions): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const { host, port, tls } = options
      const ready = tls === undefined ? 'connect' : 'secureConnect'
      const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, ...tls })
      if (options.idleTimeoutMs !== undefined) {
        socket.setTimeout(options.idleTimeoutMs, () =>
          socket.destroy(new HttpConnectionError('the server did not answer in time'))
        )
      }
      socket.once('error', reject)
      socket.once(ready, () => {
        socket.off('error', reject)
        resolve(new HttpConnection(socket, `${host.includes(':') ? `[${host}]` : host}:${port}`))
      })
    })
  }

  get closed(): boolean {
    return this.failure !== undefined
  }

  /** Sends a request. `headers` without Host and Content-Length, which are added. */
  request(method: string, target: string, headers: Record<string, string>, body?: Uint8Array): Promise<HttpResponse> {
    let head = `${method} ${target} HTTP/1.1\r\nHost: ${this.hostHeader}\r\n`
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`
    if (body !== undefined) head += `Content-Length: ${body.byteLength}\r\n`
    return this.send(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body ?? Buffer.alloc(0)]))
  }

  /** Sends the bytes of one whole request as they are. */
  send(bytes: Uint8Array): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure)
      this.waiting.push({ resolve, reject })
      this.socket.write(bytes)
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private fail(error: Error): void {
    if (this.failure !== undefined) return
    this.failure = error
    this.socket.destroy()
    for (const one of this.waiting.splice(0)) one.reject(error)
  }

  private onData(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    try {
      while (this.received.length > 0) {
        const parsed = parseResponse(this.received)
        if (parsed === undefined) return
        this.received = this.received.subarray(parsed.length)
        if (parsed.response.status === 100) continue
        const next = this.waiting.shift()
        if (next === undefined) throw new HttpConnectionError('the server sent an answer to no request')
        next.resolve(parsed.response)
        if (parsed.response.headers.get('connection')?.toLowerCase() === 'close') {
          this.fail(new HttpConnectionError('the server closed the connection'))
          return
        }
      }
    } catch (error) {
      this.fail(error as Error)
    }
  }
}

/** The first whole response in `bytes` with its length, undefined while bytes are missing. */
export function parseResponse(bytes: Buffer): { response: HttpResponse; length: number } | undefined {
  const headEnd = bytes.indexOf(CRLF_CRLF)
  if (headEnd < 0) return undefined
  const lines = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(lines[0])?.[1])
  if (Number.isNaN(status)) throw new HttpConnectionError(`not an HTTP status line: ${lines[0].slice(0, 80)}`)
  const headers = new Map<string, string>()
  const setCookies: string[] = []
  for (let i = 1; i < lines.length; i++) {
    const colon = lines[i].indexOf(':')
    const name = lines[i].slice(0, colon).toLowerCase()
    const value = lines[i].slice(colon + 1).trim()
    if (name === 'set-cookie') setCookies.push(value)
    else headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value)
  }
  const bodyStart = headEnd + 4
  const chunked = headers.get('transfer-encoding')?.toLowerCase() === 'chunked'
  const body = chunked
    ? parseChunked(bytes, bodyStart)
    : parseFixed(bytes, bodyStart, Number(headers.get('content-length') ?? 0))
  if (body === undefined) return undefined
  return { response: { status, headers, setCookies, body: body.content }, length: body.end }
}

function parseFixed(bytes: Buffer, start: number, size: number): { content: Buffer; end: number } | undefined {
  if (bytes.length < start + size) return undefined
  return { content: bytes.subarray(start, start + size), end: start + size }
}

/** [RFC 9112] 7.1. Trailers are skipped. */
function parseChunked(bytes: Buffer, start: number): { content: Buffer; end: number } | undefined {
  const pieces: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1')
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    if (Number.isNaN(size)) throw new HttpConnectionError('bad chunk size')
    at = lineEnd + 2
    if (size === 0) {
      const end = endOfTrailers(bytes, at)
      if (end === undefined) return undefined
      return { content: pieces.length === 1 ? pieces[0] : Buffer.concat(pieces), end }
    }
    if (bytes.length < at + size + 2) return undefined
    pieces.push(bytes.subarray(at, at + size))
    at += size + 2
  }
}

function endOfTrailers(bytes: Buffer, start: number): number | undefined {
  for (let at = start; ; ) {
    const end = bytes.indexOf('\r\n', at, 'latin1')
    if (end < 0) return undefined
    if (end === at) return end + 2
    at = end + 2
  }
}
