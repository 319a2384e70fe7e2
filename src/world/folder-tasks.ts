import type { Directory } from '../directory/index.js'
import { folderKey } from './check-folders.js'
import type { World } from './schema.js'
import type { WorldDelegate } from './schema-entries.js'
import type { WorldFolder, WorldPermission } from './schema-items.js'
import { worldEntries } from './world-entries.js'

/** A folder that a world wants in a mailbox, with all that it says about it. */
export interface FolderTask {
  readonly path: string
  /** The same for all ways to write the path. */
  readonly key: string
  readonly spec: Pick<WorldFolder, 'class' | 'messages' | 'appointments' | 'contacts' | 'tasks' | 'notes' | 'generate'>
  readonly permissions: readonly WorldPermission[]
  /** Servers that have the content of a public folder. */
  readonly replicas?: readonly string[] | undefined
}

/** A mailbox of a world with its folders, in the order of the world; what delegates may do is among their permissions. */
export interface MailboxTask {
  readonly address: string
  readonly isPublic: boolean
  readonly folders: readonly FolderTask[]
}

const NOTHING: FolderTask['spec'] = { messages: [], appointments: [], contacts: [], tasks: [], notes: [] }

export function* mailboxTasks(world: World): Generator<MailboxTask> {
  for (const { kind, spec } of worldEntries(world)) {
    if (kind === 'publicFolderMailbox') {
      const folders = world.publicFolders.map(folder => taskOf(folder))
      yield { address: spec.address, isPublic: true, folders }
    } else if ('folders' in spec) {
      yield { address: spec.address, isPublic: false, folders: withDelegates(spec.folders, spec.delegates) }
    }
  }
}

function taskOf(folder: (WorldFolder | Omit<WorldFolder, 'class'>) & { replicas?: string[] | undefined }): FolderTask {
  const { path, permissions, replicas, ...spec } = folder as WorldFolder & { replicas?: string[] }
  return { path, key: folderKey(path), spec, permissions, replicas }
}

function withDelegates(folders: readonly WorldFolder[], delegates: readonly (string | WorldDelegate)[]): FolderTask[] {
  const tasks = new Map(folders.map(folder => [folderKey(folder.path), taskOf(folder)]))
  for (const delegate of delegates) {
    if (typeof delegate === 'string') continue
    for (const [path, rights] of Object.entries(delegate.folders)) {
      const key = folderKey(path)
      const task = tasks.get(key) ?? { path, key, spec: NOTHING, permissions: [] }
      tasks.set(key, { ...task, permissions: [...task.permissions, { who: delegate.who, rights }] })
    }
  }
  return [...tasks.values()]
}

/** GUID of whom a permission is for; undefined when the directory does not know the address any more. */
export function memberOf(directory: Directory, who: string): 'default' | 'anonymous' | { guid: string } | undefined {
  if (who === 'default' || who === 'anonymous') return who
  const entry = directory.entryByAddress(who)
  return entry === undefined ? undefined : { guid: entry.guid }
}
