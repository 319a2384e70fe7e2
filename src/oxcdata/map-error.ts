import { errorName } from './error-code.js'

/**
 * An expected outcome: a code of [MS-OXCDATA] 2.4 that becomes the ReturnValue of a ROP. It is an Error by prototype, so
 * that `instanceof Error` and loggers know it, but the Error constructor is not run: capturing a stack would cost more
 * than the rest of a refused ROP.
 */
export class MapiError {
  readonly code: number
  /** What was refused, for logs only. */
  readonly detail: string | undefined

  constructor(code: number, detail?: string) {
    this.code = code
    this.detail = detail
  }

  get name(): string {
    return 'MapiError'
  }

  get message(): string {
    return this.detail === undefined ? errorName(this.code) : `${errorName(this.code)}: ${this.detail}`
  }

  get stack(): undefined {
    return undefined
  }

  toString(): string {
    return `MapiError: ${this.message}`
  }
}

Object.setPrototypeOf(MapiError.prototype, Error.prototype)
