import type { BlobWriter } from '../../store/blob-writer.js'
import type { Mid } from '../oxcdata/ids.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import { FIRST_NAMED_ID, makeTag } from '../oxcdata/property-tag.js'
import type { Recipient } from '../oxcdata/recipient.js'
import { deleteMessages } from './delete-messages.js'
import type { Actor } from './domain.js'
import type { StoreFolder } from './folder.js'
import type { MailboxCore } from './mailbox-core.js'
import { StoreMessage } from './message.js'
import { type AttachmentContent, MessageContent } from './message-content.js'
import { ObjectProperties } from './object-properties.js'

/**
 * Copies or moves messages into another mailbox: everything is written anew there, named properties under the ids that
 * their names have there, large values piece by piece. A moved message leaves its folder when its copy has been queued.
 */
export async function copyAcross(
  from: StoreFolder,
  to: StoreFolder,
  mids: readonly Mid[],
  isCopy: boolean
): Promise<{ partial: boolean }> {
  let partial = false
  const copied: Mid[] = []
  for (const mid of new Set(mids)) {
    const record = from.core.messages.find(mid)
    if (record === undefined || record.fid !== from.fid || record.softDeleted) {
      partial = true
      continue
    }
    const content = await translated(from.core.contentOf(mid, record), from.core, to.core)
    const state = { fid: to.fid, mid: 0, cn: 0, readCn: 0, associated: record.associated, softDeleted: false }
    const message = new StoreMessage(to.core, { ...state, writable: true, codePage: 1252, holder: undefined }, content)
    await message.save({ force: false, keepOpen: 'no' }, actorOf(to.core))
    copied.push(mid)
  }
  if (isCopy || copied.length === 0) return { partial }
  // Only what is safely in the other mailbox is taken out of this one.
  await to.core.durable()
  const removed = await deleteMessages(from, copied, true)
  return { partial: partial || removed.partial }
}

function actorOf(core: MailboxCore): Actor {
  return core.owner
}

async function translated(content: MessageContent, from: MailboxCore, to: MailboxCore): Promise<MessageContent> {
  const copy = MessageContent.empty()
  copy.properties = await translateProperties(content.properties, from, to)
  copy.recipients = await Promise.all(content.recipients.map(recipient => translateRecipient(recipient, from, to)))
  copy.nextAttachment = content.nextAttachment
  for (const { number, properties, embedded } of content.attachments()) {
    const attachment: AttachmentContent = {
      number,
      properties: await translateProperties(properties, from, to),
      embedded: embedded === undefined ? undefined : await translated(embedded, from, to)
    }
    copy.putAttachment(attachment)
  }
  return copy
}

async function translateRecipient(recipient: Recipient, from: MailboxCore, to: MailboxCore): Promise<Recipient> {
  const properties = await translateBag(recipient.properties, from, to)
  return { ...recipient, properties }
}

async function translateProperties(
  properties: ObjectProperties,
  from: MailboxCore,
  to: MailboxCore
): Promise<ObjectProperties> {
  const bag = new PropertyBag()
  const large: [number, number, BlobWriter][] = []
  for (const tag of properties.tags()) {
    const id = await translateId(tag >>> 16, from, to)
    if (id === 0) continue
    const value = properties.get(tag)
    if (value !== undefined) bag.put(id, tag & 0xffff, value.slice())
    const stored = properties.largeOf(tag)
    if (stored === undefined) continue
    large.push([id, stored.type, await from.objects.blobs.copyAcross(from.number, stored.blobId, to.number)])
  }
  const copy = new ObjectProperties(bag)
  for (const [id, type, writer] of large) copy.setPending(makeTag(id, type), type, writer)
  return copy
}

async function translateBag(bag: PropertyBag, from: MailboxCore, to: MailboxCore): Promise<PropertyBag> {
  const copy = new PropertyBag()
  for (const [id, { type, bytes }] of bag.entries()) {
    const there = await translateId(id, from, to)
    if (there !== 0) copy.put(there, type, bytes)
  }
  return copy
}

/** The id that a property has in the other mailbox; 0 for a named one whose name is not known here. */
async function translateId(id: number, from: MailboxCore, to: MailboxCore): Promise<number> {
  if (id < FIRST_NAMED_ID) return id
  const name = from.names.nameOf(id)
  if (name === undefined) return 0
  const [there] = await to.propertyIdsFromNames([name], true, to.owner)
  return there
}
