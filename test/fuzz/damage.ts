import type { Random } from '../../src/bufferstructs/index.js'
import { compressLz77 } from '../../src/compression/lz77.js'

/** Damages bytes in the ways in which transmission, old clients and attackers do; each kind is a function of its own. */
export type Damage = (bytes: Buffer, random: Random) => Buffer

const INTERESTING = [
  0, 1, 2, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff
]

export const damages: readonly Damage[] = [
  bytes => bytes,
  function flip(bytes, random) {
    for (let i = random.below(6); i >= 0; i--) bytes[random.below(bytes.length)] ^= 1 << random.below(8)
    return bytes
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  function overwrite(bytes, random) {
    if (bytes.length < 4) return bytes
    bytes.writeUInt32LE(INTERESTING[random.below(INTERESTING.length)], random.below(bytes.length - 3))
    return bytes
  },
  function overwriteShort(bytes, random) {
    if (bytes.length < 2) return bytes
    bytes.writeUInt16LE(INTERESTING[random.below(8)], random.below(bytes.length - 1))
    return bytes
  },
  function nudge(bytes, random) {
    if (bytes.length < 2) return bytes
    const at = random.below(bytes.length - 1)
    bytes.writeUInt16LE((bytes.readUInt16LE(at) + random.below(9) - 4) & 0xffff, at)
    return bytes
  },
  function repeat(bytes, random) {
    const from = random.below(bytes.length)
    const part = bytes.subarray(from, from + random.below(64))
    return Buffer.concat([
      bytes.subarray(0, from),
      ...Array.from({ length: 1 + random.below(200) }, () => part),
      bytes.subarray(from)
    ])
  },
  (bytes, random) => Buffer.concat([bytes, noise(random.below(300), random)]),
  (_bytes, random) => noise(random.below(600), random)
]

export function noise(size: number, random: Random): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, () => random.below(random.below(3) === 0 ? 4 : 256)))
}

const COMPRESSED = 1
const XOR = 2
const LAST = 4

function extended(flags: number, size: number, sizeActual: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16LE(flags, 2)
  header.writeUInt16LE(size & 0xffff, 4)
  header.writeUInt16LE(sizeActual & 0xffff, 6)
  return Buffer.concat([header, payload])
}

/** The payload in an extended buffer of some form: plain, obfuscated, compressed, in several, or a bomb. */
export function wrap(payload: Buffer, random: Random): Buffer {
  switch (random.below(10)) {
    case 0:
      return extended(
        LAST | XOR,
        payload.length,
        payload.length,
        payload.map(byte => byte ^ 0xa5)
      )
    case 1: {
      const packed = compressLz77(payload)
      return extended(LAST | COMPRESSED, packed.length, payload.length, packed)
    }
    case 2:
      // A short input that claims to be long: one literal, then matches of the greatest length.
      return bomb(random)
    case 3: {
      const one = extended(0, payload.length, payload.length, payload)
      const many = Array.from({ length: 1 + random.below(20) }, () => one)
      return Buffer.concat([...many, extended(LAST, payload.length, payload.length, payload)])
    }
    case 4:
      // An extended buffer inside an extended buffer.
      return wrap(wrap(payload, random).subarray(0, 30_000), random)
    case 5:
      // None of them says that it is the last.
      return extended(random.below(8) & ~LAST, payload.length, payload.length, payload)
    case 6:
      return extended(random.below(0x10000), random.below(0x10000), random.below(0x10000), payload)
    default:
      return extended(LAST, payload.length, payload.length, payload)
  }
}

function bomb(random: Random): Buffer {
  const body = Buffer.alloc(20 + random.below(200))
  // Flags: one literal, matches from there on.
  body.writeUInt32LE(0x7fffffff, 0)
  body[4] = 0x41
  for (let at = 5; at + 8 < body.length; at += 8) {
    body.writeUInt16LE(7, at)
    body[at + 2] = 0xff
    body[at + 3] = 0xff
    body.writeUInt16LE(random.below(2) === 0 ? 0xffff : 0, at + 4)
    body.writeUInt16LE(0xffff, at + 6)
  }
  return extended(LAST | COMPRESSED, body.length, 0x7fff - random.below(3), body)
}
