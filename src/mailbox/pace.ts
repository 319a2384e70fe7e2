import type { Store } from '../../store/index.js'

/** What may lie in the store's queue while a long operation adds to it: some writes ahead of the disk, so that it never waits. */
const MOST_QUEUED_BYTES = 256 << 10

/**
 * Keeps a long operation at the pace of the disk, to be called after each of its commits; a promise to wait for when it is ahead. What
 * it queued would stand before everybody else's saves, and lie in memory for so long that the garbage collector moves it about.
 */
export function keepPace(store: Store): Promise<void> | undefined {
  return store.queuedBytes <= MOST_QUEUED_BYTES ? undefined : wait(store)
}

async function wait(store: Store): Promise<void> {
  while (store.queuedBytes > MOST_QUEUED_BYTES) await store.whenDurable(store.durableSequence + 1)
}
