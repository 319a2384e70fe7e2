import { basicAuthorization } from './autodiscover.js'
import type { HttpConnection } from './http-connection.js'
import { NtlmClient } from './ntlm-client.js'

export const logOnSchemes = ['basic', 'ntlm'] as const
export type LogOnScheme = (typeof logOnSchemes)[number]

/**
 * The Authorization header of the next request on a connection; undefined when the connection needs none. May send requests of its
 * own before.
 */
export type LogOn = (connection: HttpConnection, target: string) => Promise<string | undefined>

/** A way to log on as a user (`user`, `user@domain` or `DOMAIN\user`), on as many connections as wanted. */
export function logOn(scheme: LogOnScheme, user: string, password: string): LogOn {
  if (scheme === 'basic') {
    const header = basicAuthorization(user, password)
    return async () => header
  }
  const authenticated = new WeakSet<HttpConnection>()
  return async (connection, target) => {
    if (authenticated.has(connection)) return undefined
    const client = new NtlmClient({ user, password })
    const headers = { Authorization: `NTLM ${base64(client.negotiate)}` }
    const answer = await connection.request('POST', target, headers, new Uint8Array())
    authenticated.add(connection)
    return `NTLM ${base64(client.authenticate(challengeOf(answer.headers.get('www-authenticate'))))}`
  }
}

/** The message of a `WWW-Authenticate: NTLM ...` header; Error when the server does not offer NTLM. */
export function challengeOf(header: string | undefined): Uint8Array {
  const text = /^NTLM ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (text === undefined) throw new Error('the server sent no NTLM challenge')
  return Buffer.from(text, 'base64')
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
