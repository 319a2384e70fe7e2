import { Credentials } from '../../src/auth/credentials.js'
import { Directory } from '../../src/directory/index.js'
import { silentLog } from '../../src/log.js'
import { type CheckResult, checkMailbox } from '../../src/mailbox/check.js'
import type { FolderNode } from '../../src/mailbox/folders/folder-node.js'
import { type SpecialFolderName, specialFid, specialFolders } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { Mailboxes } from '../../src/mailbox/mailboxes.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import { PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { applyWorld, type WorldReport } from '../../src/world/apply-world.js'
import { parseWorld } from '../../src/world/parse-world.js'
import type { World } from '../../src/world/schema.js'
import { type Engine, MemoryEngine, type ObjectStore, openStore } from '../../store/index.js'
import { testRuntime } from '../mailbox/mailbox-fixture.js'

/** Quick to hash; nobody guesses passwords here. */
const PASSWORD_COST = 16
const KEY = new Uint8Array(32).fill(7)

/** What worlds are applied to, without a server: store, directory, mailboxes over an engine that survives a restart. */
export class WorldBed {
  readonly runtime = testRuntime()
  readonly credentials = new Credentials(this.runtime, { key: KEY, passwordCost: PASSWORD_COST })
  objects!: ObjectStore
  directory!: Directory
  mailboxes!: Mailboxes

  private constructor(private engine: Engine) {}

  static async open(engine: Engine = new MemoryEngine()): Promise<WorldBed> {
    const bed = new WorldBed(engine)
    await bed.start()
    return bed
  }

  private async start(): Promise<void> {
    this.objects = await openStore(this.engine)
    this.directory = await Directory.open(this.objects.store, this.runtime)
    const ownerOf = (number: number) => this.directory.byMailboxNumber(number)
    const { objects, runtime, directory } = this
    this.mailboxes = new Mailboxes({ objects, runtime, personality: exchange2016, ownerOf, people: directory })
  }

  /** Forgets what is in memory and opens what is on disk, as another process would. */
  async restart(engine = this.engine): Promise<void> {
    if (this.objects.store.failed === undefined) await this.objects.store.whenDurable(this.objects.store.lastSequence)
    this.engine = engine
    await this.start()
  }

  apply(world: World | string): Promise<WorldReport> {
    const { objects, directory, mailboxes, credentials } = this
    const parsed = typeof world === 'string' ? parseWorld(world) : world
    return applyWorld(parsed, { objects, directory, mailboxes, credentials, log: silentLog })
  }

  async mailbox(address: string): Promise<MailboxCore> {
    const principal = this.directory.byAddress(address)
    const mailbox = principal && (await this.mailboxes.open(principal.mailboxNumber))
    if (mailbox === undefined) throw new Error(`${address} has no mailbox`)
    return mailbox
  }

  /** The problems of all mailboxes. */
  async problems(): Promise<CheckResult['problems']> {
    const problems: string[] = []
    for (const { mailboxNumber } of this.directory.principals()) {
      const mailbox = await this.mailboxes.open(mailboxNumber)
      if (mailbox === undefined) problems.push(`mailbox ${mailboxNumber} is missing`)
      else problems.push(...(await checkMailbox(mailbox)).problems)
    }
    return problems
  }
}

/** The folder of a path, names below the IPM subtree or a well-known one. */
export function nodeAt(mailbox: MailboxCore, path: string): FolderNode {
  const names = path.split('/')
  const start = Object.hasOwn(specialFolders, names[0]) ? (names.shift() as SpecialFolderName) : 'ipmSubtree'
  let node = mailbox.tree.find(specialFid(start))
  for (const name of names) node = node && mailbox.tree.childNamed(node, name)
  if (node === undefined) throw new Error(`there is no folder ${path}`)
  return node
}

/** MIDs of a folder's messages in the order of their delivery. */
export async function midsOf(mailbox: MailboxCore, path: string): Promise<number[]> {
  const mids: number[] = []
  for await (const page of mailbox.orders.summaries(nodeAt(mailbox, path).fid)) mids.push(...page.map(({ mid }) => mid))
  return mids
}

export async function subjectsOf(mailbox: MailboxCore, path: string): Promise<string[]> {
  const mids = await midsOf(mailbox, path)
  return mids.map(mid => textOf(mailbox.messages.find(mid)!.properties.value(PidTagSubject)))
}

function textOf(stored: Uint8Array | undefined): string {
  return stored === undefined ? '' : stringOf(stored)
}

/** All that can be seen of what worlds bring in: entries, mailboxes, folders with their rights, subjects in their order. */
export async function pictureOf(bed: WorldBed): Promise<unknown> {
  const mailboxes: unknown[] = []
  for (const { address, mailboxNumber } of bed.directory.principals()) {
    const mailbox = await bed.mailboxes.open(mailboxNumber)
    if (mailbox === undefined) continue
    const folders: unknown[] = []
    for (const node of mailbox.tree.all()) {
      const subjects: string[] = []
      for await (const page of mailbox.orders.summaries(node.fid)) {
        for (const { row } of page) subjects.push(textOf(row.packed.value(PidTagSubject)))
      }
      const { displayName, permissions, counters } = node
      const rights = permissions.members.map(({ guid, rights }) => [guid, rights])
      folders.push({ displayName, rights, count: counters.contentCount, unread: counters.unreadCount, subjects })
    }
    const { guid, replicaGuid, localeId, storeKind } = mailbox
    mailboxes.push({ address, guid, replicaGuid, localeId, storeKind, folders })
  }
  const entries = bed.directory.entries().map(entry => ({ ...entry, id: 0, mailboxNumber: 0, secret: null }))
  return { entries, mailboxes, lists: bed.directory.organization.addressLists }
}
