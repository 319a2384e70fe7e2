import type { HttpDate } from './http-date.js'

const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  411: 'Length Required',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage'
}

/** Below this size head and body are copied into one buffer; above it the body is written as it is. */
const COPY_LIMIT = 16 * 1024

/** Where a response goes: the connection that the request came by. */
export interface ResponseSink {
  readonly closing: boolean
  /** Writes bytes to the socket; undefined when it may go on at once, else a promise of room. */
  write(first: Uint8Array, second?: Uint8Array): Promise<void> | undefined
  /** The response is complete; `keepAlive` false closes the connection. */
  finished(keepAlive: boolean): void
}

/**
 * One response: `send` for a body at hand, or `start`, `write` and `end` for one that comes in pieces (chunked; for an
 * HTTP/1.0 client as it comes, ended by closing). Header values must be Latin-1 without line breaks.
 */
export class HttpResponse {
  status = 200
  started = false
  ended = false
  /** Set to false to close the connection after this response. */
  keepAlive: boolean
  private lines = ''
  private chunked = false
  private readonly sink: ResponseSink
  private readonly date: HttpDate
  private readonly minor: number
  private readonly bodiless: boolean

  constructor(sink: ResponseSink, date: HttpDate, minor: number, bodiless: boolean, keepAlive: boolean) {
    this.sink = sink
    this.date = date
    this.minor = minor
    this.bodiless = bodiless
    this.keepAlive = keepAlive
  }

  /** Adds a header; the same name may be added several times. */
  header(name: string, value: string): this {
    this.lines += `${name}: ${value}\r\n`
    return this
  }

  /** Adds finished header lines, each with its CR LF. */
  headerLines(lines: string): this {
    this.lines += lines
    return this
  }

  /** Whole response with Content-Length. */
  send(body: Uint8Array | string = ''): void {
    this.begin()
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
    const length = this.status === 204 ? '' : `Content-Length: ${bytes.length}\r\n`
    this.emit(`${this.headText()}${length}\r\n`, this.bodiless ? undefined : bytes, '')
    this.finish()
  }

  /** Whole response, chunked although its length is known. `opening` is Latin-1 text that stands before the body. */
  sendChunked(body: Uint8Array, opening = ''): void {
    this.begin()
    this.chunked = this.minor > 0
    const head = this.streamHead()
    const size = opening.length + body.length
    if (this.bodiless) this.emit(head, undefined, '')
    else if (!this.chunked) this.emit(head + opening, body, '')
    else if (size === 0) this.emit(`${head}0\r\n\r\n`, undefined, '')
    else this.emit(`${head}${size.toString(16)}\r\n${opening}`, body, '\r\n0\r\n\r\n')
    this.finish()
  }

  /** Sends the head and, in the same write, the first bytes of the body. */
  start(first: Uint8Array): Promise<void> | undefined {
    this.begin()
    this.chunked = this.minor > 0
    const head = this.streamHead()
    if (this.bodiless || first.length === 0) return this.emit(head, undefined, '')
    if (!this.chunked) return this.emit(head, first, '')
    return this.emit(`${head}${first.length.toString(16)}\r\n`, first, '\r\n')
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.ended || bytes.length === 0 || this.bodiless) return undefined
    if (!this.chunked) return this.emit('', bytes, '')
    return this.emit(`${bytes.length.toString(16)}\r\n`, bytes, '\r\n')
  }

  /** Ends a response begun by `start`, with last bytes of the body, after the Latin-1 text `opening`, in the same write. */
  end(last?: Uint8Array, opening = ''): void {
    if (this.ended) return
    if (this.bodiless) {
      this.finish()
      return
    }
    const size = opening.length + (last === undefined ? 0 : last.length)
    if (!this.chunked) {
      if (size > 0) this.emit(opening, last, '')
    } else if (size > 0) this.emit(`${size.toString(16)}\r\n${opening}`, last, '\r\n0\r\n\r\n')
    else this.emit('0\r\n\r\n', undefined, '')
    this.finish()
  }

  private begin(): void {
    if (this.started) throw new Error('response begun twice')
    this.started = true
  }

  private headText(): string {
    if (this.sink.closing) this.keepAlive = false
    const connection = this.keepAlive ? (this.minor === 0 ? 'Connection: keep-alive\r\n' : '') : 'Connection: close\r\n'
    return `HTTP/1.1 ${this.status} ${REASONS[this.status] ?? 'Status'}\r\n${this.lines}Date: ${this.date.now()}\r\n${connection}`
  }

  private streamHead(): string {
    if (!this.chunked) this.keepAlive = false
    return `${this.headText()}${this.chunked ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`
  }

  private emit(before: string, body: Uint8Array | undefined, after: string): Promise<void> | undefined {
    if (body === undefined || body.length <= COPY_LIMIT) {
      const size = body === undefined ? 0 : body.length
      const bytes = Buffer.allocUnsafe(before.length + size + after.length)
      bytes.write(before, 0, 'latin1')
      if (body !== undefined) bytes.set(body, before.length)
      if (after !== '') bytes.write(after, before.length + size, 'latin1')
      return this.sink.write(bytes)
    }
    const head = before === '' ? body : Buffer.from(before, 'latin1')
    if (before !== '') this.sink.write(head, body)
    else this.sink.write(body)
    return after === '' ? this.sink.write(Buffer.alloc(0)) : this.sink.write(Buffer.from(after, 'latin1'))
  }

  private finish(): void {
    this.ended = true
    this.sink.finished(this.keepAlive)
  }
}
