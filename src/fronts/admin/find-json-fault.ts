/** Where a text stops being JSON. */
export interface JsonFault {
  /** Both from 1; columns count UTF-16 units. */
  readonly line: number
  readonly column: number
  readonly message: string
}

const SPACE = /[\t\n\r ]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/**
 * The first fault of a text that `JSON.parse` has refused (RFC 8259); undefined when it has none. Engines say where it is in
 * words of their own, and some not at all. Nesting takes memory, not stack.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const fault = new Scan(text).run()
  return fault === undefined ? undefined : { ...placeOf(text, fault.at), message: fault.message }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

interface Fault {
  at: number
  message: string
}

class Scan {
  private at = 0
  /** Open brackets, `{` or `[`. */
  private readonly open: string[] = []
  /** A bracket was opened, and a value has to follow. */
  private isOpening = false

  constructor(private readonly text: string) {}

  run(): Fault | undefined {
    for (;;) {
      const begun = this.value()
      if (begun !== undefined) return begun
      if (this.isOpening) continue
      const ended = this.ends()
      if (ended === 'end') return undefined
      if (ended !== 'more') return ended
    }
  }

  private value(): Fault | undefined {
    this.isOpening = false
    this.take(SPACE)
    const char = this.text[this.at]
    if (char === '[' || char === '{') {
      this.at++
      this.take(SPACE)
      if (this.text[this.at] === (char === '[' ? ']' : '}')) {
        this.at++
        return undefined
      }
      this.open.push(char)
      this.isOpening = true
      return char === '{' ? this.name() : undefined
    }
    if (char === '"') return this.string('a string')
    if (this.take(SCALAR)) return undefined
    return this.expected('a value')
  }

  /** The name of a member and its colon. */
  private name(): Fault | undefined {
    this.take(SPACE)
    if (this.text[this.at] !== '"') return this.expected('the name of a member, in double quotes,')
    const fault = this.string('a name')
    if (fault !== undefined) return fault
    this.take(SPACE)
    if (this.text[this.at] !== ':') return this.expected('a colon')
    this.at++
    return undefined
  }

  /** What follows a value: brackets that close, a comma, or the end. */
  private ends(): 'end' | 'more' | Fault {
    for (;;) {
      this.take(SPACE)
      const bracket = this.open.at(-1)
      if (bracket === undefined) return this.at === this.text.length ? 'end' : this.expected('the end')
      const char = this.text[this.at]
      if (char === (bracket === '[' ? ']' : '}')) {
        this.at++
        this.open.pop()
        continue
      }
      if (char !== ',') return this.expected(`a comma or ${bracket === '[' ? ']' : '}'}`)
      this.at++
      return bracket === '{' ? (this.name() ?? 'more') : 'more'
    }
  }

  private string(what: string): Fault | undefined {
    const { text } = this
    this.at++
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at)
      if (code === QUOTE) {
        this.at++
        return undefined
      }
      if (code >= 0x20 && code !== BACKSLASH) this.at++
      else if (!this.take(ESCAPE)) {
        return { at: this.at, message: `${what} has a character or an escape that JSON does not allow` }
      }
    }
    return { at: this.at, message: `${what} does not end` }
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (found === null) return false
    this.at += found[0].length
    return true
  }

  private expected(what: string): Fault {
    const found = this.at === this.text.length ? 'the text ends' : `${JSON.stringify(this.text[this.at])} stands`
    return { at: this.at, message: `${found} where ${what} should be` }
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  const lines = before.split(/\r\n|\n|\r/)
  return { line: lines.length, column: lines[lines.length - 1].length + 1 }
}
