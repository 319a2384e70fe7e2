import type { DirectoryEntry } from '../../directory/index.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { Book } from '../book.js'
import type { NspiCaller, NspiRow, Stat } from '../nspi.js'
import { defaultColumns, RowMaker } from '../rows.js'
import { demandStat } from '../stat.js'
import { fail } from '../status.js'

/** Names in one request: as many as a message may have recipients. */
const NAME_COUNT_LIMIT = 5000

/**
 * [MS-OXNSPI] 3.1.4.1.16 and 3.1.4.1.17: what each name means, in the order of the names, and a row for each that means one
 * object. Entry ids in these rows are permanent: clients keep them in messages.
 */
export function resolveNames(
  book: Book,
  caller: NspiCaller,
  request: { stat: Stat | null; columns: readonly PropertyTag[] | null; names: readonly string[] | null }
): { stat: null; codePage: number; mids: number[]; columns: readonly PropertyTag[]; rows: readonly NspiRow[] } {
  const { codePage, containerId } = demandStat(request.stat)
  const scope = { container: book.container(containerId), principal: caller.principal }
  if (request.names === null) fail('invalidParameter', 'no names')
  if (request.names.length > NAME_COUNT_LIMIT) fail('outOfResources', `${request.names.length} names`)
  const mids: number[] = []
  const resolved: DirectoryEntry[] = []
  for (const name of request.names) {
    const { outcome, entry } = book.names.resolve(name, scope)
    mids.push(outcome)
    if (entry !== null) resolved.push(entry)
  }
  const columns = request.columns ?? defaultColumns
  const maker = new RowMaker(book, caller, { columns, flags: 0, codePage })
  const rows = maker.all(resolved, entry => maker.ofEntry(entry))
  return { stat: null, codePage, mids, columns, rows }
}
