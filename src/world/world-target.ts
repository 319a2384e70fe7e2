import type { ObjectStore } from '../../store/open-store.js'
import type { Credentials } from '../auth/credentials.js'
import type { Directory } from '../directory/index.js'
import type { Log } from '../log.js'
import type { Mailboxes } from '../mailbox/mailboxes.js'

/** How far the application of a world is. */
export interface WorldProgress {
  /** Items in their folders, and those that the world has. */
  readonly done: number
  readonly total: number
}

/** What a world is applied to. */
export interface WorldTarget {
  readonly objects: ObjectStore
  readonly directory: Directory
  /** The one instance that the server serves from; before it serves, one of its own. */
  readonly mailboxes: Mailboxes
  readonly credentials: Credentials
  readonly log: Log
  /** Nobody else uses the mailboxes: each is closed when it is done, however many there are. */
  readonly isAlone?: boolean
  onProgress?: ((progress: WorldProgress) => void) | undefined
}
