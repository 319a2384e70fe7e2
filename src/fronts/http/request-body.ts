import type { ReceivedBytes } from './received-bytes.js'
import type { RequestHead } from './request-head.js'

const EMPTY = Buffer.alloc(0)
/** A chunk-size line with extensions, and each trailer line, at most. */
const LINE_LIMIT = 1024
const TRAILER_LINES = 64

/**
 * Collects the body of one request: none, counted or chunked (RFC 9112 6, 7.1). `advance` takes what has come in and
 * says whether the body is whole, or the HTTP status that refuses it. A body above `keepBytes` is read to its end but
 * not kept (`tooLarge`), so that a front can answer in its own words; above `limitBytes` it is refused with 413.
 */
export class RequestBody {
  tooLarge = false
  private readonly parts: Buffer[] = []
  private kept = 0
  private total = 0
  /** Bytes still missing of the counted body or of the current chunk. */
  private missing: number
  private state: 'counted' | 'size' | 'chunk' | 'chunkEnd' | 'trailer' | 'done'
  private trailers = 0
  private readonly keepBytes: number
  private readonly limitBytes: number

  constructor(length: number | 'chunked', keepBytes: number, limitBytes: number) {
    this.keepBytes = Math.min(keepBytes, limitBytes)
    this.limitBytes = limitBytes
    this.missing = length === 'chunked' ? 0 : length
    this.state = length === 'chunked' ? 'size' : length === 0 ? 'done' : 'counted'
  }

  get bytes(): Buffer {
    return this.parts.length === 0
      ? EMPTY
      : this.parts.length === 1
        ? this.parts[0]
        : Buffer.concat(this.parts, this.kept)
  }

  advance(input: ReceivedBytes): 'whole' | 'more' | number {
    while (this.state !== 'done') {
      if (input.size === 0) return 'more'
      if (this.state === 'counted' || this.state === 'chunk') {
        this.keep(input.take(Math.min(this.missing, input.size)))
        if (this.missing > 0) return 'more'
        this.state = this.state === 'counted' ? 'done' : 'chunkEnd'
        continue
      }
      const line = takeLine(input)
      if (line === undefined) return input.size > LINE_LIMIT ? 400 : 'more'
      const refusal = this.line(line)
      if (refusal !== undefined) return refusal
    }
    return 'whole'
  }

  private line(line: string): number | undefined {
    if (this.state === 'chunkEnd') {
      if (line !== '') return 400
      this.state = 'size'
    } else if (this.state === 'size') {
      const size = /^([0-9a-f]{1,8})[\t ]*(;[\t\x20-\x7e]*)?$/i.exec(line)
      if (size === null) return 400
      this.missing = Number.parseInt(size[1], 16)
      if (this.total + this.missing > this.limitBytes) return 413
      this.state = this.missing === 0 ? 'trailer' : 'chunk'
    } else {
      if (line === '') this.state = 'done'
      else if (++this.trailers > TRAILER_LINES || !/^[!#$%&'*+.^_`|~0-9a-z-]+:[\t\x20-\x7e\x80-\xff]*$/i.test(line))
        return 400
    }
    return undefined
  }

  private keep(piece: Buffer): void {
    this.missing -= piece.length
    this.total += piece.length
    if (this.tooLarge || this.total > this.keepBytes) {
      this.tooLarge = true
      this.parts.length = 0
      this.kept = 0
      return
    }
    this.parts.push(piece)
    this.kept += piece.length
  }
}

/** The next line without its CR LF, undefined while it is not whole. A bare LF stays in it and fails the caller's pattern. */
function takeLine(input: ReceivedBytes): string | undefined {
  const at = input.bytes.indexOf('\r\n', input.position, 'latin1')
  if (at < 0 || at + 2 > input.end) return undefined
  if (at - input.position > LINE_LIMIT) return '\n'
  const line = input.bytes.toString('latin1', input.position, at)
  input.take(at + 2 - input.position)
  return line
}

/**
 * Length of a request's body by its head: a number, `chunked`, or minus the HTTP status that refuses it. A message with both
 * Content-Length and Transfer-Encoding, with several lengths or with another coding before `chunked` is read
 * differently by different servers, which is how requests are smuggled; it is refused. A POST or PUT without either is
 * 411, as IIS answers.
 */
export function bodyLength(head: RequestHead): number | 'chunked' {
  const coding = head.header('transfer-encoding')
  const lengths = head.count('content-length')
  if (coding !== undefined) {
    if (lengths > 0 || head.minor === 0 || head.count('transfer-encoding') > 1) return -400
    return coding.toLowerCase() === 'chunked' ? 'chunked' : -501
  }
  if (lengths === 0) return head.method === 'POST' || head.method === 'PUT' ? -411 : 0
  const length = lengths > 1 ? -1 : head.decimal('content-length')
  return length < 0 ? -400 : length
}
