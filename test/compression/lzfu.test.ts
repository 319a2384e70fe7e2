import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { MalformedBuffer, Random } from '../../src/bufferstructs/index.js'
import { compressRtf, decompressRtf } from '../../src/compression/lzfu.js'
import { outsideMissing, vectorBytes } from '../oxcdata/outside.js'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

/** The example of [MS-OXRTFCP] 3.1.1. */
const SIMPLE = bytesOf(
  '2d000000 2b000000 4c5a4675 f1c5c7a7 03 000a 0072 63 70 67 31 32 35 42 32 0af3 20 68 65 6c 0900 20 62 77 05b0 6c 64 7d 0a80 0fa0'
)
const SIMPLE_TEXT = '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n'

t.test('the published example', async t => {
  t.equal(textOf(decompressRtf(SIMPLE)), SIMPLE_TEXT)
  t.equal(
    hexOf(compressRtf(latin1(SIMPLE_TEXT))),
    hexOf(SIMPLE),
    'the document takes the oldest of the longest matches'
  )
})

t.test('a reference that runs into what it writes', { skip: outsideMissing }, async t => {
  const value = vectorBytes('MS-OXRTFCP', 'oxrtfcp-3.1.2-example2')
  t.equal(textOf(decompressRtf(value)), '{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}')
  t.equal(hexOf(compressRtf(latin1('{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}'))), hexOf(value))
})

t.test('values that others have written, out of TNEF files', { skip: outsideMissing }, async t => {
  const folder = '../shared/captures/13-tnef/mimekit'
  let found = 0
  for (const name of readdirSync(folder).filter(name => name.endsWith('.tnef'))) {
    const file = readFileSync(`${folder}/${name}`)
    for (let at = file.indexOf('LZFu'); at >= 0; at = file.indexOf('LZFu', at + 1)) {
      const size = file.readUInt32LE(at - 8) + 4
      const rtf = decompressRtf(file.subarray(at - 8, at - 8 + size))
      t.equal(rtf.byteLength, file.readUInt32LE(at - 4), name)
      t.match(textOf(rtf), /^\{\\rtf1/)
      t.same(decompressRtf(compressRtf(rtf)), rtf)
      found++
    }
  }
  t.ok(found >= 3, `${found} values`)
})

t.test('a text longer than the dictionary', { skip: outsideMissing }, async t => {
  const rtf = new Uint8Array(readFileSync('../shared/captures/11-compression/testcase.rtf'))
  const value = compressRtf(rtf)
  t.ok(value.byteLength < rtf.byteLength / 2, `${value.byteLength} of ${rtf.byteLength} bytes`)
  t.same(decompressRtf(value), rtf)
})

t.test('uncompressed', async t => {
  const value = bytesOf('1300000007000000 4d454c41 00000000 7b5c727466317d')
  t.equal(textOf(decompressRtf(value)), '{\\rtf1}')
})

t.test('what comes back is what went in', async t => {
  const random = new Random(5)
  for (let round = 0; round < 300; round++) {
    const size = random.below(round < 250 ? 300 : 20_000)
    const letters = 1 + random.below(round % 3 === 0 ? 255 : 4)
    const rtf = Uint8Array.from({ length: size }, () => random.below(letters))
    if (!Buffer.from(rtf).equals(decompressRtf(compressRtf(rtf)))) t.fail(`round ${round}`)
  }
})

t.test('what is not as it should be is refused', async t => {
  const refused = (value: Uint8Array, why: RegExp) =>
    t.throws(() => decompressRtf(value), { name: 'MalformedBuffer', message: why })
  const changed = (at: number, byte: number) => SIMPLE.map((was, i) => (i === at ? byte : was))
  refused(new Uint8Array(15), /without a header/)
  refused(changed(0, 0x2e), /says that it has/)
  refused(changed(0, 0x01), /says that it has/)
  refused(changed(8, 0x4d), /unknown way/)
  refused(changed(30, 0x00), /checksum/)
  refused(changed(4, 0x05), /longer than 5 bytes/)
  const value = compressRtf(latin1('{}'))
  t.doesNotThrow(() => decompressRtf(value))
  t.same(decompressRtf(Uint8Array.from([...SIMPLE, 1, 2, 3])), latin1(SIMPLE_TEXT), 'padding behind the end')
})

t.test('damaged contents under a right checksum end or are refused', async t => {
  const random = new Random(9)
  let ended = 0
  for (let round = 0; round < 2000; round++) {
    const contents = Uint8Array.from({ length: random.below(200) }, () => random.below(256))
    const value = new Uint8Array(16 + contents.byteLength)
    value.set(contents, 16)
    const head = Buffer.from(value.buffer)
    head.writeUInt32LE(contents.byteLength + 12, 0)
    head.writeUInt32LE(random.below(3000), 4)
    head.writeUInt32LE(0x75465a4c, 8)
    head.writeUInt32LE(plainSum(contents), 12)
    try {
      if (decompressRtf(value).byteLength > contents.byteLength * 8) t.fail('a bomb')
      ended++
    } catch (error) {
      if (!(error instanceof MalformedBuffer)) t.fail(String(error))
    }
  }
  t.ok(ended > 0, `${ended} of 2,000 had an end`)
})

/** The checksum bit by bit, as [MS-OXRTFCP] 2.1.3.2 has it. */
function plainSum(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return sum >>> 0
}
