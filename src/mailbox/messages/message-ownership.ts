import { PidTagCreatorEntryId } from '../../oxprops/property-tags.generated.js'
import type { Actor } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MessageRecord } from '../record-codec.js'

/** Whether the actor made the message: what the rights to edit and to delete own messages ask ([MS-OXCPERM] 2.2.7). */
export function isOwn(core: MailboxCore, record: MessageRecord, actor: Actor): boolean {
  const creator = record.properties.value(PidTagCreatorEntryId)
  return creator !== undefined && Buffer.compare(creator, core.userEntryId(actor.legacyDn)) === 0
}
