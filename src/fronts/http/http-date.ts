import type { Runtime } from '../../runtime.js'

/** The current time, or one that lies `aheadMs` later, as an HTTP date (RFC 9110 5.6.7), formatted once a second. */
export class HttpDate {
  private second = -1
  private text = ''
  private readonly runtime: Runtime

  private readonly aheadMs: number

  constructor(runtime: Runtime, aheadMs = 0) {
    this.runtime = runtime
    this.aheadMs = aheadMs
  }

  now(): string {
    const second = Math.floor((this.runtime.now() + this.aheadMs) / 1000)
    if (second !== this.second) {
      this.second = second
      this.text = new Date(second * 1000).toUTCString()
    }
    return this.text
  }
}
