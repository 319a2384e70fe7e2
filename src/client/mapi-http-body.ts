/**
 * Bodies of the MAPI/HTTP mailbox endpoint as a client writes and reads them ([MS-OXCMAPIHTTP] 2.2.4). Stated here a
 * second time, by hand and apart from the server's grammar, so that a test which uses this client checks the server's
 * layouts against something else than themselves.
 */
import { Buffer } from 'node:buffer'

export interface ConnectRequest {
  userDn: string
  flags?: number
  codePage?: number
  sortLocaleId?: number
  stringLocaleId?: number
  auxiliary?: Uint8Array
}

export interface ConnectResponse {
  statusCode: number
  errorCode: number
  pollsMaxMs: number
  retryCount: number
  retryDelayMs: number
  dnPrefix: string
  displayName: string
  auxiliary: Buffer
}

/** [MS-OXCMAPIHTTP] 2.2.4.1.1 */
export function writeConnectRequest(request: ConnectRequest): Buffer {
  const dn = Buffer.from(`${request.userDn}\0`, 'latin1')
  const auxiliary = request.auxiliary ?? Buffer.alloc(0)
  const rest = Buffer.alloc(20)
  rest.writeUInt32LE(request.flags ?? 0, 0)
  rest.writeUInt32LE(request.codePage ?? 1252, 4)
  rest.writeUInt32LE(request.sortLocaleId ?? 0x0409, 8)
  rest.writeUInt32LE(request.stringLocaleId ?? 0x0409, 12)
  rest.writeUInt32LE(auxiliary.byteLength, 16)
  return Buffer.concat([dn, rest, auxiliary])
}

/** [MS-OXCMAPIHTTP] 2.2.4.1.2; a non-zero StatusCode is followed by the auxiliary buffer only. */
export function readConnectResponse(body: Buffer): ConnectResponse {
  const statusCode = body.readUInt32LE(0)
  if (statusCode !== 0) {
    const failed = { errorCode: 0, pollsMaxMs: 0, retryCount: 0, retryDelayMs: 0, dnPrefix: '', displayName: '' }
    return { statusCode, ...failed, auxiliary: readCounted(body, 4) }
  }
  const dnEnd = body.indexOf(0, 20)
  let nameEnd = dnEnd + 1
  while (body.readUInt16LE(nameEnd) !== 0) nameEnd += 2
  return {
    statusCode,
    errorCode: body.readUInt32LE(4),
    pollsMaxMs: body.readUInt32LE(8),
    retryCount: body.readUInt32LE(12),
    retryDelayMs: body.readUInt32LE(16),
    dnPrefix: body.toString('latin1', 20, dnEnd),
    displayName: body.toString('utf16le', dnEnd + 1, nameEnd),
    auxiliary: readCounted(body, nameEnd + 2)
  }
}

export interface ExecuteResponse {
  statusCode: number
  errorCode: number
  flags: number
  /** The extended buffers of the answer, RPC_HEADER_EXT included. */
  rop: Buffer
  auxiliary: Buffer
}

/** Flags of Execute: no compression and no obfuscation of the answer ([MS-OXCRPC] 3.1.4.2). */
export const PLAIN_ANSWER = 0x00000003

/** [MS-OXCMAPIHTTP] 2.2.4.2.1 */
export function writeExecuteRequest(rop: Uint8Array, flags = PLAIN_ANSWER, maxRopOut = 0x10000): Buffer {
  const body = Buffer.alloc(8 + rop.byteLength + 8)
  body.writeUInt32LE(flags, 0)
  body.writeUInt32LE(rop.byteLength, 4)
  body.set(rop, 8)
  body.writeUInt32LE(maxRopOut, 8 + rop.byteLength)
  return body
}

/** [MS-OXCMAPIHTTP] 2.2.4.2.2 */
export function readExecuteResponse(body: Buffer): ExecuteResponse {
  const statusCode = body.readUInt32LE(0)
  if (statusCode !== 0) {
    return { statusCode, errorCode: 0, flags: 0, rop: Buffer.alloc(0), auxiliary: readCounted(body, 4) }
  }
  const rop = readCounted(body, 12)
  return {
    statusCode,
    errorCode: body.readUInt32LE(4),
    flags: body.readUInt32LE(8),
    rop,
    auxiliary: readCounted(body, 16 + rop.length)
  }
}

function readCounted(body: Buffer, at: number): Buffer {
  const size = body.readUInt32LE(at)
  return body.subarray(at + 4, at + 4 + size)
}

/** The parts of a MAPI/HTTP response body behind the envelope ([MS-OXCMAPIHTTP] 2.2.2.2): meta-tags, additional headers, the rest. */
export interface Envelope {
  metaTags: string[]
  headers: Map<string, string>
  body: Buffer
}

export function readEnvelope(bytes: Buffer): Envelope {
  const metaTags: string[] = []
  const headers = new Map<string, string>()
  let at = 0
  let inHeaders = false
  for (;;) {
    const end = bytes.indexOf('\r\n', at, 'latin1')
    if (end < 0) throw new Error('MAPI/HTTP envelope without its empty line')
    const line = bytes.toString('latin1', at, end)
    at = end + 2
    if (line === '') return { metaTags, headers, body: bytes.subarray(at) }
    if (inHeaders) headers.set(line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim())
    else metaTags.push(line)
    if (line === 'DONE') inHeaders = true
  }
}
