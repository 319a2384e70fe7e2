import { createHmac } from 'node:crypto'
import type { Directory } from '../directory/directory.js'
import type { Principal } from '../directory/principal.js'
import { type Log, silentLog } from '../log.js'
import { type Runtime, toFiletime } from '../runtime.js'
import type { AuthOutcome, AuthScheme } from './auth-scheme.js'
import { parseBasicCredentials } from './basic-credentials.js'
import { Credentials } from './credentials.js'
import { type LogOnLimitOptions, LogOnLimits } from './log-on-limits.js'
import { LogOnNames } from './log-on-names.js'
import type { AuthenticateMessage } from './ntlm/authenticate-message.js'
import { type NtlmNames, NtlmScheme } from './ntlm/ntlm-scheme.js'
import { type Handshake, verifyResponse } from './ntlm/verify-response.js'

export interface AuthenticatorOptions extends LogOnLimitOptions {
  log?: Log
  /** What secrets are made and checked with; one with a random key when absent. */
  credentials?: Credentials
  /** scrypt cost of new password records and of the decoy, where no credentials are given. */
  passwordCost?: number
  /** How long a verified header is good without being verified again. */
  rememberMs?: number
  rememberEntries?: number
  /** Short name of the server, for the challenges of NTLM. */
  serverName?: string
  /** Which NTLM responses are taken, in the numbers of Windows: 5 takes NTLMv2 only. */
  lmCompatibilityLevel?: number
}

interface Remembered {
  principal: Principal
  until: number
}

/**
 * What Windows Server does when nobody has set a level: NTLMv2, NTLM with session security and NTLM are all taken. A response of LM
 * alone is, too, but no LM hashes are kept since Windows Server 2008 (NoLMHash), so that none is ever right.
 */
const DEFAULT_LM_COMPATIBILITY_LEVEL = 3

const REFUSED: AuthOutcome = { kind: 'refused' }

/**
 * Turns credentials into principals. What was verified is remembered for a short time under a keyed hash of the
 * header, never under the header: many connections of one client then cost one scrypt, and a heap dump shows no password.
 */
export class Authenticator {
  readonly credentials: Credentials
  private readonly log: Log
  private readonly key: Uint8Array
  private readonly remembered = new Map<string, Remembered>()
  private readonly underWay = new Map<string, Promise<Principal | null>>()
  private readonly rememberMs: number
  private readonly rememberEntries: number
  private readonly limits: LogOnLimits
  private readonly people: LogOnNames
  private names: NtlmNames | undefined

  constructor(
    private readonly directory: Directory,
    private readonly runtime: Runtime,
    private readonly options: AuthenticatorOptions = {}
  ) {
    this.log = options.log ?? silentLog
    this.credentials = options.credentials ?? new Credentials(runtime, { passwordCost: options.passwordCost })
    this.key = runtime.random(new Uint8Array(32))
    this.rememberMs = options.rememberMs ?? 300_000
    this.rememberEntries = options.rememberEntries ?? 4096
    this.limits = new LogOnLimits(runtime, options, domain => this.isOwnDomain(domain))
    this.people = new LogOnNames(directory)
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

  /** The NTLM scheme for the HTTP fronts. */
  ntlmScheme(): AuthScheme {
    return new NtlmScheme(
      { names: () => this.ntlmNames(), logOn: (...handshake) => this.ntlm(...handshake) },
      this.runtime
    )
  }

  /**
   * A principal as it is now, when what was verified of it still holds: it is there, may log on, and has the secret that it had.
   * Null when it must be verified anew.
   */
  current({ guid, secret }: Principal): Principal | null {
    const now = this.directory.byGuid(guid)
    return now === undefined || now.disabled || !isSame(now.secret, secret) ? null : now
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
      const principal = known.until > this.runtime.monotonic() ? this.current(known.principal) : null
      if (principal !== null) return { kind: 'principal', principal }
      this.remembered.delete(name)
    }
    const parsed = parseBasicCredentials(credentials)
    if (parsed === undefined) return REFUSED
    if (parsed.user === '' && parsed.password === '') return { kind: 'anonymous' }
    let work = this.underWay.get(name)
    if (work === undefined) {
      work = this.verify(name, parsed.user, parsed.password, source)
      this.underWay.set(name, work)
      const done = () => void this.underWay.delete(name)
      work.then(done, done)
    }
    return work.then(principal => (principal === null ? REFUSED : { kind: 'principal', principal }))
  }

  /** Whether a name is known shows neither in the answer nor in the work: see Credentials. */
  private async verify(name: string, user: string, password: string, source: string): Promise<Principal | null> {
    if (this.credentials.passwords.busy || !this.limits.allows(source, user)) return this.throttled(source, user)
    const principal = this.people.find(user)
    const isRight = await this.credentials.verify(password, principal)
    if (!isRight || principal === null) return this.failed(source, user)
    // A password that was replaced while it was checked is the wrong one.
    const now = this.current(principal)
    if (now === null) return this.failed(source, user)
    const renewed = this.credentials.isOutdated(now) ? await this.renew(now, password) : now
    this.remember(name, { principal: renewed, until: this.runtime.monotonic() + this.rememberMs })
    return renewed
  }

  /** A secret in an older form is made anew while the password is at hand, unless somebody changed it meanwhile. */
  private async renew(principal: Principal, password: string): Promise<Principal> {
    try {
      const secret = await this.credentials.make(password, principal.guid)
      const now = this.current(principal)
      if (now === null) return principal
      return (await this.directory.change(principal.guid, { secret })) as Principal
    } catch (error) {
      this.log.error('auth.secret-not-renewed', { principal: principal.guid, error })
      return principal
    }
  }

  /** The verdict over an NTLM handshake; unknown, disabled and mistaken users cost the same and get the same answer. */
  private ntlm(raw: Uint8Array, message: AuthenticateMessage, handshake: Handshake, source: string): AuthOutcome {
    const user = message.domain === '' ? message.user : `${message.domain}\\${message.user}`
    if (!this.limits.allows(source, user)) {
      this.throttled(source, user)
      return REFUSED
    }
    const principal = this.byNtlmName(message)
    const { ntHash, isReal } = this.credentials.ntHash(principal)
    const lmCompatibilityLevel = this.options.lmCompatibilityLevel ?? DEFAULT_LM_COMPATIBILITY_LEVEL
    const policy = { lmCompatibilityLevel, now: toFiletime(this.runtime.now()) }
    const verdict = verifyResponse(raw, message, handshake, ntHash, policy)
    if (principal === null || !isReal || !verdict.right) {
      this.failed(source, user, verdict.right ? undefined : verdict.reason)
      return REFUSED
    }
    return { kind: 'principal', principal }
  }

  /**
   * `DOMAIN` and `user` as people type them, or a whole address as the user. All is looked up whether it is needed or not,
   * see Credentials.
   */
  private byNtlmName({ domain, user }: AuthenticateMessage): Principal | null {
    const isOwn = domain === '' || this.isOwnDomain(domain.toLowerCase())
    const alone = isOwn || user.includes('@') ? this.people.find(user) : null
    const within = domain === '' ? null : this.people.find(`${domain}\\${user}`)
    return within ?? alone
  }

  /** Whether a domain in lower case is one of our names, which stand for any domain that we serve. */
  private isOwnDomain(domain: string): boolean {
    const { nbComputerName, nbDomainName, dnsComputerName, dnsDomainName } = this.ntlmNames()
    return [nbComputerName, nbDomainName, dnsComputerName, dnsDomainName].some(name => name.toLowerCase() === domain)
  }

  /** Chosen when they are first needed and kept: the domain is that of the first mailbox. */
  private ntlmNames(): NtlmNames {
    if (this.names !== undefined) return this.names
    const { serverName = 'ropewalk' } = this.options
    const domain = this.directory.principals()[0]?.domain
    const names = {
      nbComputerName: netbiosName(serverName),
      nbDomainName: netbiosName(domain?.split('.', 1)[0] ?? serverName),
      dnsComputerName: domain === undefined ? serverName : `${serverName}.${domain}`,
      dnsDomainName: domain ?? serverName
    }
    if (domain !== undefined) this.names = names
    return names
  }

  private throttled(source: string, user: string): null {
    this.log.warn('auth.throttled', { source, user: user.slice(0, 128) })
    return null
  }

  private failed(source: string, user: string, reason?: string): null {
    this.limits.failed(source, user)
    this.log.info('auth.failed', { source, user: user.slice(0, 128), reason })
    return null
  }

  private remember(name: string, entry: Remembered): void {
    this.remembered.set(name, entry)
    if (this.remembered.size > this.rememberEntries) {
      this.remembered.delete(this.remembered.keys().next().value as string)
    }
  }
}

function netbiosName(name: string): string {
  return name.slice(0, 15).toUpperCase()
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === b || (a !== null && b !== null && Buffer.compare(a, b) === 0)
}
