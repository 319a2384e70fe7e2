import type { Organization } from './directory.js'
import type { PasswordRecord, Principal } from './principal.js'

/** Version of the records: a byte before the text, so that a later form can be told apart. */
const VERSION = 1

/** The password as text, binary parts in base64. */
interface StoredPassword {
  salt: string
  hash: string
  cost: number
  blockSize: number
  parallelization: number
}

/** Principals are few and read once at the opening; a text that a person can read is worth more here than speed. */
export function writePrincipal(principal: Principal): Uint8Array {
  const { passwordRecord, ...plain } = principal
  const password: StoredPassword | null =
    passwordRecord === null
      ? null
      : {
          ...passwordRecord,
          salt: Buffer.from(passwordRecord.salt).toString('base64'),
          hash: Buffer.from(passwordRecord.hash).toString('base64')
        }
  return write({ ...plain, password })
}

export function parsePrincipal(record: Uint8Array): Principal {
  const { password, ...plain } = parse(record) as unknown as Omit<Principal, 'passwordRecord'> & {
    password: StoredPassword | null
  }
  const passwordRecord: PasswordRecord | null =
    password === null
      ? null
      : { ...password, salt: Buffer.from(password.salt, 'base64'), hash: Buffer.from(password.hash, 'base64') }
  return { ...plain, passwordRecord }
}

export function writeOrganization(organization: Organization): Uint8Array {
  return write({ ...organization })
}

export function parseOrganization(record: Uint8Array): Organization {
  return parse(record) as unknown as Organization
}

function write(value: Record<string, unknown>): Uint8Array {
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(JSON.stringify(value), 'utf8')])
}

function parse(record: Uint8Array): Record<string, unknown> {
  if (record[0] !== VERSION) throw new Error(`directory record of unknown version ${record[0]}`)
  return JSON.parse(Buffer.from(record.buffer, record.byteOffset + 1, record.byteLength - 1).toString('utf8'))
}
