import type { Runtime } from '../runtime.js'
import { RateLimit } from './rate-limit.js'

export interface LogOnLimitOptions {
  /** Failed log-ons at once before more are refused, and the pace at which they are forgotten. */
  failuresPerSource?: number
  failuresPerAccount?: number
  forgetFailureMs?: number
}

/** Longest part of a name that failures are counted under. */
const PART_LIMIT = 64

/**
 * How often a log-on may fail, from one address and to one account, whatever the scheme. An account is the name that was typed:
 * what stands in the directory must not show in whether two names share their failures. A success takes no failure back.
 */
export class LogOnLimits {
  private readonly perSource: RateLimit
  private readonly perAccount: RateLimit

  /** `isOwn`: domains in lower case that mean the same as none. */
  constructor(
    runtime: Runtime,
    options: LogOnLimitOptions,
    private readonly isOwn: (domain: string) => boolean
  ) {
    const forgetMs = options.forgetFailureMs ?? 3000
    this.perSource = new RateLimit(runtime, options.failuresPerSource ?? 50, forgetMs)
    this.perAccount = new RateLimit(runtime, options.failuresPerAccount ?? 10, forgetMs)
  }

  allows(source: string, name: string): boolean {
    return this.perSource.allows(source) && this.perAccount.allows(this.accountOf(name))
  }

  failed(source: string, name: string): void {
    this.perSource.failed(source)
    this.perAccount.failed(this.accountOf(name))
  }

  /**
   * One name for `EXAMPLE\\alice`, `alice@example.com` and `alice`. Another for `DESKTOP-1\\alice`: Windows tries that of its own
   * accord, several times, before it asks for a password.
   */
  private accountOf(name: string): string {
    const text = name.toLowerCase()
    const backslash = text.indexOf('\\')
    const at = text.indexOf('@', backslash + 1)
    const user = text.slice(backslash + 1, at < 0 ? undefined : at)
    const domain = at < 0 ? text.slice(0, Math.max(0, backslash)) : text.slice(at + 1)
    const place = domain === '.' || this.isOwn(domain) ? '' : domain.split('.', 1)[0]
    return `${user.slice(0, PART_LIMIT)}@${place.slice(0, PART_LIMIT)}`
  }
}
