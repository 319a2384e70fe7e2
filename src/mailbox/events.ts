import type { Batch, Store } from '../../store/index.js'
import type { Cn, Fid, Mid } from '../oxcdata/ids.js'

/** What a commit did to one object, as plain data: hints for notifications and tables; the indexes are the truth. */
export type MailboxEvent =
  | { kind: 'messageCreated'; fid: Fid; mid: Mid; associated: boolean; cn: Cn }
  | {
      kind: 'messageChanged'
      fid: Fid
      mid: Mid
      associated: boolean
      cn: Cn
      what: 'content' | 'readState'
      /** GUID of the one whose read state it is, in a public store; nobody else's has changed. */
      reader?: string
    }
  | { kind: 'messageDeleted'; fid: Fid; mid: Mid; associated: boolean; hard: boolean }
  | {
      kind: 'messageMoved' | 'messageCopied'
      fid: Fid
      mid: Mid
      associated: boolean
      cn: Cn
      oldFid: Fid
      oldMid: Mid
    }
  | { kind: 'folderCreated' | 'folderChanged'; fid: Fid; parentFid: Fid; cn: Cn }
  | { kind: 'folderDeleted'; fid: Fid; parentFid: Fid; hard: boolean }
  | { kind: 'folderMoved'; fid: Fid; parentFid: Fid; cn: Cn; oldParentFid: Fid }
  /** A search folder shows another message, shows it with another row, or shows it no more; `homeFid` holds it. */
  | { kind: 'searchRowAdded' | 'searchRowChanged'; fid: Fid; mid: Mid; homeFid: Fid }
  | { kind: 'searchRowRemoved'; fid: Fid; mid: Mid }
  /** The population of a search folder has come to its end ([MS-OXCNOTIF] 2.2.1.1, SearchComplete). */
  | { kind: 'searchComplete'; fid: Fid }
  | { kind: 'folderCounts'; fid: Fid; contentCount: number; unreadCount: number }

/** Events of one commit, waiting for the disk. */
interface Queued {
  readonly sequence: number
  readonly events: readonly MailboxEvent[]
}

/**
 * The events of one mailbox, in the order of commits, published when their commit is on disk and not before. What a failed
 * flush loses was never published.
 */
export class MailboxEvents {
  private readonly listeners = new Set<(event: MailboxEvent) => void>()
  private readonly gathered = new WeakMap<Batch, MailboxEvent[]>()
  private readonly queue: Queued[] = []

  constructor(private readonly store: Store) {
    store.onFailure(() => {
      this.queue.length = 0
    })
  }

  /** Calls `listener` with each event until the returned function is called. It must not throw. */
  subscribe(listener: (event: MailboxEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Says what a batch does; forgotten when the batch is not committed. */
  add(batch: Batch, event: MailboxEvent): void {
    if (this.listeners.size === 0) return
    const events = this.gathered.get(batch)
    if (events !== undefined) {
      events.push(event)
      return
    }
    const first = [event]
    this.gathered.set(batch, first)
    batch.whenCommitted(() => this.committed(first))
  }

  private committed(events: readonly MailboxEvent[]): void {
    const sequence = this.store.lastSequence
    this.queue.push({ sequence, events })
    const durable = this.store.whenDurable(sequence)
    if (durable === undefined) this.publish()
    else
      durable.then(
        () => this.publish(),
        () => {}
      )
  }

  /** Publishes everything that is on disk; an earlier commit is never overtaken. */
  private publish(): void {
    while (this.queue.length > 0 && this.queue[0].sequence <= this.store.durableSequence) {
      const { events } = this.queue.shift()!
      for (const event of events) for (const listener of this.listeners) listener(event)
    }
  }
}
