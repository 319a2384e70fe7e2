import { createHash } from 'node:crypto'

/** A GUID derived from text (version 8 of RFC 9562: the bits are a hash): the same name is the same GUID everywhere. */
export function derivedGuid(name: string): string {
  const b = createHash('sha256').update(name).digest().subarray(0, 16)
  b[6] = (b[6] & 0x0f) | 0x80
  b[8] = (b[8] & 0x3f) | 0x80
  const hex = b.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
