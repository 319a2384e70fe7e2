import type { ConnectResponse, Emsmdb, EmsmdbSession, ExecuteResponse } from '../../emsmdb/index.js'
import { limits } from '../../limits.js'
import type { Route } from '../http/index.js'
import { parseClientVersion } from './client-application.js'
import * as bodies from './grammar/bodies.js'
import { Refusal, ResponseCode } from './response-code.js'
import { type Call, format, parse, SessionEndpoint, type SessionEndpointOptions } from './session-endpoint.js'

export type EmsmdbPort = Pick<Emsmdb, 'connect' | 'execute' | 'disconnect' | 'wait' | 'touch'>

export interface MailboxEndpointOptions extends SessionEndpointOptions {
  emsmdb: EmsmdbPort
}

type MailboxCall = Call<EmsmdbSession>

/** An Execute request at its largest: RPC's bound for ROPs and auxiliary buffer, and the fixed fields. */
const BODY_LIMIT = limits.maxRopOutBytes + limits.auxiliaryBytes + 64
const NOTHING = new Uint8Array(0)

/** The mailbox endpoint of MAPI over HTTP, `/mapi/emsmdb/?MailboxId=guid@domain` ([MS-OXCMAPIHTTP] 2.2.4, 3.2). */
export class MailboxEndpoint {
  private readonly emsmdb: EmsmdbPort
  private readonly endpoint: SessionEndpoint<EmsmdbSession>
  private readonly executeIn: (session: EmsmdbSession, request: bodies.ExecuteRequest) => Buffer | Promise<Buffer>

  constructor(options: MailboxEndpointOptions) {
    const { emsmdb } = options
    this.emsmdb = emsmdb
    this.executeIn = (session, { flags, rop, maxRopOut, auxiliary }) => {
      const answer = emsmdb.execute(session, { flags, rop, maxRopOut, auxiliary })
      return answer instanceof Promise ? answer.then(formatExecute) : formatExecute(answer)
    }
    this.endpoint = new SessionEndpoint(options, {
      path: '/mapi/emsmdb',
      bodyLimitBytes: BODY_LIMIT,
      establishes: 'Connect',
      requestTypes: {
        Connect: call => this.connect(call),
        Execute: call => this.endpoint.run(call, bodies.executeRequest, this.executeIn),
        Disconnect: call => this.disconnect(call),
        NotificationWait: call => this.notificationWait(call)
      },
      frequentTypes: ['Execute', 'NotificationWait', 'Connect', 'Disconnect', 'PING'],
      isEnded: session => session.ended !== undefined,
      touch: session => emsmdb.touch(session),
      end: session => emsmdb.disconnect(session)
    })
  }

  get contextCount(): number {
    return this.endpoint.contextCount
  }

  routes(): Route[] {
    return this.endpoint.routes()
  }

  /** Parked waits are answered, new requests refused with code 18. Sessions live on until `close`. */
  shutDown(): void {
    this.endpoint.shutDown()
  }

  /** Ends all sessions. */
  close(): void {
    this.endpoint.close()
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.1, 3.2.5.6. */
  private connect(call: MailboxCall): Buffer | Promise<Buffer> {
    const request = parse(bodies.connectRequest, call.body)
    this.endpoint.prepareContext(call)
    const answer = this.emsmdb.connect({
      actor: call.principal,
      userDn: request.userDn,
      flags: request.flags,
      codePage: request.defaultCodePage,
      sortLocaleId: request.sortLocaleId,
      stringLocaleId: request.stringLocaleId,
      clientVersion: parseClientVersion(call.head.header('x-clientapplication') ?? ''),
      auxiliary: request.auxiliary,
      serverMailboxGuid: call.owner.mailboxGuid
    })
    return answer instanceof Promise
      ? answer.then(result => this.connected(call, result))
      : this.connected(call, answer)
  }

  private connected(call: MailboxCall, answer: ConnectResponse): Buffer {
    const { session } = answer
    if (session !== null) this.endpoint.addContext(call, session)
    else this.endpoint.refuseContext(call, answer.errorCode)
    return format(bodies.connectResponse, {
      statusCode: 0,
      errorCode: answer.errorCode,
      pollsMaxMs: answer.pollsMaxMs,
      retryCount: answer.retryCount,
      retryDelayMs: answer.retryDelayMs,
      dnPrefix: answer.dnPrefix,
      displayName: answer.displayName,
      auxiliary: answer.auxiliary
    })
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.4. */
  private disconnect(call: MailboxCall): Buffer {
    this.endpoint.endContext(call, bodies.disconnectRequest)
    return format(bodies.disconnectResponse, { statusCode: 0, errorCode: 0, auxiliary: NOTHING })
  }

  /** [MS-OXCMAPIHTTP] 3.2.5.5: parked beside the requests of the context. */
  private notificationWait(call: MailboxCall): Promise<Buffer> {
    return this.endpoint
      .park(call, bodies.notificationWaitRequest, (session, signal) => this.emsmdb.wait(session, signal))
      .then(({ pending }) =>
        format(bodies.notificationWaitResponse, {
          statusCode: 0,
          errorCode: 0,
          eventPending: pending ? 1 : 0,
          auxiliary: NOTHING
        })
      )
  }
}

/** By hand, because the output comes in parts, which are copied once, to their place. */
function formatExecute(answer: ExecuteResponse): Buffer {
  // StatusCode, AuxiliaryBufferSize, AuxiliaryBuffer ([MS-OXCMAPIHTTP] 2.2.4.2.3).
  if (answer.statusCode !== undefined && answer.statusCode !== 0) {
    const failure = Buffer.allocUnsafe(8 + answer.auxiliary.length)
    failure.writeUInt32LE(answer.statusCode, 0)
    failure.writeUInt32LE(answer.auxiliary.length, 4)
    failure.set(answer.auxiliary, 8)
    return failure
  }
  let size = 0
  for (const part of answer.rop) size += part.length
  if (size > limits.ultraLargeRopOutBytes) {
    throw new Refusal(ResponseCode.invalidResponse, 'The answer is larger than any answer may be.')
  }
  const { auxiliary } = answer
  const body = Buffer.allocUnsafe(20 + size + auxiliary.length)
  body.writeUInt32LE(0, 0)
  body.writeUInt32LE(answer.errorCode, 4)
  body.writeUInt32LE(answer.flags, 8)
  body.writeUInt32LE(size, 12)
  let at = 16
  for (const part of answer.rop) {
    body.set(part, at)
    at += part.length
  }
  body.writeUInt32LE(auxiliary.length, at)
  body.set(auxiliary, at + 4)
  return body
}
