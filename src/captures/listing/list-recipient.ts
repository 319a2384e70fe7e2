/** Recipients, part by part ([MS-OXCDATA] 2.8.3, [MS-OXCROPS] 2.2.6). */
import type { Fields } from '../../bufferstructs/index.js'
import { decodeString8, latin1Slice, utf16Slice } from '../../bufferstructs/index.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { RecipientAddressType } from '../../oxcdata/recipient-row.js'
import { listEntryId } from './list-binary.js'
import { listRow } from './list-property.js'
import { sayBytes, sayDn, sayEnumeration, sayFlags, sayNumber, sayText } from './value-text.js'
import type { Walk } from './walk.js'

const TYPE_MASK = 0x0007
const flags = {
  ...{ email: 0x8, displayName: 0x10, transmittableDisplayName: 0x20, sameName: 0x40, responsible: 0x80 },
  ...{ noRichText: 0x100, unicode: 0x200, simpleDisplayName: 0x400, otherType: 0x8000 }
}
const recipientTypes = { originator: 0, to: 1, cc: 2, bcc: 3 }
/** Bits above the type of a recipient: resend, and already sent ([MS-OXCMSG] 2.2.3.5.1). */
const RECIPIENT_TYPE_MASK = 0x0f
const SHORTEST_ENTRY_ID = 20

/** Columns of the enclosing structure where it has them, else those of the context. */
function columnsOf(walk: Walk, fields: Fields): readonly PropertyTag[] {
  return fields?.recipientColumns ?? walk.reader.context.columns
}

/** OpenRecipientRow, and with `withRowId` ReadRecipientRow. */
export function listOpenRecipient(walk: Walk, fields: Fields, withRowId: boolean): void {
  const { reader } = walk
  if (withRowId) walk.leaf('rowId', () => reader.u32(), sayNumber)
  listType(walk)
  const codePage = walk.leaf('codePageId', () => reader.u16(), sayNumber)
  walk.quietly(() => walk.leaf('reserved', () => reader.u16(), sayNumber))
  listSizedRow(walk, columnsOf(walk, fields), codePage)
}

export function listModifyRecipient(walk: Walk, fields: Fields): void {
  const { reader } = walk
  walk.leaf('rowId', () => reader.u32(), sayNumber)
  listType(walk)
  listSizedRow(walk, columnsOf(walk, fields), reader.context.codePage)
}

function listType(walk: Walk): void {
  walk.leaf(
    'recipientType',
    () => walk.reader.u8(),
    value => {
      const { text } = sayEnumeration(value & RECIPIENT_TYPE_MASK, recipientTypes)
      const rest = value & ~RECIPIENT_TYPE_MASK
      return { text: rest === 0 ? text : `${text} | 0x${rest.toString(16)}`, kind: 'enumeration' }
    }
  )
}

/** A row behind its size; size 0 is none. */
function listSizedRow(walk: Walk, columns: readonly PropertyTag[], codePage: number): void {
  const { reader } = walk
  const size = walk.quietly(() => walk.leaf('recipientRowSize', () => reader.u16(), sayNumber))
  if (size > reader.remaining) reader.fail(`${size} bytes wanted, ${reader.remaining} left`)
  if (size === 0) {
    walk.say({ text: 'no row: the recipient is deleted' })
    return
  }
  const end = reader.position + size
  const { end: outer, context } = reader
  reader.end = end
  reader.context = codePage === context.codePage ? context : { ...context, codePage }
  try {
    listRecipientRow(walk, columns)
    if (reader.remaining > 0) walk.leaf('rest', () => reader.subarray(reader.remaining), sayBytes)
  } finally {
    reader.end = outer
    reader.context = context
  }
}

export function listRecipientRow(walk: Walk, columns: readonly PropertyTag[]): void {
  const { reader } = walk
  const bits = walk.leaf('recipientFlags', () => reader.u16(), sayRecipientFlags)
  const kind = bits & TYPE_MASK
  if (kind === RecipientAddressType.x500Dn) {
    walk.leaf('addressPrefixUsed', () => reader.u8(), sayNumber)
    walk.leaf('displayType', () => reader.u8(), sayNumber)
    walk.leaf('x500Dn', () => ascii(walk), sayDn)
  } else if (kind >= RecipientAddressType.personalDistributionList1) {
    listCounted(walk, 'entryId')
    listCounted(walk, 'searchKey')
  } else if (kind === RecipientAddressType.noType && (bits & flags.otherType) !== 0) {
    walk.leaf('addressType', () => ascii(walk), sayText)
  }
  const unicode = (bits & flags.unicode) !== 0
  for (const name of ['email', 'displayName', 'simpleDisplayName', 'transmittableDisplayName'] as const)
    if ((bits & flags[name]) !== 0) walk.leaf(name, () => text(walk, unicode), sayText)
  const count = walk.quietly(() => walk.leaf('recipientColumnCount', () => reader.u16(), sayNumber))
  if (count > columns.length) reader.fail(`${count} recipient cells for ${columns.length} columns`, reader.position - 2)
  walk.group('recipientProperties', () => listRow(walk, columns.slice(0, count), 'rop'))
}

function sayRecipientFlags(value: number) {
  const { text } = sayEnumeration(value & TYPE_MASK, RecipientAddressType)
  const others = sayFlags(value & ~TYPE_MASK, flags).text
  return {
    text: `0x${value.toString(16)} ${text.replace(/^\d+ /, '')}, ${others.replace(/^0x[0-9a-f]+ ?/, '') || 'no flags'}`,
    kind: 'flags' as const
  }
}

function listCounted(walk: Walk, name: string): void {
  const { reader } = walk
  walk.group(name, () => {
    const size = walk.quietly(() => walk.leaf('size', () => reader.u16(), sayNumber))
    if (size > reader.remaining) reader.fail(`${size} bytes wanted, ${reader.remaining} left`)
    walk.attempt(reader.position + size, () => {
      if (name === 'entryId' && size >= SHORTEST_ENTRY_ID) listEntryId(walk, size)
      else if (size > 0) walk.leaf('data', () => reader.subarray(size), sayBytes)
    })
  })
}

function ascii({ reader }: Walk): string {
  const start = reader.position
  reader.position = reader.findZero8()
  return latin1Slice(reader.bytes, start, reader.position - 1)
}

function text({ reader }: Walk, unicode: boolean): string {
  const start = reader.position
  if (unicode) {
    reader.position = reader.findZero16()
    return utf16Slice(reader.bytes, start, reader.position - 2)
  }
  reader.position = reader.findZero8()
  return decodeString8(reader.bytes, reader.context.codePage, start, reader.position - 1)
}
