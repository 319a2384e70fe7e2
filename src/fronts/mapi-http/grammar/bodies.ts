import { ascii0, bytes32, type Infer, struct, u32, utf16z } from '../../../bufferstructs/index.js'

/** [MS-OXCMAPIHTTP] 2.2.4.1.1. The sort locale comes before the string locale, other than in EcDoConnectEx. */
export const connectRequest = struct({
  userDn: ascii0,
  flags: u32,
  defaultCodePage: u32,
  sortLocaleId: u32,
  stringLocaleId: u32,
  auxiliary: bytes32
})

/** [MS-OXCMAPIHTTP] 2.2.4.1.2. DisplayName is Unicode here and not 8-bit as in EcDoConnectEx. */
export const connectResponse = struct({
  statusCode: u32,
  errorCode: u32,
  pollsMaxMs: u32,
  retryCount: u32,
  retryDelayMs: u32,
  dnPrefix: ascii0,
  displayName: utf16z,
  auxiliary: bytes32
})

/** [MS-OXCMAPIHTTP] 2.2.4.2.1. */
export const executeRequest = struct({ flags: u32, rop: bytes32, maxRopOut: u32, auxiliary: bytes32 })

/** [MS-OXCMAPIHTTP] 2.2.4.2.2. */
export const executeResponse = struct({ statusCode: u32, errorCode: u32, flags: u32, rop: bytes32, auxiliary: bytes32 })

/** [MS-OXCMAPIHTTP] 2.2.4.3.1. */
export const disconnectRequest = struct({ auxiliary: bytes32 })

/** [MS-OXCMAPIHTTP] 2.2.4.3.2. */
export const disconnectResponse = struct({ statusCode: u32, errorCode: u32, auxiliary: bytes32 })

/** [MS-OXCMAPIHTTP] 2.2.4.4.1. */
export const notificationWaitRequest = struct({ flags: u32, auxiliary: bytes32 })

/** [MS-OXCMAPIHTTP] 2.2.4.4.2. EventPending is 1 when events wait for the next Execute, else 0. */
export const notificationWaitResponse = struct({
  statusCode: u32,
  errorCode: u32,
  eventPending: u32,
  auxiliary: bytes32
})

/** [MS-OXCMAPIHTTP] 2.2.4.1.3, 2.2.4.2.3, 2.2.4.3.3, 2.2.4.4.3: what follows a StatusCode that is not zero. */
export const failureResponse = struct({ statusCode: u32, auxiliary: bytes32 })

export type ConnectRequest = Infer<typeof connectRequest>
export type ExecuteRequest = Infer<typeof executeRequest>
