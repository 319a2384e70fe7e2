import type { Book } from '../book.js'
import type { Stat } from '../nspi.js'
import { anyPlace, movedPlace, statAt } from '../position.js'
import { demandStat } from '../stat.js'

/** [MS-OXNSPI] 3.1.4.1.4: moves the client's place in a table. */
export function updateStat(
  book: Book,
  request: { stat: Stat | null; wantsDelta: boolean }
): { stat: Stat; delta: number | null } {
  const stat = demandStat(request.stat)
  const table = book.table(stat)
  const initial = anyPlace(table, stat)
  const final = movedPlace(table, initial, stat.delta)
  return { stat: statAt(table, final, stat), delta: request.wantsDelta ? final - initial : null }
}
