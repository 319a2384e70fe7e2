import type { RequestHead } from '../http/request-head.js'

/** Names that Exchange gives its cookies; clients treat them as opaque, traces and people do not. */
export const CookieName = {
  routing: 'MapiRouting',
  context: 'MapiContext',
  sequence: 'MapiSequence',
  backEnd: 'X-BackEndCookie'
} as const

/** Value of a cookie of the request; the first one where several have the name. Cookies may stand on several lines. */
export function cookie(head: RequestHead, name: string): string | undefined {
  for (const line of head.headers('cookie')) {
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=')
      if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
    }
  }
  return undefined
}

/** A Set-Cookie line in the form that Exchange writes: `secure` only where the connection is encrypted. */
export function setCookie(name: string, value: string, path: string, secure: boolean, expires?: string): string {
  const until = expires === undefined ? '' : `expires=${expires}; `
  return `Set-Cookie: ${name}=${value}; ${until}path=${path}; ${secure ? 'secure; ' : ''}HttpOnly\r\n`
}
