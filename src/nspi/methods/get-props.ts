import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { Book } from '../book.js'
import type { NspiCaller, NspiRow, Stat } from '../nspi.js'
import { isMissing } from '../properties/entry-cells.js'
import { RowMaker } from '../rows.js'
import { demandStat } from '../stat.js'
import { fail, NspiStatus } from '../status.js'
import { getPropList } from './get-prop-list.js'

/**
 * [MS-OXNSPI] 3.1.4.1.7: properties of one object, in the order in which they were asked for. ErrorsReturned when one of
 * them is missing: clients read the row all the same.
 */
export function getProps(
  book: Book,
  caller: NspiCaller,
  request: { flags: number; stat: Stat | null; tags: readonly PropertyTag[] | null }
): { errorCode: number; codePage: number; row: NspiRow } {
  const stat = demandStat(request.stat)
  const { flags } = request
  const { codePage, currentRecord } = stat
  const hasContainer = book.hasContainer(stat.containerId)
  if (!hasContainer && !book.personality.propsOfUnknownContainerSucceed) {
    fail('invalidBookmark', `no container ${stat.containerId}`)
  }
  const columns = request.tags ?? getPropList(book, caller, { flags, mid: currentRecord, codePage }).tags
  const row = new RowMaker(book, caller, { columns, flags, codePage }).ofMid(currentRecord)
  const whole = hasContainer && !row.some(isMissing)
  return { errorCode: whole ? NspiStatus.success : NspiStatus.errorsReturned, codePage, row }
}
