import { basicAuthorization, type DiscoveredMailbox } from '../../client/autodiscover.js'
import { unwrapPayloads, wrapPayload } from '../../client/extended-buffer.js'
import type { HttpConnectionOptions } from '../../client/http-connection.js'
import { challengeOf } from '../../client/log-on.js'
import { readExecuteResponse, writeConnectRequest, writeExecuteRequest } from '../../client/mapi-http-body.js'
import { NtlmClient } from '../../client/ntlm-client.js'
import type { RopBatch } from '../../client/rop-batch.js'
import { newGuid, systemRuntime } from '../../runtime.js'
import { type LeanAnswer, LeanHttp } from './lean-http.js'
import type { BenchUser } from './server-under-test.js'

const NOTHING = Buffer.alloc(4)

/**
 * A client connection that spends as little as it can on itself: heads and bodies are prepared once, answers are only
 * checked for success. What it measures is the server.
 */
export class BenchConnection {
  /** `name=value` of the cookies of the session. */
  private cookies: string[] = []
  private counter = 0
  /** What is the same in the heads of all requests, up to the value of X-RequestId. */
  private readonly opening: string
  private readonly connectBody: Buffer

  private constructor(
    private readonly http: LeanHttp,
    server: HttpConnectionOptions,
    mailbox: DiscoveredMailbox,
    authorization: string | undefined
  ) {
    const url = new URL(mailbox.mailStoreUrl)
    const guid = `{${newGuid(systemRuntime).toUpperCase()}}`
    const host = server.host.includes(':') ? `[${server.host}]` : server.host
    this.connectBody = writeConnectRequest({ userDn: mailbox.legacyDn })
    this.opening =
      `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${host}:${server.port}\r\n` +
      (authorization === undefined ? '' : `Authorization: ${authorization}\r\n`) +
      'Content-Type: application/mapi-http\r\n' +
      `X-ClientInfo: ${guid}:1\r\nX-ClientApplication: Outlook/16.0.4266.1001\r\nX-RequestId: ${guid}:`
  }

  static async open(
    server: HttpConnectionOptions,
    mailbox: DiscoveredMailbox,
    { address, password, auth = 'basic' }: BenchUser
  ): Promise<BenchConnection> {
    const http = await LeanHttp.open(server)
    if (auth === 'basic') return new BenchConnection(http, server, mailbox, basicAuthorization(address, password))
    const connection = new BenchConnection(http, server, mailbox, undefined)
    await connection.logOnByNtlm(address, password)
    return connection
  }

  /** The connection is authenticated from then on, and requests carry no credentials. */
  private async logOnByNtlm(user: string, password: string): Promise<void> {
    const ntlm = new NtlmClient({ user, password })
    const head = (message: Uint8Array) =>
      `${this.opening}${++this.counter}\r\nX-RequestType: PING\r\nContent-Length: 0\r\n` +
      `Authorization: NTLM ${Buffer.from(message).toString('base64')}\r\n\r\n`
    const { headers } = await this.http.ask(head(ntlm.negotiate))
    const challenge = challengeOf(headers.get('www-authenticate'))
    await this.http.exchange(head(ntlm.authenticate(challenge)), new Uint8Array())
  }

  async connect(): Promise<void> {
    this.cookies = []
    const { body } = await this.post('Connect', this.connectBody)
    if (body.readUInt32LE(0) !== 0 || body.readUInt32LE(4) !== 0) {
      throw new Error(`Connect failed with 0x${body.readUInt32LE(4).toString(16)}`)
    }
  }

  async disconnect(): Promise<void> {
    await this.post('Disconnect', NOTHING)
    this.cookies = []
  }

  /** Executes a prepared request; what comes back is checked for success. Returns its size in bytes. */
  async run(request: Uint8Array): Promise<number> {
    const { body } = await this.post('Execute', request)
    // StatusCode and ErrorCode, without the objects that reading the whole would make.
    if (body.readUInt32LE(0) !== 0 || body.readUInt32LE(4) !== 0) readPlain(body)
    return body.length
  }

  /** Executes a prepared request and returns the plain ROP output buffer. */
  async execute(request: Uint8Array): Promise<Buffer> {
    return readPlain((await this.post('Execute', request)).body)
  }

  /** Executes a batch with every ROP's result checked. */
  async executeChecked(batch: RopBatch): Promise<void> {
    const failed: string[] = []
    batch.onResult = result => {
      if (result.returnValue !== 0) failed.push(`${result.name} 0x${result.returnValue.toString(16)}`)
    }
    batch.readResponses(unwrapPayloads(await this.execute(prepare(batch))))
    if (failed.length > 0) throw new Error(`the server refused: ${failed.join(', ')}`)
  }

  /** Ends the session, if there is one, and the connection. */
  async close(): Promise<void> {
    if (this.cookies.length > 0 && !this.http.closed) await this.disconnect().catch(() => {})
    this.http.close()
  }

  private async post(requestType: string, body: Uint8Array): Promise<LeanAnswer> {
    const { cookies } = this
    const head =
      `${this.opening}${++this.counter}\r\nX-RequestType: ${requestType}\r\nContent-Length: ${body.byteLength}\r\n` +
      (cookies.length === 0 ? '\r\n' : `Cookie: ${cookies.join('; ')}\r\n\r\n`)
    const answer = await this.http.exchange(head, body)
    this.cookies = answer.cookies.length < cookies.length ? merge(cookies, answer.cookies) : answer.cookies
    return answer
  }
}

/** Cookies that an answer does not set stay as they were. */
function merge(old: readonly string[], fresh: readonly string[]): string[] {
  const byName = new Map([...old, ...fresh].map(one => [one.slice(0, one.indexOf('=')), one]))
  return [...byName.values()]
}

function readPlain(body: Buffer): Buffer {
  const { statusCode, errorCode, rop } = readExecuteResponse(body)
  if (statusCode !== 0 || errorCode !== 0) {
    throw new Error(`Execute failed with StatusCode 0x${statusCode.toString(16)}, 0x${errorCode.toString(16)}`)
  }
  return rop
}

/** The body of an Execute request that carries this batch: prepared once, sent many times. */
export function prepare(batch: RopBatch): Buffer {
  return writeExecuteRequest(wrapPayload(batch.write()))
}
