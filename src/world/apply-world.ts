import { Batch, keys, SERVER_MAILBOX, type Store } from '../../store/index.js'
import type { Credentials } from '../auth/credentials.js'
import { derivedGuid } from '../directory/derived-guid.js'
import type { Directory } from '../directory/directory.js'
import type { Principal } from '../directory/principal.js'
import type { Log } from '../log.js'
import type { Folder } from '../mailbox/domain.js'
import type { MailboxCore } from '../mailbox/mailbox-core.js'
import type { Mailboxes } from '../mailbox/mailboxes.js'
import type { MessageDraft } from '../mailbox/message-draft.js'
import type { PreparedMessage } from '../mailbox/prepared-message.js'
import { type SpecialFolderName, specialFid, specialFolders } from '../mailbox/special-folders.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import type { Fid } from '../oxcdata/ids.js'
import { storedString } from '../oxcdata/stored-string.js'
import { PidTagContainerClass } from '../oxprops/property-tags.generated.js'
import { customRuntime, type Runtime } from '../runtime.js'
import { draftMessage } from './draft-messages.js'
import type { Owner } from './generate-messages.js'
import { generatedDrafts } from './generated-drafts.js'
import { localeIdOf } from './locales.js'
import type { World, WorldFolder, WorldUser } from './schema.js'
import { SeededRandom } from './seeded-random.js'

/** How far the application of a world is. */
export interface WorldProgress {
  /** Messages in their folders, and those that the world has. */
  readonly done: number
  readonly total: number
}

export interface WorldTarget {
  store: Store
  directory: Directory
  /**
   * Mailboxes that take clock and random numbers from this runtime: in a world no moment and no number is of today. They are
   * used while nobody else has the mailboxes open.
   */
  mailboxesWith(runtime: Runtime): Mailboxes
  credentials: Credentials
  log: Log
  onProgress?: (progress: WorldProgress) => void
}

/** What a world was found to be in a store. */
type Mark = 'begun' | 'done'

/** Setting that is there once a world has been applied: the store is not a new one. */
const ANY_WORLD = 'worlds'

const ADMINISTRATIVE_GROUP = 'Exchange Administrative Group (FYDIBOHF23SPDLT)'

/**
 * Brings a world into the store: users, mailboxes, folders, messages. Done once for a name; a later start with the same
 * world changes nothing. An application that was broken off is taken up again where it stopped: messages are imported
 * in a fixed order and nobody could write meanwhile, so that a folder's count says how far it came.
 */
export async function applyWorld(world: World, target: WorldTarget): Promise<void> {
  const { store, log } = target
  const key = keys.setting.of(SERVER_MAILBOX, `world:${world.name}`)
  const mark = markOf(store.get(key))
  if (mark === 'done') return
  if (mark === undefined) await store.whenDurable(store.commit(new Batch().put(key, Buffer.from('begun'))))
  const began = process.hrtime.bigint()
  const mailboxes = target.mailboxesWith(worldRuntime(world))
  const total = world.users.flatMap(({ folders }) => folders).reduce((sum, folder) => sum + messagesOf(folder), 0)
  let messages = 0
  let before = 0
  for (const user of world.users) {
    const report = (done: number): void => target.onProgress?.({ done: before + done, total })
    messages += await applyUser(world, user, target, mailboxes, report)
    for (const folder of user.folders) before += messagesOf(folder)
  }
  const done = new Batch()
    .put(key, Buffer.from('done'))
    .put(keys.setting.of(SERVER_MAILBOX, ANY_WORLD), Buffer.from('done'))
  await store.whenDurable(store.commit(done))
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  log.info('world.applied', {
    world: world.name,
    users: world.users.length,
    messages,
    seconds: Number(seconds.toFixed(2))
  })
}

/** The clock stands at the world's moment, random numbers come from its name. */
function worldRuntime(world: World): Runtime {
  const now = Date.parse(world.now)
  const random = new SeededRandom(world.name)
  return customRuntime({ now: () => now, random: bytes => random.fill(bytes) })
}

/** Whether a world of this name, or any world, has been applied to the store. */
export function hasWorld(store: Store, name?: string): boolean {
  if (name !== undefined) return markOf(store.get(keys.setting.of(SERVER_MAILBOX, `world:${name}`))) === 'done'
  return store.get(keys.setting.of(SERVER_MAILBOX, ANY_WORLD)) !== undefined
}

function markOf(value: Uint8Array | undefined): Mark | undefined {
  return value === undefined ? undefined : (Buffer.from(value).toString('latin1') as Mark)
}

/** Ids are derived from the world's name and the address, so that the same world is the same everywhere. */
async function applyUser(
  world: World,
  user: WorldUser,
  target: WorldTarget,
  mailboxes: Mailboxes,
  onProgress: (done: number) => void
): Promise<number> {
  const { directory, credentials } = target
  const scope = `${world.name}/${user.address.toLowerCase()}`
  const guid = derivedGuid(`${scope}/object`)
  const principal =
    directory.byAddress(user.address) ??
    (await directory.add({
      address: user.address,
      displayName: user.name,
      aliases: user.aliases,
      secret: await credentials.make(user.password, guid),
      fullAccess: user.opens,
      guid,
      mailboxGuid: derivedGuid(`${scope}/mailbox`),
      legacyDn: user.legacyDn ?? legacyDnOf(world, user, scope)
    }))
  const mailbox =
    (await mailboxes.open(principal.mailboxNumber)) ??
    (await mailboxes.create({
      number: principal.mailboxNumber,
      guid: principal.mailboxGuid,
      replicaGuid: derivedGuid(`${scope}/replica`),
      owner: principal,
      localeId: localeIdOf(user.culture ?? user.locale ?? 'en-US'),
      now: Date.parse(world.now)
    }))
  let messages = 0
  let before = 0
  for (const [index, folder] of user.folders.entries()) {
    const report = (done: number): void => onProgress(before + done)
    messages += await applyFolder(mailbox, principal, folder, Date.parse(world.now), `${scope}/${index}`, report)
    before += messagesOf(folder)
  }
  return messages
}

function messagesOf({ messages, generate }: WorldFolder): number {
  return messages.length + (generate?.messages ?? 0)
}

function legacyDnOf(world: World, user: WorldUser, scope: string): string {
  const unique = derivedGuid(`${scope}/dn`).replaceAll('-', '')
  const alias = user.address.slice(0, user.address.indexOf('@')).toLowerCase()
  return `/o=${world.organization}/ou=${ADMINISTRATIVE_GROUP}/cn=Recipients/cn=${unique}-${alias}`
}

async function applyFolder(
  mailbox: MailboxCore,
  principal: Principal,
  spec: WorldFolder,
  now: number,
  scope: string,
  onProgress: (done: number) => void
): Promise<number> {
  const folder = await folderAt(mailbox, principal, spec.path)
  const node = mailbox.demandNode(folder.fid, ErrorCode.ecNotFound)
  // A special folder has its class already.
  if (spec.class !== undefined && !node.bag.has(PidTagContainerClass)) {
    await folder.set([{ tag: PidTagContainerClass, bytes: storedString(spec.class) }], principal)
  }
  const present = node.counters.contentCount
  onProgress(present)
  const drafts = draftsOf(
    mailbox,
    folder.fid,
    spec,
    { name: principal.displayName, address: principal.address },
    now,
    scope,
    present
  )
  return mailbox.importMessages(folder.fid, drafts, { onProgress: imported => onProgress(present + imported) })
}

/** The messages of a folder from number `from` on: those that are written out, then the generated ones. */
function* draftsOf(
  mailbox: MailboxCore,
  fid: Fid,
  spec: WorldFolder,
  owner: Owner,
  now: number,
  scope: string,
  from: number
): Generator<MessageDraft | PreparedMessage | null> {
  const { messages, generate } = spec
  for (let index = from; index < messages.length; index++) {
    yield draftMessage(messages[index], owner, now, `${scope}/${index}`)
  }
  if (generate === undefined) return
  const source = { spec: generate, owner, now, scope: `${scope}/generated` }
  yield* generatedDrafts(mailbox, fid, source, Math.max(0, from - messages.length))
}

const isSpecial = (name: string): name is SpecialFolderName => Object.hasOwn(specialFolders, name)

/** The folder of a path: a well-known name first, then names below it (or below the IPM subtree), made when missing. */
async function folderAt(mailbox: MailboxCore, principal: Principal, path: string): Promise<Folder> {
  const names = path.split('/').filter(name => name !== '')
  const start = isSpecial(names[0]) ? names.shift()! : 'ipmSubtree'
  let folder = await mailbox.openFolder(specialFid(start as SpecialFolderName), {}, principal)
  for (const displayName of names) {
    const created = await folder.createFolder(
      { type: 'generic', displayName, comment: '', openExisting: true },
      principal
    )
    folder = created.folder
  }
  return folder
}
