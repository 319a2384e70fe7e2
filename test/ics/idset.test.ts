/** IDSETs and what they are made of ([MS-OXCFXICS] 2.2.2.4 to 2.2.2.6), pinned by sets that other programs wrote. */
import t from 'tap'
import { MalformedBuffer, Reader, Writer } from '../../src/bufferstructs/index.js'
import { readGlobset, writeGlobset } from '../../src/ics/globset.js'
import { readIdset, writeIdset } from '../../src/ics/idset.js'
import { NumberSet } from '../../src/ics/number-set.js'
import { requirement } from '../conformance/ledger.js'
import { bytesOf, hexOf, outsideMissing, vectorBytes, vectors } from '../oxcdata/outside.js'

const GUID = 'b5ffb99b-440f-4f77-b488-c5c6702ee3a8'
const OTHER = '0f0e0d0c-0b0a-0908-0706-050403020100'

function globset(hex: string): NumberSet {
  return readGlobset(new Reader(bytesOf(hex)))
}

function written(set: NumberSet): string {
  const writer = new Writer(16)
  writeGlobset(writer, set)
  return hexOf(writer.written())
}

function ranges(set: NumberSet): (readonly [number, number])[] {
  return [...set.ranges()]
}

t.test('sets that an Exchange server wrote', { skip: outsideMissing }, async t => {
  const found = vectors('MS-OXCFXICS').filter(({ id }) => id.startsWith('oxcfxics-idset-wire'))
  t.equal(found.length, 3)
  for (const { id, hex, decoded } of found) {
    const wanted = (decoded.ranges as [string, string][]).map(pair => pair.map(text => Number.parseInt(text, 16)))
    const header = 'REPLGUID' in decoded ? 32 : 4
    t.same(ranges(globset(hex.slice(header))), wanted, id)
  }
  requirement('MS-OXCFXICS_R3059', 'MS-OXCFXICS_R3064', 'MS-OXCFXICS_R3065', 'MS-OXCFXICS_R202', 'MS-OXCFXICS_R3068')
  requirement('MS-OXCFXICS_R3074', 'MS-OXCFXICS_R213', 'MS-OXCFXICS_R216', 'MS-OXCFXICS_R3077', 'MS-OXCFXICS_R191')
  const bytes = vectorBytes('MS-OXCFXICS', 'oxcfxics-idset-wire-3')
  const idset = readIdset(bytes)
  t.same([...idset.keys()], [GUID])
  t.equal(hexOf(writeIdset(idset)), hexOf(bytes), 'written as Exchange wrote it')
  requirement('MS-OXCFXICS_R187', 'MS-OXCFXICS_R1935', 'MS-OXCFXICS_R1980', 'MS-OXCFXICS_R1987')
})

t.test('the bitmask of the document', async t => {
  // [MS-OXCFXICS] 3.1.5.4.3.1.3: {0x01-0x03, 0x05-0x05, 0x07-0x09} is StartingValue 0x01, Bitmask 0xEB.
  const set = NumberSet.of([
    [1, 3],
    [5, 5],
    [7, 9]
  ])
  t.equal(written(set), '050000000000' + '4201eb' + '5000')
  t.same(ranges(globset('0500000000004201eb5000')), ranges(set))
  requirement('MS-OXCFXICS_R3071', 'MS-OXCFXICS_R207', 'MS-OXCFXICS_R208', 'MS-OXCFXICS_R1970', 'MS-OXCFXICS_R1973')
  requirement('MS-OXCFXICS_R1974', 'MS-OXCFXICS_R1978', 'MS-OXCFXICS_R2007')
})

t.test('what is common is written once', async t => {
  t.equal(written(new NumberSet()), '00')
  t.equal(written(NumberSet.of([[0x010203040506, 0x010203040506]])), '06010203040506' + '00', 'a single value')
  t.equal(written(NumberSet.of([[1, 0x10000]])), '03000000' + '52000001010000' + '50' + '00', 'a range')
  t.equal(written(NumberSet.of([[0, 2 ** 48 - 1]])), `52${'00'.repeat(6)}${'ff'.repeat(6)}00`, 'all there are')
  const spread = NumberSet.of([
    [0x1001, 0x1001],
    [0x1080, 0x1090],
    [0x2005, 0x2005]
  ])
  t.equal(written(spread), '0400000000' + '0110' + '0101' + '528090' + '50' + '022005' + '50' + '00')
  requirement('MS-OXCFXICS_R1966', 'MS-OXCFXICS_R1989', 'MS-OXCFXICS_R1992', 'MS-OXCFXICS_R1981', 'MS-OXCFXICS_R1982')
})

t.test('replicas in the order of their bytes', async t => {
  const one = NumberSet.of([[7, 7]])
  const bytes = writeIdset(
    new Map([
      [GUID, one],
      [OTHER, one],
      ['33333333-3333-4333-8333-333333333333', new NumberSet()]
    ])
  )
  const single = '0600000000000700'
  t.equal(
    hexOf(bytes),
    `0c0d0e0f0a0b080907060504030201009bb9ffb50f44774fb488c5c6702ee3a8`.replace(/^(.{32})/, `$1${single}`) + single
  )
  t.same([...readIdset(bytes).keys()], [OTHER, GUID])
  requirement('MS-OXCFXICS_R186')
  t.equal(writeIdset(new Map()).byteLength, 0)
  t.equal(readIdset(new Uint8Array(0)).size, 0)
})

t.test('what is no GLOBSET', async t => {
  const bad: Record<string, string> = {
    '': 'nothing',
    '07': 'a command that is none',
    '5000': 'pop of an empty stack',
    '0500000001040652': 'more than six bytes',
    '0500000001045000ff': "bytes behind it are the caller's",
    '050000000104': 'cut short',
    '05000000010400': 'common bytes at the end',
    '050000000104520a095000': 'a range that goes backwards',
    '04000000014201eb5000': 'a bitmask without five common bytes',
    '05000000010442f8ff5000': 'a bitmask beyond the last value',
    '52000000000001000000': 'a range cut short'
  }
  for (const [hex, why] of Object.entries(bad)) {
    if (why.startsWith('bytes behind')) t.same(ranges(globset(hex)), [], why)
    else t.throws(() => globset(hex), MalformedBuffer, why)
  }
  const guid = hexOf(writeIdset(new Map([[GUID, NumberSet.of([[1, 1]])]])))
  t.throws(() => readIdset(bytesOf(guid + guid)), MalformedBuffer, 'the same replica twice')
  t.throws(() => readIdset(bytesOf(guid.slice(0, 20))), MalformedBuffer)
})

t.test('sets agree with plain ones', async t => {
  let state = 12345
  const below = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state % limit
  }
  for (let round = 0; round < 200; round++) {
    const span = [40, 600, 100_000][round % 3]
    const base = round % 2 === 0 ? 0 : 0xfffffff0
    const set = new NumberSet()
    const plain = new Set<number>()
    for (let i = 0; i < 60; i++) {
      const number = base + below(span)
      const what = below(4)
      if (what === 0) {
        set.remove(number)
        plain.delete(number)
      } else if (what === 1) {
        const last = number + below(12)
        set.addRange(number, last)
        for (let n = number; n <= last; n++) plain.add(n)
      } else {
        set.add(number)
        plain.add(number)
      }
    }
    const all = [...plain].sort((a, b) => a - b)
    const listed = [...set.ranges()].flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i)
    )
    t.same(listed, all)
    t.ok(all.every(number => set.has(number)))
    t.equal(set.has(base + span + 50), false)
    t.same(ranges(globset(written(set))), ranges(set), 'and come back from the wire')
    t.same(ranges(NumberSet.of(all.map(number => [number, number] as const).reverse())), ranges(set.clone()))
  }
})
