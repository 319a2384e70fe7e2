import type { Counters } from '../../store/counters.js'
import { type Batch, keys } from '../../store/index.js'
import { type Mid, makeId } from '../oxcdata/ids.js'
import type { MailboxEvent, MailboxEvents } from './events.js'
import {
  copyCounters,
  type FolderCounters,
  type FolderNode,
  LAST_ID_BLOCK,
  liveBytes,
  writeCounters,
  writeFolder
} from './folders/folder-node.js'
import type { FolderTree } from './folders/folder-tree.js'
import type { MailboxSpace } from './mailbox-limits.js'
import type { WriteTurn } from './writer-turns.js'

/** Name of the line of object ids and of the line of change numbers in the store's counters. */
export const OBJECT_LINE = 'object'
export const CHANGE_LINE = 'change'

/**
 * A writer turn with what changes of folders it gathers: counters and folder records are written once per folder, when
 * the turn ends, and become the resident state when the batch has been queued.
 */
export class MailboxTurn {
  private readonly counterCopies = new Map<FolderNode, FolderCounters>()
  readonly batch: Batch
  private moment: bigint
  private isBackdated = false
  private readonly endings: (() => void)[] = []

  constructor(
    private readonly turn: WriteTurn,
    private readonly mailbox: number,
    private readonly lines: Counters,
    private readonly events: MailboxEvents,
    private readonly tree: FolderTree,
    private readonly space: MailboxSpace,
    time: bigint,
    /** Told of what the turn does while it does it. */
    private readonly watch?: (turn: MailboxTurn, event: MailboxEvent) => void
  ) {
    this.batch = turn.batch
    this.moment = time
  }

  /** The moment of the turn as FILETIME: one for all that it changes. */
  get time(): bigint {
    return this.moment
  }

  /** Gives the turn a moment of its own, as worlds have one. Before anything else is done in it. */
  backdate(time: bigint): void {
    this.moment = time
    this.isBackdated = true
  }

  nextCn(): number {
    return this.turn.nextCn()
  }

  after(callback: () => void): void {
    this.turn.after(callback)
  }

  /** Called when the turn's work is done, before its commit: the place to write what it gathered. */
  atEnd(callback: () => void): void {
    this.endings.push(callback)
  }

  /** Says what the turn does to an object; told to others once it is on disk. */
  tell(event: MailboxEvent): void {
    this.watch?.(this, event)
    this.events.add(this.batch, event)
  }

  /** The counters of a folder as this turn changes them. */
  counters(node: FolderNode): FolderCounters {
    let copy = this.counterCopies.get(node)
    if (copy === undefined) {
      copy = copyCounters(node.counters)
      if (copy.localCommitTimeMax < this.time) copy.localCommitTimeMax = this.time
      // Clients compare it to learn that something has changed, so it rises whatever moment was given.
      else if (this.isBackdated) copy.localCommitTimeMax++
      this.counterCopies.set(node, copy)
    }
    return copy
  }

  /** What `bytes` were just added to must have had room for them: see MailboxSpace. */
  demandSpace(bytes: number): void {
    const { space } = this
    if (space.mostBytes === null) return
    let after = space.sizeBytes
    for (const [node, counters] of this.counterCopies) {
      if (node.type !== 'search') after += liveBytes(counters) - liveBytes(node.counters)
    }
    space.demandGrowth(after - bytes, after)
  }

  /** A new id for a message of the folder, from the folder's own block. */
  takeMid(node: FolderNode): Mid {
    const counters = this.counters(node)
    if (counters.nextId === counters.endId) {
      counters.nextId = this.lines.take(this.mailbox, OBJECT_LINE, counters.blockSize)
      counters.endId = counters.nextId + counters.blockSize
      counters.blockSize = Math.min(counters.blockSize * 2, LAST_ID_BLOCK)
    }
    return makeId(1, counters.nextId++)
  }

  /** An id that belongs to no folder's block: for folders themselves. */
  takeFid(): number {
    return makeId(1, this.lines.take(this.mailbox, OBJECT_LINE))
  }

  /**
   * Writes a folder's record in a changed form; the node itself changes when the batch is queued, inside `around`, which
   * keeps the tree in agreement.
   */
  putFolderLater(
    node: FolderNode,
    change: Parameters<typeof writeFolder>[1],
    around: (apply: () => void) => void = apply => apply()
  ): void {
    this.batch.put(keys.folder.of(this.mailbox, node.fid), writeFolder(node, change))
    this.after(() => around(() => void Object.assign(node, change)))
  }

  deleteFolder(node: FolderNode): void {
    this.counterCopies.delete(node)
    this.batch.delete(keys.folder.of(this.mailbox, node.fid))
    this.batch.delete(keys.folderCounters.of(this.mailbox, node.fid))
    for (const { memberId } of node.permissionRows) {
      this.batch.delete(keys.permission.of(this.mailbox, node.fid, memberId))
    }
    for (const { id } of node.rules) this.batch.delete(keys.rule.of(this.mailbox, node.fid, id))
  }

  /** Puts what was gathered into the batch; the last thing before its commit. */
  finish(): void {
    for (const ending of this.endings) ending()
    for (const [node, counters] of this.counterCopies) {
      const { contentCount, unreadCount } = counters
      if (contentCount !== node.counters.contentCount || unreadCount !== node.counters.unreadCount) {
        this.tell({ kind: 'folderCounts', fid: node.fid, contentCount, unreadCount })
      }
      this.batch.put(keys.folderCounters.of(this.mailbox, node.fid), writeCounters(counters))
      this.after(() => this.tree.count(node, counters))
    }
  }
}
