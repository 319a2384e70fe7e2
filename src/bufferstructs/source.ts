/** Source text of one function under construction: its lines, its local names, and the values that it closes over. */
export class Source {
  private readonly lines: string[] = []
  private readonly constants: unknown[] = []
  private locals = 0

  /** A name under which the function sees the value. */
  constant(value: unknown): string {
    const known = this.constants.indexOf(value)
    return `k${known >= 0 ? known : this.constants.push(value) - 1}`
  }

  /** A name that no other line uses. */
  name(): string {
    return `t${this.locals++}`
  }

  line(text: string): void {
    this.lines.push(text)
  }

  /** Declares a local that holds the expression, and returns its name. */
  hold(expression: string): string {
    const name = this.name()
    this.line(`const ${name} = ${expression}`)
    return name
  }

  /** Leaves room for a line that is known only later. */
  placeholder(): number {
    return this.lines.push('') - 1
  }

  fill(placeholder: number, text: string): void {
    this.lines[placeholder] = text
  }

  text(): string {
    return this.lines.filter(line => line !== '').join('\n')
  }

  /** The function. All that enters the text are names of declared fields (checked by `struct`) and numbers of the layout. */
  build<F>(parameters: string): F {
    const names = this.constants.map((_, i) => `k${i}`)
    const body = `'use strict'\nreturn function (${parameters}) {\n${this.text()}\n}`
    return new Function(...names, body)(...this.constants) as F
  }
}

/** The labels of a union's case in a `switch`: a key is a number, a boolean or a string, and all three may name a case. */
export function caseLabels(key: string): string {
  const labels = [`case ${JSON.stringify(key)}:`]
  if (/^(0|[1-9]\d*)$/.test(key) && Number(key) <= Number.MAX_SAFE_INTEGER) labels.unshift(`case ${key}:`)
  if (key === 'true' || key === 'false') labels.unshift(`case ${key}:`)
  return labels.join(' ')
}
