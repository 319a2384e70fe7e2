import type { Infer } from '../../src/bufferstructs/index.js'
import { Writer } from '../../src/bufferstructs/index.js'
import type { Message } from '../../src/mailbox/domain.js'
import { type Recipient, recipientToRow } from '../../src/oxcdata/recipient.js'
import {
  type OpenRecipientRow,
  openRecipientRow,
  type ReadRecipientRow,
  readRecipientRowLayout
} from '../../src/oxcdata/recipient-row.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import { typedString } from '../../src/oxcdata/typed-string.js'
import type { messageSummary } from './message-summary.js'

const PidTagSubjectPrefix = 0x003d001f
const PidTagNormalizedSubject = 0x0e1d001f
/** HasNamedProperties, RecipientCount, ColumnCount, RowCount. */
const FIXED_BYTES = 6
const MOST_ROWS = 0xfe

function textOf(message: Message, tag: number): string | null {
  const value = message.value(tag)
  return typeof value === 'number' ? null : stringOf(value)
}

/** Recipients in the order of their row numbers, which is that of RopOpenMessage and RopReadRecipients. */
export function recipientsInOrder(message: Message): Recipient[] {
  return [...message.recipients].sort((a, b) => a.rowId - b.rowId)
}

function openRow(recipient: Recipient, columns: readonly number[]): OpenRecipientRow {
  const row = recipientToRow(recipient, { columns, unicode: true })
  return { recipientType: recipient.type, codePageId: recipient.codePage, row }
}

/** As many rows as fit into `space` bytes, each written once into a scratch buffer to learn its size. */
function fitting<T>(
  rows: Iterable<T>,
  space: number,
  columns: readonly number[],
  layout: { write(writer: Writer, row: T): void }
): T[] {
  if (Array.isArray(rows) && rows.length === 0) return []
  const scratch = new Writer(512)
  scratch.context = { ...scratch.context, columns }
  const taken: T[] = []
  let left = space
  for (const row of rows) {
    if (taken.length === MOST_ROWS) break
    scratch.position = 0
    layout.write(scratch, row)
    left -= scratch.position
    if (left < 0) break
    taken.push(row)
  }
  return taken
}

function* map<T, U>(values: Iterable<T>, change: (value: T) => U): Iterable<U> {
  for (const value of values) yield change(value)
}

/**
 * [MS-OXCMSG] 2.2.3.1.2: what the opening of a message tells, in at most `space` bytes: as many recipients as fit, in the
 * order of their row numbers (3.2.5.1).
 */
export function summaryOf(message: Message, space: number): Infer<typeof messageSummary> {
  const subjectPrefix = textOf(message, PidTagSubjectPrefix)
  const normalizedSubject = textOf(message, PidTagNormalizedSubject)
  const recipients = recipientsInOrder(message)
  const columns = recipients.length === 0 ? [] : message.recipientColumns()
  const used = FIXED_BYTES + typedString.size(subjectPrefix) + typedString.size(normalizedSubject) + columns.length * 4
  const rows = recipients.length === 0 ? [] : map(recipients, recipient => openRow(recipient, columns))
  return {
    hasNamedProperties: message.hasNamedProperties,
    subjectPrefix,
    normalizedSubject,
    recipientCount: recipients.length,
    recipientColumns: columns,
    recipientRows: fitting(rows, space - used, columns, openRecipientRow)
  }
}

/** [MS-OXCMSG] 3.2.5.6: recipients from one on, as many as fit into `space` bytes. */
export function readRows(message: Message, from: readonly Recipient[], space: number): ReadRecipientRow[] {
  const columns = message.recipientColumns()
  const rows = map(from, recipient => ({ rowId: recipient.rowId, ...openRow(recipient, columns) }))
  return fitting(rows, space, columns, readRecipientRowLayout)
}
