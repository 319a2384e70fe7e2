import { type Layout, Reader, Writer } from '../bufferstructs/index.js'
import {
  type AddressBookRequest,
  type AddressBookRequestType,
  type AddressBookResponse,
  addressBookBodies
} from '../fronts/mapi-http/grammar/address-book-bodies.js'
import { failureResponse } from '../fronts/mapi-http/grammar/bodies.js'
import type { Stat } from '../nspi/nspi.js'
import { statAtBeginning } from '../nspi/stat.js'
import { AutodiscoverError, discover } from './autodiscover.js'
import { ClientContext } from './client-context.js'
import { HttpConnection, type HttpConnectionOptions, type HttpResponse } from './http-connection.js'
import { type LogOn, type LogOnScheme, logOn } from './log-on.js'
import { MapiHttpError } from './mapi-client.js'
import { readEnvelope } from './mapi-http-body.js'

export interface AddressBookClientOptions extends HttpConnectionOptions {
  address: string
  password: string
  /** How to log on; Basic unless said. */
  auth?: LogOnScheme
}

/** A request as a caller states it: what is the same in all of them is left out. */
export type AddressBookQuestion<T extends AddressBookRequestType> = Omit<
  AddressBookRequest<T>,
  'auxiliary' | 'reserved'
>

/** The server sent a body that the documents do not allow, or not in the one form that they give it. */
export class AddressBookBodyError extends Error {
  constructor(
    requestType: string,
    what: string,
    readonly body: Buffer
  ) {
    super(`${requestType}: ${what}`)
    this.name = 'AddressBookBodyError'
  }
}

const NOTHING = new Uint8Array(0)
const UNBIND_SUCCESS = 1

/**
 * A MAPI over HTTP client for the address book endpoint. It keeps cookies as a browser would, sends one request at a time,
 * and takes an answer only if it is byte for byte what the layouts would write.
 */
export class AddressBookClient {
  private readonly context: ClientContext

  private constructor(
    private readonly connection: HttpConnection,
    private readonly target: string,
    logOn: LogOn
  ) {
    this.context = new ClientContext(logOn)
  }

  get cookies(): Map<string, string> {
    return this.context.cookies
  }

  /** Finds the address book by Autodiscover. Rejects with AutodiscoverError where there is none. */
  static async open(options: AddressBookClientOptions): Promise<AddressBookClient> {
    const { addressBookUrl } = await discover(options, options.address, logOnOf(options))
    if (addressBookUrl === undefined) throw new AutodiscoverError('the answer names no MAPI/HTTP address book')
    const { pathname, search } = new URL(addressBookUrl)
    return AddressBookClient.openAt(options, `${pathname}${search}`)
  }

  /** Opens a connection to the endpoint at a path with its query. */
  static async openAt(options: AddressBookClientOptions, target: string): Promise<AddressBookClient> {
    return new AddressBookClient(await HttpConnection.open(options), target, logOnOf(options))
  }

  /** Creates a Session Context and returns the server's GUID; MapiHttpError with the error code when there is none. */
  async bind(stat: Stat | null = statAtBeginning(), flags = 0): Promise<string> {
    const { errorCode, serverGuid } = await this.ask('Bind', { flags, state: stat })
    if (errorCode !== 0) throw new MapiHttpError('Bind', 200, 0, errorCode)
    return serverGuid
  }

  async unbind(): Promise<void> {
    const { errorCode } = await this.ask('Unbind', {})
    if (errorCode !== UNBIND_SUCCESS) throw new MapiHttpError('Unbind', 200, 0, errorCode)
  }

  /**
   * Asks any question of the endpoint. The ErrorCode of the answer is the caller's to look at; MapiHttpError for a request that
   * was not processed, AddressBookBodyError for an answer that is not as the documents say.
   */
  async ask<T extends AddressBookRequestType>(
    type: T,
    question: AddressBookQuestion<T>
  ): Promise<AddressBookResponse<T>> {
    const layouts = addressBookBodies[type] as unknown as {
      request: Layout<AddressBookRequest<T>>
      response: Layout<AddressBookResponse<T>>
    }
    const request = encode(layouts.request, { ...question, auxiliary: NOTHING } as unknown as AddressBookRequest<T>)
    const response = await this.post(type, request)
    const responseCode = Number(response.headers.get('x-responsecode') ?? -1)
    if (response.status !== 200 || responseCode !== 0) throw new MapiHttpError(type, response.status, responseCode, 0)
    const { headers, body } = readEnvelope(response.body)
    const lateCode = Number(headers.get('x-responsecode') ?? 0)
    if (lateCode !== 0) throw new MapiHttpError(type, response.status, lateCode, 0)
    if (body.length >= 4 && body.readUInt32LE(0) !== 0) {
      const { statusCode } = decode(type, failureResponse, body)
      throw new MapiHttpError(type, response.status, 0, statusCode)
    }
    return decode(type, layouts.response, body)
  }

  /** Sends any request body; cookies are kept. */
  post(requestType: string, body: Uint8Array): Promise<HttpResponse> {
    return this.context.post(this.connection, this.target, requestType, body)
  }

  close(): void {
    this.connection.close()
  }
}

function logOnOf({ address, password, auth = 'basic' }: AddressBookClientOptions): LogOn {
  return logOn(auth, address, password)
}

function encode<T>(layout: Layout<T>, value: T): Uint8Array {
  const writer = new Writer(layout.size(value))
  layout.write(writer, value)
  return writer.written()
}

/** Reads the whole body and demands that it has no byte more and no other form than the layout gives its value. */
function decode<T>(type: string, layout: Layout<T>, body: Buffer): T {
  const reader = new Reader(body)
  const value = layout.read(reader)
  if (reader.remaining > 0) throw new AddressBookBodyError(type, `${reader.remaining} bytes behind the body`, body)
  if (!body.equals(encode(layout, value))) throw new AddressBookBodyError(type, 'not the form of its value', body)
  return value
}
