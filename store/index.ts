export { Batch } from './batch.js'
export type { Engine, Entry, PageOptions, RangeOptions } from './engine.js'
export {
  compareKeys,
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
export { MemoryEngine } from './memory-engine.js'
export { type Durability, Store, type StoreOptions, type StoreReader, type StoreSnapshot } from './store.js'
export { StoreError, type StoreErrorKind, StoreLocked } from './store-error.js'
