import { Batch, keys, SERVER_MAILBOX, type Store } from '../../store/index.js'
import type { Passwords } from '../auth/password.js'
import type { Directory } from '../directory/directory.js'
import type { Principal } from '../directory/principal.js'
import type { Log } from '../log.js'
import type { Folder, Mailbox } from '../mailbox/domain.js'
import type { Mailboxes } from '../mailbox/mailboxes.js'
import type { MessageDraft } from '../mailbox/message-draft.js'
import { type SpecialFolderName, specialFid, specialFolders } from '../mailbox/special-folders.js'
import { draftMessage } from './draft-messages.js'
import { generateMessages } from './generate-messages.js'
import { localeIdOf } from './locales.js'
import type { World, WorldFolder, WorldUser } from './schema.js'
import { derivedGuid } from './seeded-random.js'

export interface WorldTarget {
  store: Store
  directory: Directory
  mailboxes: Mailboxes
  passwords: Passwords
  log: Log
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
  let messages = 0
  for (const user of world.users) messages += await applyUser(world, user, target)
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

/** Whether a world of this name, or any world, has been applied to the store. */
export function hasWorld(store: Store, name?: string): boolean {
  if (name !== undefined) return markOf(store.get(keys.setting.of(SERVER_MAILBOX, `world:${name}`))) === 'done'
  return store.get(keys.setting.of(SERVER_MAILBOX, ANY_WORLD)) !== undefined
}

function markOf(value: Uint8Array | undefined): Mark | undefined {
  return value === undefined ? undefined : (Buffer.from(value).toString('latin1') as Mark)
}

/** Ids are derived from the world's name and the address, so that the same world is the same everywhere. */
async function applyUser(world: World, user: WorldUser, target: WorldTarget): Promise<number> {
  const { directory, mailboxes, passwords } = target
  const scope = `${world.name}/${user.address.toLowerCase()}`
  const principal =
    directory.byAddress(user.address) ??
    (await directory.add({
      address: user.address,
      displayName: user.name,
      aliases: user.aliases,
      passwordRecord: await passwords.hash(user.password),
      fullAccess: user.opens,
      guid: derivedGuid(`${scope}/object`),
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
      localeId: localeIdOf(user.locale),
      now: Date.parse(world.now)
    }))
  let messages = 0
  for (const [index, folder] of user.folders.entries()) {
    messages += await applyFolder(mailbox, principal, folder, Date.parse(world.now), `${scope}/${index}`)
  }
  return messages
}

function legacyDnOf(world: World, user: WorldUser, scope: string): string {
  const unique = derivedGuid(`${scope}/dn`).replaceAll('-', '')
  const alias = user.address.slice(0, user.address.indexOf('@')).toLowerCase()
  return `/o=${world.organization}/ou=${ADMINISTRATIVE_GROUP}/cn=Recipients/cn=${unique}-${alias}`
}

async function applyFolder(
  mailbox: Mailbox,
  principal: Principal,
  spec: WorldFolder,
  now: number,
  scope: string
): Promise<number> {
  const folder = await folderAt(mailbox, principal, spec.path)
  const present = await countOf(folder, principal)
  return mailbox.importMessages(folder.fid, skip(draftsOf(spec, principal, now, scope), present))
}

async function countOf(folder: Folder, principal: Principal): Promise<number> {
  const options = {
    associated: false,
    conversationMembers: false,
    softDeleted: false,
    unicode: true,
    suppressNotifications: true
  }
  const table = await folder.contentsTable({ ...options, codePage: 1252 }, principal)
  const count = await table.rowCount()
  table.release()
  return count
}

function* draftsOf(spec: WorldFolder, principal: Principal, now: number, scope: string): Generator<MessageDraft> {
  const owner = { name: principal.displayName, address: principal.address }
  for (const [index, message] of spec.messages.entries()) yield draftMessage(message, owner, now, `${scope}/${index}`)
  if (spec.generate === undefined) return
  let index = 0
  for (const message of generateMessages(spec.generate, owner, now)) {
    yield draftMessage(message, owner, now, `${scope}/generated/${index++}`)
  }
}

function* skip<T>(from: Iterable<T>, count: number): Generator<T> {
  for (const one of from) {
    if (count > 0) count--
    else yield one
  }
}

const isSpecial = (name: string): name is SpecialFolderName => Object.hasOwn(specialFolders, name)

/** The folder of a path: a well-known name first, then names below it (or below the IPM subtree), made when missing. */
async function folderAt(mailbox: Mailbox, principal: Principal, path: string): Promise<Folder> {
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
