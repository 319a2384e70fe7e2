/** How a password is kept: salted scrypt ([RFC 7914]) with its own cost, so that the cost can rise later. */
export interface PasswordRecord {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
  /** CPU and memory cost N (a power of two), block size r and parallelization p. */
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** One mail-enabled user. What is here never changes under the same GUID but for the fields that `change` takes. */
export interface Principal {
  /** GUID of the directory object. */
  readonly guid: string
  /** Primary SMTP address in lower case. */
  readonly address: string
  /** Further SMTP addresses in lower case. */
  readonly aliases: readonly string[]
  readonly displayName: string
  /** Part of the primary address before and after the `@`. */
  readonly alias: string
  readonly domain: string
  /** `/o=.../ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=<32 hex>-<alias>`. */
  readonly legacyDn: string
  readonly mailboxGuid: string
  /** Number of the mailbox in the store's keys. */
  readonly mailboxNumber: number
  /** Null: nobody can log on as this principal (a shared mailbox, a resource). */
  readonly passwordRecord: PasswordRecord | null
  /** Addresses of the mailboxes that this principal may open as if they were its own. */
  readonly fullAccess: readonly string[]
}
