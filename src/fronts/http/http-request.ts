import type { AuthConnection } from '../../auth/auth-scheme.js'
import type { Principal } from '../../directory/principal.js'
import type { RequestHead } from './request-head.js'

/** One whole request as a front sees it. */
export interface HttpRequest {
  readonly head: RequestHead
  /** The whole body; empty when it was `bodyTooLarge` for the route. */
  readonly body: Buffer
  readonly bodyTooLarge: boolean
  readonly connection: AuthConnection
  /** Who asks, on routes that want credentials; null for a client that said expressly that it is nobody. */
  readonly principal: Principal | null
  /** Aborted when the client closes its side or the connection breaks. Made on first use. */
  readonly signal: AbortSignal
}
