import { CaptureError, type RecordedExchange, type RecordedSession } from './recorded-session.js'

const NAMES_SHOWN = 20

/** Exchanges by their name, or by the number that their name begins or ends with; all of them without `only`. */
export function selectExchanges({ exchanges }: RecordedSession, only: string | undefined): Set<RecordedExchange> {
  if (only === undefined) return new Set(exchanges)
  const number = /^\d+$/.test(only) ? Number(only) : undefined
  const found = exchanges.filter(({ name }) => name === only || (number !== undefined && numberOf(name) === number))
  if (found.length > 0) return new Set(found)
  const names = exchanges.slice(0, NAMES_SHOWN).map(({ name }) => name)
  const more = exchanges.length > names.length ? ` and ${exchanges.length - names.length} more` : ''
  throw new CaptureError(`There is no exchange ${only}.`, `Exchanges: ${names.join(', ')}${more}.`)
}

function numberOf(name: string): number | undefined {
  const digits = /^\d+/.exec(name) ?? /\d+(?=\.\w+$|$)/.exec(name)
  return digits === null ? undefined : Number(digits[0])
}
