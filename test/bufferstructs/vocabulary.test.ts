import { existsSync, readFileSync } from 'node:fs'
import tap, { type Test } from 'tap'
import {
  array,
  ascii0,
  ascii16,
  bool8,
  codecContext,
  dump,
  enumeration,
  filetime,
  flags,
  formatGuid,
  generate,
  globcnt48,
  globcntOf,
  guid,
  id,
  type Layout,
  makeId,
  optional,
  parseGuid,
  Random,
  Reader,
  rawId,
  replidOf,
  reserved,
  string8z,
  struct,
  UNKNOWN_ID,
  u8,
  u16,
  u32,
  utf16z,
  Writer,
  zeros
} from '../../src/bufferstructs/index.js'
import { everyScalar, samples } from './samples.js'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/** Bytes that the documents give, and what they mean: the layout is held against both. */
function pinned<T>(t: Test, layout: Layout<T>, bytes: string, value: T, context = codecContext()): void {
  const reader = new Reader(hex(bytes), context)
  t.same(layout.read(reader), value)
  t.equal(reader.remaining, 0)
  const writer = new Writer(1, undefined, context)
  layout.write(writer, value)
  t.equal(Buffer.from(writer.written()).toString('hex'), bytes.replaceAll(' ', ''))
}

tap.test('scalars as the documents write them', async t => {
  // [MS-DTYP] 2.3.4.2: Data1, Data2 and Data3 are little-endian, Data4 is bytes.
  pinned(t, guid, '28 03 02 00 00 00 00 00 c0 00 00 00 00 00 00 46', '00020328-0000-0000-c000-000000000046')
  // [MS-OXCDATA] 2.2.1.1: replica id 1, GLOBCNT 0x000000000d54 big-endian.
  pinned(t, id, '01 00 00 00 00 00 0d 54', makeId(1, 0xd54))
  pinned(t, globcnt48, '00 00 01 02 03 04', 0x01020304)
  pinned(t, filetime, '00 80 3e d5 de b1 9d 01', 116444736000000000n)
  pinned(t, rawId, 'ff ff 00 00 00 00 0d 54', hex('ff ff 00 00 00 00 0d 54'))
})

tap.test('an id of a replica that no mailbox knows is one id that exists nowhere', async t => {
  t.equal(id.read(new Reader(hex('ffff 00000000 0d54'))), UNKNOWN_ID)
  t.equal(id.read(new Reader(hex('2000 00000000 0d54'))), UNKNOWN_ID)
  t.equal(replidOf(id.read(new Reader(hex('1f00 00000000 0d54')))), 31)
  t.equal(globcntOf(makeId(31, 0xfffffffffffe)), 0xfffffffffffe)
})

tap.test('GUIDs: text and bytes', async t => {
  const text = '6ed8da90-450b-101b-98da-00aa003f1305'
  t.equal(formatGuid(parseGuid(text)), text)
  t.equal(formatGuid(parseGuid(text.toUpperCase())), text)
  for (const bad of [
    '',
    text.slice(1),
    `${text}0`,
    text.replace('6', 'g'),
    text.replaceAll('-', '0'),
    `é${text.slice(1)}`
  ]) {
    t.throws(() => parseGuid(bad), TypeError, bad)
  }
})

tap.test('strings in their four forms', async t => {
  pinned(t, ascii0, '41 e9 00', 'Aé')
  pinned(t, utf16z, '41 00 e9 00 3d d8 00 de 00 00', 'Aé\u{1f600}')
  pinned(t, ascii16, '03 00 41 42 00', 'AB')
  pinned(t, ascii16, '00 00', '')
  pinned(t, string8z, '80 00', '€')
  pinned(t, string8z, '93 fa 96 7b 00', '日本', codecContext({ codePage: 932 }))
  pinned(t, string8z, 'e2 82 ac 00', '€', codecContext({ codePage: 65001 }))
  pinned(t, string8z, 'cf f0 00', 'Пр', codecContext({ codePage: 1251 }))
  const long = 'é'.repeat(300)
  pinned(t, utf16z, `${'e900'.repeat(300)}0000`, long)
  pinned(t, ascii0, `${'e9'.repeat(300)}00`, long)
})

tap.test('text behind a NUL cannot be said in a NUL-ended string', async t => {
  const writer = new Writer()
  utf16z.write(writer, 'a\0b')
  ascii0.write(writer, 'a\0b')
  t.equal(Buffer.from(writer.written()).toString('hex'), '610000006100')
  t.equal(utf16z.size('a\0b'), 4)
})

tap.test('optional, reserved, padding and names', async t => {
  const open = flags(u8, { openSoftDeleted: 0x04 })
  t.equal(open.names.openSoftDeleted, 4)
  t.ok(Object.isFrozen(open.names))
  const layout = struct({ f: open, pad: zeros(2), r: reserved(u8), ghost: optional(bool8, array(u8, u16)) })
  t.same(layout.read(new Reader(hex('84 aabb 07 05 01 0300'))), { f: 0x84, r: 7, ghost: [3] })
  const writer = new Writer()
  layout.write(writer, { f: 4, ghost: null })
  t.equal(Buffer.from(writer.written()).toString('hex'), '0400000000')
  t.same(enumeration(u8, { folder: 1 }).read(new Reader(hex('09'))), 9, 'values without a name are kept')
})

tap.test(
  'a request of a real client, field by field',
  { skip: !existsSync('../shared') && 'needs ../shared' },
  async t => {
    const request = new Uint8Array(readFileSync('../shared/captures/03-mapi-http/connect_req18.bin'))
    const layout = struct({
      userDn: ascii0,
      flags: flags(u32, { useAdminPrivilege: 1 }),
      codePage: u32,
      sortLocale: u32,
      stringLocale: u32,
      auxiliarySize: u32
    })
    const reader = new Reader(request)
    const value = layout.read(reader)
    t.match(value.userDn, /^\/o=.*\/cn=/i)
    t.equal(value.auxiliarySize, reader.remaining, 'the rest is the auxiliary buffer, to the byte')
  }
)

tap.test('dump shows offset, size, bytes, path, value and names', async t => {
  const layout = struct({
    folderId: id,
    open: flags(u8, { softDeleted: 4 }),
    kind: enumeration(u8, { root: 0, generic: 1 }),
    servers: array(u16, struct({ name: ascii0 })),
    size: u32
  })
  const text = dump(layout, hex('0100 00000000 0d54 05 01 0100 4100 07000000 99'))
  const lines = text.split('\n').map(line => line.replaceAll(/ +/g, ' '))
  t.same(lines, [
    '0x0000 8 folderId 01 00 00 00 00 00 0d 54 = 0001-000000000d54',
    '0x0008 1 open 05 = softDeleted | 0x1',
    '0x0009 1 kind 01 = 1 generic',
    '0x000a 2 servers 01 00 = 1 elements',
    '0x000c 2 servers[0].name 41 00 = "A"',
    '0x000e 4 size 07 00 00 00 = 7 (0x7)',
    '0x0012 1 (left over) 99'
  ])
  const broken = dump(layout, hex('0100 00000000 0d54 05 01 0200 4100 42'))
  t.match(broken, /\(left over\) +42\nmalformed: .* at offset 14 in servers\[1\]\.name$/)
})

tap.test('every sample can be generated and dumped without bytes left over', async t => {
  for (const [name, layout] of Object.entries(samples)) {
    const value = generate(layout, new Random(99))
    t.same(generate(layout, new Random(99)), value, `${name}: the same seed gives the same value`)
    const writer = new Writer()
    layout.write(writer, value)
    t.notMatch(dump(layout, writer.written()), /left over|malformed/, name)
  }
  t.equal(everyScalar.size(generate(everyScalar, new Random(1))), 92)
})
