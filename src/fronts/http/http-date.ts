import type { Runtime } from '../../runtime.js'

/** The current time as an HTTP date (RFC 9110 5.6.7), formatted once a second. */
export class HttpDate {
  private second = -1
  private text = ''
  private readonly runtime: Runtime

  constructor(runtime: Runtime) {
    this.runtime = runtime
  }

  now(): string {
    const second = Math.floor(this.runtime.now() / 1000)
    if (second !== this.second) {
      this.second = second
      this.text = new Date(second * 1000).toUTCString()
    }
    return this.text
  }
}
