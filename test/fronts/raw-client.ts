import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

/** A socket with no HTTP of its own: what a test writes is what the server gets. */
export class RawClient {
  received = Buffer.alloc(0)
  ended = false
  private wake: (() => void)[] = []

  private constructor(readonly socket: Socket) {
    socket.on('data', chunk => {
      this.received = Buffer.concat([this.received, chunk])
      this.notify()
    })
    const over = () => {
      this.ended = true
      this.notify()
    }
    socket.on('end', over)
    socket.on('close', over)
    socket.on('error', over)
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new RawClient(socket)))
    })
  }

  /** Over TLS, with any certificate; `options` as for tls.connect. */
  static openTls(port: number, options: ConnectionOptions = {}): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
      socket.once('error', reject)
      socket.once('secureConnect', () => resolve(new RawClient(socket)))
    })
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }

  get text(): string {
    return this.received.toString('latin1')
  }

  /** Waits until the text received so far satisfies `condition`; rejects after `withinMs`. */
  async until(condition: (text: string) => boolean, withinMs = 5000): Promise<string> {
    const started = performance.now()
    while (!condition(this.text)) {
      if (this.ended) throw new Error(`connection ended with: ${this.text}`)
      if (performance.now() - started > withinMs) throw new Error(`timed out with: ${this.text}`)
      await this.change(withinMs)
    }
    return this.text
  }

  /** Everything up to the end of the connection. */
  async all(withinMs = 5000): Promise<string> {
    const started = performance.now()
    while (!this.ended) {
      if (performance.now() - started > withinMs) throw new Error(`still open with: ${this.text}`)
      await this.change(withinMs)
    }
    return this.text
  }

  /** Reads one response off the front of what was received. */
  async response(withinMs = 5000): Promise<RawResponse> {
    for (;;) {
      const parsed = takeResponse(this.received)
      if (parsed !== undefined) {
        this.received = this.received.subarray(parsed.size)
        return parsed
      }
      if (this.ended) throw new Error(`connection ended with: ${this.text}`)
      await this.change(withinMs)
    }
  }

  close(): void {
    this.socket.destroy()
  }

  private notify(): void {
    const wake = this.wake
    this.wake = []
    for (const go of wake) go()
  }

  private change(withinMs: number): Promise<void> {
    if (this.ended) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`timed out with: ${this.text}`)), withinMs)
      this.wake.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

export interface RawResponse {
  status: number
  /** Names in lower case, in order of arrival. */
  headers: [string, string][]
  body: Buffer
  chunked: boolean
  /** Bytes that the response took. */
  size: number
  header(name: string): string | undefined
  all(name: string): string[]
}

function takeResponse(bytes: Buffer): RawResponse | undefined {
  const end = bytes.indexOf('\r\n\r\n', 0, 'latin1')
  if (end < 0) return undefined
  const [first, ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  const header = (name: string) => headers.find(([key]) => key === name)?.[1]
  const chunked = header('transfer-encoding') === 'chunked'
  let at = end + 4
  const parts: Buffer[] = []
  if (chunked) {
    for (;;) {
      const line = bytes.indexOf('\r\n', at, 'latin1')
      if (line < 0) return undefined
      const size = Number.parseInt(bytes.toString('latin1', at, line), 16)
      if (bytes.length < line + 2 + size + 2) return undefined
      parts.push(bytes.subarray(line + 2, line + 2 + size))
      at = line + 2 + size + 2
      if (size === 0) break
    }
  } else {
    const size = Number(header('content-length') ?? 0)
    if (bytes.length < at + size) return undefined
    parts.push(bytes.subarray(at, at + size))
    at += size
  }
  const all = (name: string) => headers.filter(([key]) => key === name).map(([, value]) => value)
  return { status: Number(first.split(' ')[1]), headers, body: Buffer.concat(parts), chunked, size: at, header, all }
}
