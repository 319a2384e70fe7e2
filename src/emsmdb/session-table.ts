import { limits } from '../limits.js'
import type { Actor } from '../mailbox/domain.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import type { Runtime } from '../runtime.js'
import type { EmsmdbSession } from './session.js'

/** The sessions that live: bounded in all and per user, ended when idle. The timer runs only while there is a session. */
export class SessionTable {
  readonly #sessions = new Map<string, EmsmdbSession>()
  readonly #perUser = new Map<string, number>()
  readonly #indexes = new Set<number>()
  readonly #runtime: Runtime
  readonly #idleMs: number
  readonly #expire: (session: EmsmdbSession) => void
  #nextIndex = 1
  #cancel: (() => void) | undefined

  constructor(runtime: Runtime, idleMs: number, expire: (session: EmsmdbSession) => void) {
    this.#runtime = runtime
    this.#idleMs = idleMs
    this.#expire = expire
  }

  get size(): number {
    return this.#sessions.size
  }

  get(id: string): EmsmdbSession | undefined {
    return this.#sessions.get(id)
  }

  all(): EmsmdbSession[] {
    return [...this.#sessions.values()]
  }

  /** Throws ecTooManySessions when the user or the server has as many sessions as may be. */
  demandRoom(actor: Actor): void {
    const ofUser = this.#perUser.get(actor.legacyDn.toLowerCase()) ?? 0
    if (ofUser >= limits.sessionsPerUser || this.#sessions.size >= limits.sessions) {
      throw new MapiError(ErrorCode.ecTooManySessions)
    }
  }

  /** A 16-bit session index that no living session has ([MS-OXCRPC] R534). */
  freeIndex(): number {
    while (this.#indexes.has(this.#nextIndex)) this.#nextIndex = (this.#nextIndex + 1) & 0xffff
    const index = this.#nextIndex
    this.#nextIndex = (index + 1) & 0xffff
    return index
  }

  add(session: EmsmdbSession): void {
    const user = session.actor.legacyDn.toLowerCase()
    this.#sessions.set(session.id, session)
    this.#indexes.add(session.index)
    this.#perUser.set(user, (this.#perUser.get(user) ?? 0) + 1)
    session.onEnd(() => this.#remove(session, user))
    this.#schedule()
  }

  #remove(session: EmsmdbSession, user: string): void {
    this.#sessions.delete(session.id)
    this.#indexes.delete(session.index)
    const left = (this.#perUser.get(user) ?? 1) - 1
    if (left === 0) this.#perUser.delete(user)
    else this.#perUser.set(user, left)
    if (this.#sessions.size > 0) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  #schedule(): void {
    this.#cancel ??= this.#runtime.timer(Math.max(1, Math.ceil(this.#idleMs / 4)), () => {
      this.#cancel = undefined
      this.sweep()
      if (this.#sessions.size > 0) this.#schedule()
    })
  }

  /** Ends the sessions that have been idle too long. One that runs an Execute or waits for notifications is not idle. */
  sweep(): void {
    const now = this.#runtime.monotonic()
    for (const session of this.all()) {
      if (!session.busy && session.waiting === 0 && now - session.lastUsedMs >= this.#idleMs) this.#expire(session)
    }
  }
}
