/** What rules do, part by part ([MS-OXORULE] 2.2.5). */
import { ActionType, BounceCode } from '../../oxcdata/rule-action.js'
import { readElementCount } from '../../oxcdata/skip-value.js'
import { listEntryId } from './list-binary.js'
import { listTagged, type ValueForm } from './list-property.js'
import { sayBoolean, sayBytes, sayEnumeration, sayFlags, sayGuid, sayId, sayNumber } from './value-text.js'
import type { Walk } from './walk.js'
import { elements } from './walk-layout.js'

/** Type, flavor and flags of a block, which its length counts. */
const BLOCK_HEADER = 9
const SHORTEST_ENTRY_ID = 20

export function listRuleActions(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  const bits = form === 'rop' ? 16 : 32
  const count = walk.quietly(() =>
    walk.leaf('count', () => readElementCount(reader, bits, bits / 8 + BLOCK_HEADER), sayNumber)
  )
  walk.say({ text: elements(count) })
  for (let i = 0; i < count; i++) walk.group(`[${i}]`, () => listBlock(walk, form))
}

function listBlock(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  const size = walk.quietly(() => walk.leaf('length', () => count(walk, form), sayNumber))
  if (size < BLOCK_HEADER || size > reader.remaining) reader.fail(`action block of ${size} bytes`)
  const end = reader.position + size
  walk.attempt(end, () => {
    const type = walk.leaf(
      'actionType',
      () => reader.u8(),
      value => sayEnumeration(value, ActionType)
    )
    walk.say({ text: sayEnumeration(type, ActionType).text })
    walk.leaf(
      'actionFlavor',
      () => reader.u32(),
      value => sayFlags(value, {})
    )
    walk.leaf(
      'actionFlags',
      () => reader.u32(),
      value => sayFlags(value, {})
    )
    listData(walk, type, form)
  })
}

function count(walk: Walk, form: ValueForm): number {
  return form === 'rop' ? walk.reader.u16() : walk.reader.u32()
}

function listData(walk: Walk, type: number, form: ValueForm): void {
  const { reader } = walk
  switch (type) {
    case ActionType.move:
    case ActionType.copy:
      if (form === 'rop') walk.leaf('folderInThisStore', () => reader.u8() !== 0, sayBoolean)
      listCountedId(walk, 'storeEntryId', form)
      listCountedId(walk, 'folderEntryId', form)
      break
    case ActionType.reply:
    case ActionType.oofReply:
      if (form === 'rop') {
        walk.leaf(
          'folderId',
          () => reader.id(),
          value => sayId(value, walk)
        )
        walk.leaf(
          'messageId',
          () => reader.id(),
          value => sayId(value, walk)
        )
      } else listCountedId(walk, 'messageEntryId', form)
      walk.leaf('replyTemplateGuid', () => reader.guid(), sayGuid)
      break
    case ActionType.bounce:
      walk.leaf(
        'bounceCode',
        () => reader.u32(),
        value => sayEnumeration(value, BounceCode)
      )
      break
    case ActionType.forward:
    case ActionType.delegate:
      listRecipients(walk, form)
      break
    case ActionType.tag:
      listTagged(walk, form)
      break
    case ActionType.delete:
    case ActionType.markAsRead:
      break
    default:
      if (reader.remaining > 0) walk.leaf('actionData', () => reader.subarray(reader.remaining), sayBytes)
  }
}

function listCountedId(walk: Walk, name: string, form: ValueForm): void {
  const { reader } = walk
  walk.group(name, () => {
    const size = walk.quietly(() => walk.leaf('size', () => count(walk, form), sayNumber))
    if (size > reader.remaining) reader.fail(`${size} bytes wanted, ${reader.remaining} left`)
    walk.say({ text: `${size} bytes` })
    walk.attempt(reader.position + size, () => {
      if (size >= SHORTEST_ENTRY_ID) listEntryId(walk, size)
      else if (size > 0) walk.leaf('data', () => reader.subarray(size), sayBytes)
    })
  })
}

function listRecipients(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  const bits = form === 'rop' ? 16 : 32
  const blocks = walk.quietly(() =>
    walk.leaf('recipientCount', () => readElementCount(reader, bits, 1 + bits / 8), sayNumber)
  )
  for (let i = 0; i < blocks; i++) {
    walk.group(`recipients[${i}]`, () => {
      walk.quietly(() => walk.leaf('reserved', () => reader.u8(), sayNumber))
      const values = walk.quietly(() => walk.leaf('valueCount', () => readElementCount(reader, bits, 4), sayNumber))
      for (let at = 0; at < values; at++) listTagged(walk, form)
    })
  }
}
