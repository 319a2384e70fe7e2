import { ropTable } from '../../rops/index.js'
import { Emsmdb, type EmsmdbOptions } from '../../src/emsmdb/index.js'
import type { Log, LogFields } from '../../src/log.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { Actor } from '../../src/mailbox/domain.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import type { StoreMessage } from '../../src/mailbox/messages/message.js'
import { publicFid } from '../../src/mailbox/public-store/public-folders.js'
import type { Fid } from '../../src/oxcdata/ids.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { customRuntime } from '../../src/runtime.js'
import { MemoryEngine } from '../../store/index.js'
import { type ObjectStore, openStore } from '../../store/open-store.js'

const DN = '/o=Ropewalk/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn='
export const alice: Actor & { fullAccess: string[]; roles: string[] } = {
  legacyDn: `${DN}alice`,
  address: 'alice@example.test',
  displayName: 'Alice Adams',
  guid: '11111111-1111-4111-8111-111111111111',
  fullAccess: ['bob@example.test'],
  roles: ['publicFolderOwner']
}
export const bob: Actor = {
  legacyDn: `${DN}bob`,
  address: 'bob@example.test',
  displayName: 'Bob Brown',
  guid: '22222222-2222-4222-8222-222222222222'
}

const folders: Actor = {
  legacyDn: `${DN}folders`,
  address: 'folders@example.test',
  displayName: 'Public Folders',
  guid: '33333333-3333-4333-8333-333333333333'
}
const OWNERS: Readonly<Record<number, Actor>> = { 1: alice, 2: bob, 3: folders }

/** A log that keeps what a fuzzer must not see: defects and errors of the store, with their stacks. */
export class ErrorLog implements Log {
  readonly events: string[] = []

  error(event: string, fields: LogFields = {}): void {
    const error = fields.error as Error | undefined
    this.events.push(`${event} ${String(fields.rop ?? '')} ${error?.stack ?? ''}`)
  }

  warn(): void {}
  info(): void {}
  debug(): void {}
  trace(): void {}

  enabled(level: string): boolean {
    return level === 'error'
  }

  child(): Log {
    return this
  }
}

/**
 * Two mailboxes and public folders with a little of everything, behind an Emsmdb over a store in memory. Alice may open
 * Bob's, and owns the folders.
 */
export class FuzzWorld {
  readonly mids: number[] = []

  private constructor(
    readonly log: ErrorLog,
    readonly engine: MemoryEngine,
    readonly objects: ObjectStore,
    readonly mailboxes: Mailboxes,
    readonly emsmdb: Emsmdb
  ) {}

  static async open(options: Partial<EmsmdbOptions> = {}): Promise<FuzzWorld> {
    const engine = new MemoryEngine()
    const objects = await openStore(engine, { durability: 'process' })
    const runtime = customRuntime({ now: () => Date.UTC(2026, 0, 5, 9) })
    const mailboxes = new Mailboxes({ objects, runtime, personality: exchange2016, ownerOf: number => OWNERS[number] })
    const log = new ErrorLog()
    const emsmdb = new Emsmdb({
      ...{ personality: exchange2016, runtime, ropTable, log },
      findMailbox: dn => {
        const found = Object.entries(OWNERS).find(([, { legacyDn }]) => legacyDn === dn)
        return found === undefined ? undefined : mailboxes.find(Number(found[0]))
      },
      publicFolders: () => [{ legacyDn: folders.legacyDn, serverDn: '/o=Ropewalk/cn=Servers/cn=folders' }],
      ...options
    })
    const world = new FuzzWorld(log, engine, objects, mailboxes, emsmdb)
    const inbox = specialFid('inbox')
    await world.furnish(await mailboxes.create({ number: 1, owner: alice, localeId: 0x409 }), alice, inbox)
    await world.furnish(await mailboxes.create({ number: 2, owner: bob, localeId: 0x407 }), bob, inbox)
    const store = await mailboxes.create({ number: 3, owner: folders, localeId: 0x409, storeKind: 'public' })
    await world.furnish(store, folders, publicFid('ipmSubtree'))
    return world
  }

  private async furnish(mailbox: MailboxCore, owner: Actor, parent: Fid): Promise<void> {
    const inbox = mailbox.openFolder(parent, {}, owner)
    await inbox.createFolder(folderSpec('one'), owner)
    const { folder } = await inbox.createFolder(folderSpec('two'), owner)
    await folder.createFolder(folderSpec('below'), owner)
    for (let i = 0; i < 12; i++) {
      const fid = i % 4 === 3 ? folder.fid : inbox.fid
      const message = mailbox.createMessage(fid, { associated: i % 6 === 5, codePage: 1252 }, owner)
      set(message, tags.PidTagSubject, `RE: message ${i}`)
      set(message, tags.PidTagMessageDeliveryTime, 0x01dc000000000000n + BigInt(i))
      if (i % 3 === 0) set(message, tags.PidTagBody, 'a large body. '.repeat(4000))
      if (i % 3 === 1) set(message, tags.PidTagHtml, Buffer.from('<p>small</p>'))
      set(message, 0x8003101f, ['one', 'two', 'three'])
      addRecipients(message, i % 4, owner)
      await addAttachments(message, i % 3, owner)
      this.mids.push(await message.save({ force: false, keepOpen: 'readWrite' }, owner))
    }
  }

  /** Every folder and message that there is now, by id. */
  async ids(): Promise<{ fids: number[]; mids: number[] }> {
    const fids = new Set<number>()
    for (const mailbox of this.mailboxes.opened()) for (const node of mailbox.tree.all()) fids.add(node.fid)
    return { fids: [...fids], mids: this.mids }
  }

  /** What is wrong with the mailboxes, as they are in memory and as a restart finds them. */
  async check(): Promise<string[]> {
    await this.objects.store.whenDurable(this.objects.store.lastSequence)
    await this.objects.blobs.whenIdle()
    const problems: string[] = []
    for (const number of [1, 2, 3]) {
      const mailbox = (await this.mailboxes.find(number))!
      problems.push(...(await checkMailbox(mailbox)).problems)
    }
    const objects = await openStore(new MemoryEngine(this.engine))
    const again = new Mailboxes({
      ...{ objects, runtime: customRuntime({}), personality: exchange2016 },
      ownerOf: number => OWNERS[number]
    })
    for (const number of [1, 2, 3]) {
      const { problems: found } = await checkMailbox((await again.find(number))!)
      problems.push(...found.map(problem => `after a restart: ${problem}`))
    }
    await objects.close()
    return problems
  }
}

export function folderSpec(displayName: string) {
  return { displayName, comment: '', openExisting: true, type: 'generic' } as Parameters<
    ReturnType<MailboxCore['openFolder']>['createFolder']
  >[0]
}

export function set(object: { set: StoreMessage['set'] }, tag: number, value: PropertyValue): void {
  void object.set([{ tag, bytes: encodeValue(tagType(tag), value) }], alice)
}

function addRecipients(message: StoreMessage, count: number, owner: Actor): void {
  const rows = Array.from({ length: count }, (_, rowId) => {
    const properties = PropertyBag.of([{ tag: tags.PidTagDisplayName, bytes: storedString(`recipient ${rowId}`) }])
    return { rowId, recipient: { rowId, type: 1 + (rowId % 3), codePage: 1252, properties } }
  })
  message.modifyRecipients([], rows, owner)
}

async function addAttachments(message: StoreMessage, count: number, owner: Actor): Promise<void> {
  for (let i = 0; i < count; i++) {
    const attachment = message.createAttachment(owner)
    if (i === 0) {
      set(attachment, tags.PidTagAttachMethod, 1)
      set(attachment, tags.PidTagAttachDataBinary, Buffer.alloc(50_000, 7))
    } else {
      const inside = await attachment.openEmbedded('create', 1252, owner)
      set(inside, tags.PidTagSubject, 'inside')
      set(inside, tags.PidTagBody, 'b'.repeat(40_000))
      await inside.save({ force: false, keepOpen: 'no' }, owner)
    }
    attachment.save({ keepOpen: 'no' }, owner)
  }
}
