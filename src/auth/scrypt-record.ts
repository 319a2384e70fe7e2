/** How a password is kept: salted scrypt ([RFC 7914]) with its own cost, so that the cost can rise later. */
export interface PasswordRecord {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
  /** CPU and memory cost N (a power of two), block size r and parallelization p. */
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** The record as bytes: JSON, binary parts in base64. */
export function writeScryptRecord(record: PasswordRecord): Uint8Array {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return Buffer.from(JSON.stringify({ ...record, salt: base64(record.salt), hash: base64(record.hash) }), 'utf8')
}

export function parseScryptRecord(bytes: Uint8Array): PasswordRecord {
  const record = JSON.parse(Buffer.from(bytes).toString('utf8')) as Omit<PasswordRecord, 'salt' | 'hash'> & {
    salt: string
    hash: string
  }
  return { ...record, salt: Buffer.from(record.salt, 'base64'), hash: Buffer.from(record.hash, 'base64') }
}
