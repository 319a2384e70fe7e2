import { ErrorCode } from './error-code.generated.js'

export { ErrorCode }

/** Any code of the closed table. */
export type ErrorCodeValue = (typeof ErrorCode)[keyof typeof ErrorCode]

let names: Map<number, string> | undefined

/** The table's first name of a code, preferring the `ec` spelling; hexadecimal for a code that is not in the table. */
export function errorName(code: number): string {
  if (names === undefined) {
    names = new Map()
    for (const [name, value] of Object.entries(ErrorCode)) {
      if (!names.has(value)) names.set(value, name)
    }
    names.set(0, 'ecNone')
  }
  return names.get(code) ?? `0x${code.toString(16).padStart(8, '0')}`
}
