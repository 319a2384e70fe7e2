import { createHmac } from 'node:crypto'
import type { Directory } from '../directory/directory.js'
import type { Principal } from '../directory/principal.js'
import { type Log, silentLog } from '../log.js'
import type { Runtime } from '../runtime.js'
import type { AuthOutcome, AuthScheme } from './auth-scheme.js'
import { parseBasicCredentials } from './basic-credentials.js'
import { Passwords } from './password.js'
import { RateLimit } from './rate-limit.js'
import { parseScryptRecord } from './scrypt-record.js'

export interface AuthenticatorOptions {
  log?: Log
  /** scrypt cost of new password records and of the decoy. */
  passwordCost?: number
  /** How long a verified header is good without being verified again. */
  rememberMs?: number
  rememberEntries?: number
  /** Failed log-ons at once before more are refused, and the pace at which they are forgotten. */
  failuresPerSource?: number
  failuresPerAccount?: number
  forgetFailureMs?: number
}

interface Remembered {
  principal: Principal
  generation: number
  until: number
}

/**
 * Turns credentials into principals. What was verified is remembered for a short time under a keyed hash of the
 * header, never under the header: many connections of one client then cost one scrypt, and a heap dump shows no password.
 */
export class Authenticator {
  readonly passwords: Passwords
  private readonly directory: Directory
  private readonly runtime: Runtime
  private readonly log: Log
  private readonly key: Uint8Array
  private readonly remembered = new Map<string, Remembered>()
  private readonly underWay = new Map<string, Promise<Principal | null>>()
  private readonly rememberMs: number
  private readonly rememberEntries: number
  private readonly perSource: RateLimit
  private readonly perAccount: RateLimit

  constructor(directory: Directory, runtime: Runtime, options: AuthenticatorOptions = {}) {
    this.directory = directory
    this.runtime = runtime
    this.log = options.log ?? silentLog
    this.passwords = new Passwords(runtime, options.passwordCost)
    this.key = runtime.random(new Uint8Array(32))
    this.rememberMs = options.rememberMs ?? 300_000
    this.rememberEntries = options.rememberEntries ?? 4096
    const forgetMs = options.forgetFailureMs ?? 3000
    this.perSource = new RateLimit(runtime, options.failuresPerSource ?? 50, forgetMs)
    this.perAccount = new RateLimit(runtime, options.failuresPerAccount ?? 10, forgetMs)
  }

  /** The Basic scheme for the HTTP fronts. */
  basicScheme(realm: string): AuthScheme {
    return {
      name: 'Basic',
      connectionBound: false,
      challenge: `Basic realm="${realm.replace(/[^\w .-]/g, '')}"`,
      authenticate: (credentials, connection) => this.basicOutcome(credentials, connection.source)
    }
  }

  /**
   * The principal of a Basic header (what follows `Basic `), or null when user or password are wrong, malformed, or
   * tried too often. Never says which. A right answer that is remembered costs one HMAC, anything else one scrypt.
   */
  async basic(credentials: string, source: string): Promise<Principal | null> {
    const outcome = await this.basicOutcome(credentials, source)
    return outcome.kind === 'principal' ? outcome.principal : null
  }

  private basicOutcome(credentials: string, source: string): AuthOutcome | Promise<AuthOutcome> {
    const name = createHmac('sha256', this.key).update(credentials).digest('base64')
    const known = this.remembered.get(name)
    if (known !== undefined) {
      if (known.until > this.runtime.monotonic() && known.generation === this.directory.generation) {
        return { kind: 'principal', principal: known.principal }
      }
      this.remembered.delete(name)
    }
    const parsed = parseBasicCredentials(credentials)
    if (parsed === undefined) return { kind: 'refused' }
    if (parsed.user === '' && parsed.password === '') return { kind: 'anonymous' }
    let work = this.underWay.get(name)
    if (work === undefined) {
      work = this.verify(name, parsed.user, parsed.password, source)
      this.underWay.set(name, work)
      const done = () => void this.underWay.delete(name)
      work.then(done, done)
    }
    return work.then(principal => (principal === null ? { kind: 'refused' } : { kind: 'principal', principal }))
  }

  private async verify(name: string, user: string, password: string, source: string): Promise<Principal | null> {
    const principal = this.directory.byLogonName(user)
    // An account that does not exist is counted as well, under the name that was tried.
    const account = principal?.guid ?? `?${user.toLowerCase()}`
    if (this.passwords.busy || !this.perSource.allows(source) || !this.perAccount.allows(account)) {
      this.log.warn('auth.throttled', { source, user: user.slice(0, 128) })
      return null
    }
    const { generation } = this.directory
    const secret = principal === undefined || principal.disabled ? null : principal.secret
    const record = secret === null ? null : parseScryptRecord(secret)
    if (!(await this.passwords.verify(password, record)) || principal === undefined) {
      this.perSource.failed(source)
      this.perAccount.failed(account)
      this.log.info('auth.failed', { source, user: user.slice(0, 128) })
      return null
    }
    this.perAccount.succeeded(account)
    this.remember(name, { principal, generation, until: this.runtime.monotonic() + this.rememberMs })
    return principal
  }

  private remember(name: string, entry: Remembered): void {
    this.remembered.set(name, entry)
    if (this.remembered.size > this.rememberEntries) {
      this.remembered.delete(this.remembered.keys().next().value as string)
    }
  }
}
