import { existsSync, readFileSync } from 'node:fs'
import tap from 'tap'
import { MalformedBuffer, Random } from '../../src/bufferstructs/index.js'
import { compressLz77, decompressLz77 } from '../../src/compression/lz77.js'
import { obfuscate } from '../../src/compression/xor.js'
import { requirement } from '../conformance/ledger.js'

const SHARED = '../shared'
const withoutShared = !existsSync(`${SHARED}/vectors`) && 'needs ../shared'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

/** Streams put together by hand from the format's description, so that no encoder of ours has a say in them. */
const HAND_MADE: readonly { why: string; packed: string; plain: Uint8Array }[] = [
  { why: 'nothing', packed: 'ffffffff', plain: latin1('') },
  { why: 'literals only', packed: 'ffffff1f 414243', plain: latin1('ABC') },
  { why: 'a short match', packed: 'ffffff7f 41 0300', plain: latin1('AAAAAAA') },
  { why: 'a match of two bytes back', packed: 'ffffff3f 4142 0900', plain: latin1('ABABAB') },
  // Two matches of 12 and 13 bytes: the first nibble (2) and the second (3) share one byte.
  { why: 'two nibbles in one byte', packed: 'ffffff7f 41 0700 32 0700', plain: latin1(`A${'A'.repeat(12 + 13)}`) },
  // Nibble 15, then a byte: 3 + 7 + 15 + 5.
  { why: 'a length with a byte', packed: 'ffffff7f 42 0700 0f 05', plain: latin1('B'.repeat(31)) },
  // Nibble 15, byte 255, u16 0x0400: a match of 1024 + 3.
  { why: 'a length with a u16', packed: 'ffffff7f 42 0700 0f ff 0004', plain: latin1('B'.repeat(1028)) },
  // Nibble 15, byte 255, u16 0, u32 0x00011170: a match of 70000 + 3.
  { why: 'a length with a u32', packed: 'ffffff7f 42 0700 0f ff 0000 70110100', plain: latin1('B'.repeat(70004)) }
]

tap.test('streams put together by hand expand to what they say', async t => {
  for (const { why, packed, plain } of HAND_MADE) {
    t.equal(toHex(decompressLz77(hex(packed), plain.byteLength)), toHex(plain), why)
  }
})

tap.test('the encoder gives the same streams where there is only one good way', async t => {
  t.equal(toHex(compressLz77(latin1(''))), 'ffffffff')
  t.equal(toHex(compressLz77(latin1('ABC'))), 'ffffff1f414243')
  t.equal(toHex(compressLz77(latin1('B'.repeat(1028)))), toHex(hex('ffffff7f 42 0700 0f ff 0004')))
  t.equal(toHex(compressLz77(latin1('B'.repeat(70004)))), toHex(hex('ffffff7f 42 0700 0f ff 0000 70110100')))
  requirement('MS-OXCRPC_R881')
})

tap.test('the example of [MS-XCA] 3.1', { skip: withoutShared }, async t => {
  const vectors = JSON.parse(readFileSync(`${SHARED}/vectors/MS-XCA.json`, 'utf8')) as { id: string; hex: string }[]
  const packed = vectors.find(vector => vector.id === 'xca-3.1-lz77-abc300')
  t.ok(packed)
  const plain = latin1('abc'.repeat(100))
  t.equal(toHex(decompressLz77(hex(packed?.hex ?? ''), 300)), toHex(plain))
  t.equal(toHex(compressLz77(plain)), packed?.hex)
})

/** Payload of the RPC_HEADER_EXT at `at`, as sent. */
function payloadAt(bytes: Buffer, at: number): { flags: number; payload: Uint8Array; sizeActual: number } {
  const size = bytes.readUInt16LE(at + 4)
  const payload = new Uint8Array(bytes.subarray(at + 8, at + 8 + size))
  return { flags: bytes.readUInt16LE(at + 2), payload, sizeActual: bytes.readUInt16LE(at + 6) }
}

tap.test('ROP requests that Outlook compressed', { skip: withoutShared }, async t => {
  for (const [file, ropSize] of [
    ['execute_req45', 0x29],
    ['execute_req158', 0x134]
  ] as const) {
    const { flags, payload, sizeActual } = payloadAt(readFileSync(`${SHARED}/captures/03-mapi-http/${file}.bin`), 8)
    t.equal(flags & 1, 1, `${file} is compressed`)
    const plain = decompressLz77(payload, sizeActual)
    t.equal(plain[0] | (plain[1] << 8), ropSize, `${file} starts with its RopSize`)
    t.equal((plain.byteLength - ropSize) % 4, 0, `${file} ends with a handle table`)
    t.ok(compressLz77(plain).byteLength <= payload.byteLength, `${file}: ours is no longer than Outlook's`)
  }
  requirement('MS-OXCRPC_R831')
})

tap.test(
  'an EcDoRpcExt2 request of Outlook 2007: compressed ROPs, obfuscated auxiliary buffer',
  { skip: withoutShared },
  async t => {
    const stub = readFileSync(`${SHARED}/captures/11-compression/002_Outlook_2007_in_Tables_operations_comp.dat`)
    const rops = payloadAt(stub, 0x1c)
    const plain = decompressLz77(rops.payload, rops.sizeActual)
    t.equal(plain[0] | (plain[1] << 8), 0x164)
    t.equal(plain[2], 0x05, 'RopGetContentsTable comes first')
    const auxiliary = payloadAt(stub, 0x17c)
    t.equal(auxiliary.flags, 0x0006, 'XorMagic and Last')
    const cleared = obfuscate(auxiliary.payload)
    t.equal(cleared[0] | (cleared[1] << 8), 8, 'the first AUX_HEADER counts its eight bytes')
  }
)

/** Payloads of the shapes that matter: noise, few symbols, runs, UTF-16 text. */
function payload(random: Random): Uint8Array {
  const size = random.below(random.below(8) === 0 ? 33000 : 700)
  const symbols = [2, 4, 30, 256][random.below(4)]
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at++) bytes[at] = random.below(symbols)
  if (random.below(3) === 0) bytes.fill(7, random.below(size + 1), random.below(size + 1))
  if (random.below(3) === 0) for (let at = 1; at < size; at += 2) bytes[at] = 0
  return bytes
}

tap.test('what is compressed comes back, within the worst case', async t => {
  const random = new Random(20240501)
  let bad = 0
  for (let round = 0; round < 800; round++) {
    const plain = payload(random)
    const packed = compressLz77(plain)
    if (packed.byteLength > plain.byteLength + 4 * (Math.floor(plain.byteLength / 32) + 1)) bad++
    if (Buffer.compare(decompressLz77(packed, plain.byteLength), plain) !== 0) bad++
  }
  t.equal(bad, 0)
})

tap.test('bad streams are refused with the offset of the fault', async t => {
  const refused = (packed: string, size: number, offset: number, reason: RegExp) => {
    try {
      decompressLz77(hex(packed), size)
      t.fail(`accepted ${packed}`)
    } catch (error) {
      t.ok(error instanceof MalformedBuffer && reason.test(error.reason), `${packed}: ${error}`)
      t.equal((error as MalformedBuffer).offset, offset)
    }
  }
  refused('ffff', 1, 0, /flags/)
  refused('00000000', 1, 4, /literal/)
  refused('ffffffff 00', 3, 4, /before a match/)
  refused('ffffffff 0000', 3, 4, /in front of the data/)
  refused('ffffff7f 41 0700', 11, 7, /match length/)
  refused('ffffff7f 41 0700 0f ff 00', 1000, 8, /match length/)
  refused('ffffff7f 41 0700 0f ff 0100', 1000, 8, /too small/)
  refused('ffffff7f 41 0700 0f ff 0000 ffffffff', 1000, 5, /more than their size/)
  refused('ffffff7f 41 0300', 6, 5, /more than their size/)
})

tap.test('random damage never reads or writes outside, and never ends otherwise than by MalformedBuffer', async t => {
  const random = new Random(7)
  let strange = 0
  for (let round = 0; round < 3000; round++) {
    const plain = payload(random).subarray(0, 300)
    const packed = compressLz77(plain)
    for (let hits = 1 + random.below(4); hits > 0; hits--) packed[random.below(packed.byteLength)] = random.below(256)
    try {
      if (
        decompressLz77(packed.subarray(0, random.below(packed.byteLength + 1)), plain.byteLength).byteLength !==
        plain.byteLength
      )
        strange++
    } catch (error) {
      if (!(error instanceof MalformedBuffer)) strange++
    }
  }
  t.equal(strange, 0)
})

tap.test('obfuscation XORs every byte with 0xA5, at every alignment', async t => {
  for (const size of [0, 1, 5, 255, 256, 257, 1000, 32767]) {
    for (const start of [0, 1, 2, 3]) {
      const backing = new Uint8Array(size + 8)
      for (let i = 0; i < backing.byteLength; i++) backing[i] = i * 7
      const expected = backing.map((byte, i) => (i >= start && i < start + size ? byte ^ 0xa5 : byte))
      const view = backing.subarray(start, start + size)
      t.equal(obfuscate(view), view)
      t.ok(Buffer.compare(backing, expected) === 0, `${size} bytes from ${start}`)
    }
  }
})
