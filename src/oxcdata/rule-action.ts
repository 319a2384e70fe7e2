/** [MS-OXORULE] 2.2.5: what a rule does, in the form of standard rules (16-bit counts) and of extended rules (32-bit counts). */
import { custom, type Layout, type Reader, type Writer } from '../bufferstructs/index.js'
import type { PropertyEntry } from './property-tag.js'
import { writeCount } from './property-value.js'
import { type CountWidth, readCount, readElementCount } from './skip-value.js'
import { readTaggedValue, writeTaggedValue } from './tagged-value.js'

/** ActionType of 2.2.5.1. */
export const ActionType = {
  move: 0x01,
  copy: 0x02,
  reply: 0x03,
  oofReply: 0x04,
  deferAction: 0x05,
  bounce: 0x06,
  forward: 0x07,
  delegate: 0x08,
  tag: 0x09,
  delete: 0x0a,
  markAsRead: 0x0b
} as const

/** ActionFlavor bits of 2.2.5.1.1 for forwarding (PR, NC, AT, TM) and for replying (NS, ST). */
export const ForwardFlavor = { preserveSender: 0x1, noChange: 0x2, asAttachment: 0x4, textMessage: 0x8 } as const
export const ReplyFlavor = { notToSender: 0x1, serverText: 0x2 } as const

/** BounceCode of 2.2.5.1.2.5. */
export const BounceCode = { tooLarge: 0x0d, cannotDisplay: 0x1f, denied: 0x26 } as const

export interface RecipientBlock {
  reserved: number
  values: PropertyEntry[]
}

/** ActionData; which one belongs to which ActionType follows from 2.2.5.1.2. */
export type ActionData =
  | { kind: 'folder'; folderInThisStore: boolean; storeEntryId: Uint8Array; folderEntryId: Uint8Array }
  | { kind: 'template'; folderId: number; messageId: number; templateGuid: string }
  | { kind: 'templateEntryId'; messageEntryId: Uint8Array; templateGuid: string }
  | { kind: 'opaque'; bytes: Uint8Array }
  | { kind: 'bounce'; code: number }
  | { kind: 'recipients'; recipients: RecipientBlock[] }
  | { kind: 'tag'; value: PropertyEntry }
  | { kind: 'none' }

export interface RuleAction {
  type: number
  flavor: number
  flags: number
  data: ActionData
}

/** Type, flavor and flags of a block, which its length counts. */
const BLOCK_HEADER = 9

export function readRuleActions(reader: Reader, width: CountWidth = 16): RuleAction[] {
  const count = readElementCount(reader, width, width / 8 + BLOCK_HEADER)
  const actions: RuleAction[] = []
  for (let i = 0; i < count; i++) actions.push(readBlock(reader, width))
  return actions
}

function readBlock(reader: Reader, width: CountWidth): RuleAction {
  const size = readCount(reader, width)
  const start = reader.take(size)
  if (size < BLOCK_HEADER) reader.fail(`action block of ${size} bytes`, start)
  const { end } = reader
  reader.position = start
  reader.end = start + size
  try {
    const type = reader.u8()
    const action = { type, flavor: reader.u32(), flags: reader.u32(), data: readData(reader, type, width) }
    if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes too many in an action of type ${type}`)
    return action
  } finally {
    reader.end = end
  }
}

function readData(reader: Reader, type: number, width: CountWidth): ActionData {
  switch (type) {
    case ActionType.move:
    case ActionType.copy:
      return {
        kind: 'folder',
        folderInThisStore: width === 32 || reader.u8() !== 0,
        storeEntryId: reader.copy(readCount(reader, width)),
        folderEntryId: reader.copy(readCount(reader, width))
      }
    case ActionType.reply:
    case ActionType.oofReply:
      if (width === 16) {
        return { kind: 'template', folderId: reader.id(), messageId: reader.id(), templateGuid: reader.guid() }
      }
      return { kind: 'templateEntryId', messageEntryId: reader.copy(reader.u32()), templateGuid: reader.guid() }
    case ActionType.bounce:
      return { kind: 'bounce', code: reader.u32() }
    case ActionType.forward:
    case ActionType.delegate:
      return { kind: 'recipients', recipients: readRecipients(reader, width) }
    case ActionType.tag:
      return { kind: 'tag', value: readTaggedValue(reader, width) }
    case ActionType.delete:
    case ActionType.markAsRead:
      return { kind: 'none' }
    default:
      return { kind: 'opaque', bytes: reader.copy(reader.remaining) }
  }
}

function readRecipients(reader: Reader, width: CountWidth): RecipientBlock[] {
  const recipients: RecipientBlock[] = []
  for (let left = readElementCount(reader, width, 1 + width / 8); left > 0; left--) {
    const block: RecipientBlock = { reserved: reader.u8(), values: [] }
    for (let values = readElementCount(reader, width, 4); values > 0; values--) {
      block.values.push(readTaggedValue(reader, width))
    }
    recipients.push(block)
  }
  return recipients
}

export function writeRuleActions(writer: Writer, actions: readonly RuleAction[], width: CountWidth = 16): void {
  writeCount(writer, actions.length, width)
  for (const action of actions) {
    const lengthAt = writer.reserve(width / 8)
    const start = writer.position
    writer.u8(action.type)
    writer.u32(action.flavor)
    writer.u32(action.flags)
    writeData(writer, action.data, width)
    const size = writer.position - start
    if (width === 32) writer.patchU32(lengthAt, size)
    else if (size > 0xffff) throw new RangeError(`action block of ${size} bytes`)
    else writer.patchU16(lengthAt, size)
  }
}

function writeData(writer: Writer, data: ActionData, width: CountWidth): void {
  switch (data.kind) {
    case 'folder':
      if (width === 16) writer.u8(data.folderInThisStore ? 1 : 0)
      for (const id of [data.storeEntryId, data.folderEntryId]) {
        writeCount(writer, id.byteLength, width)
        writer.copy(id)
      }
      break
    case 'template':
      writer.id(data.folderId)
      writer.id(data.messageId)
      writer.guid(data.templateGuid)
      break
    case 'templateEntryId':
      writer.u32(data.messageEntryId.byteLength)
      writer.copy(data.messageEntryId)
      writer.guid(data.templateGuid)
      break
    case 'opaque':
      writer.copy(data.bytes)
      break
    case 'bounce':
      writer.u32(data.code)
      break
    case 'recipients':
      writeCount(writer, data.recipients.length, width)
      for (const block of data.recipients) {
        writer.u8(block.reserved)
        writeCount(writer, block.values.length, width)
        for (const value of block.values) writeTaggedValue(writer, value, width)
      }
      break
    case 'tag':
      writeTaggedValue(writer, data.value, width)
      break
    case 'none':
  }
}

function layout(width: CountWidth): Layout<RuleAction[]> {
  return custom<RuleAction[]>({
    read: reader => readRuleActions(reader, width),
    write: (writer, actions) => writeRuleActions(writer, actions, width),
    minSize: width / 8,
    generate: random => [{ type: ActionType.delete, flavor: 0, flags: random.u32(), data: { kind: 'none' } }],
    why: 'the data of an action follows from its type and is counted by its block'
  })
}

/** PidTagRuleActions, the value of PtypRuleAction. */
export const ruleActions = layout(16)

/** RuleActionsBuffer of PidTagExtendedRuleMessageActions. */
export const ruleActionsWide = layout(32)
