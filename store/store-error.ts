/** What went wrong: the fronts answer ecDatabaseError for all of them, the log and the tests tell them apart. */
export type StoreErrorKind =
  /** A record does not carry the checksum that it was written with, or a version that nobody wrote. */
  | 'corrupt'
  /** The engine failed to read. */
  | 'read'
  /** A batch could not be written or flushed. */
  | 'write'
  /** An earlier flush failed: nothing is read or committed until the store is opened again. */
  | 'failed'
  /** The store is closed. */
  | 'closed'
  /** More is queued than the hard bound allows: the caller ignored `whenRoom`. */
  | 'full'
  /** The directory was written by a newer format than this program knows. */
  | 'format'
  /** Another process has the directory open. */
  | 'locked'
  /** A large value or a piece of it that a record refers to is not there. */
  | 'blob'

/** A failure of the store. The key, where there is one, is in the message in printable form. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError'
  constructor(
    readonly kind: StoreErrorKind,
    message: string,
    options?: { cause?: unknown }
  ) {
    super(message, options)
  }
}

/** Another process (or another store of this one) has the directory open. */
export class StoreLocked extends StoreError {
  override readonly name = 'StoreLocked'
  constructor(
    readonly directory: string,
    options?: { cause?: unknown }
  ) {
    super(
      'locked',
      `the store in ${directory} is in use by another process; stop it or choose another directory`,
      options
    )
  }
}
