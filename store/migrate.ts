import { Batch } from './batch.js'
import { keys, SERVER_MAILBOX } from './keys.js'
import type { Store } from './store.js'
import { StoreError } from './store-error.js'

/** Rewrites the records of one format as the next. Must be harmless when it runs again after a crash in its middle. */
export type Migration = (store: Store) => Promise<void>

/** `migrations[n]` leads from format n + 1 to format n + 2; the newest format is one more than their number. */
export const migrations: readonly Migration[] = []

/**
 * Brings a store to the newest format, step by step, each step durable before the next. A store of a newer format, or
 * one that has keys but no format record, is refused with a StoreError of kind `format`, and nothing is changed.
 */
export async function migrate(store: Store, steps: readonly Migration[] = migrations): Promise<void> {
  const newest = steps.length + 1
  let format = await readFormat(store)
  if (format === undefined) {
    await writeFormat(store, newest)
    return
  }
  if (format > newest) {
    throw new StoreError(
      'format',
      `the store has format ${format}, this program knows formats up to ${newest}: use the program that wrote it or a newer one`
    )
  }
  for (; format < newest; format++) {
    await steps[format - 1](store)
    await writeFormat(store, format + 1)
  }
}

async function readFormat(store: Store): Promise<number | undefined> {
  const record = store.get(keys.format.of(SERVER_MAILBOX))
  if (record !== undefined) return Buffer.from(record).readUInt32BE()
  const [first] = await store.range({ gte: Buffer.alloc(0), lt: Buffer.alloc(9, 0xff), limit: 1, keysOnly: true })
  if (first === undefined) return undefined
  throw new StoreError('format', 'the directory holds a database that this program did not write')
}

async function writeFormat(store: Store, format: number): Promise<void> {
  const record = Buffer.alloc(4)
  record.writeUInt32BE(format)
  await store.whenDurable(store.commit(new Batch().put(keys.format.of(SERVER_MAILBOX), record).flushed()))
}
