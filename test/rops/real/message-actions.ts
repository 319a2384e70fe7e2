/** What the tests of messages, attachments and streams do again and again, each through its ROP. */
import { RopCreateAttachment } from '../../../rops/message/rop-create-attachment.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopModifyRecipients } from '../../../rops/message/rop-modify-recipients.js'
import { RopOpenAttachment } from '../../../rops/message/rop-open-attachment.js'
import { RopOpenEmbeddedMessage } from '../../../rops/message/rop-open-embedded-message.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesAttachment } from '../../../rops/message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopRelease } from '../../../rops/other/rop-release.js'
import { RopCommitStream } from '../../../rops/stream/rop-commit-stream.js'
import { RopOpenStream } from '../../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../../rops/stream/rop-read-stream.js'
import { RopSeekStream } from '../../../rops/stream/rop-seek-stream.js'
import { RopWriteStream } from '../../../rops/stream/rop-write-stream.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import { newRecipientRow, RecipientAddressType, type RecipientRow } from '../../../src/oxcdata/recipient-row.js'
import { RealClient, type Values } from './real-driver.js'

export const inbox = specialFid('inbox')

export const KEEP_OPEN_READ_ONLY = 0x01
export const KEEP_OPEN_READ_WRITE = 0x02
export const FORCE_SAVE = 0x04

export const READ_ONLY = 0x00
export const READ_WRITE = 0x01
export const CREATE = 0x02
export const BEST_ACCESS = 0x03

/** Bytes that differ at every place. */
export function pattern(size: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + (at >> 8) + seed) & 0xff
  return bytes
}

/** A client with what it does to messages. */
export class MessageClient {
  private constructor(readonly real: RealClient) {}

  static async logOn(options?: Parameters<typeof RealClient.logOn>[0]): Promise<MessageClient> {
    return new MessageClient(await RealClient.logOn(options))
  }

  get call(): RealClient['call'] {
    return this.real.call
  }

  async create(values: Values = [], options: { codePageId?: number; associated?: boolean } = {}): Promise<number> {
    const request = { codePageId: options.codePageId ?? 0x0fff, folderId: inbox, associatedFlag: !!options.associated }
    const { returnValue, handle } = await this.call(RopCreateMessage, request)
    demand(returnValue, 'RopCreateMessage')
    if (values.length > 0) await this.real.set(handle, values)
    return handle
  }

  async save(handle: number, saveFlags = KEEP_OPEN_READ_WRITE): Promise<Mid> {
    const { returnValue, value } = await this.trySave(handle, saveFlags)
    demand(returnValue, 'RopSaveChangesMessage')
    return value!.messageId
  }

  trySave(handle: number, saveFlags = KEEP_OPEN_READ_WRITE) {
    return this.call(RopSaveChangesMessage, { saveFlags }, handle)
  }

  tryOpen(messageId: Mid, openModeFlags = READ_WRITE, more: { codePageId?: number; folderId?: number } = {}) {
    return this.call(RopOpenMessage, { codePageId: 0x0fff, folderId: inbox, openModeFlags, messageId, ...more })
  }

  async open(messageId: Mid, openModeFlags = READ_WRITE, codePageId = 0x0fff): Promise<number> {
    const { returnValue, handle } = await this.tryOpen(messageId, openModeFlags, { codePageId })
    demand(returnValue, 'RopOpenMessage')
    return handle
  }

  /** RopRelease has no answer. */
  async release(...handles: number[]): Promise<void> {
    const batch = new RopBatch()
    for (const handle of handles) batch.add(RopRelease, { input: batch.slot(handle) }, {})
    await this.real.driver.run(batch)
  }

  async attach(message: number, values: Values = []): Promise<{ handle: number; number: number }> {
    const { returnValue, value, handle } = await this.call(RopCreateAttachment, {}, message)
    demand(returnValue, 'RopCreateAttachment')
    if (values.length > 0) await this.real.set(handle, values)
    return { handle, number: value!.attachmentId }
  }

  async openAttachment(message: number, attachmentId: number, openAttachmentFlags = READ_WRITE): Promise<number> {
    const { returnValue, handle } = await this.call(RopOpenAttachment, { openAttachmentFlags, attachmentId }, message)
    demand(returnValue, 'RopOpenAttachment')
    return handle
  }

  async saveAttachment(handle: number, saveFlags = KEEP_OPEN_READ_WRITE): Promise<number> {
    return (await this.call(RopSaveChangesAttachment, { saveFlags }, handle)).returnValue
  }

  openEmbedded(attachment: number, openModeFlags: number, codePageId = 0x0fff) {
    return this.call(RopOpenEmbeddedMessage, { codePageId, openModeFlags }, attachment)
  }

  openStream(object: number, propertyTag: number, openModeFlags: number) {
    return this.call(RopOpenStream, { propertyTag, openModeFlags }, object)
  }

  async stream(object: number, propertyTag: number, openModeFlags: number): Promise<number> {
    const { returnValue, handle } = await this.openStream(object, propertyTag, openModeFlags)
    demand(returnValue, 'RopOpenStream')
    return handle
  }

  write(stream: number, data: Uint8Array) {
    return this.call(RopWriteStream, { data }, stream)
  }

  /** Writes in as many ROPs as it takes. */
  async writeAll(stream: number, data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.byteLength; at += 30_000) {
      demand((await this.write(stream, data.subarray(at, at + 30_000))).returnValue, 'RopWriteStream')
    }
  }

  /** Sets a value of any size through a stream of its own. */
  async setStreamed(object: number, propertyTag: number, data: Uint8Array): Promise<void> {
    const stream = await this.stream(object, propertyTag, CREATE)
    await this.writeAll(stream, data)
    demand((await this.commit(stream)).returnValue, 'RopCommitStream')
    await this.release(stream)
  }

  commit(stream: number) {
    return this.call(RopCommitStream, {}, stream)
  }

  seek(stream: number, origin: number, offset: bigint | number) {
    return this.call(RopSeekStream, { origin, offset: BigInt(offset) }, stream)
  }

  /** Everything from the position on. */
  async readAll(stream: number): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    for (;;) {
      const { returnValue, value } = await this.call(
        RopReadStream,
        { byteCount: 30_000, maximumByteCount: undefined },
        stream
      )
      demand(returnValue, 'RopReadStream')
      if (value!.data.byteLength === 0) return Buffer.concat(pieces)
      pieces.push(value!.data)
    }
  }

  /** A property's value by a stream of its own. */
  async streamed(object: number, propertyTag: number): Promise<Buffer> {
    const stream = await this.stream(object, propertyTag, READ_ONLY)
    const bytes = await this.readAll(stream)
    await this.release(stream)
    return bytes
  }

  /** Adds SMTP recipients: by row number, type and name. */
  addRecipients(message: number, rows: readonly (readonly [rowId: number, type: number, name: string])[]) {
    const recipientRows = rows.map(([rowId, recipientType, name]) => ({
      rowId,
      recipientType,
      row: smtpRow(name)
    }))
    return this.call(RopModifyRecipients, { recipientColumns: [], recipientRows }, message)
  }
}

/** The row of an SMTP address made from a name. */
export function smtpRow(name: string): RecipientRow {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@ropewalk.example`
  return { ...newRecipientRow(RecipientAddressType.smtp, true), email, displayName: name }
}

export function demand(returnValue: number, what: string): void {
  if (returnValue !== 0) throw new Error(`${what}: 0x${returnValue.toString(16)}`)
}

/** UTF-16LE without a terminator, as streams have it. */
export function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}
