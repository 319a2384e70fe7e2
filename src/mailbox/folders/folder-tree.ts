import type { Fid } from '../../oxcdata/ids.js'
import { type FolderCounters, type FolderNode, foldName, liveBytes } from './folder-node.js'

/** The resident folder tree of a mailbox: every folder, soft-deleted ones too. */
export class FolderTree {
  private readonly nodes = new Map<Fid, FolderNode>()
  /** Bytes in all folders; undefined when they have to be counted anew because folders came, went or moved. */
  private bytes: number | undefined

  constructor(nodes: Iterable<FolderNode>) {
    for (const node of nodes) this.nodes.set(node.fid, node)
    for (const node of this.nodes.values()) this.link(node)
  }

  get size(): number {
    return this.nodes.size
  }

  find(fid: Fid): FolderNode | undefined {
    return this.nodes.get(fid)
  }

  all(): IterableIterator<FolderNode> {
    return this.nodes.values()
  }

  /** Bytes in all folders but those that are soft-deleted and those that only show what lies elsewhere. */
  get contentBytes(): number {
    if (this.bytes !== undefined) return this.bytes
    let bytes = 0
    for (const node of this.nodes.values()) if (this.counts(node)) bytes += liveBytes(node.counters)
    this.bytes = bytes
    return bytes
  }

  /** Gives a folder its changed counters. */
  count(node: FolderNode, counters: FolderCounters): void {
    if (this.bytes !== undefined && this.nodes.get(node.fid) === node && this.counts(node)) {
      this.bytes += liveBytes(counters) - liveBytes(node.counters)
    }
    node.counters = counters
  }

  private counts(node: FolderNode): boolean {
    return node.type !== 'search' && !this.isSoftDeleted(node)
  }

  add(node: FolderNode): void {
    this.bytes = undefined
    this.nodes.set(node.fid, node)
    this.link(node)
  }

  /** Takes a folder out for good, with everything below it. */
  remove(node: FolderNode): void {
    this.bytes = undefined
    for (const below of [...node.subtree()]) {
      below.isGone = true
      this.nodes.delete(below.fid)
    }
    this.unlink(node)
  }

  /** A child with this name, compared without case; soft-deleted ones do not count. */
  childNamed(parent: FolderNode, displayName: string): FolderNode | undefined {
    const fid = parent.childNames.get(foldName(displayName))
    return fid === undefined ? undefined : this.nodes.get(fid)
  }

  /** A folder is soft-deleted when it or one above it is. */
  isSoftDeleted(node: FolderNode): boolean {
    for (let at: FolderNode | undefined = node; at !== undefined; at = at.parent) if (at.softDeleted) return true
    return false
  }

  /** To be called around a change of a folder's parent, name or deletion mark. */
  relink(node: FolderNode, change: () => void): void {
    this.bytes = undefined
    this.unlink(node)
    change()
    this.link(node)
  }

  private link(node: FolderNode): void {
    const parent = this.nodes.get(node.parentFid)
    node.parent = parent
    if (parent === undefined) return
    parent.children.set(node.fid, node)
    if (!node.softDeleted) parent.childNames.set(foldName(node.displayName), node.fid)
  }

  private unlink(node: FolderNode): void {
    const { parent } = node
    if (parent === undefined) return
    parent.children.delete(node.fid)
    const name = foldName(node.displayName)
    if (parent.childNames.get(name) === node.fid) parent.childNames.delete(name)
  }
}
