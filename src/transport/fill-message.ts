import type { Directory } from '../directory/index.js'
import { limits } from '../limits.js'
import type { Actor } from '../mailbox/domain.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { StoreAttachment } from '../mailbox/messages/attachment.js'
import type { StoreMessage } from '../mailbox/messages/message.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'
import { makeTag } from '../oxcdata/property-tag.js'
import { PtypString } from '../oxcdata/property-type.js'
import { storedString } from '../oxcdata/stored-string.js'
import { PS_INTERNET_HEADERS } from '../oxprops/property-sets.js'
import { PidTagReplyRecipientEntries, PidTagReplyRecipientNames } from '../oxprops/property-tags.generated.js'
import { correspondentOf, recipientOf, SENDER, SENT_REPRESENTING, setPerson, setValue } from './correspondent.js'
import type { TransportMessage } from './transport-message.js'

/** Bytes of a large value that are written at a time. */
const STEP_BYTES = 1 << 20
/** Characters of a named property's name. */
const NAME_CHARS = 127

/** Puts everything of a message into an open one: properties, people, attachments, messages inside. It is not saved. */
export async function fillMessage(
  message: StoreMessage,
  source: TransportMessage,
  directory: Directory
): Promise<void> {
  const { core } = message
  const actor = core.owner
  const bag = source.properties.clone()
  const from = source.from ?? source.sender
  if (from !== undefined) {
    setPerson(bag, SENT_REPRESENTING, correspondentOf(directory, from))
    setPerson(bag, SENDER, correspondentOf(directory, source.sender ?? from))
  }
  setReplyTo(bag, source, directory)
  await setHeaders(core, bag, source, actor)
  await setAll(message, bag, actor)
  const rows = source.recipients.map((recipient, rowId) => ({
    rowId,
    recipient: recipientOf(correspondentOf(directory, recipient), rowId, recipient.kind)
  }))
  message.modifyRecipients([], rows, actor)
  for (const { properties, embedded } of source.attachments) {
    const attachment = message.createAttachment(actor)
    try {
      await setAll(attachment, properties, actor)
      if (embedded !== undefined) {
        const inner = await attachment.openEmbedded('create', message.codePage, actor)
        try {
          await fillMessage(inner, embedded, directory)
          await inner.save({ force: false, keepOpen: 'no' }, actor)
        } finally {
          inner.release()
        }
      }
      attachment.save({ keepOpen: 'no' }, actor)
    } finally {
      attachment.release()
    }
  }
}

/** Who gets an answer, where that is not the sender ([MS-OXOMSG] 2.2.1.43, 2.2.1.44). */
function setReplyTo(bag: PropertyBag, { replyTo }: TransportMessage, directory: Directory): void {
  if (replyTo.length === 0) return
  const people = replyTo.map(person => correspondentOf(directory, person))
  bag.set(PidTagReplyRecipientEntries, flatEntryList(people.map(({ entryId }) => entryId)))
  setValue(bag, PidTagReplyRecipientNames, people.map(({ name }) => name).join(';'))
}

/** FlatEntryList ([MS-OXCDATA] 2.3.3): count, size, then each id behind its size, beginning at a multiple of 4. */
export function flatEntryList(entryIds: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  entryIds.forEach((entryId, at) => {
    const size = 4 + entryId.byteLength
    const isLast = at === entryIds.length - 1
    const part = Buffer.alloc(isLast ? size : (size + 3) & ~3)
    part.writeUInt32LE(entryId.byteLength)
    part.set(entryId, 4)
    parts.push(part)
  })
  const entries = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32LE(entryIds.length)
  head.writeUInt32LE(entries.length, 4)
  return Buffer.concat([head, entries])
}

/** Head lines without a property of their own are named ones; a mailbox that has no more names leaves them out. */
async function setHeaders(core: MailboxCore, bag: PropertyBag, source: TransportMessage, actor: Actor): Promise<void> {
  const headers = source.headers.filter(({ name }) => name.length <= NAME_CHARS)
  if (headers.length === 0) return
  const names = headers.map(({ name }) => ({ guid: PS_INTERNET_HEADERS, name: name.toLowerCase() }))
  const ids = await core.propertyIdsFromNames(names, true, actor)
  headers.forEach(({ value }, at) => {
    if (ids[at] !== 0) bag.set(makeTag(ids[at], PtypString), storedString(value))
  })
}

async function setAll(object: StoreMessage | StoreAttachment, bag: PropertyBag, actor: Actor): Promise<void> {
  const small = [...bag].filter(({ bytes }) => bytes.byteLength <= limits.inlineValueBytes)
  object.set(small, actor)
  for (const { tag, bytes } of bag) {
    if (bytes.byteLength <= limits.inlineValueBytes) continue
    const value = (tag & 0xffff) === PtypString ? bytes.subarray(0, bytes.byteLength - 2) : bytes
    const stream = await object.openStream(tag, 'create', actor)
    for (let at = 0; at < value.byteLength; at += STEP_BYTES) await stream.write(value.subarray(at, at + STEP_BYTES))
    await stream.commit()
    await stream.release()
  }
}
