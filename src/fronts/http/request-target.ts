/**
 * The target of a request (RFC 9112 3.2). A client asks for the same one again and again, so that a connection keeps the
 * target of its last request, and what has been found out about it is found out once.
 */
export class RequestTarget {
  readonly text: string
  /** Path in lower case, without query; an absolute-form target loses scheme and host. */
  readonly path: string
  /** What follows the `?`, not decoded; empty when there is none. */
  readonly query: string
  private asked: string | undefined
  private answer: string | undefined

  constructor(text: string) {
    const origin = originForm(text)
    const at = origin.indexOf('?')
    this.text = text
    this.path = (at < 0 ? origin : origin.slice(0, at)).toLowerCase()
    this.query = at < 0 ? '' : origin.slice(at + 1)
  }

  /** True when these received bytes say this target. */
  equals(bytes: Uint8Array, start: number, end: number): boolean {
    const { text } = this
    if (end - start !== text.length) return false
    for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
    return true
  }

  /** Value of a query parameter, its name compared without case; undefined when absent or not decodable. */
  queryParameter(name: string): string | undefined {
    if (this.asked !== name) {
      this.answer = this.find(name)
      this.asked = name
    }
    return this.answer
  }

  private find(name: string): string | undefined {
    if (this.query === '') return undefined
    for (const part of this.query.split('&')) {
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
}

function originForm(target: string): string {
  if (target.charCodeAt(0) === 0x2f) return target
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(target)
  return scheme === null ? target : target.slice(scheme[0].length) || '/'
}
