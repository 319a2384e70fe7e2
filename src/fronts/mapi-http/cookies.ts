import type { RequestHead } from '../http/request-head.js'

const SPACE = 0x20
const EQUALS = 0x3d

/** Names that Exchange gives its cookies; clients treat them as opaque, traces and people do not. */
export const CookieName = {
  routing: 'MapiRouting',
  context: 'MapiContext',
  sequence: 'MapiSequence',
  backEnd: 'X-BackEndCookie'
} as const

/** Value of a cookie of the request; the first one where several have the name. Cookies may stand on several lines. */
export function cookie(head: RequestHead, name: string): string | undefined {
  const line = head.header('cookie')
  if (line === undefined) return undefined
  const found = cookieOf(line, name)
  if (found !== undefined || head.count('cookie') === 1) return found
  for (const other of head.headers('cookie')) {
    const value = cookieOf(other, name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Looks at the line in place: requests carry four cookies, and cutting them all out would make a dozen strings. */
function cookieOf(line: string, name: string): string | undefined {
  for (let at = 0; at < line.length; ) {
    let end = line.indexOf(';', at)
    if (end < 0) end = line.length
    while (line.charCodeAt(at) === SPACE) at++
    let nameEnd = at + name.length
    if (line.startsWith(name, at)) {
      while (line.charCodeAt(nameEnd) === SPACE) nameEnd++
      if (nameEnd < end && line.charCodeAt(nameEnd) === EQUALS) return line.slice(nameEnd + 1, end).trim()
    }
    at = end + 1
  }
  return undefined
}

/** A Set-Cookie line in the form that Exchange writes: `secure` only where the connection is encrypted. */
export function setCookie(name: string, value: string, path: string, secure: boolean, expires?: string): string {
  const until = expires === undefined ? '' : `expires=${expires}; `
  return `Set-Cookie: ${name}=${value}; ${until}path=${path}; ${secure ? 'secure; ' : ''}HttpOnly\r\n`
}
