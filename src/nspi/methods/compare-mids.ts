import type { Book } from '../book.js'
import type { Stat } from '../nspi.js'
import { demandStat } from '../stat.js'
import { fail } from '../status.js'

/** [MS-OXNSPI] 3.1.4.1.12: which of two objects stands first in a table; below, equal to or above zero. */
export function compareMids(
  book: Book,
  request: { stat: Stat | null; mid1: number; mid2: number }
): { result: number } {
  const table = book.table(demandStat(request.stat))
  const [first, second] = [table.indexOf(request.mid1), table.indexOf(request.mid2)]
  if (first < 0 || second < 0) fail('generalFailure', 'not in the table')
  return { result: Math.sign(first - second) }
}
