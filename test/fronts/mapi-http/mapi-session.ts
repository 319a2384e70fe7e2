import type { Principal } from '../../../src/directory/index.js'
import { type InnerStream, parseInnerStream } from '../../../src/fronts/mapi-http/grammar/inner-stream.js'
import { RawClient, type RawResponse } from '../raw-client.js'

export interface Answer extends RawResponse {
  code: number | undefined
  inner: InnerStream | undefined
}

export interface PostOptions {
  body?: Uint8Array
  /** Headers to change; undefined leaves one out. */
  headers?: Record<string, string | undefined>
  path?: string
  method?: string
}

/** A MAPI/HTTP client over a raw socket that keeps cookies and counts requests, and leaves out whatever it is told to. */
export class MapiSession {
  readonly cookies = new Map<string, string>()
  counter = 0
  private constructor(
    readonly client: RawClient,
    readonly user: Principal,
    public mailboxId: string,
    private readonly endpoint: 'emsmdb' | 'nspi' = 'emsmdb'
  ) {}

  static async open(
    port: number,
    user: Principal,
    owner = user,
    endpoint: 'emsmdb' | 'nspi' = 'emsmdb'
  ): Promise<MapiSession> {
    return new MapiSession(await RawClient.open(port), user, `${owner.mailboxGuid}@${owner.domain}`, endpoint)
  }

  /** A further connection with the same cookies, as for a parked wait. */
  async another(port: number): Promise<MapiSession> {
    const other = new MapiSession(await RawClient.open(port), this.user, this.mailboxId, this.endpoint)
    for (const [name, value] of this.cookies) other.cookies.set(name, value)
    other.counter = this.counter + 1000
    return other
  }

  write(type: string, options: PostOptions = {}): void {
    const body = options.body ?? new Uint8Array(0)
    const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers: Record<string, string | undefined> = {
      Host: 'mail.example.com',
      Authorization: `Basic ${Buffer.from(`${this.user.address}:secret`).toString('base64')}`,
      'Content-Type': 'application/mapi-http',
      'X-RequestType': type,
      'X-RequestId': `{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:${++this.counter}`,
      'X-ClientInfo': '{2EF33C39-49C8-421C-B876-CDF7F2AC3AA0}:123',
      'X-ClientApplication': 'Outlook/16.0.4266.1001',
      Cookie: cookies === '' ? undefined : cookies,
      'Content-Length': String(body.length),
      ...options.headers
    }
    const lines = Object.entries(headers).filter(([, value]) => value !== undefined)
    const path = options.path ?? `/mapi/${this.endpoint}/?MailboxId=${this.mailboxId}`
    const head = `${options.method ?? 'POST'} ${path} HTTP/1.1\r\n${lines.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`
    this.client.send(Buffer.concat([Buffer.from(head, 'latin1'), body]))
  }

  async read(withinMs?: number): Promise<Answer> {
    const response = await this.client.response(withinMs)
    for (const line of response.all('set-cookie')) {
      const [pair] = line.split(';')
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const code = response.header('x-responsecode')
    return { ...response, code: code === undefined ? undefined : Number(code), inner: parseInnerStream(response.body) }
  }

  async post(type: string, options: PostOptions = {}): Promise<Answer> {
    this.write(type, options)
    return this.read()
  }

  connect(): Promise<Answer> {
    return this.post('Connect', { body: connectBody(this.user.legacyDn) })
  }

  /** Binds to the address book, without a STAT. */
  bind(): Promise<Answer> {
    return this.post('Bind', { body: Buffer.alloc(9) })
  }

  close(): void {
    this.client.close()
  }
}

export function connectBody(userDn: string): Buffer {
  const rest = Buffer.alloc(20)
  rest.writeUInt32LE(1252, 4)
  rest.writeUInt32LE(0x409, 8)
  rest.writeUInt32LE(0x407, 12)
  return Buffer.concat([Buffer.from(`${userDn}\0`, 'latin1'), rest])
}

export function executeBody(rop: Uint8Array): Buffer {
  const body = Buffer.alloc(16 + rop.length)
  body.writeUInt32LE(3, 0)
  body.writeUInt32LE(rop.length, 4)
  body.set(rop, 8)
  body.writeUInt32LE(0x10000, 8 + rop.length)
  return body
}
