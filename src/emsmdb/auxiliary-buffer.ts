import { MalformedBuffer, Writer } from '../bufferstructs/index.js'
import type { Personality } from '../personality.js'
import { ExecuteFlags, openExtendedBuffer, readExtendedBuffers, sealExtendedBuffer } from './rpc-header-ext.js'

/** One auxiliary block ([MS-OXCRPC] 2.2.2.2): AUX_HEADER {Size u16, Version u8, Type u8} and what follows it. */
export interface AuxiliaryBlock {
  readonly version: number
  readonly type: number
  /** Without the AUX_HEADER; a view. */
  readonly payload: Uint8Array
}

/** Values of AUX_HEADER Type under AUX_VERSION_1 that the server knows. */
export const AuxiliaryType = {
  clientControl: 0x0a,
  exOrgInfo: 0x17,
  serverCapabilities: 0x46,
  endpointCapabilities: 0x48,
  clientConnectionInfo: 0x4a,
  serverSessionInfo: 0x4b
} as const

const AUX_HEADER_BYTES = 4
const AUX_VERSION_1 = 1
const PUBLIC_FOLDERS_ENABLED = 0x00000001
const ENDPOINT_CAPABILITIES_SINGLE_ENDPOINT = 0x00000001
/** ENABLE_COMPRESSION and ENABLE_HTTP_TUNNELING: a flag that is not set disables the behaviour (R262, R266). Performance data is not asked for. */
const CLIENT_CONTROL_DEFAULTS = 0x00000004 | 0x00000008
/** Unsent performance data is of no use after a week, which is also what other servers answer. */
const CLIENT_CONTROL_EXPIRY_MS = 7 * 24 * 3600 * 1000
/** How outgoing blocks are sealed: they are too small to gain by compression, and Exchange SE was seen to send them plain. */
const PLAIN = ExecuteFlags.noCompression | ExecuteFlags.noXorMagic

/**
 * The blocks of an auxiliary buffer from the client, empty for an empty buffer. Blocks of unknown version and type are
 * among them; whoever has no use for one skips it (R1601). Throws MalformedBuffer when sizes contradict each other.
 */
export function readAuxiliaryBuffer(bytes: Uint8Array): AuxiliaryBlock[] {
  if (bytes.byteLength === 0) return []
  const blocks: AuxiliaryBlock[] = []
  for (const payload of readExtendedBuffers(bytes)) {
    for (let at = 0; at < payload.byteLength; ) {
      if (payload.byteLength - at < AUX_HEADER_BYTES) throw new MalformedBuffer('no room for AUX_HEADER', at)
      const size = payload[at] | (payload[at + 1] << 8)
      if (size < AUX_HEADER_BYTES || size > payload.byteLength - at) throw new MalformedBuffer('Size of AUX_HEADER', at)
      const block = { version: payload[at + 2], type: payload[at + 3], payload: payload.subarray(at + 4, at + size) }
      blocks.push(block)
      at += size
    }
  }
  return blocks
}

/** The auxiliary buffer that answers a successful Connect ([MS-OXCRPC] 3.1.4.1.2.1). */
export function connectAuxiliaryBuffer(personality: Personality, hasPublicFolders: boolean): Uint8Array {
  const writer = new Writer(64)
  const header = openExtendedBuffer(writer)
  const organization = personality.organizationFlags | (hasPublicFolders ? PUBLIC_FOLDERS_ENABLED : 0)
  writeBlock(writer, AuxiliaryType.exOrgInfo, organization)
  writeBlock(writer, AuxiliaryType.clientControl, CLIENT_CONTROL_DEFAULTS, CLIENT_CONTROL_EXPIRY_MS)
  if (personality.sendsEndpointCapabilities) {
    writeBlock(writer, AuxiliaryType.endpointCapabilities, ENDPOINT_CAPABILITIES_SINGLE_ENDPOINT)
  }
  if (personality.serverCapabilities !== 0) {
    writeBlock(writer, AuxiliaryType.serverCapabilities, personality.serverCapabilities)
  }
  sealExtendedBuffer(writer, header, PLAIN, true)
  return writer.written()
}

function writeBlock(writer: Writer, type: number, ...fields: number[]): void {
  writer.u16(AUX_HEADER_BYTES + fields.length * 4)
  writer.u8(AUX_VERSION_1)
  writer.u8(type)
  for (const field of fields) writer.u32(field)
}
