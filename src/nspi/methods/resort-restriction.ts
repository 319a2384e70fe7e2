import type { DirectoryEntry } from '../../directory/index.js'
import type { Book } from '../book.js'
import { entryKey, nameOrder } from '../name-keys.js'
import type { Stat } from '../nspi.js'
import { demandStat, MID_BEGINNING_OF_TABLE, SortType } from '../stat.js'
import { fail } from '../status.js'

/** [MS-OXNSPI] 3.1.4.1.11: puts a list of ids in order; ids that stand for nobody fall away. */
export function resortRestriction(
  book: Book,
  request: { stat: Stat | null; mids: readonly number[] | null }
): { stat: Stat; mids: number[] } {
  const stat = demandStat(request.stat)
  if (request.mids === null) fail('invalidParameter', 'no list')
  if (stat.sortType !== SortType.displayName && !book.personality.restrictionsResortByAnyType) {
    fail('generalFailure', `sort type ${stat.sortType}`)
  }
  const order = nameOrder(stat)
  const rows = request.mids
    .map(mid => book.identity.entryOf(mid))
    .filter((entry): entry is DirectoryEntry => entry !== undefined)
    .map(entry => ({ key: entryKey(entry, order), entry }))
  rows.sort((a, b) => (a.key === b.key ? a.entry.id - b.entry.id : a.key < b.key ? -1 : 1))
  const mids = rows.map(({ entry }) => book.identity.midOf(entry))
  const position = mids.indexOf(stat.currentRecord)
  const place =
    position < 0
      ? { currentRecord: MID_BEGINNING_OF_TABLE, position: 0, totalRecords: mids.length }
      : { position, totalRecords: mids.length }
  return { stat: { ...stat, ...place }, mids }
}
