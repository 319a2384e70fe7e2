import { MalformedBuffer } from '../../bufferstructs/index.js'
import type { Log } from '../../log.js'
import type { Runtime } from '../../runtime.js'
import type { HttpRequest, HttpResponse } from '../http/index.js'
import { formatDone, PENDING, PROCESSING } from './grammar/inner-stream.js'
import { diagnosticBody, Refusal, ResponseCode } from './response-code.js'

/** An answer that is ready within this time leaves whole, in one write; a later one shows PROCESSING at once. */
const PATIENCE_MS = 20

export interface ExchangeSurroundings<Call> {
  readonly runtime: Runtime
  readonly log: Log
  readonly pendingPeriodMs: number
  /** Current HTTP date. */
  date(): string
  /** Finished header lines of the endpoint; asked when the head is sent, so that cookies are those of that moment. */
  headerLines(exchange: Exchange<Call>, code: ResponseCode): string
}

/**
 * One request of a MAPI/HTTP endpoint and its chunked answer: PROCESSING, PENDING while the work lasts, DONE with the
 * additional headers, and the body; or a non-zero X-ResponseCode with a page for people ([MS-OXCMAPIHTTP] 2.2.2.2, 3.2.5.2).
 */
export class Exchange<Call = unknown> {
  readonly request: HttpRequest
  readonly response: HttpResponse
  requestType: string | undefined
  requestId: string | undefined
  /** The head may leave before the answer is known. Not so where the answer decides about cookies, as with Connect. */
  headMayLeaveEarly = true
  /** What the endpoint has come to know of the request. */
  call: Call | null = null
  private readonly around: ExchangeSurroundings<Call>
  private readonly startTime: string
  private readonly startedMs: number
  private cancelTimer: (() => void) | null = null

  constructor(request: HttpRequest, response: HttpResponse, around: ExchangeSurroundings<Call>) {
    this.request = request
    this.response = response
    this.around = around
    this.startTime = around.date()
    this.startedMs = around.runtime.monotonic()
  }

  /** Answers with what `work` comes to: the response body, or an error. */
  answer(work: () => Buffer | Promise<Buffer>): void | Promise<void> {
    try {
      const result = work()
      if (!(result instanceof Promise)) return this.finish(result)
      if (this.headMayLeaveEarly) this.cancelTimer = this.around.runtime.timer(PATIENCE_MS, () => this.begin())
      return result.then(
        body => this.finish(body),
        error => this.fail(error)
      )
    } catch (error) {
      this.fail(error)
    }
  }

  private begin(): void {
    this.head(ResponseCode.success).start(PROCESSING)
    this.keepAlive()
  }

  private keepAlive(): void {
    this.cancelTimer = this.around.runtime.timer(this.around.pendingPeriodMs, () => {
      this.response.write(PENDING)
      this.keepAlive()
    })
  }

  private finish(body: Buffer): void {
    this.cancelTimer?.()
    const done = formatDone({ startTime: this.startTime, elapsedMs: this.elapsedMs })
    if (this.response.started) this.response.end(body, done)
    else this.head(ResponseCode.success).sendChunked(body, PROCESSING_TEXT + done)
  }

  private fail(error: unknown): void {
    this.cancelTimer?.()
    const { code, detail } = this.refusal(error)
    const page = diagnosticBody(code, detail)
    if (!this.response.started) {
      this.head(code).sendChunked(page)
      return
    }
    const { startTime, elapsedMs } = this
    this.response.end(page, formatDone({ startTime, elapsedMs, lateResponseCode: code }))
  }

  private refusal(error: unknown): Refusal {
    if (error instanceof Refusal) return error
    if (error instanceof MalformedBuffer) {
      return new Refusal(ResponseCode.invalidRequestBody, `The request body is malformed at offset ${error.offset}.`)
    }
    this.around.log.error('mapi-http.failed', { error, requestType: this.requestType, requestId: this.requestId })
    return new Refusal(ResponseCode.unknownFailure, 'The server failed to process the request.')
  }

  private head(code: ResponseCode): HttpResponse {
    return this.response.headerLines(this.around.headerLines(this, code))
  }

  private get elapsedMs(): number {
    return Math.max(0, Math.round(this.around.runtime.monotonic() - this.startedMs))
  }
}

const PROCESSING_TEXT = PROCESSING.toString('latin1')
