import type { Directory } from '../../directory/index.js'
import type { Emsmdb } from '../../emsmdb/index.js'
import type { Log } from '../../log.js'
import type { Mailboxes } from '../../mailbox/mailboxes.js'
import type { Runtime } from '../../runtime.js'
import type { Delivery } from '../../transport/delivery.js'
import type { Administration } from './administration.js'
import type { ProblemPlace } from './problem.js'

/** A world as somebody sends it. */
export interface WorldText {
  readonly text: string
  /** Only say what is wrong with it. */
  readonly checkOnly: boolean
}

/** What became of a world: a report, or why it cannot be used. */
export type WorldOutcome =
  | { readonly ok: true; readonly report: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problems: readonly ProblemPlace[] }

/** Figures of the server that only its parts know. */
export interface ServerFacts {
  readonly version: string
  /** Monotonic milliseconds of the start. */
  readonly startedMs: number
  readonly durability: string
  /** Why the store does not work; undefined when it does. */
  storeFailure(): string | undefined
  /** Commits that are on disk, and those that were made. */
  commits(): { readonly durable: number; readonly made: number }
  connections(): number
  contexts(): number
}

/** What the operations of the admin API work with. */
export interface AdminServices {
  readonly administration: Administration
  readonly directory: Directory
  readonly mailboxes: Mailboxes
  readonly emsmdb: Pick<Emsmdb, 'sessions' | 'endSessions' | 'find' | 'metrics' | 'sessionCount'>
  readonly delivery: Delivery
  readonly facts: ServerFacts
  readonly runtime: Runtime
  readonly log: Log
  /** Checks or applies a world while the server serves. */
  applyWorld(world: WorldText): Promise<WorldOutcome>
  /** How long the event loop kept others waiting, in milliseconds. */
  loopDelay(): { readonly meanMs: number; readonly longestMs: number }
}
