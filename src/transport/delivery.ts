import type { Directory, Principal } from '../directory/index.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { Mailboxes } from '../mailbox/mailboxes.js'
import type { StoreMessage } from '../mailbox/messages/message.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import type { Fid, Mid } from '../oxcdata/ids.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'
import { stringOf } from '../oxcdata/stored-string.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { newGuid, type Runtime, toFiletime } from '../runtime.js'
import { beginConversation } from './conversation-index.js'
import { correspondentOf, RECEIVED_BY, RECEIVED_REPRESENTING, setPerson, setValue } from './correspondent.js'
import { DeliveryRefused } from './delivery-refused.js'
import { fillMessage } from './fill-message.js'
import type { TransportMessage } from './transport-message.js'

/** A message in a mailbox's hands, whole but not saved. Steps may change it, choose another folder, or drop it. */
export interface Delivering {
  readonly message: StoreMessage
  readonly mailbox: MailboxCore
  readonly recipient: Principal
  /** Where it goes: at first the receive folder of its class. */
  folderId: Fid
  /** Says that the message is not kept; the delivery succeeds all the same. */
  drop(): void
}

/**
 * What happens to each message between its arrival and its first save, in order: server-side rules and automatic replies hook
 * in here. A step that throws DeliveryRefused refuses the message for this recipient.
 */
export type DeliveryStep = (delivering: Delivering) => void | Promise<void>

export interface DeliveryOptions {
  readonly directory: Directory
  readonly mailboxes: Pick<Mailboxes, 'find'>
  readonly runtime: Runtime
  readonly steps?: readonly DeliveryStep[]
}

/** Where a message lies; undefined ids for one that a step dropped. */
export interface Delivered {
  readonly mailbox: MailboxCore
  readonly folderId: Fid
  /** 0 when it was not kept. */
  readonly messageId: Mid
  readonly internetMessageId: string
}

/** Text of the bodies is Unicode; 8-bit forms are made in UTF-8. */
const UTF8_CODE_PAGE = 65001

/** The last stretch of a message's way: into the mailbox of one recipient, with what its arrival adds to it. */
export class Delivery {
  constructor(private readonly options: DeliveryOptions) {}

  /**
   * Delivers a message to the mailbox of a principal. Resolves when it is on disk; throws DeliveryRefused when the mailbox
   * does not take it. `timeMs` is the moment of its arrival, now unless said.
   */
  async deliver(
    source: TransportMessage,
    recipient: Principal,
    timeMs = this.options.runtime.now()
  ): Promise<Delivered> {
    if (recipient.kind === 'publicFolderMailbox') {
      throw new DeliveryRefused('notForMail', `${recipient.address} holds public folders and takes no messages.`)
    }
    const home = this.options.directory.otherHome(recipient)
    if (home !== undefined) throw new DeliveryRefused('elsewhere', `${recipient.address} is at home on ${home}.`)
    const mailbox = await this.options.mailboxes.find(recipient.mailboxNumber)
    if (mailbox === undefined) throw new DeliveryRefused('noMailbox', `${recipient.address} has no mailbox.`)
    demandSpace(mailbox, recipient)
    const properties = this.arrive(source, recipient, timeMs)
    const messageClass = textOf(properties, tags.PidTagMessageClass) ?? 'IPM.Note'
    const { folderId } = mailbox.receiveFolder(messageClass, mailbox.owner)
    const message = mailbox.createMessage(folderId, { associated: false, codePage: UTF8_CODE_PAGE }, mailbox.owner)
    try {
      await fillMessage(message, { ...source, properties }, this.options.directory)
      setTopic(message)
      demandSize(message, mailbox, recipient)
      const kept = await this.step(message, mailbox, recipient, folderId)
      const messageId = kept ? await save(message, recipient) : 0
      await mailbox.durable()
      const internetMessageId = textOf(properties, tags.PidTagInternetMessageId) ?? ''
      return { mailbox, folderId: message.fid, messageId, internetMessageId }
    } finally {
      message.release()
    }
  }

  /** Runs the steps; false when one of them drops the message. */
  private async step(
    message: StoreMessage,
    mailbox: MailboxCore,
    recipient: Principal,
    folderId: Fid
  ): Promise<boolean> {
    let kept = true
    const drop = (): void => {
      kept = false
    }
    const delivering: Delivering = { message, mailbox, recipient, folderId, drop }
    for (const step of this.options.steps ?? []) {
      await step(delivering)
      if (!kept) return false
    }
    message.fid = delivering.folderId
    return true
  }

  /** What the arrival of a message adds to its properties ([MS-OXOMSG] 2.2.1, 2.2.3.9, [MS-OXCMSG] 2.2.1.6). */
  private arrive(source: TransportMessage, recipient: Principal, timeMs: number): PropertyBag {
    const { directory, runtime } = this.options
    const bag = source.properties.clone()
    const arrival = toFiletime(timeMs)
    setValue(bag, tags.PidTagMessageDeliveryTime, arrival)
    if (!bag.has(tags.PidTagClientSubmitTime)) setValue(bag, tags.PidTagClientSubmitTime, arrival)
    // Neither read nor unsent: a new message begins as a draft that its author has read.
    setValue(bag, tags.PidTagMessageFlags, 0)
    if (!bag.has(tags.PidTagInternetMessageId)) {
      setValue(bag, tags.PidTagInternetMessageId, `<${newGuid(runtime)}@${recipient.domain}>`)
    }
    if (!bag.has(tags.PidTagConversationIndex)) {
      bag.set(tags.PidTagConversationIndex, beginConversation(timeMs, runtime.random(new Uint8Array(16))))
    }
    const own = correspondentOf(directory, { name: recipient.displayName, address: recipient.address })
    setPerson(bag, RECEIVED_BY, own)
    setPerson(bag, RECEIVED_REPRESENTING, own)
    const named = (kinds: readonly string[]): boolean =>
      source.recipients.some(
        ({ kind, address }) => kinds.includes(kind) && directory.entryByAddress(address)?.guid === recipient.guid
      )
    setValue(bag, tags.PidTagMessageToMe, named(['to']))
    setValue(bag, tags.PidTagMessageCcMe, named(['cc']))
    setValue(bag, tags.PidTagMessageRecipientMe, named(['to', 'cc', 'bcc']))
    return bag
  }
}

/** Others may have filled the mailbox since it was looked at. */
async function save(message: StoreMessage, { address }: Principal): Promise<Mid> {
  try {
    return await message.save({ force: false, keepOpen: 'no' }, message.core.owner)
  } catch (error) {
    if (!(error instanceof MapiError) || error.code !== ErrorCode.ecShutoffQuotaExceeded) throw error
    throw new DeliveryRefused('mailboxFull', `The mailbox of ${address} has become full.`)
  }
}

/** A message that names no topic has its subject without the prefix as one ([MS-OXOMSG] 2.2.1.5). */
function setTopic(message: StoreMessage): void {
  if (typeof message.value(tags.PidTagConversationTopic) !== 'number') return
  const bytes = message.value(tags.PidTagNormalizedSubject)
  if (typeof bytes !== 'number') message.set([{ tag: tags.PidTagConversationTopic, bytes }], message.core.owner)
}

/** A mailbox at its limit takes nothing more ([MS-OXCSTOR] 2.2.2.1.1.3 PidTagProhibitReceiveQuota). */
function demandSpace({ space }: MailboxCore, recipient: Principal): void {
  const { receiveBytes } = space.limitsFor(recipient)
  const { sizeBytes } = space
  if (receiveBytes === null || sizeBytes < receiveBytes) return
  throw new DeliveryRefused(
    'mailboxFull',
    `The mailbox of ${recipient.address} has ${sizeBytes} bytes, at most ${receiveBytes}.`
  )
}

function demandSize(message: StoreMessage, { space }: MailboxCore, recipient: Principal): void {
  const size = message.sizeBytes()
  const most = space.limitsFor(recipient).receiveMessageBytes
  if (most === null || size <= most) return
  throw new DeliveryRefused(
    'messageTooLarge',
    `The message has ${size} bytes; ${recipient.address} takes at most ${most}.`
  )
}

function textOf(bag: PropertyBag, tag: number): string | undefined {
  const stored = bag.get(tag)
  return stored === undefined ? undefined : stringOf(stored)
}
