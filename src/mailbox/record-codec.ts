/**
 * Records of the mailbox as bytes: a version, fixed fields, lists, and the properties packed at the end, so that a
 * reader finds a property without unpacking the others. The store seals every record with a checksum.
 */

import { MalformedBuffer, Reader, Writer } from '../bufferstructs/index.js'
import { PackedProperties, packedSize, packInto, packProperties } from '../oxcdata/packed-properties.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'
import type { Recipient } from '../oxcdata/recipient.js'

/** A value too large for its record: it lies in pieces under its blob id. */
export interface LargeValue {
  readonly type: number
  readonly blobId: number
  readonly sizeBytes: number
}

/** What a message's record says of one attachment without opening it. */
export interface AttachmentEntry {
  number: number
  /** Bytes of the attachment, its large values included. */
  sizeBytes: number
  /** PidTagAttachmentHidden: such an attachment does not make PidTagHasAttachments true. */
  hidden: boolean
}

export interface MessageRecord {
  fid: number
  associated: boolean
  softDeleted: boolean
  /** Change number of the content. */
  cn: number
  /** Change number of the read state. */
  readCn: number
  nextAttachment: number
  attachments: AttachmentEntry[]
  recipients: Recipient[]
  large: Map<number, LargeValue>
  properties: PackedProperties
}

export interface AttachmentRecord {
  number: number
  large: Map<number, LargeValue>
  properties: PackedProperties
  embedded: EmbeddedRecord | undefined
}

/** A message inside an attachment, with its own attachments inside it. */
export interface EmbeddedRecord {
  message: MessageRecord
  attachments: AttachmentRecord[]
}

const VERSION = 1
const ASSOCIATED = 0x01
const SOFT_DELETED = 0x02
const HIDDEN = 0x01
/** Messages inside messages, as deep as a reader goes. */
const MAX_DEPTH = 64

/** Bytes that the fixed fields of a message take, and some for its lists. */
const USUAL_HEADER_BYTES = 128

/** The record of a message, its properties packed already: they are the end of the bytes. */
export function writeMessageRecord(record: Omit<MessageRecord, 'properties'>, packed: Uint8Array): Uint8Array {
  const writer = new Writer(packed.byteLength + USUAL_HEADER_BYTES)
  putMessage(writer, record, packed)
  return writer.written()
}

/** As `writeMessageRecord`, packing the properties of a bag in their place, which begins at `propertiesAt` of the bytes. */
export function packMessageRecord(
  record: Omit<MessageRecord, 'properties'>,
  bag: PropertyBag
): { bytes: Uint8Array; propertiesAt: number } {
  const size = packedSize(bag)
  const writer = new Writer(size + USUAL_HEADER_BYTES)
  putFixed(writer, record)
  putRecipients(writer, record.recipients)
  const propertiesAt = writer.reserve(size)
  packInto(writer.bytes, propertiesAt, bag)
  return { bytes: writer.written(), propertiesAt }
}

/** A recipient as it stands in records, and the bytes of its properties as sizes count them. */
export interface PackedRecipient {
  readonly bytes: Uint8Array
  readonly sizeBytes: number
}

/** Offset in a message's record of its change number (an f64, little-endian). */
export const RECORD_CN_AT = 10

/** Bytes of a message's record before its recipients and properties when it has no large values. */
export function messageHeadBytes(attachments: number): number {
  return 40 + attachments * 13
}

/** The part of a message's record that stands before its properties, with recipients that are packed already. */
export function putMessageHead(
  writer: Writer,
  record: Omit<MessageRecord, 'properties' | 'recipients'>,
  recipients: readonly PackedRecipient[]
): void {
  putFixed(writer, record)
  writer.u32(recipients.length)
  for (const { bytes } of recipients) writer.copy(bytes)
}

export function packRecipient(recipient: Recipient, sizeBytes: number): PackedRecipient {
  const writer = new Writer(512)
  putRecipient(writer, recipient)
  return { bytes: writer.written(), sizeBytes }
}

function putMessage(writer: Writer, record: Omit<MessageRecord, 'properties'>, packed: Uint8Array): void {
  putFixed(writer, record)
  putRecipients(writer, record.recipients)
  writer.copy(packed)
}

function putRecipients(writer: Writer, recipients: readonly Recipient[]): void {
  writer.u32(recipients.length)
  for (const recipient of recipients) putRecipient(writer, recipient)
}

function putFixed(writer: Writer, record: Omit<MessageRecord, 'properties' | 'recipients'>): void {
  writer.u8(VERSION)
  writer.u8((record.associated ? ASSOCIATED : 0) | (record.softDeleted ? SOFT_DELETED : 0))
  writer.f64(record.fid)
  writer.f64(record.cn)
  writer.f64(record.readCn)
  writer.u32(record.nextAttachment)
  writer.u32(record.attachments.length)
  for (const { number, sizeBytes, hidden } of record.attachments) {
    writer.u32(number)
    writer.f64(sizeBytes)
    writer.u8(hidden ? HIDDEN : 0)
  }
  putLarge(writer, record.large)
}

function putRecipient(writer: Writer, { rowId, type, codePage, properties }: Recipient): void {
  const packed = packProperties(properties)
  writer.u32(rowId)
  writer.u8(type)
  writer.u16(codePage)
  writer.u32(packed.byteLength)
  writer.copy(packed)
}

function putLarge(writer: Writer, large: ReadonlyMap<number, LargeValue>): void {
  writer.u16(large.size)
  for (const [id, { type, blobId, sizeBytes }] of large) {
    writer.u16(id)
    writer.u16(type)
    writer.f64(blobId)
    writer.f64(sizeBytes)
  }
}

export function readMessageRecord(bytes: Uint8Array): MessageRecord {
  return takeMessage(new Reader(bytes))
}

function takeMessage(reader: Reader): MessageRecord {
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`message record of version ${version}`, 0)
  const flags = reader.u8()
  const fid = reader.f64()
  const cn = reader.f64()
  const readCn = reader.f64()
  const nextAttachment = reader.u32()
  const attachments: AttachmentEntry[] = []
  for (let count = reader.u32(); count > 0; count--) {
    attachments.push({ number: reader.u32(), sizeBytes: reader.f64(), hidden: (reader.u8() & HIDDEN) !== 0 })
  }
  const large = takeLarge(reader)
  const recipients: Recipient[] = []
  for (let count = reader.u32(); count > 0; count--) recipients.push(takeRecipient(reader))
  const properties = new PackedProperties(reader.bytes, reader.position)
  reader.position = properties.end
  return {
    fid,
    associated: (flags & ASSOCIATED) !== 0,
    softDeleted: (flags & SOFT_DELETED) !== 0,
    cn,
    readCn,
    nextAttachment,
    attachments,
    recipients,
    large,
    properties
  }
}

function takeRecipient(reader: Reader): Recipient {
  const [rowId, type, codePage, size] = [reader.u32(), reader.u8(), reader.u16(), reader.u32()]
  const at = reader.take(size)
  return { rowId, type, codePage, properties: new PackedProperties(reader.bytes, at).toBag() }
}

function takeLarge(reader: Reader): Map<number, LargeValue> {
  const large = new Map<number, LargeValue>()
  for (let count = reader.u16(); count > 0; count--) {
    large.set(reader.u16(), { type: reader.u16(), blobId: reader.f64(), sizeBytes: reader.f64() })
  }
  return large
}

/** An attachment about to be written: its bag, and when it holds a message that message with its attachments. */
export interface AttachmentSource {
  number: number
  large: ReadonlyMap<number, LargeValue>
  bag: PropertyBag
  embedded: EmbeddedSource | undefined
}

export interface EmbeddedSource {
  record: Omit<MessageRecord, 'properties'>
  bag: PropertyBag
  attachments: readonly AttachmentSource[]
}

export function writeAttachmentRecord(source: AttachmentSource): Uint8Array {
  const writer = new Writer(512)
  putAttachment(writer, source)
  return writer.written()
}

function putAttachment(writer: Writer, source: AttachmentSource): void {
  writer.u8(VERSION)
  writer.u32(source.number)
  putLarge(writer, source.large)
  writer.u8(source.embedded === undefined ? 0 : 1)
  if (source.embedded !== undefined) {
    const { record, bag, attachments } = source.embedded
    putMessage(writer, record, packProperties(bag))
    writer.u32(attachments.length)
    for (const attachment of attachments) putAttachment(writer, attachment)
  }
  writer.copy(packProperties(source.bag))
}

export function readAttachmentRecord(bytes: Uint8Array): AttachmentRecord {
  return takeAttachment(new Reader(bytes), 0)
}

function takeAttachment(reader: Reader, depth: number): AttachmentRecord {
  if (depth > MAX_DEPTH) reader.fail('messages nested too deeply')
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`attachment record of version ${version}`, reader.position - 1)
  const number = reader.u32()
  const large = takeLarge(reader)
  let embedded: EmbeddedRecord | undefined
  if (reader.u8() === 1) {
    const message = takeMessage(reader)
    const attachments: AttachmentRecord[] = []
    for (let count = reader.u32(); count > 0; count--) attachments.push(takeAttachment(reader, depth + 1))
    embedded = { message, attachments }
  }
  const properties = new PackedProperties(reader.bytes, reader.position)
  reader.position = properties.end
  return { number, large, properties, embedded }
}

/** Every large value of an attachment, those of the messages inside it included. */
export function* largeOfAttachment(record: AttachmentRecord): Generator<LargeValue> {
  yield* record.large.values()
  if (record.embedded === undefined) return
  yield* record.embedded.message.large.values()
  for (const attachment of record.embedded.attachments) yield* largeOfAttachment(attachment)
}
