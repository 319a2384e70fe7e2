/** How the byte forms are listed that the layouts leave to code, by the node of their layout. */

import { logonRedirect, receiveFolderColumns, receiveFolderRow } from '../../../rops/logon/logon-forms.js'
import { notificationData } from '../../../rops/notification/notification-data.js'
import { restrictionData, propertyRow as ropPropertyRow } from '../../../rops/wire-forms.js'
import { type Fields, type Layout, type LayoutNode, latin1Slice, utf16Slice } from '../../bufferstructs/index.js'
import { longTermId } from '../../oxcdata/ids.js'
import { propertyName, propertyNameOrNone } from '../../oxcdata/property-name.js'
import { propertyRow } from '../../oxcdata/property-row.js'
import { propertyTag } from '../../oxcdata/property-tag.js'
import {
  modifyRecipientRow,
  openRecipientRow,
  readRecipientRowLayout,
  recipientRow
} from '../../oxcdata/recipient-row.js'
import { restriction, restrictionWide } from '../../oxcdata/restriction.js'
import { ruleActions, ruleActionsWide } from '../../oxcdata/rule-action.js'
import { type SortOrder, sortOrder } from '../../oxcdata/sort-order.js'
import { taggedPropertyValue, taggedPropertyValueWide } from '../../oxcdata/tagged-value.js'
import { typedString } from '../../oxcdata/typed-string.js'
import { addressBookDescribers } from './address-book-describers.js'
import type { Describer } from './describer.js'
import { listRow, listTagged } from './list-property.js'
import { listModifyRecipient, listOpenRecipient, listRecipientRow } from './list-recipient.js'
import { listRestrictionHere } from './list-restriction.js'
import { listRuleActions } from './list-rule-actions.js'
import { propertyNameText } from './property-name-text.js'
import {
  nameOfTag,
  sayCounter,
  sayEnumeration,
  sayFlags,
  sayGuid,
  sayNumber,
  sayOwnGuid,
  sayTag,
  sayText
} from './value-text.js'
import type { Walk } from './walk.js'
import { elements } from './walk-layout.js'

const contextRow: Describer = {
  columns: true,
  inside: walk => listRow(walk, walk.reader.context.columns, 'rop')
}

const recipientColumns = (walk: Walk, fields: Fields): readonly number[] =>
  fields?.recipientColumns ?? walk.reader.context.columns

function listLongTermId(walk: Walk): void {
  const { reader } = walk
  const guid = walk.leaf('databaseGuid', () => reader.guid(), sayOwnGuid)
  const globcnt = walk.leaf('globcnt', () => reader.globcnt(), sayCounter)
  walk.quietly(() => walk.leaf('padding', () => reader.u16(), sayNumber))
  walk.say({ text: `${guid}:${globcnt.toString(16)}` })
}

const nameKinds = { lid: 0x00, name: 0x01, none: 0xff }

function listPropertyName(walk: Walk): void {
  const { reader } = walk
  const kind = walk.quietly(() =>
    walk.leaf(
      'kind',
      () => reader.u8(),
      value => sayEnumeration(value, nameKinds)
    )
  )
  if (kind === nameKinds.none) {
    walk.say({ text: 'none' })
    return
  }
  const guid = walk.leaf('guid', () => reader.guid(), sayGuid)
  if (kind === nameKinds.lid) {
    const lid = walk.leaf(
      'lid',
      () => reader.u32(),
      value => ({ text: `0x${value.toString(16)}`, kind: 'number' })
    )
    walk.say({ text: propertyNameText({ guid, lid }) })
    return
  }
  if (kind !== nameKinds.name) reader.fail(`property name kind ${kind} does not exist`)
  const size = walk.quietly(() => walk.leaf('nameSize', () => reader.u8(), sayNumber))
  const name = walk.leaf(
    'name',
    () => {
      const at = reader.take(size)
      if (size % 2 !== 0) reader.fail('property name of an odd number of bytes', at)
      return utf16Slice(reader.bytes, at, at + size).replace(/\0.*$/s, '')
    },
    sayText
  )
  walk.say({ text: propertyNameText({ guid, name }) })
}

function listRestrictionData(walk: Walk): void {
  const { reader } = walk
  const size = walk.quietly(() => walk.leaf('size', () => reader.u16(), sayNumber))
  if (size === 0) {
    walk.say({ text: 'none' })
    return
  }
  if (size > reader.remaining) reader.fail(`restriction of ${size} bytes exceeds the buffer`)
  const { end } = reader
  reader.end = reader.position + size
  listRestrictionHere(walk, 'rop')
  if (reader.remaining > 0) reader.fail('bytes behind a restriction')
  reader.end = end
}

function listRedirect(walk: Walk): void {
  const { reader } = walk
  walk.leaf(
    'logonFlags',
    () => reader.u8(),
    value => sayFlags(value, { private: 1, undercover: 2, ghosted: 4 })
  )
  const size = walk.quietly(() => walk.leaf('serverNameSize', () => reader.u8(), sayNumber))
  walk.leaf(
    'serverName',
    () => {
      const at = reader.take(size)
      return latin1Slice(reader.bytes, at, Math.max(at, at + size - 1))
    },
    sayText
  )
}

const NO_TAGS = 0xffff

function listChangedTags(walk: Walk): void {
  const { reader } = walk
  const count = walk.quietly(() => walk.leaf('tagCount', () => reader.u16(), sayNumber))
  if (count === NO_TAGS) {
    walk.say({ text: 'none' })
    return
  }
  if (count * 4 > reader.remaining) reader.fail(`${count} tags exceed the buffer`, reader.position - 2)
  walk.say({ text: elements(count) })
  for (let i = 0; i < count; i++)
    walk.leaf(
      `[${i}]`,
      () => reader.u32(),
      value => sayTag(value, walk)
    )
}

const directions: Readonly<Record<number, string>> = { 0: 'ascending', 1: 'descending', 4: 'maximum of the category' }

/** The node of a struct's field, `when` and the like taken off. */
function fieldNode(layout: Layout<unknown>, name: string): LayoutNode {
  if (layout.node.kind !== 'struct') throw new TypeError('not a struct')
  const found = layout.node.fields.find(([field]) => field === name)?.[1]
  if (found === undefined) throw new TypeError(`no field ${name}`)
  return found.kind === 'when' ? found.inner : found
}

/** A value is named by its property, not by its place. */
function tagged(form: 'rop' | 'wide'): Describer {
  return { inline: walk => listTagged(walk, form) }
}

/** Every form that is listed by code. */
export const describers: ReadonlyMap<unknown, Describer> = new Map<LayoutNode, Describer>([
  [propertyTag.node, { say: (tag: number, walk: Walk) => sayTag(tag, walk) }],
  [typedString.node, { say: (text: string | null) => (text === null ? { text: 'none' } : sayText(text)) }],
  [
    sortOrder.node,
    {
      say: ({ tag, order }: SortOrder, walk: Walk) => ({
        text: `${nameOfTag(tag, walk)} ${directions[order] ?? order}`
      })
    }
  ],
  [longTermId.node, { inside: listLongTermId }],
  [propertyName.node, { inside: listPropertyName }],
  [propertyNameOrNone.node, { inside: listPropertyName }],
  [propertyRow.node, contextRow],
  [ropPropertyRow.node, contextRow],
  [receiveFolderRow.node, { inside: walk => listRow(walk, receiveFolderColumns, 'rop') }],
  [restrictionData.node, { inside: listRestrictionData }],
  [restriction.node, { inside: walk => listRestrictionHere(walk, 'rop') }],
  [restrictionWide.node, { inside: walk => listRestrictionHere(walk, 'wide') }],
  [ruleActions.node, { inside: walk => listRuleActions(walk, 'rop') }],
  [ruleActionsWide.node, { inside: walk => listRuleActions(walk, 'wide') }],
  [taggedPropertyValue.node, tagged('rop')],
  [taggedPropertyValueWide.node, tagged('wide')],
  [openRecipientRow.node, { inside: (walk, fields) => listOpenRecipient(walk, fields, false) }],
  [readRecipientRowLayout.node, { columns: true, inside: (walk, fields) => listOpenRecipient(walk, fields, true) }],
  [modifyRecipientRow.node, { inside: listModifyRecipient }],
  [recipientRow.node, { inside: (walk, fields) => listRecipientRow(walk, recipientColumns(walk, fields)) }],
  [logonRedirect.node, { inside: listRedirect }],
  [fieldNode(notificationData as Layout<unknown>, 'tags'), { inside: listChangedTags }],
  ...addressBookDescribers
])
