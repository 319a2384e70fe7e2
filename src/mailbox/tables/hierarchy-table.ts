import type { PropertyTag } from '../../oxcdata/property-tag.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Actor, HierarchyTableOptions } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import type { FolderNode } from '../folders/folder-node.js'
import { folderComputed, folderValue } from '../folders/folder-properties.js'
import type { MailboxCore } from '../mailbox-core.js'
import { maySee, rightsOn } from '../permissions/access.js'
import { int32 } from '../stored-values.js'
import { type ListRow, ListTable } from './list-table.js'

/** Columns of a hierarchy table beyond the computed ones. */
const STORED_COLUMNS: readonly PropertyTag[] = [
  tags.PidTagDisplayName,
  tags.PidTagComment,
  tags.PidTagContainerClass,
  tags.PidTagCreationTime,
  tags.PidTagLastModificationTime,
  tags.PidTagAttributeHidden,
  tags.PidTagExtendedFolderFlags,
  tags.PidTagDefaultPostMessageClass
]

/** The folders below a folder ([MS-OXCFOLD] 2.2.1.13), direct ones or all of them, in the order of their ids. */
export class HierarchyTable extends ListTable {
  readonly source = 'hierarchy'
  private readonly core: MailboxCore
  private readonly node: FolderNode
  private readonly depth: boolean
  private readonly softDeleted: boolean
  private readonly actor: Actor

  private constructor(folder: StoreFolder, options: HierarchyTableOptions, actor: Actor) {
    super(folder.core.localeId)
    this.core = folder.core
    this.node = folder.node
    this.depth = options.depth
    this.softDeleted = options.softDeleted
    this.actor = actor
  }

  static open(folder: StoreFolder, options: HierarchyTableOptions, actor: Actor): HierarchyTable {
    return new HierarchyTable(folder, options, actor)
  }

  allColumns(): PropertyTag[] {
    const computed = [...folderComputed].map(([id, { type }]) => ((id << 16) | type) >>> 0)
    return [...new Set([...computed, tags.PidTagDepth, ...STORED_COLUMNS])]
  }

  protected listRows(): ListRow[] {
    const rows: ListRow[] = []
    this.collect(this.node, 1, rows)
    return rows
  }

  private collect(parent: FolderNode, depth: number, rows: ListRow[]): void {
    const children = [...parent.children.values()].sort((a, b) => a.fid - b.fid)
    for (const child of children) {
      // What lies below a folder that is not seen may be seen, where somebody was let in there.
      const isShown = child.softDeleted === this.softDeleted && maySee(this.core, child, this.actor)
      if (isShown) rows.push(new FolderRow(this.core, child, depth, this.actor))
      // Below a soft-deleted folder everything has gone with it; below a visible one there may be soft-deleted ones.
      if (this.depth && !child.softDeleted) this.collect(child, depth + 1, rows)
    }
  }
}

class FolderRow implements ListRow {
  constructor(
    readonly core: MailboxCore,
    readonly node: FolderNode,
    private readonly depth: number,
    private readonly actor: Actor
  ) {}

  get rights(): number {
    return rightsOn(this.core, this.node, this.actor)
  }

  get unreadCount(): number | undefined {
    const { readStates } = this.core
    return readStates === undefined ? this.node.counters.unreadCount : readStates.of(this.actor).unreadCount(this.node)
  }

  get key(): number {
    return this.node.fid
  }

  value(tag: PropertyTag): Uint8Array | undefined {
    return tag === tags.PidTagDepth ? int32(this.depth) : folderValue(this, tag)
  }
}
