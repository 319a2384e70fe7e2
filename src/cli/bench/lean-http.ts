import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type HttpConnectionOptions, type HttpResponse, parseResponse } from '../../client/http-connection.js'

/** A successful MAPI/HTTP answer: what stands behind the envelope, and the cookies as `name=value`. */
export interface LeanAnswer {
  body: Buffer
  cookies: string[]
}

interface Waiting {
  resolve(answer: LeanAnswer): void
  reject(error: Error): void
}

interface Asking {
  resolve(answer: HttpResponse): void
  reject(error: Error): void
}

const CRLF_CRLF = Buffer.from('\r\n\r\n', 'latin1')
const SET_COOKIE = '\r\nSet-Cookie: '
const CR = 0x0d
const ZERO = 0x30
const EMPTY = Buffer.alloc(0)

/**
 * One keep-alive connection that spends next to nothing, because client and server share the machine: an answer in the
 * usual form (status 200, X-ResponseCode 0, one chunk) is checked in place, any other is taken apart in full. It carries
 * one request at a time.
 */
export class LeanHttp {
  private received: Buffer = EMPTY
  private waiting: Waiting | undefined
  private asking: Asking | undefined
  private failure: Error | undefined

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true)
    socket.on('data', chunk => this.onData(chunk))
    socket.on('error', error => this.fail(error))
    socket.on('close', () => this.fail(new Error('the server closed the connection')))
  }

  static open({ host, port, tls }: HttpConnectionOptions): Promise<LeanHttp> {
    return new Promise((resolve, reject) => {
      const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, ...tls })
      socket.once('error', reject)
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        socket.off('error', reject)
        resolve(new LeanHttp(socket))
      })
    })
  }

  get closed(): boolean {
    return this.failure !== undefined
  }

  /** Sends a request whose finished head is Latin-1; rejects unless the answer says success. */
  exchange(head: string, body: Uint8Array): Promise<LeanAnswer> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure)
      const bytes = Buffer.allocUnsafe(head.length + body.byteLength)
      bytes.write(head, 0, 'latin1')
      bytes.set(body, head.length)
      this.waiting = { resolve, reject }
      this.socket.write(bytes)
    })
  }

  /** Sends a request without a body; resolves with whatever the answer is. */
  ask(head: string): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure)
      this.asking = { resolve, reject }
      this.socket.write(head, 'latin1')
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private fail(error: Error): void {
    if (this.failure !== undefined) return
    this.failure = error
    this.socket.destroy()
    this.waiting?.reject(error)
    this.asking?.reject(error)
    this.waiting = undefined
    this.asking = undefined
  }

  private onData(chunk: Buffer): void {
    const bytes = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    try {
      if (this.asking !== undefined) {
        this.answerAsked(bytes, this.asking)
        return
      }
      const answer = usualAnswer(bytes) ?? anyAnswer(bytes)
      this.received = answer === undefined ? bytes : EMPTY
      if (answer === undefined) return
      const { waiting } = this
      this.waiting = undefined
      if (waiting === undefined) throw new Error('the server sent an answer to no request')
      waiting.resolve(answer)
    } catch (error) {
      this.fail(error as Error)
    }
  }

  private answerAsked(bytes: Buffer, { resolve }: Asking): void {
    const parsed = parseResponse(bytes)
    this.received = parsed === undefined ? bytes : EMPTY
    if (parsed === undefined) return
    this.asking = undefined
    resolve(parsed.response)
  }
}

/** The answer where it has the form that nearly all have, and is whole; undefined otherwise. */
function usualAnswer(bytes: Buffer): LeanAnswer | undefined {
  const headEnd = bytes.indexOf(CRLF_CRLF)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd + 2)
  if (!head.startsWith('HTTP/1.1 200 ')) return undefined
  if (!head.includes('\r\nX-ResponseCode: 0\r\n') || !head.includes('\r\nTransfer-Encoding: chunked\r\n'))
    return undefined
  let at = headEnd + 4
  let size = 0
  for (let digit = hexDigit(bytes[at]); digit >= 0; digit = hexDigit(bytes[++at])) size = size * 16 + digit
  const start = at + 2
  const end = start + size
  // CR LF, the empty chunk and the empty line, and nothing behind.
  if (bytes[at] !== CR || bytes.length !== end + 7 || bytes[end] !== CR || bytes[end + 2] !== ZERO) return undefined
  const cookies: string[] = []
  for (let line = head.indexOf(SET_COOKIE); line >= 0; line = head.indexOf(SET_COOKIE, line + 1)) {
    cookies.push(head.slice(line + SET_COOKIE.length, head.indexOf(';', line)))
  }
  return cookies.length === 0 ? undefined : { body: behindEnvelope(bytes.subarray(start, end)), cookies }
}

/** Any answer, undefined while it is not whole; throws for one that says failure. */
function anyAnswer(bytes: Buffer): LeanAnswer | undefined {
  const parsed = parseResponse(bytes)
  if (parsed === undefined) return undefined
  const { status, headers, setCookies, body } = parsed.response
  const code = headers.get('x-responsecode')
  if (status !== 200 || code !== '0') throw new Error(`HTTP ${status}, X-ResponseCode ${code}`)
  return { body: behindEnvelope(body), cookies: setCookies.map(line => line.split(';', 1)[0]) }
}

/** Meta-tags and additional headers end at the first empty line ([MS-OXCMAPIHTTP] 2.2.7); a late failure stands among them. */
function behindEnvelope(bytes: Buffer): Buffer {
  const end = bytes.indexOf(CRLF_CRLF)
  if (end < 0) throw new Error('MAPI/HTTP envelope without its empty line')
  const late = /^X-ResponseCode:\s*(\d+)/im.exec(bytes.toString('latin1', 0, end))
  if (late !== null && late[1] !== '0') throw new Error(`X-ResponseCode ${late[1]} behind the meta-tags`)
  return bytes.subarray(end + 4)
}

function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= 0x39) return byte - ZERO
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
