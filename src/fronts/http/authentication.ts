import type { AuthConnection, AuthOutcome, AuthScheme } from '../../auth/auth-scheme.js'
import type { Principal } from '../../directory/principal.js'
import type { RequestHead } from './request-head.js'

/** Who a connection was found to be. */
interface ConnectionIdentity {
  outcome: AuthOutcome & { kind: 'principal' }
  /** The Authorization header that was verified; null when the connection itself is authenticated, by a multi-leg scheme. */
  readonly header: string | null
  /** Generation of the directory in which this was last found to hold. */
  generation: number
}

export interface AuthenticationOptions {
  /** In the order in which a 401 offers them. */
  readonly schemes: readonly AuthScheme[]
  /** Changes whenever a principal changes. */
  readonly generation?: () => number
  /** The principal as it is now, null when what was verified of it holds no more and credentials are needed again. */
  readonly current?: (principal: Principal) => Principal | null
}

const KEY = 'http.identity'
const REFUSED: AuthOutcome = { kind: 'refused' }
const ANONYMOUS: AuthOutcome = { kind: 'anonymous' }
/** As IIS says that further requests of the connection need no credentials. */
const PERSISTENT = 'Persistent-Auth: true\r\n'

/**
 * Authentication of the HTTP fronts: picks the scheme of a request, remembers per connection what was verified, so that
 * a client which sends the same Basic header with each request costs one comparison, and words the challenge of a 401.
 * Credentials that come with a request count, whoever the connection was before: if they are right it is theirs, if they
 * are wrong, or the first leg of a scheme, it is nobody's.
 */
export class Authentication {
  private readonly byName = new Map<string, AuthScheme>()
  private readonly offers: string
  private readonly generation: () => number
  private readonly current: (principal: Principal) => Principal | null

  constructor({ schemes, generation = () => 0, current = () => null }: AuthenticationOptions) {
    for (const scheme of schemes) this.byName.set(scheme.name.toLowerCase(), scheme)
    this.offers = schemes.map(scheme => `WWW-Authenticate: ${scheme.challenge}\r\n`).join('')
    this.generation = generation
    this.current = current
  }

  /** `isOptional`: a request without credentials is welcome, as nobody's; wrong ones are refused all the same. */
  authenticate(head: RequestHead, connection: AuthConnection, isOptional = false): AuthOutcome | Promise<AuthOutcome> {
    const known = this.known(connection)
    if (known?.header != null && head.headerIs('authorization', known.header)) return known.outcome
    const header = head.header('authorization')
    if (header === undefined) {
      if (known !== undefined && known.header === null) return known.outcome
      return isOptional ? ANONYMOUS : REFUSED
    }
    connection.state.delete(KEY)
    const space = header.indexOf(' ')
    const scheme = this.byName.get((space < 0 ? header : header.slice(0, space)).toLowerCase())
    if (scheme === undefined || head.count('authorization') > 1) return REFUSED
    const outcome = scheme.authenticate(space < 0 ? '' : header.slice(space + 1).trim(), connection)
    if (!(outcome instanceof Promise)) return this.remember(connection, scheme, header, outcome)
    return outcome.then(result => this.remember(connection, scheme, header, result))
  }

  /** Header lines of a 401: the next leg of a scheme, or all that are offered. */
  challenges(outcome: AuthOutcome): string {
    return outcome.kind === 'continue' ? `WWW-Authenticate: ${outcome.challenge}\r\n` : this.offers
  }

  /** What is known of the connection and still holds. */
  private known({ state }: AuthConnection): ConnectionIdentity | undefined {
    const identity = state.get(KEY) as ConnectionIdentity | undefined
    const generation = this.generation()
    if (identity === undefined || identity.generation === generation) return identity
    const principal = this.current(identity.outcome.principal)
    if (principal === null) {
      state.delete(KEY)
      return undefined
    }
    identity.outcome = { kind: 'principal', principal }
    identity.generation = generation
    return identity
  }

  private remember(connection: AuthConnection, scheme: AuthScheme, header: string, outcome: AuthOutcome): AuthOutcome {
    if (outcome.kind !== 'principal') return outcome
    const { principal } = outcome
    connection.state.set(KEY, {
      outcome: { kind: 'principal', principal },
      // The last leg of a multi-leg scheme is no credential that may be shown again.
      header: scheme.connectionBound ? null : header,
      generation: this.generation()
    } satisfies ConnectionIdentity)
    if (!scheme.connectionBound) return outcome
    return { kind: 'principal', principal, headerLines: `${outcome.headerLines ?? ''}${PERSISTENT}` }
  }
}
