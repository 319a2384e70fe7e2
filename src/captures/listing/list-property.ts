/**
 * Property values, cells and rows, part by part, in the three forms that they have on the wire: those of ROP buffers (16-bit
 * counts), of extended rules (32-bit counts) and of address book bodies ([MS-OXCDATA] 2.8, 2.11; [MS-OXCMAPIHTTP] 2.2.1).
 */
import { readValue } from '../../fronts/mapi-http/grammar/address-book-values.js'
import { cellType } from '../../oxcdata/property-row.js'
import { type PropertyTag, withType } from '../../oxcdata/property-tag.js'
import {
  fixedSize,
  isMultivalue,
  PtypBinary,
  PtypNull,
  PtypRestriction,
  PtypRuleAction,
  PtypServerId,
  PtypString,
  PtypString8,
  PtypUnspecified,
  singleType
} from '../../oxcdata/property-type.js'
import { readRowValue } from '../../oxcdata/property-value.js'
import { readElementCount, smallestSize } from '../../oxcdata/skip-value.js'
import { listBinary } from './list-binary.js'
import { listRestrictionHere } from './list-restriction.js'
import { listRuleActions } from './list-rule-actions.js'
import { sayStored } from './say-stored.js'
import { nameOfTag, sayBytes, sayError, sayNumber } from './value-text.js'
import type { Walk } from './walk.js'
import { elements } from './walk-layout.js'

/** How counts and absent values are written around a value. */
export type ValueForm = 'rop' | 'wide' | 'addressBook'

const STANDARD_ROW = 0x00
const FLAGGED_ROW = 0x01
const CELL_PRESENT = 0x00
const CELL_ABSENT = 0x01
const CELL_ERROR = 0x0a
const NOTHING = new Uint8Array(0)

/** Lists a row; its columns stand elsewhere. */
export function listRow(walk: Walk, columns: readonly PropertyTag[], form: ValueForm): void {
  const { reader } = walk
  const flag = walk.quietly(() =>
    walk.leaf(
      'flag',
      () => reader.u8(),
      value => ({
        text: value === STANDARD_ROW ? '0 every cell has a value' : `${value} cells say for themselves`,
        kind: 'number'
      })
    )
  )
  if (flag > FLAGGED_ROW) reader.fail(`property row flag ${flag}`, reader.position - 1)
  for (const column of columns) listCell(walk, column, flag === FLAGGED_ROW, form)
}

/** A cell: its type where the column has none, its flag in a flagged row, its value or an error. */
function listCell(walk: Walk, column: PropertyTag, flagged: boolean, form: ValueForm): void {
  const { reader } = walk
  const start = reader.position
  walk.naming(nameOfTag(column, walk))
  const own = cellType(column)
  const type = own === PtypUnspecified ? reader.u16() : own
  const flag = flagged ? reader.u8() : CELL_PRESENT
  const frame = reader.position - start
  if (flag !== CELL_PRESENT && flag !== CELL_ABSENT && flag !== CELL_ERROR)
    reader.fail(`property value flag ${flag}`, reader.position - 1)
  reader.position = start
  const tag = own === PtypUnspecified ? withType(column, type) : column
  if (flag === CELL_PRESENT) listValue(walk, nameOfTag(tag, walk), tag, type, form, frame)
  else if (flag === CELL_ABSENT)
    walk.leaf(
      nameOfTag(column, walk),
      () => void reader.take(frame),
      () => ({ text: 'not there' })
    )
  else walk.leaf(nameOfTag(column, walk), () => errorBehind(walk, frame), sayError)
}

function errorBehind({ reader }: Walk, frame: number): number {
  reader.take(frame)
  return reader.u32()
}

/** A value behind `frame` bytes that say something about it. */
export function listValue(walk: Walk, name: string, tag: PropertyTag, type: number, form: ValueForm, frame = 0): void {
  if (isMultivalue(type)) {
    walk.group(name, () => {
      if (frame > 0) walk.quietly(() => walk.leaf('frame', () => walk.reader.subarray(frame), sayBytes))
      listElements(walk, tag, type, form)
    })
    return
  }
  const { reader } = walk
  listSingle(walk, name, tag, type, form, () => {
    reader.take(frame)
    return readSingle(walk, type, form)
  })
}

function readSingle(walk: Walk, type: number, form: ValueForm): Uint8Array {
  if (form === 'addressBook') return readValue(walk.reader, type)
  return readRowValue(walk.reader, type, form === 'rop' ? 16 : 32)
}

function listSingle(
  walk: Walk,
  name: string,
  tag: PropertyTag,
  type: number,
  form: ValueForm,
  read: () => Uint8Array
): void {
  const stored = walk.leaf(name, read, value => sayStored(tag, type, value, walk))
  if (stored.byteLength > 0) listInside(walk, tag, type, form, stored.byteLength)
}

/** The parts of the value that was listed last, where it has any. */
function listInside(walk: Walk, tag: PropertyTag, type: number, form: ValueForm, size: number): void {
  const { reader } = walk
  const inside = insideOf(walk, tag, type, form)
  if (inside === undefined) return
  const end = reader.position
  const field = walk.node.children[walk.node.children.length - 1]
  walk.reopen(field, () => {
    reader.position = end - size
    walk.attempt(end, () => inside(size))
  })
  if (field.children.length > 0) field.text = `${size} bytes`
}

function insideOf(walk: Walk, tag: PropertyTag, type: number, form: ValueForm): ((size: number) => void) | undefined {
  switch (type) {
    case PtypRestriction:
      return () => listRestrictionHere(walk, form)
    case PtypRuleAction:
      return () => listRuleActions(walk, form)
    case PtypBinary:
    case PtypServerId:
      return size => listBinary(walk, tag, size)
    default:
      return undefined
  }
}

/** The elements of a multivalue. In an address book each has a byte that says whether it is there, and so has the whole. */
function listElements(walk: Walk, tag: PropertyTag, type: number, form: ValueForm): void {
  const { reader } = walk
  const single = singleType(type)
  const size = fixedSize(single)
  const isBook = form === 'addressBook'
  if (isBook && listPresence(walk) === 0) return
  const smallest = size > 0 ? size : isBook ? 1 : smallestSize(single, form === 'rop' ? 16 : 32)
  if (size < 0 || (size === 0 && single !== PtypString && single !== PtypString8 && single !== PtypBinary))
    reader.fail(`property type 0x${type.toString(16)} does not exist`)
  const count = walk.quietly(() => walk.leaf('count', () => readElementCount(reader, 32, smallest), sayNumber))
  walk.say({ text: elements(count) })
  const width = form === 'rop' ? 16 : 32
  for (let i = 0; i < count; i++) {
    listSingle(walk, `[${i}]`, withType(tag, single), single, form, () => {
      if (isBook && size === 0 && reader.u8() === 0) return NOTHING
      return readRowValue(reader, single, width)
    })
  }
}

function listPresence(walk: Walk): number {
  return walk.quietly(() =>
    walk.leaf(
      'hasValue',
      () => walk.reader.u8(),
      value => {
        if (value === 0) walk.say({ text: 'none' })
        return sayNumber(value)
      }
    )
  )
}

/** A tag and its value. */
export function listTagged(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  walk.naming('tag')
  const start = reader.position
  const tag = reader.u32()
  reader.position = start
  // An entry of type PtypNull is one that is not there.
  const type = tag & 0xffff
  if (type === PtypNull)
    walk.leaf(
      nameOfTag(tag, walk),
      () => void reader.take(4),
      () => ({ text: 'not there' })
    )
  else listValue(walk, nameOfTag(tag, walk), tag, type, form, 4)
}
