import type { Principal } from '../../directory/principal.js'
import type { Runtime } from '../../runtime.js'

/** What a request of a context came to, ready to be sent again: the body behind the meta-tags. */
export interface KeptAnswer {
  requestId: string
  /** Null when the memory for answers was needed elsewhere: then only the fact is known. */
  body: Buffer | null
  /** Monotonic ms until which a repetition is answered. */
  until: number
}

/** One Session Context ([MS-OXCMAPIHTTP] 3.2.1): a session of EMSMDB behind an unguessable cookie. */
export interface SessionContext<Session> {
  readonly cookie: string
  readonly principalGuid: string
  readonly mailboxGuid: string
  readonly session: Session
  /** Value of the sequence cookie that the next Execute must show. */
  sequence: string
  /** One more value that is taken: one given out by a wait or PING while an Execute was changing it. */
  staleSequence: string | null
  /** The Execute or Disconnect that is under way, by X-RequestId: a repetition of it gets the same answer. */
  running: { requestId: string; result: Promise<Buffer> } | null
  kept: KeptAnswer | null
  /** Ends the NotificationWait that is parked. */
  endWait: (() => void) | null
  idleLimitMs: number
  /** Monotonic ms at which the context expires; Infinity while a request of it is under way. */
  expires: number
  pending: number
  ended: boolean
}

export interface ContextLimits {
  contexts: number
  contextsPerUser: number
  answerBytes: number
}

/** How long an answer is kept for a repetition of its request. */
const KEEP_MS = 60_000
/** A context that was connected and never used goes sooner: what X-ExpirationInfo says on Connect and later on Exchange. */
export const CONNECT_EXPIRATION_MS = 300_000

const COOKIE = /^[0-9a-f]{32}$/
const cookieBytes = Buffer.alloc(16)

/** 128 random bits as 32 hexadecimal digits. */
export function newCookie(runtime: Runtime): string {
  runtime.random(cookieBytes)
  return cookieBytes.toString('hex')
}

export function isCookie(text: string): boolean {
  return COOKIE.test(text)
}

/** Not the same order as that of `expires`: a context that was just connected has the shortest time left. */
function idleSince({ expires, idleLimitMs }: SessionContext<unknown>): number {
  return expires - idleLimitMs
}

/**
 * All contexts of an endpoint: bounded in all and per user, expired by idleness, and with a bound on the bytes of kept
 * answers. A user at the bound loses the context that was idle longest, so that a client which forgets to disconnect
 * locks nobody out.
 */
export class SessionContexts<Session> {
  private readonly byCookie = new Map<string, SessionContext<Session>>()
  private readonly byUser = new Map<string, Set<SessionContext<Session>>>()
  /** Contexts with a kept body, oldest first. */
  private readonly keeping = new Set<SessionContext<Session>>()
  private keptBytes = 0

  constructor(
    private readonly runtime: Runtime,
    private readonly limits: ContextLimits,
    private readonly onEnd: (context: SessionContext<Session>) => void
  ) {}

  get size(): number {
    return this.byCookie.size
  }

  find(cookie: string): SessionContext<Session> | undefined {
    const context = this.byCookie.get(cookie)
    if (context === undefined || context.expires > this.runtime.monotonic()) return context
    this.end(context)
    return undefined
  }

  /** True when one more context fits, if need be by ending the user's idlest. */
  makeRoom(principal: Principal): boolean {
    const own = this.byUser.get(principal.guid)
    if (own !== undefined && own.size >= this.limits.contextsPerUser) {
      let idlest: SessionContext<Session> | undefined
      for (const context of own) {
        if (context.pending === 0 && (idlest === undefined || idleSince(context) < idleSince(idlest))) idlest = context
      }
      if (idlest === undefined) return false
      this.end(idlest)
    }
    return this.byCookie.size < this.limits.contexts
  }

  add(principal: Principal, mailboxGuid: string, session: Session): SessionContext<Session> {
    const context: SessionContext<Session> = {
      cookie: newCookie(this.runtime),
      principalGuid: principal.guid,
      mailboxGuid,
      session,
      sequence: newCookie(this.runtime),
      staleSequence: null,
      running: null,
      kept: null,
      endWait: null,
      idleLimitMs: CONNECT_EXPIRATION_MS,
      expires: this.runtime.monotonic() + CONNECT_EXPIRATION_MS,
      pending: 0,
      ended: false
    }
    this.byCookie.set(context.cookie, context)
    const own = this.byUser.get(principal.guid)
    if (own === undefined) this.byUser.set(principal.guid, new Set([context]))
    else own.add(context)
    return context
  }

  /** A request of the context begins: it does not expire meanwhile. */
  begin(context: SessionContext<Session>): void {
    context.pending++
    context.expires = Number.POSITIVE_INFINITY
  }

  /** The request is over; the idle time counts from now. */
  done(context: SessionContext<Session>): void {
    if (--context.pending === 0) context.expires = this.runtime.monotonic() + context.idleLimitMs
  }

  /** Keeps the answer of the last Execute in place of the one before. */
  keep(context: SessionContext<Session>, requestId: string, body: Buffer): void {
    this.forget(context)
    context.kept = { requestId, body, until: this.runtime.monotonic() + KEEP_MS }
    if (context.ended) return
    this.keptBytes += body.length
    this.keeping.add(context)
    for (const oldest of this.keeping) {
      if (this.keptBytes <= this.limits.answerBytes) break
      this.dropBody(oldest)
    }
  }

  forget(context: SessionContext<Session>): void {
    this.dropBody(context)
    context.kept = null
  }

  /** Ends a context: its cookie is worth nothing from now on. */
  end(context: SessionContext<Session>): void {
    if (context.ended) return
    context.ended = true
    this.byCookie.delete(context.cookie)
    const own = this.byUser.get(context.principalGuid)
    own?.delete(context)
    if (own?.size === 0) this.byUser.delete(context.principalGuid)
    this.forget(context)
    context.endWait?.()
    this.onEnd(context)
  }

  endAll(): void {
    for (const context of [...this.byCookie.values()]) this.end(context)
  }

  endWaits(): void {
    for (const context of this.byCookie.values()) context.endWait?.()
  }

  /** Ends what has expired and drops answers whose time is over; called every few seconds. */
  sweep(): void {
    const now = this.runtime.monotonic()
    for (const context of this.byCookie.values()) if (context.expires <= now) this.end(context)
    for (const context of this.keeping) {
      if (context.kept !== null && context.kept.until > now) break
      this.dropBody(context)
    }
  }

  private dropBody(context: SessionContext<Session>): void {
    if (!this.keeping.delete(context) || context.kept === null) return
    this.keptBytes -= context.kept.body?.length ?? 0
    context.kept.body = null
  }
}
