import { type DiscoveredMailbox, discover } from './autodiscover.js'
import { ClientContext } from './client-context.js'
import { unwrapPayloads, wrapPayload } from './extended-buffer.js'
import { HttpConnection, type HttpConnectionOptions, type HttpResponse } from './http-connection.js'
import { type LogOn, type LogOnScheme, logOn } from './log-on.js'
import {
  type ConnectResponse,
  PLAIN_ANSWER,
  readConnectResponse,
  readEnvelope,
  readExecuteResponse,
  writeConnectRequest,
  writeExecuteRequest
} from './mapi-http-body.js'
import type { RopBatch, RopResult } from './rop-batch.js'

export interface MapiClientOptions extends HttpConnectionOptions {
  address: string
  password: string
  /** How to log on; Basic unless said. */
  auth?: LogOnScheme
  /** Name to log on with, where it is not the address: `DOMAIN\\user` or `user`. */
  user?: string
}

/** A MAPI/HTTP request that was answered with a non-zero X-ResponseCode, StatusCode or ErrorCode, or no HTTP 200. */
export class MapiHttpError extends Error {
  readonly status: number
  readonly responseCode: number
  readonly errorCode: number

  constructor(what: string, status: number, responseCode: number, errorCode: number) {
    super(`${what}: HTTP ${status}, X-ResponseCode ${responseCode}, error 0x${errorCode.toString(16)}`)
    this.name = 'MapiHttpError'
    this.status = status
    this.responseCode = responseCode
    this.errorCode = errorCode
  }
}

/**
 * A MAPI over HTTP client for the mailbox endpoint: discovers, connects, executes ROP batches, waits for events. It
 * keeps cookies as a browser would. One request at a time; `waitForNotification` uses a second connection.
 */
export class MapiClient {
  private readonly context: ClientContext
  mailbox: DiscoveredMailbox | undefined

  private constructor(
    private readonly options: MapiClientOptions,
    private connection: HttpConnection,
    private target: string,
    logOn: LogOn
  ) {
    this.context = new ClientContext(logOn)
  }

  /** Finds the mailbox by Autodiscover and opens a connection to its endpoint. */
  static async open(options: MapiClientOptions): Promise<MapiClient> {
    const by = logOn(options.auth ?? 'basic', options.user ?? options.address, options.password)
    const mailbox = await discover(options, options.address, by)
    const url = new URL(mailbox.mailStoreUrl)
    const client = new MapiClient(options, await HttpConnection.open(options), `${url.pathname}${url.search}`, by)
    client.mailbox = mailbox
    return client
  }

  /** Sends any request type to the endpoint and returns the HTTP answer; cookies are kept. */
  post(requestType: string, body: Uint8Array, connection = this.connection): Promise<HttpResponse> {
    return this.context.post(connection, this.target, requestType, body)
  }

  /** [MS-OXCMAPIHTTP] 2.2.4.1. Connects to the discovered mailbox, or to that of `userDn`. */
  async connect(userDn = this.mailbox!.legacyDn): Promise<ConnectResponse> {
    const body = await this.succeed('Connect', await this.post('Connect', writeConnectRequest({ userDn })))
    const answer = readConnectResponse(body)
    if (answer.statusCode !== 0 || answer.errorCode !== 0)
      throw new MapiHttpError('Connect', 200, 0, answer.statusCode || answer.errorCode)
    return answer
  }

  /** [MS-OXCMAPIHTTP] 2.2.4.2. Runs a batch; its results and handles are filled in. Returns ROPs that the server sent on its own. */
  async execute(batch: RopBatch, options: { flags?: number; maxRopOut?: number } = {}): Promise<RopResult[]> {
    const rop = wrapPayload(batch.write())
    const request = writeExecuteRequest(rop, options.flags ?? PLAIN_ANSWER, options.maxRopOut)
    const answer = readExecuteResponse(await this.succeed('Execute', await this.post('Execute', request)))
    if (answer.statusCode !== 0 || answer.errorCode !== 0)
      throw new MapiHttpError('Execute', 200, 0, answer.statusCode || answer.errorCode)
    return batch.readResponses(unwrapPayloads(answer.rop))
  }

  /** [MS-OXCMAPIHTTP] 2.2.4.3 */
  async disconnect(): Promise<void> {
    await this.succeed('Disconnect', await this.post('Disconnect', Buffer.alloc(4)))
  }

  /** [MS-OXCMAPIHTTP] 2.2.4.4: true when events are waiting. Uses a connection of its own, since the answer may take minutes. */
  async waitForNotification(): Promise<boolean> {
    const connection = await HttpConnection.open(this.options)
    try {
      const body = await this.succeed(
        'NotificationWait',
        await this.post('NotificationWait', Buffer.alloc(8), connection)
      )
      return (body.readUInt32LE(8) & 1) !== 0
    } finally {
      connection.close()
    }
  }

  /** Opens a new connection and goes on with the same session. */
  async reopen(): Promise<void> {
    this.connection.close()
    this.connection = await HttpConnection.open(this.options)
  }

  close(): void {
    this.connection.close()
  }

  /** The body behind the envelope of a successful answer. */
  private succeed(what: string, response: HttpResponse): Buffer {
    const responseCode = Number(response.headers.get('x-responsecode') ?? -1)
    if (response.status !== 200 || responseCode !== 0) throw new MapiHttpError(what, response.status, responseCode, 0)
    return readEnvelope(response.body).body
  }
}
