import { keys } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import type { MailboxCore } from '../mailbox-core.js'

/** The first `limit` messages of a folder, of every kind, as its summary rows name them. */
export async function eachMessage(core: MailboxCore, fid: Fid, limit: number): Promise<Mid[]> {
  const entries = await core.objects.store.range({ ...keys.summary.range(core.number, fid), limit, keysOnly: true })
  return entries.map(({ key }) => keys.summary.parse(key).mid)
}
