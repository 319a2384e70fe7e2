import { type PropertyTag, tagId, tagType } from '../../oxcdata/property-tag.js'
import { PtypString, storedType } from '../../oxcdata/property-type.js'
import { stringOf } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Book, BookTable } from '../book.js'
import { entryKey, soughtKey } from '../name-keys.js'
import type { NspiCaller, NspiValue, Stat } from '../nspi.js'
import { RowMaker } from '../rows.js'
import { demandStat, RetrieveFlag, SortType } from '../stat.js'
import { fail } from '../status.js'
import { type RowsAnswer, rowsFrom } from './query-rows.js'

/** Rows that come with a found place: the server chooses ([MS-OXNSPI] 3.1.4.1.9, constraint 13). */
const ROWS = 50

interface SeekRequest {
  stat: Stat | null
  target: NspiValue | null
  mids: readonly number[] | null
  columns: readonly PropertyTag[] | null
}

/** [MS-OXNSPI] 3.1.4.1.9: goes to the first row whose name is not below a text. */
export function seekEntries(book: Book, caller: NspiCaller, request: SeekRequest): RowsAnswer {
  const stat = demandStat(request.stat)
  const table = book.table(stat)
  const text = soughtText(stat, request.target)
  const { columns } = request
  const form = { columns: columns ?? [], flags: RetrieveFlag.ephemeralIds, codePage: stat.codePage }
  const maker = new RowMaker(book, caller, form)
  if (request.mids !== null) return seekInList(book, table, { ...request, mids: request.mids }, text, stat, maker)
  const place = table.seek(text)
  if (place >= table.size) fail('notFound', 'no row at or behind the text')
  const position = { currentRecord: table.midAt(place), position: place, totalRecords: table.size, delta: 0 }
  const rows = columns === null ? [] : rowsFrom(table, place, ROWS, maker)
  return { stat: { ...stat, ...position }, columns, rows }
}

/** Only display names are sought: anything else is GeneralFailure (constraints 9 and 10). */
function soughtText(stat: Stat, target: NspiValue | null): string {
  if (stat.sortType !== SortType.displayName) fail('generalFailure', `seeking by sort type ${stat.sortType}`)
  const isName = target !== null && tagId(target.tag) === tagId(tags.PidTagDisplayName)
  if (!isName || storedType(tagType(target.tag)) !== PtypString) fail('generalFailure', 'not a display name')
  return stringOf(target.bytes)
}

/** An explicit table is in the order that the client was given it; the place is counted in it. */
function seekInList(
  book: Book,
  { order }: BookTable,
  { mids, columns }: SeekRequest & { mids: readonly number[] },
  text: string,
  stat: Stat,
  maker: RowMaker
): RowsAnswer {
  const key = soughtKey(text, order)
  const place = mids.findIndex(mid => {
    const entry = book.identity.entryOf(mid)
    return entry !== undefined && entryKey(entry, order) >= key
  })
  if (place < 0) fail('notFound', 'no row of the list at or behind the text')
  const position = { currentRecord: mids[place], position: place, totalRecords: mids.length, delta: 0 }
  const rows = columns === null ? [] : maker.some(mids.slice(place), mid => maker.ofMid(mid))
  return { stat: { ...stat, ...position }, columns, rows }
}
