import { basicAuthorization, type DiscoveredMailbox } from '../../client/autodiscover.js'
import { unwrapPayloads, wrapPayload } from '../../client/extended-buffer.js'
import { HttpConnection, type HttpConnectionOptions, type HttpResponse } from '../../client/http-connection.js'
import {
  readEnvelope,
  readExecuteResponse,
  writeConnectRequest,
  writeExecuteRequest
} from '../../client/mapi-http-body.js'
import type { RopBatch } from '../../client/rop-batch.js'
import { newGuid, systemRuntime } from '../../runtime.js'

const COOKIES = ['MapiRouting', 'MapiContext', 'MapiSequence', 'X-BackEndCookie']

/**
 * A client connection that spends as little as it can on itself: bodies are prepared once, answers are only checked for
 * success. What it measures is the server.
 */
export class BenchConnection {
  private cookies = new Map<string, string>()
  private counter = 0
  private readonly guid = `{${newGuid(systemRuntime).toUpperCase()}}`
  private readonly target: string

  private constructor(
    private readonly http: HttpConnection,
    private readonly mailbox: DiscoveredMailbox,
    private readonly authorization: string
  ) {
    const url = new URL(mailbox.mailStoreUrl)
    this.target = `${url.pathname}${url.search}`
  }

  static async open(
    options: HttpConnectionOptions,
    mailbox: DiscoveredMailbox,
    credentials: { address: string; password: string }
  ): Promise<BenchConnection> {
    const authorization = basicAuthorization(credentials.address, credentials.password)
    return new BenchConnection(await HttpConnection.open(options), mailbox, authorization)
  }

  async connect(): Promise<void> {
    this.cookies.clear()
    const body = await this.post('Connect', writeConnectRequest({ userDn: this.mailbox.legacyDn }))
    if (body.readUInt32LE(4) !== 0) throw new Error(`Connect failed with 0x${body.readUInt32LE(4).toString(16)}`)
  }

  async disconnect(): Promise<void> {
    await this.post('Disconnect', Buffer.alloc(4))
    this.cookies.clear()
  }

  /** Executes a prepared request and returns the plain ROP output buffer. */
  async execute(request: Uint8Array): Promise<Buffer> {
    const answer = readExecuteResponse(await this.post('Execute', request))
    if (answer.errorCode !== 0) throw new Error(`Execute failed with 0x${answer.errorCode.toString(16)}`)
    return answer.rop
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
    if (this.cookies.size > 0 && !this.http.closed) await this.disconnect().catch(() => {})
    this.http.close()
  }

  private async post(requestType: string, body: Uint8Array): Promise<Buffer> {
    const headers: Record<string, string> = {
      Authorization: this.authorization,
      'Content-Type': 'application/mapi-http',
      'X-RequestType': requestType,
      'X-RequestId': `${this.guid}:${++this.counter}`,
      'X-ClientInfo': `${this.guid}:1`,
      'X-ClientApplication': 'Outlook/16.0.4266.1001'
    }
    if (this.cookies.size > 0)
      headers.Cookie = COOKIES.map(name => `${name}=${this.cookies.get(name) ?? ''}`).join('; ')
    const response = await this.http.request('POST', this.target, headers, body)
    this.keepCookies(response)
    if (response.status !== 200 || response.headers.get('x-responsecode') !== '0') {
      throw new Error(
        `${requestType}: HTTP ${response.status}, X-ResponseCode ${response.headers.get('x-responsecode')}`
      )
    }
    return readEnvelope(response.body).body
  }

  private keepCookies(response: HttpResponse): void {
    for (const line of response.setCookies) {
      const equals = line.indexOf('=')
      const end = line.indexOf(';', equals)
      this.cookies.set(line.slice(0, equals), line.slice(equals + 1, end < 0 ? undefined : end))
    }
  }
}

/** The body of an Execute request that carries this batch: prepared once, sent many times. */
export function prepare(batch: RopBatch): Buffer {
  return writeExecuteRequest(wrapPayload(batch.write()))
}
