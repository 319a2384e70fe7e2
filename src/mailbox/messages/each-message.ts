import { keys } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import type { MailboxCore } from '../mailbox-core.js'
import { ASSOCIATED_ROWS, SOFT_DELETED_ROWS } from '../tables/summary-row.js'

/** Messages looked up at a time. */
const PAGE_MESSAGES = 500

/**
 * The messages of a folder of every kind, soft-deleted ones too, page by page: those that it has at the moment of the call. One pass,
 * because a search that begins anew after each page would pass by all that has been removed.
 */
export async function* everyMessage(core: MailboxCore, fid: Fid): AsyncGenerator<Mid[], void, void> {
  const range = { ...keys.summary.range(core.number, fid), pageEntries: PAGE_MESSAGES, keysOnly: true }
  for await (const page of core.objects.store.pages(range)) yield page.map(({ key }) => keys.summary.parse(key).mid)
}

/** The messages that a folder has at the moment of the call, page by page; those that are soft-deleted are not among them. */
export async function* messagesOf(
  core: MailboxCore,
  fid: Fid,
  which: { normal: boolean; associated: boolean }
): AsyncGenerator<Mid[], void, void> {
  for await (const page of core.orders.summaries(fid, PAGE_MESSAGES)) {
    const wanted = page.filter(({ row: { set } }) => {
      if ((set & SOFT_DELETED_ROWS) !== 0) return false
      return (set & ASSOCIATED_ROWS) !== 0 ? which.associated : which.normal
    })
    if (wanted.length > 0) yield wanted.map(({ mid }) => mid)
  }
}
