import { Blobs } from './blobs.js'
import { Counters } from './counters.js'
import { deleteRange } from './delete-range.js'
import type { Engine } from './engine.js'
import { rangeOfMailbox, TEMPORARY_MAILBOX } from './keys.js'
import { LevelEngine, type LevelEngineOptions } from './level-engine.js'
import { mailboxNumbers } from './mailbox-numbers.js'
import { migrate } from './migrate.js'
import { Store, type StoreOptions } from './store.js'

/** A store that was opened in order, with what hands out its numbers and keeps its large values. */
export interface ObjectStore {
  readonly store: Store
  readonly counters: Counters
  readonly blobs: Blobs
  /** After a failure: forgets what is not on disk, then goes on as after opening. What was read before may not exist. */
  reopen(): Promise<void>
  /** From now on nothing is written into a mailbox but deletions: it is being removed. */
  retire(mailbox: number): void
  /** Gives unused numbers back, waits until everything is durable, closes the engine. */
  close(): Promise<void>
}

/** Opens a store over an engine: checks its format and clears away what the last run left half done. */
export async function openStore(
  engine: Engine,
  options: StoreOptions & { pieceBytes?: number } = {}
): Promise<ObjectStore> {
  const store = new Store(engine, options)
  try {
    await migrate(store)
    const counters = new Counters(store)
    const blobs = new Blobs(store, counters, { pieceBytes: options.pieceBytes })
    await tidy(store, blobs)
    return {
      store,
      counters,
      blobs,
      async reopen() {
        await store.reopen()
        blobs.forgetWriters()
        await tidy(store, blobs)
      },
      retire(mailbox) {
        counters.retire(mailbox)
        blobs.retire(mailbox)
      },
      async close() {
        if (store.failed === undefined) {
          await blobs.whenIdle()
          counters.settle()
        }
        await store.close()
      }
    }
  } catch (error) {
    await store.close().catch(() => {})
    throw error
  }
}

/** Deletes the temporary key space and whatever half-written or half-deleted large values were left. */
async function tidy(store: Store, blobs: Blobs): Promise<void> {
  await deleteRange(store, rangeOfMailbox(TEMPORARY_MAILBOX))
  for await (const mailbox of mailboxNumbers(store)) await blobs.sweep(mailbox)
  if (store.failed !== undefined) throw store.failed
}

/** Opens the store in a directory, which is made when it is missing. A StoreLocked when another process has it open. */
export async function openStoreDirectory(
  directory: string,
  options: StoreOptions & LevelEngineOptions = {}
): Promise<ObjectStore> {
  return openStore(await LevelEngine.open(directory, options), options)
}
