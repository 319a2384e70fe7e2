import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Mid } from '../../oxcdata/ids.js'
import type { RowCell } from '../../oxcdata/property-row.js'
import { FIRST_NAMED_ID, type PropertyTag } from '../../oxcdata/property-tag.js'
import { isMultivalueInstance, storedType } from '../../oxcdata/property-type.js'
import { splitElements } from '../../oxcdata/property-value.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { MailboxCore } from '../mailbox-core.js'
import { Access, MessageFlag, seenFlags } from '../messages/message-flags.js'
import { identityTags, identityValue } from '../messages/message-properties.js'
import type { ReadState } from '../public-store/read-states.js'
import { bool, int32, int64, readInt32 } from '../stored-values.js'
import type { SummaryRow } from './summary-row.js'

/** What the computed cells of a mailbox's messages are made from. */
export type RowMailbox = Pick<
  MailboxCore,
  'guid' | 'guidBytes' | 'replicaGuid' | 'replicaBytes' | 'mappingSignature' | 'storeEntryId' | 'storeKind'
>

/** A row of a contents table as computed cells see it: one object, moved from row to row. */
export interface MessageRow {
  readonly mailbox: RowMailbox
  mid: Mid
  row: SummaryRow
  /** Which value of the expanded multivalue the row stands for; -1 in a table that is not expanded. */
  instance: number
  /** Categories that the row lies in. */
  depth: number
}

type CellOf = (row: MessageRow) => Uint8Array | undefined

/** TBL_LEAF_ROW ([MS-OXCTABL] 2.2.1.3); header rows of categories are written elsewhere. */
const LEAF_ROW = 1

const flagsOf = ({ row }: MessageRow): number => readInt32(row.packed.value(tags.PidTagMessageFlags)) ?? 0

/** Computed columns ([MS-OXCTABL] 2.2.1, [MS-OXCMSG] 2.2.1) that a summary row does not hold itself. */
const COMPUTED: readonly (readonly [PropertyTag, CellOf])[] = [
  ...identityTags
    .filter(tag => tag !== tags.PidTagMid && tag !== tags.PidTagFolderId)
    .map(tag => [tag, (row: MessageRow) => identityOf(row, tag >>> 16)] as const),
  [tags.PidTagInstanceNum, ({ instance }) => int32(instance + 1)],
  [tags.PidTagRowType, () => int32(LEAF_ROW)],
  [tags.PidTagDepth, ({ depth }) => int32(depth)],
  [tags.PidTagAccess, () => int32(Access.modify | Access.read | Access.delete)],
  [tags.PidTagAccessLevel, () => int32(1)],
  [tags.PidTagMappingSignature, ({ mailbox }) => mailbox.mappingSignature],
  [tags.PidTagStoreEntryId, ({ mailbox }) => mailbox.storeEntryId],
  [tags.PidTagStoreRecordKey, ({ mailbox }) => mailbox.guidBytes],
  [tags.PidTagRead, row => bool((flagsOf(row) & MessageFlag.read) !== 0)],
  [tags.PidTagHasNamedProperties, ({ row: { packed } }) => bool(lastId(packed) >= FIRST_NAMED_ID)],
  [
    tags.PidTagMessageSizeExtended,
    ({ row }) => {
      const size = readInt32(row.packed.value(tags.PidTagMessageSize))
      return size === undefined ? undefined : int64(BigInt(size))
    }
  ],
  [tags.PidTagLocalCommitTime, ({ row }) => row.packed.value(tags.PidTagLastModificationTime)]
]

const byTag = new Map<PropertyTag, CellOf>(COMPUTED)

/** Tags of the computed columns. */
export const computedRowTags: readonly PropertyTag[] = [...byTag.keys()]

/** Columns that show the read state: in a public store everybody sees his own. */
export function isReadState(tag: PropertyTag): boolean {
  return tag === tags.PidTagMessageFlags || tag === tags.PidTagRead
}

/** The value of such a column for somebody; undefined for any other one. */
export function readStateValue(reader: ReadState, tag: PropertyTag, row: SummaryRow): Uint8Array | undefined {
  if (!isReadState(tag)) return undefined
  const isRead = reader.has(row.fid, row.cn)
  if (tag === tags.PidTagRead) return bool(isRead)
  const flags = readInt32(row.packed.value(tag))
  return flags === undefined ? undefined : int32(seenFlags(flags, isRead))
}

/** How a column's cells are computed for a reader; undefined when they stand in the summary row. */
export function computedCell(
  column: PropertyTag,
  reader?: ReadState | undefined
): ((row: MessageRow) => RowCell) | undefined {
  if (reader !== undefined && isReadState(column)) {
    return ({ row }) => readStateValue(reader, column, row) ?? ErrorCode.ecNotFound
  }
  if (isMultivalueInstance(column & 0xffff)) return row => instanceCell(row, column)
  const of = byTag.get(column)
  return of === undefined ? undefined : row => of(row) ?? ErrorCode.ecNotFound
}

/** The value of a computed property of a message's row, undefined when it is none. */
export function computedRowValue(
  mailbox: RowMailbox,
  tag: PropertyTag,
  mid: Mid,
  row: SummaryRow
): Uint8Array | undefined {
  return byTag.get(tag)?.({ mailbox, mid, row, instance: -1, depth: 0 })
}

function identityOf({ mailbox, mid, row }: MessageRow, id: number): Uint8Array | undefined {
  return identityValue({ core: mailbox, fid: row.fid, mid, cn: row.cn }, id)
}

/** One value of a multivalue: that of the row's instance, the first in a table that is not expanded. */
function instanceCell({ row, instance }: MessageRow, column: PropertyTag): RowCell {
  const type = storedType(column & 0xffff & ~0x2000)
  const value = row.packed.value((column & ~0x2000) >>> 0)
  if (value === undefined) return ErrorCode.ecNotFound
  return splitElements(type, value)[Math.max(0, instance)] ?? ErrorCode.ecNotFound
}

function lastId(packed: SummaryRow['packed']): number {
  return packed.count === 0 ? 0 : packed.idAt(packed.count - 1)
}
