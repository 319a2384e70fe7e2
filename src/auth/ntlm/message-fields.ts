import { MalformedBuffer, Reader, struct, u16, u32, utf16Slice, Writer } from '../../bufferstructs/index.js'
import { hasFlags, NegotiateFlags } from './negotiate-flags.js'

/** First bytes of every message ([MS-NLMP] 2.2.1): `NTLMSSP` and a zero. */
export const signature = Buffer.from('NTLMSSP\0', 'latin1')

export const messageTypes = { negotiate: 1, challenge: 2, authenticate: 3 } as const

/**
 * Longest message that is read. The NTLM of Windows makes none beyond 2888 bytes (its cbMaxToken); names are at most some
 * 256 characters each.
 */
export const MESSAGE_LIMIT_BYTES = 8192

/** Where a value lies in the payload of a message: its bytes, the room it has, and its place from the message's begin. */
export const messageField = struct({ length: u16, maximumLength: u16, offset: u32 })

export interface MessageField {
  length: number
  maximumLength: number
  offset: number
}

/** [MS-NLMP] 2.2.2.10 VERSION of Windows Server 2016, which Exchange 2016 runs on: 10.0, build 14393, NTLMSSP revision 15. */
export const ntlmVersion = Uint8Array.from([10, 0, 0x39, 0x38, 0, 0, 0, 15])

/** A reader that stands behind signature and type, both checked. */
export function openMessage(message: Uint8Array, type: number): Reader {
  if (message.length > MESSAGE_LIMIT_BYTES) throw new MalformedBuffer('NTLM message too long', MESSAGE_LIMIT_BYTES)
  const reader = new Reader(message)
  const at = reader.take(signature.length)
  if (!signature.equals(message.subarray(at, signature.length))) reader.fail('no NTLM signature', at)
  if (reader.u32() !== type) reader.fail(`not NTLM message type ${type}`, reader.position - 4)
  return reader
}

/** Type of a message, undefined for what is none. */
export function messageTypeOf(message: Uint8Array): number | undefined {
  if (message.length < 12 || !signature.equals(message.subarray(0, signature.length))) return undefined
  return new Reader(message.subarray(8)).u32()
}

/** The bytes of a field; they must lie whole between the fixed part and the message's end. Empty ones lie nowhere. */
export function fieldBytes(message: Uint8Array, field: MessageField, payloadStart: number): Uint8Array {
  if (field.length === 0) return message.subarray(0, 0)
  const end = field.offset + field.length
  if (field.offset < payloadStart || end > message.length)
    throw new MalformedBuffer(`NTLM field of ${field.length} bytes lies outside of the payload`, field.offset)
  return message.subarray(field.offset, end)
}

/**
 * A text in the character set that was agreed on: UTF-16, or an OEM set that the message does not name and whose letters
 * beyond ASCII nobody can know; they are taken for Latin-1.
 */
export function textOf(bytes: Uint8Array, flags: number): string {
  if (!hasFlags(flags, NegotiateFlags.UNICODE)) return Buffer.from(bytes).toString('latin1')
  return unicodeOf(bytes)
}

export function unicodeOf(bytes: Uint8Array): string {
  if (bytes.length % 2 !== 0) throw new MalformedBuffer('UTF-16 text of an odd number of bytes', bytes.length)
  return utf16Slice(bytes, 0, bytes.length)
}

export function bytesOfText(text: string, flags: number): Uint8Array {
  return Buffer.from(text, hasFlags(flags, NegotiateFlags.UNICODE) ? 'utf16le' : 'latin1')
}

/** Puts a message together: values are laid behind the fixed part in the order in which they are added. */
export class MessageBuilder {
  private readonly writer = new Writer()
  private readonly payload: Uint8Array[] = []
  private end: number

  constructor(type: number, headBytes: number) {
    this.end = headBytes
    this.fixed(signature)
    this.number(type)
  }

  /** The next bytes of the fixed part. */
  fixed(bytes: Uint8Array): this {
    const at = this.writer.reserve(bytes.length)
    this.writer.bytes.set(bytes, at)
    return this
  }

  number(value: number): this {
    this.writer.u32(value >>> 0)
    return this
  }

  /** The next field of the fixed part, and its value in the payload. */
  field(value: Uint8Array): this {
    messageField.write(this.writer, { length: value.length, maximumLength: value.length, offset: this.end })
    this.payload.push(value)
    this.end += value.length
    return this
  }

  build(): Uint8Array {
    return Buffer.concat([this.writer.bytes.subarray(0, this.writer.position), ...this.payload])
  }
}
