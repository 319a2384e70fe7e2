import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { type RopCall, RopFailure, type RopSession } from '../rop.js'
import { RETURNED_FLAGS, WRONG_SERVER } from './logon-forms.js'

/** Attempts within this time that are answered with the right server ([MS-OXCSTOR] R3103); further ones have to wait. */
const MOST_ATTEMPTS = 5
const WITHIN_MS = 10_000

const attempts = new WeakMap<RopSession, number[]>()

/** Sends the client to another server ([MS-OXCSTOR] 2.2.1.1.2). One that keeps coming back is told ecServerPaused. */
export function wrongServer({ session, runtime }: RopCall, logonFlags: number, serverName: string): never {
  const now = runtime.monotonic()
  const recent = (attempts.get(session) ?? []).filter(at => now - at < WITHIN_MS)
  if (recent.length >= MOST_ATTEMPTS) throw new MapiError(ErrorCode.ecServerPaused)
  attempts.set(session, [...recent, now])
  throw new RopFailure(WRONG_SERVER, { logonFlags: logonFlags & RETURNED_FLAGS, serverName })
}
