/** Conditions, part by part ([MS-OXCDATA] 2.12), in the forms of ROP buffers, extended rules and address book bodies. */
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import { readElementCount } from '../../oxcdata/skip-value.js'
import { listTagged, type ValueForm } from './list-property.js'
import { sayEnumeration, sayFlags, sayNumber, sayTag } from './value-text.js'
import type { Walk } from './walk.js'
import { elements } from './walk-layout.js'

const KINDS = [
  ...['and', 'or', 'not', 'content', 'property', 'compare properties', 'bitmask', 'size', 'exist'],
  ...['sub-object', 'comment', 'count']
]
const [AND, OR, NOT, CONTENT, PROPERTY, COMPARE, BITMASK, SIZE, EXIST, SUB_OBJECT, COMMENT, COUNT] = KINDS.keys()

const relops = { '<': 0, '<=': 1, '>': 2, '>=': 3, '==': 4, '!=': 5, like: 6, memberOfDl: 0x64 }
const bitmaskRelops = { equalsZero: 0, notEqualsZero: 1 }
const fuzzyLow = { fullString: 0, substring: 1, prefix: 2 }
const fuzzyHigh = { ignoreCase: 1, ignoreNonSpace: 2, loose: 4 }

/** Lists one restriction with all that it contains. */
export function listRestriction(walk: Walk, name: string, form: ValueForm): void {
  walk.group(name, () => listRestrictionHere(walk, form))
}

/** Lists a restriction in the open node, which is it. */
export function listRestrictionHere(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  reader.enter()
  const kind = walk.quietly(() =>
    walk.leaf(
      'restrictType',
      () => reader.u8(),
      value => ({ text: `${value} ${KINDS[value] ?? ''}`, kind: 'enumeration' })
    )
  )
  if (KINDS[kind] === undefined) reader.fail(`restriction type ${kind} does not exist`, reader.position - 1)
  walk.say({ text: KINDS[kind] })
  BODIES[kind](walk, form, kind)
  reader.leave()
}

/** What stands behind the kind of a restriction. */
const BODIES: Readonly<Record<number, (walk: Walk, form: ValueForm, kind: number) => void>> = {
  [AND]: listAll,
  [OR]: listAll,
  [NOT]: (walk, form) => listRestriction(walk, 'restriction', form),
  [CONTENT](walk, form) {
    walk.leaf(
      'fuzzyLevelLow',
      () => walk.reader.u16(),
      value => sayEnumeration(value, fuzzyLow)
    )
    walk.leaf(
      'fuzzyLevelHigh',
      () => walk.reader.u16(),
      value => sayFlags(value, fuzzyHigh)
    )
    listTag(walk, 'propertyTag')
    listSought(walk, form)
  },
  [PROPERTY](walk, form) {
    listRelop(walk, 'relop', relops)
    listTag(walk, 'propertyTag')
    listSought(walk, form)
  },
  [COMPARE](walk) {
    listRelop(walk, 'relop', relops)
    listTag(walk, 'propertyTag1')
    listTag(walk, 'propertyTag2')
  },
  [BITMASK](walk) {
    listRelop(walk, 'bitmapRelop', bitmaskRelops)
    listTag(walk, 'propertyTag')
    walk.leaf(
      'mask',
      () => walk.reader.u32(),
      value => sayFlags(value, {})
    )
  },
  [SIZE](walk) {
    listRelop(walk, 'relop', relops)
    listTag(walk, 'propertyTag')
    walk.leaf('size', () => walk.reader.u32(), sayNumber)
  },
  [EXIST]: walk => void listTag(walk, 'propertyTag'),
  [SUB_OBJECT](walk, form) {
    listTag(walk, 'subObject')
    listRestriction(walk, 'restriction', form)
  },
  [COMMENT]: listComment,
  [COUNT](walk, form) {
    walk.leaf('count', () => walk.reader.u32(), sayNumber)
    listRestriction(walk, 'restriction', form)
  }
}

function listAll(walk: Walk, form: ValueForm, kind: number): void {
  const { reader } = walk
  const width = form === 'rop' ? 16 : 32
  const smallest = form === 'addressBook' ? 5 : 3
  const count = walk.quietly(() => walk.leaf('count', () => readElementCount(reader, width, smallest), sayNumber))
  walk.say({ text: `${KINDS[kind]}, ${elements(count)}` })
  for (let i = 0; i < count; i++) listRestriction(walk, `[${i}]`, form)
}

function listRelop(walk: Walk, name: string, names: Readonly<Record<string, number>>): void {
  walk.leaf(
    name,
    () => walk.reader.u8(),
    value => sayEnumeration(value, names)
  )
}

function listTag(walk: Walk, name: string): PropertyTag {
  return walk.leaf(
    name,
    () => walk.reader.u32(),
    value => sayTag(value, walk)
  )
}

/** The value of a content or property restriction, which Outlook writes behind a byte in address book bodies. */
function listSought(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  walk.group('value', () => {
    if (form === 'addressBook') {
      const present = walk.quietly(() => walk.leaf('hasValue', () => reader.u8(), sayNumber))
      if (present === 0) {
        walk.say({ text: 'none' })
        return
      }
    }
    listTagged(walk, form)
  })
}

function listComment(walk: Walk, form: ValueForm): void {
  const { reader } = walk
  const count = walk.quietly(() => walk.leaf('count', () => reader.u8(), sayNumber))
  walk.group('values', () => {
    walk.say({ text: elements(count) })
    for (let i = 0; i < count; i++) listTagged(walk, form)
  })
  const present = walk.quietly(() => walk.leaf('restrictionPresent', () => reader.u8(), sayNumber))
  if (present !== 0) listRestriction(walk, 'restriction', form)
}
