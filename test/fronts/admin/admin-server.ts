import type { Test } from 'tap'
import { MailboxSession } from '../../../src/client/mailbox-session.js'
import { MapiClient } from '../../../src/client/mapi-client.js'
import { operations } from '../../../src/fronts/admin/operations.js'
import { type RopewalkServer, type StartOptions, startServer } from '../../../src/index.js'
import type { Log } from '../../../src/log.js'

export interface Asked {
  body?: unknown
  type?: string
  headers?: Record<string, string>
  /** null sends none. */
  token?: string | null
}

export interface Answered {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into what comes.
  body: any
}

/** A server in memory with an empty directory, and somebody who administers it. Every answer is held against the table. */
export class AdminServer {
  private constructor(
    readonly server: RopewalkServer,
    private readonly t: Test
  ) {}

  static async start(t: Test, options: StartOptions = {}): Promise<AdminServer> {
    const server = await startServer({
      ...{ memory: true, world: null, ports: 0, httpsPort: null, logLevel: 'silent' },
      ...options
    })
    t.teardown(() => server.stop())
    return new AdminServer(server, t)
  }

  async ask(method: string, path: string, asked: Asked = {}): Promise<Answered> {
    const { body, type, token = this.server.adminToken, headers = {} } = asked
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const content =
      body === undefined || isRaw ? (body as string | Uint8Array<ArrayBuffer> | undefined) : JSON.stringify(body)
    const response = await fetch(`${this.server.urls.http}${path}`, {
      method,
      headers: {
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && type !== '' && { 'Content-Type': type ?? 'application/json' }),
        ...headers
      },
      body: content
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const answered = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined
    }
    this.check(method, path, answered)
    return answered
  }

  /** Asks and demands a status; what comes with another one is shown. */
  async demand(status: number, method: string, path: string, asked: Asked = {}): Promise<Answered> {
    const answered = await this.ask(method, path, asked)
    this.t.equal(answered.status, status, `${method} ${path}: ${answered.text.slice(0, 500)}`)
    return answered
  }

  /** Asks for something that is refused, and demands the places that the refusal names. */
  async refused(status: number, places: string[], method: string, path: string, asked: Asked = {}): Promise<Answered> {
    const answered = await this.demand(status, method, path, asked)
    const found = (answered.body?.errors ?? []).map((error: { path: string }) => error.path)
    this.t.strictSame(found.sort(), [...places].sort(), `${method} ${path}: the places of what is wrong`)
    return answered
  }

  async logOn(address: string, password: string): Promise<MailboxSession> {
    const { hostname: host, port } = new URL(this.server.urls.http)
    const client = await MapiClient.open({ host, port: Number(port), address, password })
    this.t.teardown(() => client.close())
    await client.connect()
    return MailboxSession.logOn(client)
  }

  /** An answer has one of the forms that its operation declares, or is a problem. */
  private check(method: string, path: string, { status, headers, text, body }: Answered): void {
    if (method === 'OPTIONS') return
    const { t } = this
    if (status >= 400 && !(status === 503 && body?.store)) {
      if (method === 'HEAD') return
      t.equal(headers.get('content-type'), 'application/problem+json')
      t.match(body, { type: /^urn:ropewalk:problem:[a-z-]+$/, title: String, status, detail: String })
      return
    }
    const plain = path.split('?', 1)[0]
    const operation = operations.find(candidate => {
      const pattern = candidate.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')
      return candidate.method === (method === 'HEAD' ? 'GET' : method) && new RegExp(`^${pattern}/?$`, 'i').test(plain)
    })
    const form = operation?.responses[status]
    if (form === undefined) {
      t.fail(`${method} ${path} answers ${status}, which is not declared`)
      return
    }
    const type = (headers.get('content-type') ?? '').split(';', 1)[0]
    const schema = form.content?.[type]
    if (method === 'HEAD' || form.content === undefined) t.equal(text, '')
    else if (schema === undefined) t.fail(`${method} ${path} answers ${type}, which is not declared`)
    else t.ok(schema.safeParse(body ?? text).success, `the answer has the declared form: ${text.slice(0, 300)}`)
    for (const name of Object.keys(form.headers ?? {})) {
      if (name !== 'Link') t.ok(headers.has(name), `the answer has the header ${name}`)
    }
  }
}

/** A log that keeps its lines. */
export function keepingLog(lines: string[]): Log {
  const keep = (event: string, fields: object = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = {
    ...{ error: keep, warn: keep, info: keep, debug: keep, trace: keep },
    enabled: () => true,
    child: () => log
  }
  return log
}
