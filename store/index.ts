export { Batch } from './batch.js'
export { BlobReader } from './blob-reader.js'
export { BlobWriter } from './blob-writer.js'
export { type BlobReference, Blobs } from './blobs.js'
export { Counters } from './counters.js'
export { deleteRange } from './delete-range.js'
export type { Engine, Entry, PageOptions, RangeOptions } from './engine.js'
export {
  compareKeys,
  escapedPart,
  keys,
  mailboxOf,
  printableKey,
  rangeOf,
  rangeOfMailbox,
  SERVER_MAILBOX,
  successor,
  TEMPORARY_MAILBOX
} from './keys.js'
export { LevelEngine } from './level-engine.js'
export { mailboxNumbers } from './mailbox-numbers.js'
export { MemoryEngine } from './memory-engine.js'
export { type ObjectStore, openStore, openStoreDirectory } from './open-store.js'
export { type Durability, Store, type StoreOptions, type StoreReader, type StoreSnapshot } from './store.js'
export { StoreError, type StoreErrorKind, StoreLocked } from './store-error.js'
