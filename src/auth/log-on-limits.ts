import type { Runtime } from '../runtime.js'
import { RateLimit } from './rate-limit.js'

export interface LogOnLimitOptions {
  /** Failed log-ons at once before more are refused, and the pace at which they are forgotten. */
  failuresPerSource?: number
  failuresPerAccount?: number
  forgetFailureMs?: number
}

/** Longest part of a name that failures are counted under. */
const NAME_LIMIT = 64

/**
 * How often a log-on may fail, from one address and to one account, whatever the scheme. An account is the name that was typed,
 * without its domain: what stands in the directory must not show in whether two names share their failures. A success
 * takes no failure back, or somebody with a like name in another domain could guess for ever.
 */
export class LogOnLimits {
  private readonly perSource: RateLimit
  private readonly perAccount: RateLimit

  constructor(runtime: Runtime, options: LogOnLimitOptions) {
    const forgetMs = options.forgetFailureMs ?? 3000
    this.perSource = new RateLimit(runtime, options.failuresPerSource ?? 50, forgetMs)
    this.perAccount = new RateLimit(runtime, options.failuresPerAccount ?? 10, forgetMs)
  }

  allows(source: string, name: string): boolean {
    return this.perSource.allows(source) && this.perAccount.allows(accountOf(name))
  }

  failed(source: string, name: string): void {
    this.perSource.failed(source)
    this.perAccount.failed(accountOf(name))
  }
}

/** `alice` of `EXAMPLE\alice`, `alice@example.com` and `alice`. */
function accountOf(name: string): string {
  const user = name.slice(name.lastIndexOf('\\') + 1)
  return user.split('@', 1)[0].slice(0, NAME_LIMIT).toLowerCase()
}
