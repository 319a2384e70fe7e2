/** How a password is kept: salted scrypt ([RFC 7914]) with its own cost, so that the cost can rise later. */
export interface PasswordRecord {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
  /** CPU and memory cost N (a power of two), block size r and parallelization p. */
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

type Written = Omit<PasswordRecord, 'salt' | 'hash'> & { salt: string; hash: string }

const BRACE = 0x7b

/** The record alone as a secret, the form in which it was kept before there was an NT hash: JSON, binary parts in base64. */
export function writeScryptRecord(record: PasswordRecord): Uint8Array {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return Buffer.from(JSON.stringify({ ...record, salt: base64(record.salt), hash: base64(record.hash) }), 'utf8')
}

/** Tells this form from sealed secrets, which begin with a version. */
export function isScryptRecord(secret: Uint8Array): boolean {
  return secret[0] === BRACE
}

/** Undefined when it is damaged. */
export function parseScryptRecord(bytes: Uint8Array): PasswordRecord | undefined {
  try {
    const { salt, hash, ...costs } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Written
    if (![costs.cost, costs.blockSize, costs.parallelization].every(Number.isSafeInteger)) return undefined
    return { ...costs, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
  } catch {
    return undefined
  }
}
