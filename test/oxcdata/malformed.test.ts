/** Damaged bytes must be refused with MalformedBuffer or read as something else; never anything worse, and never slowly. */
import t from 'tap'
import { codecContext, type Layout, MalformedBuffer, Random, Reader, Writer } from '../../src/bufferstructs/index.js'
import { parseEntryId } from '../../src/oxcdata/entry-id.js'
import { propertyNameOrNone } from '../../src/oxcdata/property-name.js'
import { readPropertyRow } from '../../src/oxcdata/property-row.js'
import { decodeValue, isStoredValue } from '../../src/oxcdata/property-value.js'
import { modifyRecipientRow, openRecipientRow, recipientRow } from '../../src/oxcdata/recipient-row.js'
import { restriction, restrictionWide } from '../../src/oxcdata/restriction.js'
import { evaluateRestriction } from '../../src/oxcdata/restriction-evaluate.js'
import { ruleActions, ruleActionsWide } from '../../src/oxcdata/rule-action.js'
import { sortOrderSet } from '../../src/oxcdata/sort-order.js'
import { taggedPropertyValue, taggedPropertyValueWide } from '../../src/oxcdata/tagged-value.js'
import { typedString } from '../../src/oxcdata/typed-string.js'
import { bytesOf } from './outside.js'

const SEEDS: readonly string[] = [
  '1f003700 41004200 0000',
  '1e003700 414200',
  '0201e265 0400 01020304',
  '1f100880 02000000 41000000 0000',
  '02110880 02000000 0100 aa 0000',
  '00 0200 03 0100 0100 1f003700 1f003700 41000000 06 01 0300070e 01000000',
  '0a 01 03000060 01000000 01 09 0d00120e 08 1f000130',
  '0200 2400 01 00000000 00000000 01 0100 00 1500 01 0100000000000005 0000000000000000 00000000 0900 0b 00000000 00000000',
  '1c00 07 01000000 00000000 0100 01 0200 0300150c 01000000 1e000130 4100',
  '5106 00 00 2f6f3d6100 41000000 61000000 0200 01 00 06000000 0a 0f010480',
  '07000000 02 0d00 1002 7800 0000 0000 00 000000',
  '01 2903020000000000c000000000000046 12 4b006500790077006f0072006400730000 00',
  '0200 0100 0100 1f003700 00 4000060e 01',
  '04 41000000',
  '00000000 812b1fa4bea310199d6e00dd010f5402 0000 0180 41000000 42000000 43000000',
  '01 00 05000000 0a 0f010480 01 1f00 00 41000000'
]

const COLUMNS = [0x0e080003, 0x0037001f, 0x65e20102, 0x00370000]

const LAYOUTS: readonly Layout<never>[] = [
  taggedPropertyValue,
  taggedPropertyValueWide,
  restriction,
  restrictionWide,
  ruleActions,
  ruleActionsWide,
  recipientRow,
  openRecipientRow,
  modifyRecipientRow,
  propertyNameOrNone,
  sortOrderSet,
  typedString
] as unknown as Layout<never>[]

function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice(0, random.below(4) === 0 ? random.below(bytes.byteLength + 1) : bytes.byteLength)
  for (let i = random.below(4); i > 0 && copy.byteLength > 0; i--) {
    copy[random.below(copy.byteLength)] = random.below(3) === 0 ? 0xff : random.below(256)
  }
  return copy
}

function isRefusal(error: unknown): boolean {
  return error instanceof MalformedBuffer
}

t.test('damaged bytes', async t => {
  const random = new Random(20160)
  const context = codecContext({ columns: COLUMNS })
  const seeds = SEEDS.map(bytesOf)
  let refused = 0
  for (let round = 0; round < 6000; round++) {
    const bytes = damage(seeds[round % seeds.length], random)
    const reader = new Reader(bytes, context)
    for (const layout of LAYOUTS) {
      reader.reset(bytes)
      reader.depth = 0
      try {
        const value = layout.read(reader)
        if (reader.position > bytes.byteLength) t.fail(`read past the end: ${Buffer.from(bytes).toString('hex')}`)
        const writer = new Writer(64, undefined, context)
        layout.write(writer, value)
      } catch (error) {
        if (!isRefusal(error)) throw error
        refused++
      }
    }
    reader.reset(bytes)
    try {
      readPropertyRow(reader, COLUMNS)
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
    parseEntryId(bytes)
  }
  t.ok(refused > 1000, `${refused} refusals`)
})

t.test('whatever a restriction reads as can be evaluated', async t => {
  const random = new Random(3)
  const seeds = SEEDS.slice(5, 7).map(bytesOf)
  for (let round = 0; round < 3000; round++) {
    const bytes = damage(seeds[round % seeds.length], random)
    try {
      const value = restriction.read(new Reader(bytes))
      evaluateRestriction(value, { value: () => bytesOf('41000000') }, { localeId: 0x409 })
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
  }
  t.pass()
})

t.test('stored values that pass the check can be decoded', async t => {
  const random = new Random(4)
  const types = [0x1f, 0x02, 0x03, 0x0b, 0x14, 0x48, 0x102, 0x101f, 0x1102, 0x1003, 0x1048]
  for (let round = 0; round < 5000; round++) {
    const bytes = Uint8Array.from({ length: random.below(24) }, () => (random.below(3) === 0 ? random.below(8) : 0))
    const type = types[random.below(types.length)]
    if (isStoredValue(type, bytes)) decodeValue(type, bytes)
  }
  t.pass()
})
