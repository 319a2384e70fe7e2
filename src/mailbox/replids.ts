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
   * The REPLID of a GUID; undefined when it is not mapped, and no batch is given to map it in or all REPLIDs are taken.
   * A new mapping is known at once, so that later ids of the same turn find it, and forgotten if the turn fails.
   */
  replidOf(batch: Batch | null, replicaGuid: string): number | undefined {
    const guid = replicaGuid.toLowerCase()
    const known = this.replids.get(guid)
    if (known !== undefined || batch === null) return known
    const replid = this.guids.size + 1
    if (replid > MAX_REPLID) return undefined
    const key = keys.replid.of(this.mailbox, replid)
    if (batch.find(key) !== undefined) return undefined
    batch.put(key, guidBytes(guid))
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
