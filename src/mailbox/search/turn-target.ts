import { expandRuns, readBlobHead } from '../../../store/blob-head.js'
import { keys } from '../../../store/index.js'
import type { Mid } from '../../oxcdata/ids.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { RestrictionTarget } from '../../oxcdata/restriction-evaluate.js'
import { PidTagMessageAttachments, PidTagMessageRecipients } from '../../oxprops/property-tags.generated.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { type LargeValue, type MessageRecord, readAttachmentRecord } from '../record-codec.js'
import { computedRowValue } from '../tables/message-row-cells.js'
import type { SummaryRow } from '../tables/summary-row.js'

/** Most bytes of a large value that a comparison looks at, as in restricted tables. */
const MOST_COMPARED_BYTES = 1 << 20

/** A message as a turn leaves it: what the turn has put into its batch counts before what the store shows. */
export function turnTarget(
  core: MailboxCore,
  turn: MailboxTurn,
  mid: Mid,
  record: MessageRecord,
  row: () => SummaryRow
): RestrictionTarget {
  const get = (key: Uint8Array): Uint8Array | undefined => {
    const own = turn.batch.find(key)
    return own === undefined ? core.objects.store.get(key) : (own ?? undefined)
  }
  const computed = (tag: PropertyTag): Uint8Array | undefined =>
    row().packed.value(tag) ?? computedRowValue(core, tag, mid, row())
  return {
    value: tag => record.properties.value(tag) ?? largeValue(core, get, record, tag) ?? computed(tag),
    *subObjects(tag) {
      if (tag === PidTagMessageRecipients) {
        for (const { properties } of record.recipients) yield { value: inner => properties.get(inner) }
      }
      if (tag !== PidTagMessageAttachments) return
      for (const { number } of record.attachments) {
        const bytes = get(keys.attachment.of(core.number, mid, number))
        if (bytes === undefined) continue
        const { properties } = readAttachmentRecord(bytes)
        yield { value: inner => properties.value(inner) }
      }
    }
  }
}

type Get = (key: Uint8Array) => Uint8Array | undefined

function largeValue(core: MailboxCore, get: Get, { large }: MessageRecord, tag: PropertyTag): Uint8Array | undefined {
  const value = large.size === 0 ? undefined : large.get(tag >>> 16)
  return value === undefined || value.type !== (tag & 0xffff) ? undefined : beginning(core, get, value)
}

function beginning(core: MailboxCore, get: Get, { blobId }: LargeValue): Uint8Array | undefined {
  const bytes = get(keys.blob.of(core.number, blobId))
  if (bytes === undefined) return undefined
  const { sizeBytes, pieceBytes, runs } = readBlobHead(bytes)
  const value = new Uint8Array(Math.min(sizeBytes, MOST_COMPARED_BYTES))
  const sources = expandRuns(runs)
  for (let piece = 0; piece * pieceBytes < value.byteLength; piece++) {
    const source = sources[piece] ?? 0
    // Source 0 reads as zeros and is stored nowhere.
    const part = source === 0 ? undefined : get(keys.blobPiece.of(core.number, source, piece))
    if (part !== undefined) value.set(part.subarray(0, value.byteLength - piece * pieceBytes), piece * pieceBytes)
  }
  return value
}
