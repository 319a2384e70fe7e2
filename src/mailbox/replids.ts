import { type Batch, keys, type Store } from '../../store/index.js'
import { formatGuid } from '../bufferstructs/index.js'
import { MAX_REPLID } from '../oxcdata/ids.js'
import { guidBytes } from './change-key.js'

/** REPLID of the mailbox's own replica. */
export const OWN_REPLID = 1

/**
 * Which replica GUID each REPLID of a mailbox stands for ([MS-OXCSTOR] 3.2.5.8, 3.2.5.9). REPLID 1 is the replica of the
 * mailbox itself; at most 31 are mapped, because ids in memory have no room for more.
 */
export class Replids {
  private readonly guids = new Map<number, string>()
  private readonly replids = new Map<string, number>()
  /** Mappings of batches that are not committed yet. */
  private readonly staged = new WeakMap<Batch, Map<string, number>>()

  constructor(
    private readonly store: Store,
    private readonly mailbox: number,
    readonly replicaGuid: string
  ) {
    this.remember(OWN_REPLID, replicaGuid.toLowerCase())
  }

  async load(): Promise<void> {
    for (const { key, value } of await this.store.range(keys.replid.range(this.mailbox))) {
      this.remember(keys.replid.parse(key).replid, formatGuid(value, 0))
    }
  }

  /** The GUID behind a REPLID, undefined when it is not mapped. */
  guidOf(replid: number): string | undefined {
    return this.guids.get(replid)
  }

  /**
   * The REPLID of a GUID; undefined when it is not mapped and `create` is not set, or all REPLIDs are taken. A new mapping
   * goes into the batch and is known once it is committed.
   */
  replidOf(batch: Batch | null, replicaGuid: string, create: boolean): number | undefined {
    const guid = replicaGuid.toLowerCase()
    const known = this.replids.get(guid)
    if (known !== undefined || batch === null || !create) return known
    let staged = this.staged.get(batch)
    if (staged === undefined) {
      staged = new Map()
      this.staged.set(batch, staged)
    }
    const replid = staged.get(guid) ?? this.guids.size + staged.size + 1
    if (replid > MAX_REPLID) return undefined
    if (staged.has(guid)) return replid
    staged.set(guid, replid)
    batch.put(keys.replid.of(this.mailbox, replid), guidBytes(guid))
    batch.whenCommitted(() => this.remember(replid, guid))
    return replid
  }

  /** All mappings, REPLIDs ascending. */
  entries(): { replid: number; guid: string }[] {
    return [...this.guids].sort(([a], [b]) => a - b).map(([replid, guid]) => ({ replid, guid }))
  }

  private remember(replid: number, guid: string): void {
    this.guids.set(replid, guid)
    this.replids.set(guid, replid)
  }
}
