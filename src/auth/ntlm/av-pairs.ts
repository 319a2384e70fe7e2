import { MalformedBuffer, Reader, Writer } from '../../bufferstructs/index.js'
import { unicodeOf } from './message-fields.js'

/** [MS-NLMP] 2.2.2.1: what an AV_PAIR says. */
export const AvId = {
  EOL: 0,
  NbComputerName: 1,
  NbDomainName: 2,
  DnsComputerName: 3,
  DnsDomainName: 4,
  DnsTreeName: 5,
  Flags: 6,
  Timestamp: 7,
  SingleHost: 8,
  TargetName: 9,
  ChannelBindings: 10
} as const

/** Bits of MsvAvFlags: the AUTHENTICATE message has a MIC. */
export const AV_FLAG_MIC = 0x00000002

export interface AvPair {
  readonly id: number
  readonly value: Uint8Array
}

/** Sizes that the values of some pairs must have; names need whole UTF-16 units. */
const SIZES: Readonly<Record<number, number>> = {
  [AvId.Flags]: 4,
  [AvId.Timestamp]: 8,
  [AvId.ChannelBindings]: 16
}
const NAMES: readonly number[] = [
  AvId.NbComputerName,
  AvId.NbDomainName,
  AvId.DnsComputerName,
  AvId.DnsDomainName,
  AvId.DnsTreeName,
  AvId.TargetName
]

/**
 * A list of pairs up to the one that ends it, which is not returned; what follows it (clients leave four zeros there) is
 * not looked at. No bytes at all are a list without pairs; a list without its end is malformed.
 */
export function readAvPairs(bytes: Uint8Array): AvPair[] {
  const pairs: AvPair[] = []
  if (bytes.length === 0) return pairs
  const reader = new Reader(bytes)
  for (;;) {
    const id = reader.u16()
    const size = reader.u16()
    const at = reader.take(size)
    if (id === AvId.EOL) return pairs
    if ((SIZES[id] ?? size) !== size || (NAMES.includes(id) && size % 2 !== 0))
      throw new MalformedBuffer(`AV pair ${id} of ${size} bytes`, at)
    pairs.push({ id, value: bytes.subarray(at, at + size) })
  }
}

/** The pairs and the one that ends them. */
export function writeAvPairs(pairs: readonly AvPair[]): Uint8Array {
  const writer = new Writer()
  for (const { id, value } of [...pairs, { id: AvId.EOL, value: new Uint8Array() }]) {
    writer.u16(id)
    writer.u16(value.length)
    const at = writer.reserve(value.length)
    writer.bytes.set(value, at)
  }
  return writer.bytes.slice(0, writer.position)
}

export function namePair(id: number, name: string): AvPair {
  return { id, value: Buffer.from(name, 'utf16le') }
}

export function timestampPair(filetime: bigint): AvPair {
  const value = Buffer.alloc(8)
  value.writeBigUInt64LE(filetime)
  return { id: AvId.Timestamp, value }
}

export function flagsPair(flags: number): AvPair {
  const value = Buffer.alloc(4)
  value.writeUInt32LE(flags)
  return { id: AvId.Flags, value }
}

/** What a list of pairs says, the first of each kind; a kind that is absent is undefined. */
export class TargetInfo {
  constructor(readonly pairs: readonly AvPair[]) {}

  static parse(bytes: Uint8Array): TargetInfo {
    return new TargetInfo(readAvPairs(bytes))
  }

  value(id: number): Uint8Array | undefined {
    return this.pairs.find(pair => pair.id === id)?.value
  }

  name(id: number): string | undefined {
    const value = this.value(id)
    return value === undefined ? undefined : unicodeOf(value)
  }

  get flags(): number {
    const value = this.value(AvId.Flags)
    return value === undefined ? 0 : new Reader(value).u32()
  }

  /** FILETIME of MsvAvTimestamp. */
  get timestamp(): bigint | undefined {
    const value = this.value(AvId.Timestamp)
    return value === undefined ? undefined : new Reader(value).u64()
  }

  /** MD5 of the channel bindings; undefined when the client sent none, or zeros, which say the same. */
  get channelBindings(): Uint8Array | undefined {
    const value = this.value(AvId.ChannelBindings)
    return value?.some(byte => byte !== 0) ? value : undefined
  }
}
