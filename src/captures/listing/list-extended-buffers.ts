import { MalformedBuffer } from '../../bufferstructs/index.js'
import { decompressLz77 } from '../../compression/lz77.js'
import { obfuscate } from '../../compression/xor.js'
import { HEADER_BYTES, HeaderFlags } from '../../emsmdb/rpc-header-ext.js'
import { sayFlags, sayNumber } from './value-text.js'
import type { Walk } from './walk.js'

/** A larger payload is none ([MS-OXCRPC] 3.1.4.2.1.1.1); nothing more is ever decompressed. */
const PAYLOAD_LIMIT = 0x8000

/**
 * Lists the extended buffers from the reader's position to the end ([MS-OXCRPC] 2.2.2.1): header fields, then the payload, uncovered
 * and decompressed. `list` goes through a payload; it is told whether it is the last. Offsets in a payload that was not plain count
 * from its own beginning.
 */
export function listExtendedBuffers(walk: Walk, list: (walk: Walk, payload: Uint8Array, at: number) => void): void {
  const { reader } = walk
  for (let at = 0; reader.remaining > 0; at++) {
    walk.group(`[${at}]`, () => listOne(walk, (inner, payload) => list(inner, payload, at)))
  }
}

function listOne(walk: Walk, list: (walk: Walk, payload: Uint8Array) => void): void {
  const { reader } = walk
  if (reader.remaining < HEADER_BYTES) reader.fail('no room for RPC_HEADER_EXT')
  const header = walk.quietly(() => ({
    version: walk.leaf('version', () => reader.u16(), sayNumber),
    flags: walk.leaf(
      'flags',
      () => reader.u16(),
      value => sayFlags(value, HeaderFlags)
    ),
    size: walk.leaf('size', () => reader.u16(), sayNumber),
    sizeActual: walk.leaf('sizeActual', () => reader.u16(), sayNumber)
  }))
  const { flags, size, sizeActual } = header
  if (header.version !== 0) reader.fail('unknown version of RPC_HEADER_EXT')
  if (size > reader.remaining) reader.fail(`payload of ${size} bytes wanted, ${reader.remaining} left`)
  const compressed = (flags & HeaderFlags.compressed) !== 0
  const covered = (flags & HeaderFlags.xorMagic) !== 0
  walk.say({ text: describe(size, sizeActual, flags) })
  const end = reader.position + size
  if (!compressed && !covered) {
    walk.attempt(end, () => list(walk, reader.bytes.subarray(reader.position, end)))
    return
  }
  walk.attempt(end, () => {
    const sealed = reader.subarray(size)
    const plain = open(sealed, compressed, covered, sizeActual)
    walk.into(plain, compressed ? 'decompressed' : 'uncovered', inner => list(inner, plain))
  })
}

function open(sealed: Uint8Array, compressed: boolean, covered: boolean, sizeActual: number): Uint8Array {
  const bytes = covered ? obfuscate(sealed.slice()) : sealed
  if (!compressed) return bytes
  if (sizeActual > PAYLOAD_LIMIT) throw new MalformedBuffer(`payload of ${sizeActual} bytes`, 0)
  return decompressLz77(bytes, sizeActual)
}

function describe(size: number, sizeActual: number, flags: number): string {
  const forms = [
    ...((flags & HeaderFlags.compressed) !== 0 ? [`compressed from ${sizeActual}`] : []),
    ...((flags & HeaderFlags.xorMagic) !== 0 ? ['obfuscated'] : []),
    ...((flags & HeaderFlags.last) !== 0 ? ['last'] : [])
  ]
  return `${size} bytes${forms.length === 0 ? '' : `, ${forms.join(', ')}`}`
}
