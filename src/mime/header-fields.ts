import { decodeWords, type Email } from 'postal-mime'
import * as named from '../oxprops/named-properties.generated.js'
import { PS_INTERNET_HEADERS } from '../oxprops/property-sets.js'
import type { HeaderField } from '../transport/transport-message.js'

/** Head lines that organizations keep to themselves ([MS-OXCMAIL] 2.2.3.2.28). */
const RESERVED = /^x-ms-exchange-(organization|forest)-/i

/** Names of head lines that have a named property of their own ([MS-OXPROPS]). */
const NAMED = new Set(
  Object.values(named)
    .filter(property => typeof property === 'object' && 'guid' in property && property.guid === PS_INTERNET_HEADERS)
    .map(property => ('name' in property ? String(property.name).toLowerCase() : ''))
)

/** Those that say something in a property of the message, or about the form of the MIME text. */
const MAPPED = new Set([
  ...[
    'x-priority',
    'x-msmail-priority',
    'x-auto-response-suppress',
    'x-message-flag',
    'x-mimeole',
    'x-ms-tnef-correlator'
  ]
])

/** More of them in one message are left out: a mailbox has only so many names. */
const MOST_FIELDS = 100

/** Values of all fields of a name, decoded. */
export function fieldsOf(email: Email, name: string): string[] {
  return email.headers.filter(({ key }) => key === name).map(({ value }) => decodeWords(value).trim())
}

/** Value of the first field of a name, decoded; undefined when there is none or it is empty. */
export function fieldOf(email: Email, name: string): string | undefined {
  const [first] = fieldsOf(email, name)
  return first === undefined || first === '' ? undefined : first
}

/** Fields that become string properties of PS_INTERNET_HEADERS: those of senders' own making and those that are named. */
export function ownFields(email: Email): HeaderField[] {
  const fields = new Map<string, HeaderField>()
  for (const { key, originalKey, value } of email.headers) {
    if (!key.startsWith('x-') && !NAMED.has(key)) continue
    if (MAPPED.has(key) || RESERVED.test(key) || fields.has(key) || fields.size === MOST_FIELDS) continue
    fields.set(key, { name: originalKey, value: decodeWords(value).trim() })
  }
  return [...fields.values()]
}

/** PidTagTransportMessageHeaders: the head as it came, without what is reserved ([MS-OXCMAIL] 2.2.3.2.28). */
export function transportHeaders(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = /\r?\n\r?\n/.exec(text.subarray(0, HEAD_LIMIT).toString('latin1'))
  const head = text.subarray(0, end === null ? HEAD_LIMIT : end.index).toString('utf8')
  const lines = head.split(/\r?\n(?![\t ])/).filter(line => !RESERVED.test(line))
  return `${lines.map(line => line.replace(/\r?\n/g, '\r\n')).join('\r\n')}\r\n`
}

const HEAD_LIMIT = 1 << 20
