/** Order and ranges of keys as plain bytes. */

/** The smallest key above every key that starts with `prefix`; undefined when there is none (all bytes are FF). */
export function successor(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length--
  if (length === 0) return undefined
  const next = Buffer.allocUnsafe(length)
  for (let i = 0; i < length; i++) next[i] = prefix[i]
  next[length - 1]++
  return next
}

/** Above every key of the store: no key has nine bytes FF in front, because no space has the letter FF. */
const END = Buffer.alloc(9, 0xff)

/** The range of all keys that start with `prefix`. */
export function rangeOf(prefix: Uint8Array): { gte: Uint8Array; lt: Uint8Array } {
  return { gte: prefix, lt: successor(prefix) ?? END }
}

/** Below zero, zero or above as `a` stands before, at or behind `b` in the order of the store. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return a.length - b.length
}

/** A key for a log line: mailbox number, space letter, the fields in hexadecimal; at most 64 bytes of them. */
export function printableKey(key: Uint8Array): string {
  if (key.length < 5) return `0x${Buffer.from(key).toString('hex')}`
  const view = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  const fields = view.toString('hex', 5, Math.min(key.length, 69))
  const letter = key[4] > 0x20 && key[4] < 0x7f ? String.fromCharCode(key[4]) : `\\x${key[4].toString(16)}`
  return `${view.readUInt32BE(0)}/${letter}/${fields}${key.length > 69 ? '...' : ''}`
}

/** A key as a string with one character per byte: the order of such strings is the order of the bytes. */
export function keyText(key: Uint8Array): string {
  return latin1Slice.call(key, 0, key.length)
}

/** The bytes of a key from its string form. */
export function keyBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

// Called on the prototype, because it works on any Uint8Array and a Buffer object over the key would cost more than
// the conversion.
const latin1Slice = (
  Buffer.prototype as unknown as { latin1Slice(this: Uint8Array, start: number, end: number): string }
).latin1Slice
