import { scrypt, timingSafeEqual } from 'node:crypto'
import type { Runtime } from '../runtime.js'
import type { PasswordRecord } from './scrypt-record.js'

/** RFC 7914 parameters of new records: 16 MiB and some 40 ms of one core. */
const COST = 16384
const BLOCK_SIZE = 8
const PARALLELIZATION = 1
const HASH_BYTES = 32
const SALT_BYTES = 16
/** Passwords that may wait for their turn; beyond it a log-on is refused at once. */
const QUEUE_LIMIT = 1024

/**
 * Hashes and checks passwords one at a time: scrypt runs on the thread pool that also serves the disk, and several at
 * once would hold up every commit.
 */
export class Passwords {
  private last: Promise<unknown> = Promise.resolve()
  private waiting = 0

  constructor(
    private readonly runtime: Runtime,
    private readonly cost: number = COST
  ) {}

  /** True when no more log-ons should be taken. */
  get busy(): boolean {
    return this.waiting >= QUEUE_LIMIT
  }

  /** A record with a fresh salt. */
  async hash(password: string): Promise<PasswordRecord> {
    const blank = this.blank()
    return { ...blank, hash: await this.derive(password, blank) }
  }

  /** A record of no password: checking one against it costs what any check costs. */
  blank(): PasswordRecord {
    const [salt, hash] = [new Uint8Array(SALT_BYTES), new Uint8Array(HASH_BYTES)]
    this.runtime.random(salt)
    return { salt, hash, cost: this.cost, blockSize: BLOCK_SIZE, parallelization: PARALLELIZATION }
  }

  /** Compares in constant time. */
  async verify(password: string, record: PasswordRecord): Promise<boolean> {
    return timingSafeEqual(await this.derive(password, record), record.hash)
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
