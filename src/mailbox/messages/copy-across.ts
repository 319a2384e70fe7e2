import type { Mid } from '../../oxcdata/ids.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import { FIRST_NAMED_ID, makeTag } from '../../oxcdata/property-tag.js'
import type { Recipient } from '../../oxcdata/recipient.js'
import { PidTagMessageFlags } from '../../oxprops/property-tags.generated.js'
import type { Actor } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import type { MailboxCore } from '../mailbox-core.js'
import { ObjectProperties } from '../object-properties.js'
import { keepPace } from '../pace.js'
import type { MessageRecord } from '../record-codec.js'
import { int32, readInt32 } from '../stored-values.js'
import { TimeSlice } from '../time-slice.js'
import type { Watch } from '../watch.js'
import { deleteMessages } from './delete-messages.js'
import { StoreMessage } from './message.js'
import { type AttachmentContent, MessageContent } from './message-content.js'
import { seenFlags } from './message-flags.js'

/**
 * Copies or moves messages into another mailbox: everything is written anew there, named properties under the ids that
 * their names have there, large values piece by piece. A moved message leaves its folder when its copy has been queued.
 */
export async function copyAcross(
  from: StoreFolder,
  to: StoreFolder,
  mids: readonly Mid[],
  isCopy: boolean,
  actor: Actor,
  watch?: Watch
): Promise<{ partial: boolean }> {
  let partial = false
  const copied: Mid[] = []
  const slice = new TimeSlice(from.core.runtime)
  for (const mid of new Set(mids)) {
    if (watch?.isCancelled === true) {
      partial = true
      break
    }
    if (watch !== undefined) watch.completed++
    const record = from.core.messages.find(mid)
    if (record === undefined || record.fid !== from.fid || record.softDeleted) {
      partial = true
      continue
    }
    await copyOne(from, to, mid, record, actor)
    copied.push(mid)
    await keepPace(to.core.objects.store)
    if (slice.isDue) await slice.pause()
  }
  // Only what is safely in the other mailbox is taken out of this one.
  await to.core.durable()
  if (isCopy || copied.length === 0) return { partial }
  const removed = await deleteMessages(from, copied, true, actor)
  return { partial: partial || removed.partial }
}

async function copyOne(
  from: StoreFolder,
  to: StoreFolder,
  mid: Mid,
  record: MessageRecord,
  actor: Actor
): Promise<void> {
  const content = MessageContent.empty()
  const state = { fid: to.fid, mid: 0, cn: 0, readCn: 0, associated: record.associated, softDeleted: false }
  const message = new StoreMessage(to.core, { ...state, writable: true, codePage: 1252, holder: undefined }, content)
  try {
    await translate(from.core.contentOf(mid, record), content, from.core, to.core)
    const reader = from.core.readStates?.of(actor)
    if (reader !== undefined) setRead(content.properties, reader.has(from.fid, record.cn))
    await message.save({ force: false, keepOpen: 'no' }, to.core.storeKind === 'public' ? actor : to.core.owner)
  } finally {
    // What did not get into a record is given up.
    message.release()
  }
}

/** In a private mailbox the read state of the one who took it out of the public folder is that of the message. */
function setRead(properties: ObjectProperties, isRead: boolean): void {
  const flags = readInt32(properties.get(PidTagMessageFlags)) ?? 0
  properties.set(PidTagMessageFlags, int32(seenFlags(flags, isRead)))
}

async function translate(
  content: MessageContent,
  copy: MessageContent,
  from: MailboxCore,
  to: MailboxCore
): Promise<void> {
  await translateProperties(content.properties, copy.properties, from, to)
  copy.recipients = []
  for (const recipient of content.recipients) copy.recipients.push(await translateRecipient(recipient, from, to))
  copy.nextAttachment = content.nextAttachment
  for (const { number, properties, embedded } of content.attachments()) {
    const attachment: AttachmentContent = {
      number,
      properties: new ObjectProperties(new PropertyBag()),
      embedded: embedded === undefined ? undefined : MessageContent.empty()
    }
    // Put in at once, so that a failure gives up its large values with the others.
    copy.putAttachment(attachment)
    await translateProperties(properties, attachment.properties, from, to)
    if (embedded !== undefined) await translate(embedded, attachment.embedded!, from, to)
    copy.refreshEntry(number)
  }
}

async function translateRecipient(recipient: Recipient, from: MailboxCore, to: MailboxCore): Promise<Recipient> {
  const properties = await translateBag(recipient.properties, from, to)
  return { ...recipient, properties }
}

async function translateProperties(
  properties: ObjectProperties,
  copy: ObjectProperties,
  from: MailboxCore,
  to: MailboxCore
): Promise<void> {
  for (const tag of properties.tags()) {
    const id = await translateId(tag >>> 16, from, to)
    if (id === 0) continue
    const value = properties.get(tag)
    if (value !== undefined) copy.writable().put(id, tag & 0xffff, value.slice())
    const stored = properties.largeOf(tag)
    if (stored === undefined) continue
    const writer = await from.objects.blobs.copyAcross(from.number, stored.blobId, to.number)
    copy.setPending(makeTag(id, stored.type), stored.type, writer)
  }
}

/** Properties with named ones under the ids that their names have in the other mailbox. */
export async function translateBag(bag: PropertyBag, from: MailboxCore, to: MailboxCore): Promise<PropertyBag> {
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
