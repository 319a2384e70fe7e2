import { crc32 as zlibCrc32 } from 'node:zlib'
import t from 'tap'
import { crc32ByTable } from '../../src/bufferstructs/crc32.js'
import {
  compareKeys,
  escapedPart,
  keys,
  mailboxOf,
  printableKey,
  rangeOf,
  spaceOf,
  successor
} from '../../store/keys.js'
import { SEAL_BYTES, seal, unseal } from '../../store/records.js'
import { fails } from './fails.js'
import { Random } from './random.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

t.test('layout of keys', async t => {
  t.equal(hex(keys.mailbox.of(0x01020304)), '010203046d')
  t.equal(hex(keys.change.of(1, 2 ** 48 + 5, 1, 2 ** 53 - 1)), '00000001760001000000000005' + '01' + '001fffffffffffff')
  t.equal(
    hex(keys.order.of(1, 2, 3, bytes('61006200'), 4)),
    '000000016f0000000000000002' + '00000003' + '6100ff6200ff0000' + '0000000000000004'
  )
  t.equal(hex(keys.receiveFolder.of(1, 'IPM.N\u00f6te')), '000000017949504d2e4ec3b67465')
  t.equal(hex(keys.change.prefix(1, 2)), '00000001760000000000000002')
  t.equal(printableKey(keys.folder.of(3, 0x1a)), '3/f/000000000000001a')
})

t.test('a key outside its fields is refused', async t => {
  for (const fid of [-1, 2 ** 53, 1.5, Number.NaN]) t.throws(() => keys.folder.of(1, fid), RangeError)
  t.throws(() => keys.folder.of(2 ** 32, 1), RangeError)
  t.throws(() => keys.change.of(1, 1, 256, 1), RangeError)
  t.throws(() => keys.folder.parse(keys.message.of(1, 1)), RangeError)
  t.throws(() => keys.folder.parse(keys.folder.of(1, 1).subarray(0, 9)), RangeError)
  t.throws(() => keys.folder.parse(Buffer.concat([keys.folder.of(1, 1), bytes('00')])), RangeError)
  t.throws(() => keys.order.parse(bytes('000000016f00000000000000020000000361000500000000000000000004')), RangeError)
})

t.test('every space parses what it builds, and no two share a letter', async t => {
  const random = new Random(3)
  const seen = new Set<string>()
  const values: Record<string, () => unknown> = {
    number: () => random.below(256),
    bytes: () => random.bytes(random.below(6)),
    text: () => `name ${random.below(100)}`
  }
  const textual = new Set(['name', 'messageClass'])
  const binary = new Set(['sortKey', 'sourceKey', 'userGuid', 'folderGid', 'rest'])
  for (const [name, space] of Object.entries(keys)) {
    t.notOk(seen.has(space.letter), `letter of ${name}`)
    seen.add(space.letter)
    const fields = Object.keys(fieldsOf(name))
    const wanted = fields.map(field => values[textual.has(field) ? 'text' : binary.has(field) ? 'bytes' : 'number']())
    const key = (space.of as (...args: unknown[]) => Uint8Array)(77, ...wanted)
    const parsed = space.parse(key) as Record<string, unknown>
    t.same(
      [parsed.mailbox, ...fields.map(field => plain(parsed[field]))],
      [77, ...wanted.map(plain)],
      `fields of ${name}`
    )
    t.equal(mailboxOf(key), 77)
    t.equal(spaceOf(key), name)
  }
})

const plain = (value: unknown): unknown => (value instanceof Uint8Array ? hex(value) : value)

/** The fields of a space, from parsing keys of every length until one fits. */
function fieldsOf(name: string): Record<string, unknown> {
  const space = keys[name as keyof typeof keys]
  for (let length = 5; length < 64; length++) {
    const key = Buffer.alloc(length)
    key[4] = space.letter.charCodeAt(0)
    try {
      const { mailbox: _, ...fields } = space.parse(key) as Record<string, unknown>
      return fields
    } catch {}
  }
  throw new Error(`no key of space ${name} parses`)
}

t.test('the order of keys is the order of their fields', async t => {
  const random = new Random(11)
  const few = (): Uint8Array =>
    Uint8Array.from({ length: random.below(5) }, () => [0, 1, 0x61, 0xfe, 0xff][random.below(5)])
  const sign = (n: number): number => Math.sign(n)
  for (let i = 0; i < 5000; i++) {
    const [a, b] = [few(), few()]
    const [x, y] = [random.next() * 2 ** 20, random.next() * 2 ** 20]
    const keyA = keys.order.of(1, 9, 1, a, x)
    const keyB = keys.order.of(1, 9, 1, b, y)
    const wanted = sign(compareKeys(a, b) || x - y)
    if (sign(compareKeys(keyA, keyB)) !== wanted) t.fail(`${hex(a)} ${x} against ${hex(b)} ${y}`)
    if (sign(Buffer.compare(keyA, keyB)) !== wanted) t.fail('compareKeys is not the order of bytes')
    // Compound sort keys: ascending then descending.
    const [c, d] = [few(), few()]
    const one = Buffer.concat([escapedPart(a), escapedPart(c, true)])
    const other = Buffer.concat([escapedPart(b), escapedPart(d, true)])
    const compound = sign(compareKeys(a, b) || compareKeys(d, c))
    if (sign(Buffer.compare(one, other)) !== compound) t.fail(`${hex(a)}-${hex(c)} against ${hex(b)}-${hex(d)}`)
    const parsed = keys.order.parse(keyA)
    if (hex(parsed.sortKey) !== hex(a) || parsed.mid !== x) t.fail('parse')
  }
  t.pass('5,000 pairs')
})

t.test('prefix ranges', async t => {
  t.same(successor(bytes('01ff')), bytes('02'))
  t.equal(successor(bytes('ffff')), undefined)
  const { gte, lt } = rangeOf(bytes('0001'))
  for (const inside of ['0001', '000100', '0001ffff']) {
    t.ok(compareKeys(gte, bytes(inside)) <= 0 && compareKeys(bytes(inside), lt) < 0)
  }
  t.ok(compareKeys(bytes('0002'), lt) >= 0)
  const range = keys.temporary.range(0xffffffff)
  t.ok(compareKeys(keys.temporary.of(0xffffffff, 2 ** 53 - 1, 255, bytes('ffffffffffff')), range.lt) < 0)
})

t.test('seals', async t => {
  t.equal(crc32ByTable(Buffer.from('123456789')), 0xcbf43926, 'the check value of CRC-32')
  const random = new Random(8)
  for (let length = 0; length < 300; length++) {
    const sample = random.bytes(length)
    if (crc32ByTable(sample) !== zlibCrc32(sample)) t.fail(`length ${length}`)
    const key = random.bytes(9)
    const sealed = seal(key, sample)
    if (hex(unseal(key, sealed)) !== hex(sample)) t.fail(`payload of ${length}`)
    const at = random.below(sealed.length)
    sealed[at] ^= 1 << random.below(8)
    await fails(t, () => unseal(key, sealed), 'corrupt')
  }
  await fails(t, () => unseal(bytes('01'), bytes('01')), 'corrupt')
  t.equal(seal(bytes('01'), bytes('')).length, SEAL_BYTES)
  t.notOk(Buffer.isBuffer(unseal(bytes('01'), Buffer.from(seal(bytes('01'), bytes('aa'))))), 'never a Buffer')
})
