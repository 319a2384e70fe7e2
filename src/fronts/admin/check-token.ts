import { createHmac, timingSafeEqual } from 'node:crypto'
import { RateLimit } from '../../auth/rate-limit.js'
import { type Log, silentLog } from '../../log.js'
import type { Runtime } from '../../runtime.js'
import { Problem } from './problem.js'

/** Wrong tokens from one address at once before they are told to wait, and the pace at which they are forgotten. */
const WRONG_TOKENS = 20
const FORGET_MS = 3000
const CHALLENGE = 'Bearer realm="ropewalk-admin"'

/**
 * Says whether a request shows the admin token (RFC 6750 2.1). Hashes under a key of this run are compared, in constant time
 * and whatever the length. Wrong tokens are limited per address, because each costs a line in the log; the right one always
 * passes, so that nobody can lock the administrator out, and it is too long to be guessed.
 */
export class TokenCheck {
  private readonly key: Uint8Array
  private readonly digest: Buffer
  private readonly perSource: RateLimit

  constructor(
    token: string,
    runtime: Runtime,
    private readonly log: Log = silentLog
  ) {
    this.key = runtime.random(new Uint8Array(32))
    this.digest = this.digestOf(token)
    this.perSource = new RateLimit(runtime, WRONG_TOKENS, FORGET_MS)
  }

  /** Throws a Problem for a request without the token. */
  demand(authorization: string | undefined, source: string): void {
    if (authorization === undefined) {
      throw new Problem(401, 'Send the token of server.json as `Authorization: Bearer TOKEN`.', [], challenge())
    }
    const shown = /^bearer +([\w.~+/=-]{1,512})$/i.exec(authorization)?.[1]
    if (shown !== undefined && timingSafeEqual(this.digestOf(shown), this.digest)) return
    if (!this.perSource.allows(source)) {
      const wait = [['Retry-After', String(FORGET_MS / 1000)]] as const
      throw new Problem(429, 'Too many wrong tokens came from this address.', [], wait)
    }
    this.perSource.failed(source)
    this.log.warn('admin.refused', { source })
    const detail =
      'That is not the admin token of this server. A new one is made at each start: read server.json again.'
    throw new Problem(401, detail, [], challenge('invalid_token'))
  }

  private digestOf(token: string): Buffer {
    return createHmac('sha256', this.key).update(token).digest()
  }
}

function challenge(error?: string): [string, string][] {
  return [['WWW-Authenticate', error === undefined ? CHALLENGE : `${CHALLENGE}, error="${error}"`]]
}
