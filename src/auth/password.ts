import { scrypt, timingSafeEqual } from 'node:crypto'
import type { Runtime } from '../runtime.js'
import type { PasswordRecord } from './scrypt-record.js'

/** RFC 7914 parameters of new records: 16 MiB and some 40 ms of one core. */
const COST = 16384
const BLOCK_SIZE = 8
const PARALLELIZATION = 1
const HASH_BYTES = 32
/** Passwords that may wait for their turn; beyond it a log-on is refused at once. */
const QUEUE_LIMIT = 1024

export interface PasswordCost {
  cost?: number
}

/**
 * Hashes and checks passwords one at a time: scrypt runs on the thread pool that also serves the disk, and several at
 * once would hold up every commit.
 */
export class Passwords {
  private last: Promise<unknown> = Promise.resolve()
  private waiting = 0
  /** Checked in place of the record of a user who does not exist or has no password, so that both cost the same. */
  private readonly decoy: PasswordRecord

  constructor(
    private readonly runtime: Runtime,
    private readonly cost: number = COST
  ) {
    this.decoy = this.record(new Uint8Array(HASH_BYTES))
  }

  /** True when no more log-ons should be taken. */
  get busy(): boolean {
    return this.waiting >= QUEUE_LIMIT
  }

  /** A record with a fresh salt. */
  async hash(password: string): Promise<PasswordRecord> {
    const blank = this.record(new Uint8Array(HASH_BYTES))
    return { ...blank, hash: await this.derive(password, blank) }
  }

  /** Compares in constant time; a null record costs as much as any and is never right. */
  async verify(password: string, record: PasswordRecord | null): Promise<boolean> {
    const against = record ?? this.decoy
    const derived = await this.derive(password, against)
    const equal = timingSafeEqual(derived, against.hash)
    return record !== null && equal
  }

  private record(hash: Uint8Array): PasswordRecord {
    const salt = this.runtime.random(new Uint8Array(16))
    return { salt, hash, cost: this.cost, blockSize: BLOCK_SIZE, parallelization: PARALLELIZATION }
  }

  private derive(password: string, record: PasswordRecord): Promise<Buffer> {
    this.waiting++
    const turn = this.last.then(() => derive(password, record))
    this.last = turn.catch(() => {})
    return turn.finally(() => this.waiting--)
  }
}

function derive(password: string, { salt, hash, cost, blockSize, parallelization }: PasswordRecord): Promise<Buffer> {
  const maxmem = 128 * cost * blockSize * 2
  const options = { N: cost, r: blockSize, p: parallelization, maxmem }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, hash.length, options, (error, key) =>
      error ? reject(error) : resolve(key)
    )
  })
}
