const LOWER_BIT = 0x20

/**
 * The head of one request: method, target and where each header lies in the received bytes. Nothing is decoded before
 * someone asks for it. `fields` holds four offsets per header: name start, name end, value start, value end.
 */
export class RequestHead {
  readonly method: string
  readonly target: string
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  readonly minor: number
  private readonly bytes: Buffer
  private readonly fields: Int32Array
  private splitAt = -2

  constructor(method: string, target: string, minor: number, bytes: Buffer, fields: Int32Array) {
    this.method = method
    this.target = target
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
      const [a, b, c, d] = this.fields.subarray(at, at + 4)
      list.push([this.bytes.toString('latin1', a, b), this.bytes.toString('latin1', c, d)])
    }
    return list
  }

  /** Path of the target in lower case, without query; an absolute-form target loses scheme and host. */
  get path(): string {
    return this.origin.slice(0, this.split()).toLowerCase()
  }

  /** What follows the `?` of the target, not decoded; empty when there is none. */
  get query(): string {
    const at = this.split()
    return at >= this.origin.length ? '' : this.origin.slice(at + 1)
  }

  /** Value of a query parameter, its name compared without case; undefined when absent or not decodable. */
  queryParameter(name: string): string | undefined {
    const query = this.query
    if (query === '') return undefined
    for (const part of query.split('&')) {
      const equals = part.indexOf('=')
      const key = equals < 0 ? part : part.slice(0, equals)
      if (key.length !== name.length || key.toLowerCase() !== name.toLowerCase()) continue
      try {
        return equals < 0 ? '' : decodeURIComponent(part.slice(equals + 1))
      } catch {
        return undefined
      }
    }
    return undefined
  }

  private get origin(): string {
    const target = this.target
    if (target.charCodeAt(0) === 0x2f) return target
    const scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(target)
    return scheme === null ? target : target.slice(scheme[0].length) || '/'
  }

  private split(): number {
    if (this.splitAt === -2) {
      const at = this.origin.indexOf('?')
      this.splitAt = at < 0 ? this.origin.length : at
    }
    return this.splitAt
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
