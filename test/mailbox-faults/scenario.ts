import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import type { StoreMessage } from '../../src/mailbox/messages/message.js'
import { ReadFlag } from '../../src/mailbox/messages/message-flags.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { toFiletime } from '../../src/runtime.js'
import type { Engine } from '../../store/index.js'
import { type ObjectStore, openStore } from '../../store/open-store.js'
import { alice, testRuntime } from '../mailbox/mailbox-fixture.js'

export const inbox = specialFid('inbox')
export const drafts = specialFid('drafts')
const KEEP = { force: false, keepOpen: 'readWrite' } as const
const READ_WRITE = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const
/** Small, so that a large value takes many writes. */
const PIECE_BYTES = 16 << 10
export const LARGE_BYTES = 100_000
/** A property that clients may set on a mailbox. */
export const MAILBOX_PROPERTY = 0x67c0001f

/** What a client was told of one message, by its id: the subject, the folder, the bytes of its attachment. */
export interface ToldMessage {
  fid: number
  subject: string
  large: boolean
}

/** What the outside may rely on: what was durable when its client was told of it. */
export class Told {
  readonly messages = new Map<number, ToldMessage>()
  /** Messages whose last operation was not acknowledged: each may be as before it or as behind it. */
  readonly unsure = new Set<number>()
  readonly folders = new Map<number, string>()
  readonly unsureFolders = new Set<number>()
  readonly names: { id: number; name: string }[] = []
  readonly ids: number[] = []
  imported = 0
  mailboxProperty: string | undefined
}

/** A store over an engine, with the mailboxes of Alice in it. */
export interface Opened {
  objects: ObjectStore
  mailboxes: Mailboxes
  /** The mailbox as the scenario had it open. */
  core?: MailboxCore
}

export async function open(engine: Engine): Promise<Opened> {
  const objects = await openStore(engine, { pieceBytes: PIECE_BYTES, maxWriteOperations: 64 })
  const mailboxes = new Mailboxes({
    ...{ objects, runtime: testRuntime(), personality: exchange2016 },
    ownerOf: () => alice
  })
  return { objects, mailboxes }
}

export function set(object: { set: StoreMessage['set'] }, tag: number, value: PropertyValue): void {
  void object.set([{ tag, bytes: encodeValue(tagType(tag), value) }], alice)
}

/**
 * Everything that a mailbox is asked to do, step by step. Each step waits until it is durable and only then says so; an
 * error ends the scenario where it is.
 */
export class Scenario {
  private core!: MailboxCore
  private readonly open: { release(): unknown }[] = []

  constructor(
    private readonly opened: Opened,
    private readonly told: Told
  ) {}

  async run(): Promise<void> {
    this.core = await this.opened.mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
    this.opened.core = this.core
    const target = await this.folder('target')
    const small = await this.message('small', false)
    const large = await this.message('large', true)
    await this.change(small, 'changed')
    await this.change(large, 'changed large')
    await this.readFlags(small)
    await this.named()
    const copied = await this.copy([small, large], target)
    const moved = await this.move(copied, target)
    await this.remove(moved.slice(0, 1), drafts, false)
    await this.remove(moved.slice(1), drafts, true)
    await this.import(5)
    await this.rename(target, 'renamed')
    await this.mailboxProperties()
    await this.dropFolder(target, false)
    const gone = await this.folder('gone')
    await this.copy([large], gone)
    await this.dropFolder(gone, true)
    this.told.ids.push(await this.core.reserveLocalIds(10))
    await this.durable()
    await this.release()
    await this.opened.objects.blobs.whenIdle()
    await this.opened.objects.close()
  }

  /** What the end of a session does with what it has open. */
  async release(): Promise<void> {
    for (const object of this.open.splice(0).reverse()) {
      try {
        await object.release()
      } catch {
        // A release after a failure has nobody to tell.
      }
    }
  }

  private keep<T extends { release(): unknown }>(object: T): T {
    this.open.push(object)
    return object
  }

  private durable(): Promise<void> {
    return Promise.resolve(this.core.durable())
  }

  private async folder(displayName: string): Promise<number> {
    const parent = this.core.openFolder(inbox, {}, alice)
    const spec = { type: 'generic', displayName, comment: '', openExisting: false } as const
    const { folder } = await parent.createFolder(spec, alice)
    await this.durable()
    this.told.folders.set(folder.fid, displayName)
    return folder.fid
  }

  private async message(subject: string, isLarge: boolean): Promise<number> {
    const message = this.keep(this.core.createMessage(inbox, { associated: false, codePage: 1252 }, alice))
    set(message, tags.PidTagSubject, subject)
    const rows = [0, 1].map(rowId => {
      const properties = PropertyBag.of([{ tag: tags.PidTagDisplayName, bytes: storedString(`recipient ${rowId}`) }])
      return { rowId, recipient: { rowId, type: 1, codePage: 1252, properties } }
    })
    message.modifyRecipients([], rows, alice)
    if (isLarge) {
      const attachment = this.keep(message.createAttachment(alice))
      const stream = this.keep(await attachment.openStream(tags.PidTagAttachDataBinary, 'create', alice))
      const part = Buffer.alloc(10_000, subject)
      for (let at = 0; at < LARGE_BYTES; at += part.length) await stream.write(part)
      await stream.release()
      await attachment.save({ keepOpen: 'no' }, alice)
      set(message, tags.PidTagBody, subject.repeat(10_000))
    }
    const mid = await message.save(KEEP, alice)
    await this.durable()
    this.told.messages.set(mid, { fid: inbox, subject, large: isLarge })
    return mid
  }

  private async change(mid: number, subject: string): Promise<void> {
    this.told.unsure.add(mid)
    const known = this.told.messages.get(mid)!
    const message = this.keep(this.core.openMessage(inbox, mid, READ_WRITE, alice))
    set(message, tags.PidTagSubject, subject)
    if (known.large) set(message, tags.PidTagBody, subject.repeat(10_000))
    await message.save(KEEP, alice)
    await this.durable()
    known.subject = subject
    this.told.unsure.delete(mid)
  }

  private async readFlags(mid: number): Promise<void> {
    this.told.unsure.add(mid)
    const message = this.keep(this.core.openMessage(inbox, mid, READ_WRITE, alice))
    await message.setReadFlag(ReadFlag.clearReadFlag, alice)
    await message.setReadFlag(0, alice)
    await this.durable()
    this.told.unsure.delete(mid)
  }

  private async named(): Promise<void> {
    const guid = '00020329-0000-0000-c000-000000000046'
    const names = ['one', 'two', 'three']
    const ids = await this.core.propertyIdsFromNames(
      names.map(name => ({ guid, name })),
      true,
      alice
    )
    await this.durable()
    names.forEach((name, i) => {
      this.told.names.push({ id: ids[i], name })
    })
  }

  private async copy(mids: number[], fid: number): Promise<number[]> {
    const from = this.core.openFolder(inbox, {}, alice)
    await from.moveCopyMessages(this.core.openFolder(fid, {}, alice), mids, { copy: true }, alice)
    await this.durable()
    return this.adopt(fid, mids)
  }

  /** Moves everything of the target folder to the drafts. */
  private async move(mids: number[], fid: number): Promise<number[]> {
    for (const mid of mids) this.told.unsure.add(mid)
    const from = this.core.openFolder(fid, {}, alice)
    await from.moveCopyMessages(this.core.openFolder(drafts, {}, alice), mids, { copy: false }, alice)
    await this.durable()
    const moved = await this.adopt(drafts, mids)
    for (const mid of mids) {
      this.told.messages.delete(mid)
      this.told.unsure.delete(mid)
    }
    return moved
  }

  /** New messages of a folder, in the order of the messages that they come from. */
  private async adopt(fid: number, sources: number[]): Promise<number[]> {
    const found: number[] = []
    for await (const page of this.core.orders.summaries(fid)) found.push(...page.map(({ mid }) => mid))
    const fresh = found.filter(mid => !this.told.messages.has(mid)).sort((a, b) => a - b)
    fresh.forEach((mid, i) => {
      const source = this.told.messages.get(sources[i])
      if (source !== undefined) this.told.messages.set(mid, { ...source, fid })
    })
    return fresh
  }

  private async remove(mids: number[], fid: number, hard: boolean): Promise<void> {
    for (const mid of mids) this.told.unsure.add(mid)
    await this.core.openFolder(fid, {}, alice).deleteMessages(mids, { hard, notifyNonRead: false }, alice)
    await this.durable()
    for (const mid of mids) this.told.messages.delete(mid)
  }

  private async import(count: number): Promise<void> {
    const drafts = Array.from({ length: count }, (_, i) => ({
      properties: PropertyBag.of([
        { tag: tags.PidTagSubject, bytes: storedString(`imported ${i}`) },
        { tag: tags.PidTagHtml, bytes: Buffer.alloc(i === 2 ? LARGE_BYTES : 10, 'x') }
      ]),
      recipients: [],
      attachments: [],
      time: toFiletime(Date.UTC(2026, 0, 1))
    }))
    await this.core.importMessages(inbox, drafts)
    await this.durable()
    this.told.imported = count
  }

  private async rename(fid: number, displayName: string): Promise<void> {
    this.told.unsureFolders.add(fid)
    const entry = { tag: tags.PidTagDisplayName, bytes: storedString(displayName) }
    await this.core.openFolder(fid, {}, alice).set([entry], alice)
    await this.durable()
    this.told.folders.set(fid, displayName)
    this.told.unsureFolders.delete(fid)
  }

  private async mailboxProperties(): Promise<void> {
    const entry = { tag: MAILBOX_PROPERTY, bytes: storedString('a value') }
    await this.core.set([entry], alice)
    await this.durable()
    this.told.mailboxProperty = 'a value'
  }

  private async dropFolder(fid: number, hard: boolean): Promise<void> {
    this.told.unsureFolders.add(fid)
    for (const [mid, { fid: of }] of this.told.messages) if (of === fid) this.told.unsure.add(mid)
    const parent = this.core.openFolder(inbox, {}, alice)
    await parent.removeFolder(fid, { messages: true, folders: true, hard }, alice)
    await this.durable()
    for (const [mid, { fid: of }] of this.told.messages) if (of === fid) this.told.messages.delete(mid)
    this.told.folders.delete(fid)
  }
}
