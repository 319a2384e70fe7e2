import type { AuthConnection, AuthOutcome, AuthScheme } from '../../auth/auth-scheme.js'
import type { Principal } from '../../directory/principal.js'
import type { RequestHead } from './request-head.js'

/** Who a connection was found to be: the last verified credentials, and the principal it is bound to by a multi-leg scheme. */
interface ConnectionIdentity {
  header: string
  outcome: AuthOutcome
  generation: number
  bound: Principal | null
}

const KEY = 'http.identity'
const REFUSED: AuthOutcome = { kind: 'refused' }

/**
 * Authentication of the HTTP fronts: picks the scheme of a request, remembers per connection what was verified, so that
 * a client which sends the same Basic header with each request costs one comparison, and words the challenge of a 401.
 */
export class Authentication {
  private readonly byName = new Map<string, AuthScheme>()
  private readonly offers: string

  /** `generation` changes whenever a principal changes; what was verified before is verified anew. */
  constructor(
    schemes: readonly AuthScheme[],
    private readonly generation: () => number
  ) {
    for (const scheme of schemes) this.byName.set(scheme.name.toLowerCase(), scheme)
    this.offers = schemes.map(scheme => `WWW-Authenticate: ${scheme.challenge}\r\n`).join('')
  }

  authenticate(head: RequestHead, connection: AuthConnection): AuthOutcome | Promise<AuthOutcome> {
    const identity = connection.state.get(KEY) as ConnectionIdentity | undefined
    const known = identity !== undefined && identity.generation === this.generation() ? identity : undefined
    if (known !== undefined && head.headerIs('authorization', known.header)) return known.outcome
    const header = head.header('authorization')
    if (header === undefined) {
      if (known?.bound == null) return REFUSED
      return { kind: 'principal', principal: known.bound }
    }
    const space = header.indexOf(' ')
    const scheme = this.byName.get((space < 0 ? header : header.slice(0, space)).toLowerCase())
    if (scheme === undefined) return REFUSED
    const outcome = scheme.authenticate(space < 0 ? '' : header.slice(space + 1).trim(), connection)
    if (!(outcome instanceof Promise)) return this.remember(connection, scheme, header, outcome)
    return outcome.then(result => this.remember(connection, scheme, header, result))
  }

  /** Header lines of a 401: the next leg of a scheme, or all that are offered. */
  challenges(outcome: AuthOutcome): string {
    return outcome.kind === 'continue' ? `WWW-Authenticate: ${outcome.challenge}\r\n` : this.offers
  }

  private remember(connection: AuthConnection, scheme: AuthScheme, header: string, outcome: AuthOutcome): AuthOutcome {
    if (outcome.kind === 'principal') {
      connection.state.set(KEY, {
        // The last leg of a multi-leg scheme is no credential that may be shown again.
        header: scheme.connectionBound ? '' : header,
        outcome,
        generation: this.generation(),
        bound: scheme.connectionBound ? outcome.principal : null
      } satisfies ConnectionIdentity)
    } else connection.state.delete(KEY)
    return outcome
  }
}
