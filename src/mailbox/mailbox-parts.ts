import type { ObjectStore } from '../../store/open-store.js'
import type { Directory, MailboxLimits } from '../directory/index.js'
import type { Personality } from '../personality.js'
import type { Runtime } from '../runtime.js'
import type { Actor } from './domain.js'
import type { FolderTree } from './folders/folder-tree.js'
import type { ReceiveFolders } from './folders/receive-folders.js'
import type { StoreKind } from './mailbox-record.js'
import type { MemoryBudget } from './memory-budget.js'
import type { NamedProperties } from './named-properties.js'
import type { ObjectProperties } from './object-properties.js'
import type { Replids } from './replids.js'
import type { OrderIndex } from './tables/order-index.js'

/** What a mailbox asks the directory: who somebody is, and what lists he belongs to. */
export type People = Pick<Directory, 'entryByGuid' | 'entryByLegacyDn' | 'memberOf'>

/** What all mailboxes of a server share. */
export interface MailboxSurroundings {
  readonly objects: ObjectStore
  readonly runtime: Runtime
  readonly personality: Personality
  /** Whose names permissions hold; nobody's when not given. */
  readonly people?: People
  /** What holds for mailboxes that have no limits of their own; none when not given. */
  readonly limits?: MailboxLimits
}

/** What a mailbox is made of when it is opened. */
export interface MailboxParts {
  number: number
  guid: string
  replicaGuid: string
  owner: Actor
  localeId: number
  storeKind: StoreKind
  /** For what clients put into open objects. */
  budget: MemoryBudget
  properties: ObjectProperties
  tree: FolderTree
  names: NamedProperties
  replids: Replids
  receive: ReceiveFolders
  orders: OrderIndex
}
