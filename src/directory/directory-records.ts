import { type AttributeName, type Attributes, attributeSpecs } from './attributes.js'
import type { Organization } from './directory.js'
import type { DirectoryEntry } from './directory-entry.js'
import { noLimits } from './principal.js'

/** Version of the records: a byte before the text, so that a later form can be told apart. */
const VERSION = 2

/** Entries are read once at the opening; a text that a person can read is worth more here than speed. Bytes are base64. */
export function writeEntry(entry: DirectoryEntry): Uint8Array {
  const attributes = Object.fromEntries(
    Object.entries(entry.attributes).map(([name, value]) => [name, toText(value as Attributes[AttributeName])])
  )
  if (!('secret' in entry)) return write({ ...entry, attributes })
  return write({ ...entry, attributes, secret: entry.secret === null ? null : base64(entry.secret) })
}

export function parseEntry(record: Uint8Array): DirectoryEntry {
  const plain = parse(record)
  if (record[0] === 1) return fromVersion1(plain)
  const attributes = Object.fromEntries(
    Object.entries(plain.attributes as Record<string, unknown>).map(([name, text]) => [name, fromText(name, text)])
  )
  if (!('secret' in plain)) return { ...plain, attributes } as unknown as DirectoryEntry
  const secret = plain.secret === null ? null : Buffer.from(plain.secret as string, 'base64')
  // Records of before there were other servers do not name one.
  return { homeServer: null, ...plain, attributes, secret } as unknown as DirectoryEntry
}

export function writeOrganization(organization: Organization): Uint8Array {
  return write({ ...organization })
}

export function parseOrganization(record: Uint8Array): Organization {
  return { addressLists: [], ...parse(record) } as unknown as Organization
}

/** The first form knew users only, and kept the scrypt record of the password as it was. */
function fromVersion1({ password, ...plain }: Record<string, unknown>): DirectoryEntry {
  return {
    ...plain,
    id: plain.mailboxNumber,
    kind: 'user',
    proxyAddresses: [],
    hidden: false,
    attributes: {},
    manager: null,
    delegates: [],
    secret: password === null ? null : Buffer.from(JSON.stringify(password), 'utf8'),
    disabled: false,
    roles: [],
    limits: noLimits,
    homeServer: null
  } as unknown as DirectoryEntry
}

function toText(value: Attributes[AttributeName]): unknown {
  if (value instanceof Uint8Array) return base64(value)
  if (Array.isArray(value)) return value.map(one => (one instanceof Uint8Array ? base64(one) : one))
  return value
}

function fromText(name: string, text: unknown): unknown {
  const type = attributeSpecs[name as AttributeName]?.type
  if (type === 'bytes') return Buffer.from(text as string, 'base64')
  if (type === 'bytesList') return (text as string[]).map(one => Buffer.from(one, 'base64'))
  return text
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function write(value: Record<string, unknown>): Uint8Array {
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(JSON.stringify(value), 'utf8')])
}

function parse(record: Uint8Array): Record<string, unknown> {
  if (record[0] !== VERSION && record[0] !== 1) throw new Error(`directory record of unknown version ${record[0]}`)
  return JSON.parse(Buffer.from(record.buffer, record.byteOffset + 1, record.byteLength - 1).toString('utf8'))
}
