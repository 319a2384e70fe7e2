import type { Config } from './config.js'
import type { Directory } from './directory/index.js'
import type { Emsmdb } from './emsmdb/index.js'
import type { Route } from './fronts/http/index.js'
import { AddressBookEndpoint, MailboxEndpoint, otherPaths } from './fronts/mapi-http/index.js'
import type { Log } from './log.js'
import { AddressBook } from './nspi/index.js'
import type { Personality } from './personality.js'
import type { Runtime } from './runtime.js'

export interface MapiHttpParts {
  readonly directory: Directory
  readonly emsmdb: Emsmdb
  readonly personality: Personality
  readonly runtime: Runtime
  readonly log: Log
}

/** Both endpoints of MAPI over HTTP, as one thing to start and to stop. */
export interface MapiHttp {
  readonly routes: readonly Route[]
  /** Session Contexts of both. */
  readonly contextCount: number
  /** Sorts the address book ahead, in the background: at the start, and after many people came. */
  prepare(): void
  /** Parked requests are answered, new ones refused. */
  shutDown(): void
  /** Ends all Session Contexts. */
  close(): void
}

export function openMapiHttp(parts: MapiHttpParts, config: Config): MapiHttp {
  const { directory, emsmdb, personality, runtime, log } = parts
  const { serverName, contextLimit, contextLimitPerUser, answerCacheBytes, publicUrl } = config
  const names = { personality, runtime, serverName, log }
  const around = { ...names, directory, contextLimit, contextLimitPerUser, answerCacheBytes }
  const mailbox = new MailboxEndpoint({ ...around, emsmdb })
  const nspi = new AddressBook({ directory, runtime, personality, log })
  const addressBook = new AddressBookEndpoint({ ...around, nspi, publicUrl })
  return {
    routes: [...mailbox.routes(), ...addressBook.routes(), ...otherPaths(names)],
    get contextCount() {
      return mailbox.contextCount + addressBook.contextCount
    },
    prepare() {
      nspi.prepare().catch(error => log.error('nspi.prepare-failed', { error }))
    },
    shutDown() {
      mailbox.shutDown()
      addressBook.shutDown()
    },
    close() {
      mailbox.close()
      addressBook.close()
    }
  }
}
