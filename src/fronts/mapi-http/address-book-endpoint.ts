import type { Principal } from '../../directory/principal.js'
import type { Nspi, NspiCaller } from '../../nspi/nspi.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { type HttpRequest, type Route, requestOrigin } from '../http/index.js'
import { type AddressBookOperation, addressBookOperations } from './address-book-operations.js'
import { bindRequest, bindResponse, unbindRequest, unbindResponse } from './grammar/address-book-bodies.js'
import {
  type Call,
  format,
  parse,
  type Serve,
  SessionEndpoint,
  type SessionEndpointOptions
} from './session-endpoint.js'

export interface AddressBookEndpointOptions extends SessionEndpointOptions {
  nspi: Nspi
  /** Scheme, host and port to publish; empty takes them from each request. */
  publicUrl: string
}

/** A Session Context of the address book holds nothing: every request says itself where in which table it stands. */
type BoundAs = Principal
type AddressBookCall = Call<BoundAs>

/** The largest requests: two arrays of 100,000 numbers and room for values, such as a photo or the members of a group. */
const BODY_LIMIT = 2 << 20
const NO_GUID = '00000000-0000-0000-0000-000000000000'
const NOTHING = new Uint8Array(0)

/** The address book endpoint of MAPI over HTTP, `/mapi/nspi/?MailboxId=guid@domain` ([MS-OXCMAPIHTTP] 2.2.5, 3.2). */
export class AddressBookEndpoint {
  private readonly nspi: Nspi
  private readonly options: AddressBookEndpointOptions
  private readonly endpoint: SessionEndpoint<BoundAs>

  constructor(options: AddressBookEndpointOptions) {
    this.options = options
    this.nspi = options.nspi
    const { GetMailboxUrl, GetAddressBookUrl, ...inContext } = addressBookOperations
    const requestTypes: Record<string, Serve<BoundAs>> = {
      Bind: call => this.bind(call),
      Unbind: call => this.unbind(call),
      GetMailboxUrl: call => this.refer(call, GetMailboxUrl),
      GetAddressBookUrl: call => this.refer(call, GetAddressBookUrl)
    }
    for (const [type, operation] of Object.entries(inContext)) {
      const { request, answer } = operation as AddressBookOperation
      const work = (_session: BoundAs, asked: unknown, call: AddressBookCall) =>
        answer(this.nspi, this.callerOf(call), asked)
      requestTypes[type] = call => this.endpoint.run(call, request, work)
    }
    this.endpoint = new SessionEndpoint(options, {
      path: '/mapi/nspi',
      bodyLimitBytes: BODY_LIMIT,
      establishes: 'Bind',
      requestTypes,
      frequentTypes: [],
      isEnded: () => false,
      touch: () => {},
      end: () => {}
    })
  }

  get contextCount(): number {
    return this.endpoint.contextCount
  }

  routes(): Route[] {
    return this.endpoint.routes()
  }

  /** New requests are refused with code 18. */
  shutDown(): void {
    this.endpoint.shutDown()
  }

  /** Ends all Session Contexts. */
  close(): void {
    this.endpoint.close()
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.1, 3.2.5.6; [MS-OXNSPI] 3.1.4.1.1. */
  private bind(call: AddressBookCall): Buffer {
    const { flags, state } = parse(bindRequest, call.body)
    this.endpoint.prepareContext(call)
    const { errorCode, serverGuid } = this.nspi.bind(this.callerOf(call), { flags, stat: state })
    const bound = errorCode === ErrorCode.ecNone
    if (bound) this.endpoint.addContext(call, call.principal)
    else this.endpoint.refuseContext(call, errorCode)
    return format(bindResponse, {
      statusCode: 0,
      errorCode,
      serverGuid: bound ? serverGuid : NO_GUID,
      auxiliary: NOTHING
    })
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.4; [MS-OXNSPI] 3.1.4.1.2: a handle that was destroyed is UnbindSuccess, which is not zero. */
  private unbind(call: AddressBookCall): Buffer {
    this.endpoint.endContext(call, unbindRequest)
    return format(unbindResponse, { statusCode: 0, errorCode: ErrorCode.ecUnbindSuccess, auxiliary: NOTHING })
  }

  /**
   * The two questions of [MS-OXABREF] 3.1.4 have no context handle there and need no Session Context here: a client may ask
   * where its address book is before it binds. They leave the cookies of a context as they are.
   */
  private refer<Request>(call: AddressBookCall, operation: AddressBookOperation<Request>): Buffer | Promise<Buffer> {
    this.endpoint.refresh(call)
    return operation.answer(this.nspi, this.callerOf(call), parse(operation.request, call.body))
  }

  private callerOf({ principal, exchange }: AddressBookCall): NspiCaller {
    return new Caller(principal, exchange.request, this.options)
  }
}

/** Who asks; the URL is put together for the few that want it. */
class Caller implements NspiCaller {
  constructor(
    readonly principal: Principal,
    private readonly request: HttpRequest,
    private readonly options: AddressBookEndpointOptions
  ) {}

  get baseUrl(): string {
    const { publicUrl, serverName } = this.options
    const { secure } = this.request.connection
    // A header that names no host gives way to the server's own name.
    return requestOrigin(this.request, publicUrl, serverName) ?? `${secure ? 'https' : 'http'}://${serverName}`
  }
}
