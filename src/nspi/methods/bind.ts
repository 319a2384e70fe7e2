import type { Book } from '../book.js'
import type { Stat } from '../nspi.js'
import { CP_WINUNICODE, demandStat } from '../stat.js'
import { fail } from '../status.js'

/** Somebody who did not say who he is; Exchange has refused that since 2010. */
const ANONYMOUS = 0x00000020

/** [MS-OXNSPI] 3.1.4.1.1: begins a session. There is nothing to keep: every request says where it stands. */
export function bind(book: Book, request: { flags: number; stat: Stat | null }): { serverGuid: string } {
  if ((request.flags & ANONYMOUS) !== 0) fail('notSupported', 'anonymous')
  const { codePage } = demandStat(request.stat)
  if (codePage === CP_WINUNICODE) fail('invalidCodepage', 'Unicode for 8-bit strings')
  return { serverGuid: book.identity.serverGuid }
}
