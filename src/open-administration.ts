import type { ObjectStore } from '../store/open-store.js'
import type { Credentials } from './auth/index.js'
import type { Directory } from './directory/index.js'
import type { Emsmdb } from './emsmdb/index.js'
import { AdminEndpoint, Administration, type AdminServices, LoopDelay } from './fronts/admin/index.js'
import type { Log } from './log.js'
import { MailboxLifecycle } from './mailbox/mailbox-lifecycle.js'
import type { Mailboxes } from './mailbox/mailboxes.js'
import { packageVersion } from './package-version.js'
import type { Runtime } from './runtime.js'
import { Delivery } from './transport/delivery.js'

export interface AdministrationParts {
  readonly objects: ObjectStore
  readonly directory: Directory
  readonly mailboxes: Mailboxes
  readonly credentials: Credentials
  readonly runtime: Runtime
  readonly log: Log
  localeIdOf(locale: string): number | undefined
  /** Absent where no server runs. */
  readonly emsmdb?: Emsmdb
}

/** What changes the directory and mailboxes as a whole, with what was begun and is not done yet. */
export interface OpenAdministration {
  readonly administration: Administration
  readonly lifecycle: MailboxLifecycle
}

/** The administration over an open store. `lifecycle.resume` goes on with what the last run began. */
export function openAdministration(parts: AdministrationParts): OpenAdministration {
  const { objects, directory, mailboxes, credentials, runtime, log, localeIdOf, emsmdb } = parts
  const ownerOf = (number: number) => directory.byMailboxNumber(number)
  const publicStores = () => {
    const stores = directory.principals().filter(({ kind }) => kind === 'publicFolderMailbox')
    return stores.map(({ mailboxNumber }) => mailboxNumber)
  }
  const lifecycle = new MailboxLifecycle({ objects, mailboxes, ownerOf, log, publicStores })
  const seal = (password: string, guid: string) => credentials.make(password, guid)
  const around = { directory, mailboxes, lifecycle, runtime, log, localeIdOf, seal }
  return { administration: new Administration({ ...around, sessions: emsmdb }), lifecycle }
}

export interface AdminFrontOptions {
  readonly token: string
  readonly parts: AdministrationParts & { readonly emsmdb: Emsmdb }
  readonly administration: Administration
  applyWorld: AdminServices['applyWorld']
  connections(): number
  contexts(): number
}

/** The admin API of a server, and what makes messages arrive. */
export interface AdminFront {
  readonly endpoint: AdminEndpoint
  readonly delivery: Delivery
  stop(): void
}

export function openAdminFront(options: AdminFrontOptions): AdminFront {
  const { token, parts, administration, applyWorld, connections, contexts } = options
  const { objects, directory, mailboxes, emsmdb, runtime, log } = parts
  const { store } = objects
  const delivery = new Delivery({ directory, mailboxes, runtime })
  const delay = new LoopDelay(runtime)
  const services: AdminServices = {
    ...{ administration, directory, mailboxes, emsmdb, delivery, runtime, log, applyWorld },
    facts: {
      version: packageVersion(),
      startedMs: runtime.monotonic(),
      durability: store.durability,
      storeFailure: () => store.failed?.message,
      commits: () => ({ durable: store.durableSequence, made: store.lastSequence }),
      connections,
      contexts
    },
    loopDelay: () => delay.figures()
  }
  return { endpoint: new AdminEndpoint({ token, services }), delivery, stop: () => delay.stop() }
}
