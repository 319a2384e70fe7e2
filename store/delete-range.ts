import { Batch } from './batch.js'
import type { Store } from './store.js'

/** Keys deleted with one commit, so that neither the event loop nor other writers wait long. */
const SLICE = 256

/**
 * Deletes all keys of a range, slice by slice, each durable before the next, and says how many there were. Stops early when
 * `goesOn`, asked before each slice, says no.
 */
export async function deleteRange(
  store: Store,
  range: { gte: Uint8Array; lt: Uint8Array },
  slice = SLICE,
  goesOn: () => boolean = () => true
): Promise<number> {
  let deleted = 0
  let { gte } = range
  while (goesOn()) {
    const entries = await store.range({ gte, lt: range.lt, limit: slice, keysOnly: true })
    if (entries.length === 0) return deleted
    const batch = new Batch()
    for (const { key } of entries) batch.delete(key)
    await store.whenDurable(store.commit(batch))
    deleted += entries.length
    if (entries.length < slice) return deleted
    // Going on from here spares the walk over the tombstones that the slice has just left.
    gte = entries[entries.length - 1].key
  }
  return deleted
}
