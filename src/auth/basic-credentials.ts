/** Longest credentials that are looked at, in base64 characters. */
const LIMIT = 1024

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * User name and password of Basic credentials (RFC 7617): base64 of `user:password`, in UTF-8 or, where the bytes are
 * not UTF-8, in Latin-1, which older Windows clients send. Undefined when they are neither.
 */
export function parseBasicCredentials(credentials: string): { user: string; password: string } | undefined {
  if (credentials.length > LIMIT || !/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return undefined
  const bytes = Buffer.from(credentials, 'base64')
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    text = bytes.toString('latin1')
  }
  const colon = text.indexOf(':')
  if (colon < 0 || text.includes('\0')) return undefined
  return { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
