import type { Writer } from '../bufferstructs/index.js'

/** An event on its way to the client: one RopNotify ([MS-OXCROPS] 2.2.14.2). */
export interface QueuedNotification {
  /** Handle of the subscription, or of the table that notifies by itself. */
  readonly handle: number
  readonly logonId: number
  /** Bytes of NotificationData ([MS-OXCNOTIF] 2.2.1.4.1.2). */
  readonly size: number
  write(writer: Writer): void
  /** What may stand for any number of this handle's events when the queue is full: TableChanged for those of a table. */
  readonly collapsed?: QueuedNotification
}

const ROP_NOTIFY = 0x2a
const ROP_PENDING = 0x6e
/** RopId, NotificationHandle, LogonId. */
const NOTIFY_FRAME_BYTES = 6
/** RopId, SessionIndex. */
export const PENDING_BYTES = 3

/**
 * The notifications that a session has not yet fetched. Events are hints and the indexes are the truth, so the queue is
 * bounded: when it is full the events of a table become one TableChanged, and what cannot be said so is dropped.
 */
export class NotificationQueue {
  #events: QueuedNotification[] = []
  readonly #capacity: number
  readonly #wake: () => void
  dropped = 0

  constructor(capacity: number, wake: () => void) {
    this.#capacity = capacity
    this.#wake = wake
  }

  get length(): number {
    return this.#events.length
  }

  push(event: QueuedNotification): void {
    if (this.#events.length < this.#capacity) this.#events.push(event)
    else this.#squeeze(event)
    this.#wake()
  }

  /** Makes room by saying the events of one handle in one: the new event's own, else one that has two or more. */
  #squeeze(event: QueuedNotification): void {
    const queued = new Map<number, number>()
    for (const { handle } of this.#events) queued.set(handle, (queued.get(handle) ?? 0) + 1)
    const own = event.collapsed !== undefined && queued.has(event.handle)
    const victim = own ? event : this.#events.find(e => e.collapsed !== undefined && queued.get(e.handle)! > 1)
    if (victim === undefined) {
      this.dropped++
      return
    }
    this.forget(victim.handle)
    this.#events.push(victim.collapsed!)
    if (!own) this.#events.push(event)
  }

  /** A released subscription or table has nothing more to say. */
  forget(handle: number): void {
    if (this.#events.length === 0) return
    this.#events = this.#events.filter(event => event.handle !== handle)
  }

  clear(): void {
    this.#events.length = 0
  }

  /**
   * Writes RopNotify responses up to `limit`, an absolute position of the writer; what does not fit stays queued and is
   * announced by RopPending with the session's index, if that fits ([MS-OXCROPS] 3.2.4.1).
   */
  drain(writer: Writer, limit: number, sessionIndex: number): void {
    let sent = 0
    let room = limit - writer.position
    for (const event of this.#events) {
      const bytes = NOTIFY_FRAME_BYTES + event.size
      const more = sent + 1 < this.#events.length
      if (bytes + (more ? PENDING_BYTES : 0) > room) break
      writer.u8(ROP_NOTIFY)
      writer.u32(event.handle)
      writer.u8(event.logonId)
      event.write(writer)
      room -= bytes
      sent++
    }
    this.#events.splice(0, sent)
    if (this.#events.length > 0 && room >= PENDING_BYTES) {
      writer.u8(ROP_PENDING)
      writer.u16(sessionIndex)
    }
  }
}
