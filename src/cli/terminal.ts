/** Colours and layout for people: only on a terminal, never when NO_COLOR is set, always when FORCE_COLOR is. */

const { NO_COLOR, FORCE_COLOR, TERM } = process.env
const enabled =
  FORCE_COLOR !== undefined || (process.stdout.isTTY === true && NO_COLOR === undefined && TERM !== 'dumb')

const paint =
  (code: string) =>
  (text: string): string =>
    enabled ? `\u001b[${code}m${text}\u001b[0m` : text

export const bold = paint('1')
export const dim = paint('2')
export const green = paint('32')
export const cyan = paint('36')
export const red = paint('31')
export const yellow = paint('33')

/** Prints a line to standard output. */
export function line(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** How the reader calls the command line: through npm in a clone of the project, by its name where the package is installed. */
export function commandName(): string {
  return process.env.npm_package_name === 'ropewalk' ? 'npm run ropewalk --' : 'ropewalk'
}

/** An expected failure of a command: printed without a stack, with what to do next. */
export class CommandError extends Error {
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(message: string, hint?: string, exitCode = 1) {
    super(message)
    this.name = 'CommandError'
    this.hint = hint
    this.exitCode = exitCode
  }
}
