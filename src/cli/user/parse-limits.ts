import { type LimitKey, limitKeys } from '../../world/schema-entries.js'
import { parseLimit } from '../../world/schema-values.js'
import { CommandError } from '../terminal.js'

/**
 * Limits of a mailbox as `name=size`, e.g. `receive=500MB`: `unlimited` for none, nothing behind the sign for that of the
 * server. What comes out has the form of the admin API: bytes, or null.
 */
export function parseLimits(pairs: readonly string[]): Record<string, number | null> {
  const limits: Record<string, number | null> = {}
  for (const pair of pairs) {
    const [name, text] = pair.split('=', 2)
    if (text === undefined || !limitKeys.includes(name as LimitKey)) {
      throw new CommandError(`--limit ${pair}: name=size is wanted.`, `Names: ${limitKeys.join(', ')}`)
    }
    const bytes = text === '' ? null : parseLimit(text)
    if (bytes === undefined) throw new CommandError(`--limit ${name}: a size such as 500MB, or unlimited, is wanted.`)
    limits[`${name}Bytes`] = bytes
  }
  return limits
}
