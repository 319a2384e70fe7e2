import { keys } from '../../../store/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { Recipient } from '../../oxcdata/recipient.js'
import type { RestrictionTarget } from '../../oxcdata/restriction-evaluate.js'
import { PidTagMessageAttachments, PidTagMessageRecipients } from '../../oxprops/property-tags.generated.js'
import type { MailboxCore } from '../mailbox-core.js'
import { type MessageRecord, readAttachmentRecord } from '../record-codec.js'
import { BuiltOrders } from '../tables/built-orders.js'
import { computedRowValue } from '../tables/message-row-cells.js'
import { SummaryRow } from '../tables/summary-row.js'

const ofMailbox = new WeakMap<MailboxCore, BuiltOrders>()

/** The built orders of an open mailbox. */
export function builtOrdersOf(core: MailboxCore): BuiltOrders {
  let built = ofMailbox.get(core)
  if (built === undefined) {
    const source = {
      record: (mid: Mid) => messageTarget(core, mid),
      computedValue: (tag: PropertyTag, mid: Mid, row: SummaryRow) => computedRowValue(core, tag, mid, row)
    }
    const orders = new BuiltOrders(core.orders, source, core.runtime)
    core.readStates?.onChange(({ reader, fid, mids }) => {
      orders.readStateChanged(reader, fid, mids, mid => summaryOf(core, fid, mid))
    })
    built = orders
    ofMailbox.set(core, built)
  }
  return built
}

function summaryOf(core: MailboxCore, fid: Fid, mid: Mid): SummaryRow | null {
  const bytes = core.objects.store.get(keys.summary.of(core.number, fid, mid))
  return bytes === undefined ? null : new SummaryRow(bytes)
}

/** A stored message with its whole values, recipients and attachments, for restrictions that look at them. */
function messageTarget(core: MailboxCore, mid: Mid): RestrictionTarget | undefined {
  const record = core.messages.find(mid)
  if (record === undefined) return undefined
  return {
    value: tag => record.properties.value(tag) ?? largeValue(core, record, tag),
    subObjects: tag => {
      if (tag === PidTagMessageRecipients) return record.recipients.map(recipientTarget)
      return tag === PidTagMessageAttachments ? attachmentTargets(core, mid, record) : []
    }
  }
}

/** Most bytes of a large value that a comparison looks at. */
const MOST_COMPARED_BYTES = 1 << 20

function largeValue(core: MailboxCore, record: MessageRecord, tag: PropertyTag): Uint8Array | undefined {
  const large = record.large.get(tag >>> 16)
  if (large === undefined || large.type !== (tag & 0xffff)) return undefined
  const reader = core.objects.blobs.open(core.number, large.blobId)
  try {
    return reader.read(0, Math.min(large.sizeBytes, MOST_COMPARED_BYTES))
  } finally {
    reader.close()
  }
}

function recipientTarget({ properties }: Recipient): RestrictionTarget {
  return { value: tag => properties.get(tag) }
}

function* attachmentTargets(core: MailboxCore, mid: Mid, record: MessageRecord): Generator<RestrictionTarget> {
  for (const { number } of record.attachments) {
    const bytes = core.objects.store.get(keys.attachment.of(core.number, mid, number))
    if (bytes === undefined) continue
    const { properties } = readAttachmentRecord(bytes)
    yield { value: tag => properties.value(tag) }
  }
}
