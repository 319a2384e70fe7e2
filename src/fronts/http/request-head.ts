import type { RequestTarget } from './request-target.js'

const LOWER_BIT = 0x20

/**
 * The head of one request: method, target and where each header lies in the received bytes. Nothing is decoded before
 * someone asks for it. `fields` holds four offsets per header: name start, name end, value start, value end.
 */
export class RequestHead {
  readonly method: string
  readonly place: RequestTarget
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  readonly minor: number
  private readonly bytes: Buffer
  private readonly fields: readonly number[]

  constructor(method: string, place: RequestTarget, minor: number, bytes: Buffer, fields: readonly number[]) {
    this.method = method
    this.place = place
    this.minor = minor
    this.bytes = bytes
    this.fields = fields
  }

  get headerCount(): number {
    return this.fields.length >> 2
  }

  /** Value of the first header of this lower-case name, decoded as Latin-1; undefined when there is none. */
  header(name: string): string | undefined {
    const at = this.find(name, 0)
    return at < 0 ? undefined : this.bytes.toString('latin1', this.fields[at + 2], this.fields[at + 3])
  }

  /** Values of all headers of this lower-case name, in order. */
  headers(name: string): string[] {
    const values: string[] = []
    for (let at = this.find(name, 0); at >= 0; at = this.find(name, at + 4)) {
      values.push(this.bytes.toString('latin1', this.fields[at + 2], this.fields[at + 3]))
    }
    return values
  }

  has(name: string): boolean {
    return this.find(name, 0) >= 0
  }

  /** How many headers have this lower-case name. */
  count(name: string): number {
    let count = 0
    for (let at = this.find(name, 0); at >= 0; at = this.find(name, at + 4)) count++
    return count
  }

  /** True when the first header of this lower-case name has exactly this Latin-1 value; decodes nothing. */
  headerIs(name: string, value: string): boolean {
    const at = this.find(name, 0)
    if (at < 0) return false
    const start = this.fields[at + 2]
    if (this.fields[at + 3] - start !== value.length) return false
    for (let i = 0; i < value.length; i++) if (this.bytes[start + i] !== value.charCodeAt(i)) return false
    return true
  }

  /** The first header of this lower-case name as a number of at most 15 digits; -1 for any other value or none. */
  decimal(name: string): number {
    const at = this.find(name, 0)
    const start = at < 0 ? 0 : this.fields[at + 2]
    const end = at < 0 ? 0 : this.fields[at + 3]
    if (start === end || end - start > 15) return -1
    let value = 0
    for (let i = start; i < end; i++) {
      const digit = this.bytes[i] - 0x30
      if (digit < 0 || digit > 9) return -1
      value = value * 10 + digit
    }
    return value
  }

  /** True when a comma-separated header of this name lists `token` (lower case). */
  lists(name: string, token: string): boolean {
    const value = this.header(name)
    if (value === undefined) return false
    if (value === token) return true
    return this.headers(name).some(line => line.split(',').some(part => part.trim().toLowerCase() === token))
  }

  /** Names and values in order of arrival: for logs, traces and tests. */
  entries(): [string, string][] {
    const list: [string, string][] = []
    for (let at = 0; at < this.fields.length; at += 4) {
      const [a, b, c, d] = this.fields.slice(at, at + 4)
      list.push([this.bytes.toString('latin1', a, b), this.bytes.toString('latin1', c, d)])
    }
    return list
  }

  get target(): string {
    return this.place.text
  }

  /** Path of the target in lower case, without query; an absolute-form target loses scheme and host. */
  get path(): string {
    return this.place.path
  }

  /** What follows the `?` of the target, not decoded; empty when there is none. */
  get query(): string {
    return this.place.query
  }

  /** Value of a query parameter, its name compared without case; undefined when absent or not decodable. */
  queryParameter(name: string): string | undefined {
    return this.place.queryParameter(name)
  }

  /** Compares bytes with the low-case bit set: exact for the letters, digits and hyphen that header names consist of. */
  private find(name: string, from: number): number {
    const { fields, bytes } = this
    const size = name.length
    next: for (let at = from; at < fields.length; at += 4) {
      const start = fields[at]
      if (fields[at + 1] - start !== size) continue
      for (let i = 0; i < size; i++) {
        if ((bytes[start + i] | LOWER_BIT) !== (name.charCodeAt(i) | LOWER_BIT)) continue next
      }
      return at
    }
    return -1
  }
}
