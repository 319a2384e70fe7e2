import type { EntryKind } from '../directory/index.js'
import type { World } from './schema.js'
import type {
  WorldContact,
  WorldGroup,
  WorldPublicFolder,
  WorldPublicFolderMailbox,
  WorldResource,
  WorldRoomList,
  WorldUser
} from './schema-entries.js'
import type { WorldFolder } from './schema-items.js'

type Path = readonly (string | number)[]

export type WorldMailbox = (WorldUser | WorldResource) & { password?: string | undefined }
type WorldList = (WorldGroup & { isRoomList?: false }) | (WorldRoomList & { isRoomList: true; filter?: undefined })
type WorldMail = NonNullable<WorldPublicFolder['mail']> & { name: string; folder: string }

/** An entry of the address book that a world describes, and where it does. */
export type WorldEntry =
  | { kind: 'user' | 'sharedMailbox' | 'room' | 'equipment'; path: Path; spec: WorldMailbox }
  | { kind: 'group' | 'dynamicGroup'; path: Path; spec: WorldList }
  | { kind: 'contact'; path: Path; spec: WorldContact }
  | { kind: 'publicFolder'; path: Path; spec: WorldMail }
  | { kind: 'publicFolderMailbox'; path: Path; spec: WorldPublicFolderMailbox }

const MAILBOXES = [
  ['users', 'user'],
  ['sharedMailboxes', 'sharedMailbox'],
  ['rooms', 'room'],
  ['equipment', 'equipment']
] as const satisfies readonly [keyof World, EntryKind][]

/** Every entry of a world: mailboxes first, those of people before the others. */
export function* worldEntries(world: World): Generator<WorldEntry> {
  for (const [key, kind] of MAILBOXES) {
    for (const [at, spec] of world[key].entries()) yield { kind, path: [key, at], spec }
  }
  const holder = publicFolderMailboxOf(world)
  if (holder !== undefined) yield { kind: 'publicFolderMailbox', path: ['publicFolderMailbox'], spec: holder }
  for (const [at, spec] of world.roomLists.entries()) {
    yield { kind: 'group', path: ['roomLists', at], spec: { ...spec, isRoomList: true } }
  }
  for (const [at, spec] of world.groups.entries()) {
    yield { kind: spec.filter === undefined ? 'group' : 'dynamicGroup', path: ['groups', at], spec }
  }
  for (const [at, spec] of world.contacts.entries()) yield { kind: 'contact', path: ['contacts', at], spec }
  for (const [at, { mail, path }] of world.publicFolders.entries()) {
    if (mail === undefined) continue
    const folder = namesOf(path).join('/')
    const spec = { ...mail, name: mail.name ?? namesOf(path).at(-1) ?? path, folder }
    yield { kind: 'publicFolder', path: ['publicFolders', at, 'mail'], spec }
  }
}

/** The mailbox behind the public folders: as the world says, or made up; undefined when it has no public folders. */
export function publicFolderMailboxOf(world: World): WorldPublicFolderMailbox | undefined {
  if (world.publicFolderMailbox !== undefined) return world.publicFolderMailbox
  if (world.publicFolders.length === 0) return undefined
  return { address: `public-folders@${world.domain.toLowerCase()}`, name: 'Public Folders' }
}

/** A mailbox with the folders that the world has for it. */
export interface FoldersOfMailbox {
  readonly address: string
  readonly path: Path
  readonly folders: readonly WorldFolder[]
  readonly isPublic: boolean
}

export function* mailboxFolders(world: World): Generator<FoldersOfMailbox> {
  for (const [key] of MAILBOXES) {
    for (const [at, { address, folders }] of world[key].entries()) {
      yield { address, path: [key, at, 'folders'], folders, isPublic: false }
    }
  }
  const holder = publicFolderMailboxOf(world)
  if (holder === undefined) return
  yield { address: holder.address, path: ['publicFolders'], folders: world.publicFolders, isPublic: true }
}

/** The names of a folder path. */
export function namesOf(path: string): string[] {
  return path.split('/').filter(name => name !== '')
}
