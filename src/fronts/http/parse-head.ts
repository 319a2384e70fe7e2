import { RequestHead } from './request-head.js'
import { RequestTarget } from './request-target.js'

/** Header fields of one request at most; more is refused with 431. */
const FIELD_LIMIT = 100
const METHOD_LIMIT = 32
const TARGET_LIMIT = 8192

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09
const COLON = 0x3a
const DELETE = 0x7f

const TOKEN = 1
const TARGET = 2

/** Which bytes may stand in a token and in a request target (RFC 9110 5.6.2; RFC 9112 3.2). */
const CLASS = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  const character = String.fromCharCode(byte)
  if (/[A-Za-z0-9!#$%&'*+.^_`|~-]/.test(character)) CLASS[byte] |= TOKEN
  if (byte > SPACE && byte < 0x7f) CLASS[byte] |= TARGET
}

/** Offsets of the fields of the head that is being parsed: copied out at its end, so that parsing allocates once. */
const scratch: number[] = new Array(FIELD_LIMIT * 4).fill(0)

const METHODS = new Map<number, string>()
for (const method of ['POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'RPC_IN_DATA', 'RPC_OUT_DATA']) {
  METHODS.set(method.length * 256 + method.charCodeAt(0), method)
}

/**
 * Parses a complete head, `bytes[start, end)`, whose last four bytes are CR LF CR LF, in one pass. Any method token is
 * accepted. Returns the head, or the HTTP status that refuses it: 400, 414, 431 or 505. Strict where leniency lets two
 * servers disagree about a message: no folded lines, no space before a colon, no bare LF or CR, no control characters.
 * `last` is the target of the connection's last request, which is used again where this one has the same.
 */
export function parseHead(bytes: Buffer, start: number, end: number, last?: RequestTarget): RequestHead | number {
  let at = start
  while (CLASS[bytes[at]] & TOKEN) at++
  if (at === start || at - start > METHOD_LIMIT || bytes[at] !== SPACE) return 400
  const method = methodName(bytes, start, at)
  const targetStart = ++at
  while (CLASS[bytes[at]] & TARGET) at++
  if (at === targetStart || bytes[at] !== SPACE) return 400
  if (at - targetStart > TARGET_LIMIT) return 414
  const place =
    last?.equals(bytes, targetStart, at) === true ? last : new RequestTarget(bytes.toString('latin1', targetStart, at))
  const minor = version(bytes, at + 1)
  if (minor > 1) return minor
  at += 11
  let count = 0
  while (at < end - 2) {
    if (count === FIELD_LIMIT * 4) return 431
    scratch[count] = at
    while (CLASS[bytes[at]] & TOKEN) at++
    if (at === scratch[count] || bytes[at] !== COLON) return 400
    scratch[count + 1] = at++
    while (bytes[at] === SPACE || bytes[at] === TAB) at++
    scratch[count + 2] = at
    // Said in comparisons and not by the table: most bytes of a head are in values.
    for (let byte = bytes[at]; (byte >= SPACE && byte !== DELETE) || byte === TAB; ) byte = bytes[++at]
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return 400
    let last = at
    while (last > scratch[count + 2] && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--
    scratch[count + 3] = last
    count += 4
    at += 2
  }
  return new RequestHead(method, place, minor, bytes, scratch.slice(0, count))
}

/** Offset just behind the CR LF CR LF that ends the head, searched from `from` on; -1 while it is not there. */
export function findHeadEnd(bytes: Buffer, from: number, end: number): number {
  const at = bytes.indexOf('\r\n\r\n', from, 'latin1')
  return at < 0 || at + 4 > end ? -1 : at + 4
}

function methodName(bytes: Buffer, start: number, end: number): string {
  const known = METHODS.get((end - start) * 256 + bytes[start])
  if (known !== undefined) {
    let i = 0
    while (i < known.length && bytes[start + i] === known.charCodeAt(i)) i++
    if (i === known.length) return known
  }
  return bytes.toString('latin1', start, end)
}

/** Minor version of `HTTP/1.x CR LF` at `at`, else the status that refuses it: 505 for another major version, 400 for anything else. */
function version(bytes: Buffer, at: number): number {
  const name = bytes[at] === 0x48 && bytes[at + 1] === 0x54 && bytes[at + 2] === 0x54 && bytes[at + 3] === 0x50
  if (!name || bytes[at + 4] !== 0x2f || bytes[at + 6] !== 0x2e) return 400
  const major = bytes[at + 5] - 0x30
  const minor = bytes[at + 7] - 0x30
  if (major < 0 || major > 9 || minor < 0 || minor > 9 || bytes[at + 8] !== CR || bytes[at + 9] !== LF) return 400
  if (major !== 1) return 505
  return minor === 0 ? 0 : 1
}
