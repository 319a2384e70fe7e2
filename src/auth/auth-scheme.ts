import type { Principal } from '../directory/principal.js'

/** What one leg of an authentication came to. */
export type AuthOutcome =
  /** `headerLines`, each with its CR LF, go with the answer to the request that was authenticated. */
  | { readonly kind: 'principal'; readonly principal: Principal; readonly headerLines?: string }
  /** The client said expressly that it is nobody. */
  | { readonly kind: 'anonymous' }
  /** Another leg is needed; `challenge` is sent as WWW-Authenticate. */
  | { readonly kind: 'continue'; readonly challenge: string }
  | { readonly kind: 'refused' }

/** The connection that the credentials came by; `state` lives as long as it and holds the legs of a scheme. */
export interface AuthConnection {
  /** Address of the other end, for limits and logs. */
  readonly source: string
  /** True when the connection is encrypted. */
  readonly secure: boolean
  readonly state: Map<string, unknown>
}

/** One authentication scheme (RFC 9110 11.1) of the HTTP fronts: Basic, NTLM, later Negotiate and Bearer. */
export interface AuthScheme {
  /** Name as in `Authorization: <name> ...`. */
  readonly name: string
  /**
   * True when the connection and not the request is authenticated: later requests of the connection need no
   * credentials, and the legs may begin again on any of them.
   */
  readonly connectionBound: boolean
  /** What a 401 offers in WWW-Authenticate. */
  readonly challenge: string
  /** `credentials` is what follows the scheme's name. */
  authenticate(credentials: string, connection: AuthConnection): AuthOutcome | Promise<AuthOutcome>
}
