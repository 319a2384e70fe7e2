import type { MessageDraft } from '../mailbox/messages/message-draft.js'
import { MessageFlag } from '../mailbox/messages/message-flags.js'
import type { Recipient } from '../oxcdata/recipient.js'
import * as names from '../oxprops/named-properties.generated.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import {
  type Correspondent,
  RECEIVED_BY,
  RECEIVED_REPRESENTING,
  recipientOf,
  SENDER,
  SENT_REPRESENTING,
  setPerson
} from '../transport/correspondent.js'
import { flatEntryList } from '../transport/fill-message.js'
import type { ThreadPlace } from './conversation.js'
import { draftAttachments } from './draft-attachments.js'
import { type DraftContext, filetimeOf, ItemBag, personOf } from './draft-context.js'
import type { WorldFlag, WorldMessage } from './schema-items.js'

export const IMPORTANCE = { low: 0, normal: 1, high: 2 } as const
/** PidTagSensitivity ([MS-OXCMSG] 2.2.1.13). */
export const SENSITIVITY = { normal: 0, personal: 1, private: 2, confidential: 3 } as const
const UTF8_CODE_PAGE = 65001
/** PidTagNativeBody ([MS-OXCMSG] 2.2.1.56.2). */
export const NativeBody = { plain: 1, html: 3 } as const

/** Named properties of a flag for follow-up. */
export const FLAG_NAMES = [
  names.PidLidFlagRequest,
  names.PidLidTaskStatus,
  names.PidLidPercentComplete,
  names.PidLidTaskComplete,
  names.PidLidTaskStartDate,
  names.PidLidTaskDueDate,
  names.PidLidTaskDateCompleted,
  names.PidLidCommonStart,
  names.PidLidCommonEnd,
  names.PidLidToDoTitle,
  names.PidLidValidFlagStringProof,
  names.PidLidReminderSet,
  names.PidLidReminderTime,
  names.PidLidReminderSignalTime
]

/** What is known of a message that is otherwise made up. */
export interface KnownOfMessage {
  /** Where it stands in its conversation. */
  readonly place?: ThreadPlace
  readonly searchKey?: Uint8Array
  /** It is one of many: what others know of it anyway is not said, since a third of its bytes would be that. */
  readonly isLean?: boolean
}

/** Turns a message of a world into what the mailbox imports. `identity` makes up what the world leaves open. */
export function draftMessage(
  message: WorldMessage,
  identity: string,
  context: DraftContext,
  known: KnownOfMessage = {}
): MessageDraft {
  const place = known.place ?? context.threads.placeOf(message, `<${identity}@${context.domain}>`)
  const { owner, now } = context
  const author = message.from === undefined ? owner : personOf(message.from, context)
  const received = message.received === undefined ? toFiletime(now) : filetimeOf(message.received)
  const sent = message.sent === undefined ? received : filetimeOf(message.sent)
  const bag = new ItemBag(identity, context.names, known.searchKey)
  bag.set(tags.PidTagMessageClass, message.messageClass)
  bag.set(tags.PidTagSubject, message.subject)
  setBodies(bag, message)
  setRanks(bag, message)
  setThread(bag, place, message.draft)
  setPerson(bag.properties, SENDER, message.sender === undefined ? author : personOf(message.sender, context))
  setPerson(bag.properties, SENT_REPRESENTING, author)
  if (known.isLean === true && author.addressType === 'SMTP') {
    for (const { smtpAddress } of [SENDER, SENT_REPRESENTING]) bag.properties.delete(smtpAddress)
  }
  if (message.draft) bag.set(tags.PidTagMessageFlags, MessageFlag.unsent | MessageFlag.read)
  else {
    bag.set(tags.PidTagMessageDeliveryTime, received).set(tags.PidTagClientSubmitTime, sent)
    bag.set(tags.PidTagMessageFlags, flagsOf(message, author, owner))
    if (author !== owner && known.isLean !== true) setReceiver(bag, owner)
  }
  if (message.replyTo.length > 0) {
    const people = message.replyTo.map(text => personOf(text, context))
    bag.setBytes(tags.PidTagReplyRecipientEntries, flatEntryList(people.map(({ entryId }) => entryId)))
    bag.set(tags.PidTagReplyRecipientNames, people.map(({ name }) => name).join(';'))
  }
  if (message.flag !== undefined) setFlag(bag, message.flag, message.subject, received, now)
  return {
    properties: bag.properties,
    recipients: recipientsOf(message, context, known.isLean === true ? leanRecipientOf : recipientOf),
    attachments: draftAttachments(message.attachments, identity, context),
    time: received
  }
}

function flagsOf({ read }: WorldMessage, author: Correspondent, owner: Correspondent): number {
  const fromMe = author.guid !== undefined && author.guid === owner.guid ? MessageFlag.fromMe : 0
  return (read ? MessageFlag.read : 0) | fromMe
}

/** Who received it ([MS-OXOMSG] 2.2.1.25 ff, 2.2.1.37 ff). */
function setReceiver(bag: ItemBag, owner: Correspondent): void {
  setPerson(bag.properties, RECEIVED_BY, owner)
  setPerson(bag.properties, RECEIVED_REPRESENTING, owner)
}

export function setBodies(bag: ItemBag, { body, html }: Pick<WorldMessage, 'body' | 'html'>): void {
  if (body !== undefined || html === undefined) bag.set(tags.PidTagBody, body ?? '')
  if (html !== undefined) {
    bag.setBytes(tags.PidTagHtml, Buffer.from(html, 'utf8'))
    bag.set(tags.PidTagInternetCodepage, UTF8_CODE_PAGE)
  }
  bag.set(tags.PidTagNativeBody, html === undefined ? NativeBody.plain : NativeBody.html)
}

/** Importance, sensitivity, categories: what all kinds of items have. */
export function setRanks(bag: ItemBag, item: Pick<WorldMessage, 'importance' | 'sensitivity' | 'categories'>): void {
  bag.set(tags.PidTagImportance, IMPORTANCE[item.importance])
  bag.set(tags.PidTagSensitivity, SENSITIVITY[item.sensitivity])
  if (item.sensitivity === 'private') bag.name(names.PidLidPrivate, true)
  if (item.categories.length > 0) bag.name(names.PidNameKeywords, item.categories)
}

/** [MS-OXOMSG] 2.2.1.2 ff: what ties the messages of a conversation together. */
function setThread(bag: ItemBag, place: ThreadPlace, isDraft: boolean): void {
  bag.set(tags.PidTagConversationTopic, place.topic)
  bag.setBytes(tags.PidTagConversationIndex, place.index)
  if (place.inReplyTo !== undefined) bag.set(tags.PidTagInReplyToId, place.inReplyTo)
  if (place.references.length > 0) bag.set(tags.PidTagInternetReferences, place.references.join(' '))
  if (!isDraft) bag.set(tags.PidTagInternetMessageId, place.messageId)
}

/** PidTagFlagStatus, PidTagFollowupIcon, PidTagToDoItemFlags ([MS-OXOFLAG] 2.2.1). */
const FlagStatus = { complete: 1, flagged: 2 } as const
const RED_FLAG = 6
const TO_DO_RECIPIENT_FLAGGED = 1
/** PidLidTaskStatus ([MS-OXOTASK] 2.2.2.2.2). */
export const TaskStatus = { notStarted: 0, inProgress: 1, complete: 2, waiting: 3, deferred: 4 } as const

/** A flag for follow-up ([MS-OXOFLAG] 3.1.4.1). */
export function setFlag(bag: ItemBag, flag: WorldFlag, title: string, received: bigint, now: number): void {
  const isDone = flag.status === 'complete'
  bag.set(tags.PidTagFlagStatus, FlagStatus[flag.status])
  bag.set(tags.PidTagToDoItemFlags, TO_DO_RECIPIENT_FLAGGED)
  bag.name(names.PidLidFlagRequest, flag.request)
  bag.name(names.PidLidTaskStatus, isDone ? TaskStatus.complete : TaskStatus.notStarted)
  bag.name(names.PidLidPercentComplete, isDone ? 1 : 0)
  bag.name(names.PidLidTaskComplete, isDone)
  bag.name(names.PidLidToDoTitle, title)
  bag.name(names.PidLidValidFlagStringProof, received)
  if (!isDone) bag.set(tags.PidTagFollowupIcon, RED_FLAG)
  else {
    const completed = flag.completed === undefined ? toFiletime(now) : filetimeOf(flag.completed)
    bag.set(tags.PidTagFlagCompleteTime, completed)
    bag.name(names.PidLidTaskDateCompleted, completed)
  }
  if (flag.start !== undefined) setMoment(bag, flag.start, names.PidLidTaskStartDate, names.PidLidCommonStart)
  if (flag.due !== undefined) setMoment(bag, flag.due, names.PidLidTaskDueDate, names.PidLidCommonEnd)
  if (flag.reminder === undefined) return
  bag.name(names.PidLidReminderSet, true)
  setMoment(bag, flag.reminder, names.PidLidReminderTime, names.PidLidReminderSignalTime)
}

function setMoment(bag: ItemBag, moment: string, ...properties: readonly names.NamedProperty[]): void {
  for (const property of properties) bag.name(property, filetimeOf(moment))
}

/** The recipients of a message, To before Cc before Bcc. */
function recipientsOf(
  message: Pick<WorldMessage, 'to' | 'cc' | 'bcc'>,
  context: Pick<DraftContext, 'directory'>,
  rowOf: typeof recipientOf
): Recipient[] {
  const recipients: Recipient[] = []
  for (const kind of ['to', 'cc', 'bcc'] as const) {
    for (const text of message[kind]) recipients.push(rowOf(personOf(text, context), recipients.length, kind))
  }
  return recipients
}

/** What says a second time what another property of a recipient says. */
const REPEATED = [
  tags.PidTagRecipientDisplayName,
  tags.PidTagRecipientEntryId,
  tags.PidTagTransmittableDisplayName,
  tags.PidTagRecipientTrackStatus
]

/** A recipient of one of many messages: without what another property says, too. */
export function leanRecipientOf(...of: Parameters<typeof recipientOf>): Recipient {
  const recipient = recipientOf(...of)
  for (const tag of REPEATED) recipient.properties.delete(tag)
  return recipient
}
