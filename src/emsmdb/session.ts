import type { Logon, PublicFolderStore, RopSession } from '../../rops/rop.js'
import { type CodecContext, Writer } from '../bufferstructs/index.js'
import { limits } from '../limits.js'
import type { Actor, Mailbox, Maybe } from '../mailbox/domain.js'
import type { Personality } from '../personality.js'
import { type NormalizedVersion, normalizeVersion } from './client-version.js'
import { HandleTable } from './handle-table.js'
import { NotificationQueue } from './notification-queue.js'
import type { RunningOperation } from './running-operation.js'

/** What Connect fixes for the life of a session. */
export interface SessionFacts {
  readonly id: string
  readonly index: number
  readonly actor: Actor
  readonly codePage: number
  readonly stringLocaleId: number
  readonly sortLocaleId: number
  readonly clientVersion: readonly [number, number, number]
  readonly serverMailboxGuid?: string | undefined
  readonly createdMs: number
}

/** What a session asks of the world around it: mailboxes by legacy DN, and where else a mailbox is to be looked for. */
export interface SessionWorld {
  readonly findMailbox: (legacyDn: string) => Maybe<Mailbox | undefined>
  readonly redirect?: (mailbox: Mailbox, session: EmsmdbSession) => string | undefined
  readonly isAdministrator?: (actor: Actor) => boolean
  readonly publicFolders?: () => readonly PublicFolderStore[]
}

/** Why a session ended: the client left, it was idle, its mailbox failed to reach the disk, a defect, an administrator's wish, or the server stops. */
export type SessionEnd = 'disconnected' | 'idle' | 'store' | 'defect' | 'administrator' | 'closed'

const FIRST_SLAB_BYTES = 512
/** A session keeps a slab of at most this size between its calls. */
const KEPT_SLAB_BYTES = 8 * 1024
const LARGEST_SLAB_BYTES = 64 * 1024

/**
 * A Session Context ([MS-OXCRPC] 3.1.1, [MS-OXCMAPIHTTP] 3.2.1): logons, handles and queued notifications of one client.
 * It belongs to no connection and outlives those that carry it.
 */
export class EmsmdbSession implements RopSession {
  readonly id: string
  /** SessionIndex of RopPending and piCxr of EcDoConnectEx: unique among the sessions that live at the same time. */
  readonly index: number
  readonly actor: Actor
  readonly codePage: number
  readonly stringLocaleId: number
  readonly sortLocaleId: number
  readonly clientVersion: readonly [number, number, number]
  readonly normalizedVersion: NormalizedVersion
  /** GUID of the mailbox that the client named as its server, where the front tells. */
  readonly serverMailboxGuid: string | undefined
  readonly createdMs: number
  /** The Logon Map ([MS-OXCROPS] 3.2.1), by LogonId. */
  readonly logons: (Logon | undefined)[] = []
  /** Operations that go on in the background, by LogonId. */
  readonly running: (RunningOperation | undefined)[] = []
  readonly handles: HandleTable
  readonly notifications: NotificationQueue
  /** Of its 8-bit strings, and the kind of the logon that the ROP at hand speaks to. */
  readonly context: CodecContext
  /** An Execute is running. */
  busy = false
  /** A defect showed: the session ends with the call that met it. */
  broken = false
  ended: SessionEnd | undefined
  lastUsedMs: number
  /** Waits that are parked; a session that waits is not idle. */
  waiting = 0
  /** Mailbox of the first logon. */
  firstMailbox: Mailbox | undefined
  #slab: Writer | undefined
  #slabBytes = FIRST_SLAB_BYTES
  readonly #world: SessionWorld
  readonly #touched: Mailbox[] = []
  readonly #wakers = new Set<() => void>()
  readonly #endListeners = new Set<(why: SessionEnd) => void>()

  constructor(facts: SessionFacts, personality: Personality, world: SessionWorld) {
    this.id = facts.id
    this.index = facts.index
    this.actor = facts.actor
    this.codePage = facts.codePage
    this.stringLocaleId = facts.stringLocaleId
    this.sortLocaleId = facts.sortLocaleId
    this.clientVersion = facts.clientVersion
    this.normalizedVersion = normalizeVersion(facts.clientVersion)
    this.serverMailboxGuid = facts.serverMailboxGuid
    this.createdMs = facts.createdMs
    this.lastUsedMs = facts.createdMs
    this.context = { codePage: facts.codePage, publicLogon: false, columns: [] }
    this.handles = new HandleTable(personality.releasedHandleSlot)
    this.notifications = new NotificationQueue(limits.queuedNotifications, () => this.wake())
    this.#world = world
  }

  findMailbox(legacyDn: string): Maybe<Mailbox | undefined> {
    return this.#world.findMailbox(legacyDn)
  }

  publicFolders(): readonly PublicFolderStore[] {
    return this.#world.publicFolders?.() ?? []
  }

  get isAdministrator(): boolean {
    return this.#world.isAdministrator?.(this.actor) === true
  }

  redirect(mailbox: Mailbox): string | undefined {
    return this.#world.redirect?.(mailbox, this)
  }

  /** Notes that the answer at hand may speak of what is in the mailbox, so that it waits for the mailbox's commits. */
  touch(mailbox: Mailbox): void {
    if (!this.#touched.includes(mailbox)) this.#touched.push(mailbox)
  }

  /** Settles when all that the mailboxes touched since the last call had committed is on disk; undefined when it already is. */
  durable(): Promise<unknown> | undefined {
    let pending: Promise<void>[] | undefined
    for (const mailbox of this.#touched) {
      const waiting = mailbox.durable()
      if (waiting === undefined) continue
      pending ??= []
      pending.push(waiting)
    }
    this.#touched.length = 0
    if (pending === undefined) return undefined
    return pending.length === 1 ? pending[0] : Promise.all(pending)
  }

  /** The writer of the next answer, which may take `limit` bytes: what the last answer lies in is written over. */
  beginAnswer(limit: number): Writer {
    this.#slab ??= new Writer(Math.min(this.#slabBytes, limit), limit, this.context)
    this.#slab.position = 0
    this.#slab.limit = limit
    return this.#slab
  }

  /** A large slab is left to the answer that lies in it; the next one begins with the room that this one needed. */
  endAnswer(): void {
    const slab = this.#slab
    if (slab === undefined || slab.bytes.byteLength <= KEPT_SLAB_BYTES) return
    this.#slabBytes = Math.min(LARGEST_SLAB_BYTES, Math.max(FIRST_SLAB_BYTES, slab.position + (slab.position >> 2)))
    this.#slab = undefined
  }

  /** Calls `waker` at the next notification or at the end of the session; the returned function takes it back. */
  onWake(waker: () => void): () => void {
    this.#wakers.add(waker)
    return () => this.#wakers.delete(waker)
  }

  wake(): void {
    for (const waker of [...this.#wakers]) waker()
  }

  /** For the front that keeps a cookie or a context handle of the session. */
  onEnd(listener: (why: SessionEnd) => void): void {
    this.#endListeners.add(listener)
  }

  /** Releases every logon and object ([MS-OXCROPS] 3.2.7.1). A session ends once. */
  end(why: SessionEnd): Maybe<void> {
    if (this.ended !== undefined) return
    this.ended = why
    this.logons.length = 0
    for (const operation of this.running) void operation?.abort()
    this.running.length = 0
    this.notifications.clear()
    const released = this.handles.releaseAll()
    this.wake()
    for (const listener of this.#endListeners) listener(why)
    this.#endListeners.clear()
    return released
  }
}
