/** The property and stream families over objects that tests make up. */
import t from 'tap'
import { RopDeleteProperties } from '../../rops/property/rop-delete-properties.js'
import { RopDeletePropertiesNoReplicate } from '../../rops/property/rop-delete-properties-no-replicate.js'
import { RopGetNamesFromPropertyIds } from '../../rops/property/rop-get-names-from-property-ids.js'
import { RopGetPropertiesAll } from '../../rops/property/rop-get-properties-all.js'
import { RopGetPropertiesList } from '../../rops/property/rop-get-properties-list.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopGetPropertyIdsFromNames } from '../../rops/property/rop-get-property-ids-from-names.js'
import { RopQueryNamedProperties } from '../../rops/property/rop-query-named-properties.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopSetPropertiesNoReplicate } from '../../rops/property/rop-set-properties-no-replicate.js'
import { RopCommitStream } from '../../rops/stream/rop-commit-stream.js'
import { RopCopyToStream } from '../../rops/stream/rop-copy-to-stream.js'
import { RopGetStreamSize } from '../../rops/stream/rop-get-stream-size.js'
import { RopOpenStream } from '../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../rops/stream/rop-read-stream.js'
import { RopSeekStream } from '../../rops/stream/rop-seek-stream.js'
import { RopSetStreamSize } from '../../rops/stream/rop-set-stream-size.js'
import { RopWriteStream } from '../../rops/stream/rop-write-stream.js'
import { RopWriteStreamExtended } from '../../rops/stream/rop-write-stream-extended.js'
import type { Message, PropertyProblem, Stream } from '../../src/mailbox/domain.js'
import { type PropertyName, PS_MAPI } from '../../src/oxcdata/property-name.js'
import type { PropertyEntry } from '../../src/oxcdata/property-tag.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import { requirement } from '../conformance/ledger.js'
import { Driver, stub, stubMailbox } from './driver.js'

const PidTagSubject = 0x0037001f
const PidTagBody = 0x1000001f
const PidTagHtml = 0x10130102
const PidTagImportance = 0x00170003
const NOT_FOUND = 0x8004010f
const NO_MEMORY = 0x8007000e
const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057

/** An object that holds properties; string tags of either width name the same value. */
function holder(values: Map<number, Uint8Array>, codePage = 1252): Partial<Message> {
  const tagOf = (id: number) => [...values.keys()].find(tag => tag >>> 16 === id)
  return {
    kind: 'message',
    codePage,
    value(tag) {
      const stored = tagOf(tag >>> 16)
      if (stored === undefined) return NOT_FOUND
      const type = tag & 0xffff
      const same = type === 0 || type === (stored & 0xffff) || (type === 0x1e && (stored & 0xffff) === 0x1f)
      return same ? values.get(stored)! : NOT_FOUND
    },
    typeOf(id) {
      const tag = tagOf(id)
      return tag === undefined ? undefined : tag & 0xffff
    },
    tags: () => [...values.keys()]
  }
}

const specific = (propertyTags: number[], wantUnicode = true) => ({ propertySizeLimit: 0, wantUnicode, propertyTags })

t.test('RopGetPropertiesSpecific', async t => {
  const driver = await Driver.logOn()
  const values = new Map([
    [PidTagSubject, storedString('Grüße')],
    [PidTagImportance, Uint8Array.of(1, 0, 0, 0)]
  ])
  const message = driver.put('message', holder(values))
  const order = [PidTagImportance, PidTagSubject]
  const both = await driver.call(RopGetPropertiesSpecific, specific(order), message, { columns: order })
  t.same(both.value!.row, [Uint8Array.of(1, 0, 0, 0), storedString('Grüße')], 'in the order of the request')
  requirement('MS-OXCPRPT_R45701', 'MS-OXCPRPT_R457')
  const absent = [PidTagSubject, PidTagHtml, 0x001e0003]
  const flagged = await driver.call(RopGetPropertiesSpecific, specific(absent), message, { columns: absent })
  t.equal(flagged.returnValue, 0, 'an absent property is no failure of the ROP')
  t.same(flagged.value!.row, [storedString('Grüße'), NOT_FOUND, NOT_FOUND])
  const untyped = [0x00370000]
  const unicode = await driver.call(RopGetPropertiesSpecific, specific(untyped), message, { columns: untyped })
  t.same(unicode.value!.row, [{ type: 0x1f, bytes: storedString('Grüße') }])
  requirement('MS-OXCPRPT_R458')
  const narrow = await driver.call(RopGetPropertiesSpecific, specific(untyped, false), message, { columns: untyped })
  t.equal((narrow.value!.row[0] as { type: number }).type, 0x1e)
  requirement('MS-OXCPRPT_R459')
  const asked = [0x0037001e]
  const string8 = await driver.call(RopGetPropertiesSpecific, specific(asked), message, { columns: asked })
  t.equal(stringOf(string8.value!.row[0] as Uint8Array), 'Grüße')
  requirement('MS-OXCPRPT_R460')
})

t.test('8-bit strings are in the code page of the message', async t => {
  const driver = await Driver.logOn()
  const values = new Map([[PidTagSubject, storedString('Привет')]])
  const message = driver.put('message', holder(values, 1251))
  const attachment = driver.put('attachment', {
    ...(holder(values) as object),
    kind: 'attachment',
    message: stub<Message>({ codePage: 1251 })
  })
  for (const handle of [message, attachment]) {
    const columns = [0x0037001e]
    const { value } = await driver.call(RopGetPropertiesSpecific, specific(columns), handle, { columns })
    // The client reads Latin-1 here, so that the bytes can be seen.
    const text = stringOf(value!.row[0] as Uint8Array)
    t.equal(text, Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]).toString('latin1'))
  }
  requirement('MS-OXCPRPT_R461', 'MS-OXCPRPT_R463')
})

t.test('values that do not fit', async t => {
  const driver = await Driver.logOn()
  const values = new Map([
    [PidTagSubject, storedString('short')],
    [PidTagBody, storedString('b'.repeat(9000))],
    [PidTagHtml, new Uint8Array(20000)]
  ])
  const message = driver.put('message', holder(values))
  const columns = [PidTagHtml, PidTagBody, PidTagSubject]
  const { returnValue, value } = await driver.call(RopGetPropertiesSpecific, specific(columns), message, { columns })
  t.equal(returnValue, 0)
  t.equal(value!.row[0], NO_MEMORY, 'the largest goes')
  t.equal((value!.row[1] as Uint8Array).byteLength, 18002)
  t.same(value!.row[2], storedString('short'))
  const all = await driver.call(RopGetPropertiesAll, { propertySizeLimit: 0, wantUnicode: true }, message)
  t.same(
    all.value!.propertyValues.map(({ tag }) => tag),
    [PidTagSubject, PidTagBody, 0x1013000a]
  )
  t.same(all.value!.propertyValues[2].bytes, Uint8Array.of(0x0e, 0x00, 0x07, 0x80))
  requirement('MS-OXCPRPT_R643')
  const limited = { propertySizeLimit: 100, wantUnicode: true }
  const ignored = await driver.call(RopGetPropertiesAll, limited, message)
  t.same(ignored.value, all.value, 'PropertySizeLimit does not count')
  requirement('MS-OXCPRPT_R90707')
  const older = await Driver.logOn(stubMailbox(), { personality: { propertySizeLimitCounts: true } })
  const cut = await older.call(RopGetPropertiesAll, limited, older.put('message', holder(values)))
  t.same(
    cut.value!.propertyValues.map(({ tag }) => tag),
    [PidTagSubject, 0x1000000a, 0x1013000a]
  )
  requirement('MS-OXCPRPT_R644')
  const listed = await driver.call(RopGetPropertiesList, {}, message)
  t.same(listed.value, { propertyTags: [PidTagSubject, PidTagBody, PidTagHtml] })
  requirement('MS-OXCPRPT_R472')
})

t.test('setting and deleting', async t => {
  const set: PropertyEntry[] = []
  const refuse = (index: number): PropertyProblem[] => [{ index, tag: 0x0037001f, error: 0x80070005 }]
  const mailbox = stubMailbox({
    set: async entries => {
      set.push(...entries)
      return refuse(1)
    },
    remove: () => refuse(0)
  })
  const driver = await Driver.logOn(mailbox)
  const propertyValues = [
    { tag: PidTagImportance, bytes: Uint8Array.of(2, 0, 0, 0) },
    { tag: 0x0037001e, bytes: storedString('Grün') }
  ]
  const answer = await driver.call(RopSetProperties, { propertyValues })
  t.same(
    answer.value,
    { propertyProblems: [{ index: 1, tag: 0x0037001e, error: 0x80070005 }] },
    'the tag that was sent'
  )
  t.same(set, [propertyValues[0], { tag: PidTagSubject, bytes: storedString('Grün') }], 'strings are kept as UTF-16')
  requirement('MS-OXCPRPT_R47505')
  const removed = await driver.call(RopDeleteProperties, { propertyTags: [0x0037001e] })
  t.same(removed.value, { propertyProblems: [{ index: 0, tag: 0x0037001e, error: 0x80070005 }] })
  requirement('MS-OXCPRPT_R48405')
  t.same((await driver.call(RopSetPropertiesNoReplicate, { propertyValues })).value, answer.value)
  t.same((await driver.call(RopDeletePropertiesNoReplicate, { propertyTags: [0x0037001e] })).value, removed.value)
})

t.test('named properties', async t => {
  const SET = '00062008-0000-0000-c000-000000000046'
  const HEADERS = '00020386-0000-0000-c000-000000000046'
  const known = new Map<string, number>()
  const names = new Map<number, PropertyName>()
  const LIMIT = 3
  const keyOf = (name: PropertyName) => JSON.stringify(name)
  const mailbox = stubMailbox({
    async propertyIdsFromNames(asked, create) {
      return asked.map(name => {
        const id = known.get(keyOf(name))
        if (id !== undefined || !create || known.size === LIMIT) return id ?? 0
        const made = 0x8000 + known.size
        known.set(keyOf(name), made)
        names.set(made, name)
        return made
      })
    },
    nameFromPropertyId: id => (id < 0x8000 ? { guid: PS_MAPI, lid: id } : names.get(id)),
    namedProperties: () => [...names].map(([id, name]) => ({ id, name }))
  })
  const driver = await Driver.logOn(mailbox)
  const lid = { guid: SET, lid: 0x8205 }
  const header = { guid: HEADERS, name: 'X-Test' }
  const ids = async (propertyNames: PropertyName[], flags = 2, handle = 0) =>
    (await driver.call(RopGetPropertyIdsFromNames, { flags, propertyNames }, handle)).value?.propertyIds
  t.same(await ids([lid], 0), [0], 'an unknown name without the create flag')
  requirement('MS-OXCPRPT_R226', 'MS-OXCPRPT_R220')
  t.same(await ids([lid, header, { guid: SET, name: 'Own' }]), [0x8000, 0x8001, 0x8002])
  t.same(await ids([{ guid: HEADERS, name: 'x-test' }], 0), [0x8001], 'header names are told apart in lower case')
  requirement('MS-OXCPRPT_R529', 'MS-OXCPRPT_R222', 'MS-OXCPRPT_R216')
  t.same(await ids([{ guid: PS_MAPI, lid: 0x37 }, lid, { guid: PS_MAPI, name: 'x' }], 0), [0x37, 0x8000, 0])
  requirement('MS-OXCPRPT_R642', 'MS-OXCPRPT_R225')
  t.same(await ids([]), [0x8000, 0x8001, 0x8002], 'none asks for all, on a logon')
  requirement('MS-OXCPRPT_R526', 'MS-OXCPRPT_R213', 'MS-OXCPRPT_R217')
  const values = new Map([[0x80020003, new Uint8Array(4)]])
  const message = driver.put('message', { ...holder(values), mailbox })
  t.same(await ids([], 2, message), [])
  const request = { flags: 2, propertyNames: [{ guid: SET, lid: 1 }] }
  t.equal((await driver.call(RopGetPropertyIdsFromNames, request)).returnValue, NO_MEMORY)
  requirement('MS-OXCPRPT_R53502')
  const back = await driver.call(RopGetNamesFromPropertyIds, { propertyIds: [0x8000, 0x37, 0x8fff] })
  t.same(back.value!.propertyNames, [lid, { guid: PS_MAPI, lid: 0x37 }, undefined])
  requirement('MS-OXCPRPT_R521', 'MS-OXCPRPT_R518', 'MS-OXCPRPT_R520', 'MS-OXCPRPT_R523', 'MS-OXCPRPT_R524')
  const query = async (queryFlags: number, propertyGuid: string | null, handle = 0) =>
    (await driver.call(RopQueryNamedProperties, { queryFlags, propertyGuid }, handle)).value!.propertyIds
  t.same(await query(0xfc, null), [0x8000, 0x8001, 0x8002])
  requirement('MS-OXCPRPT_R495', 'MS-OXCPRPT_R87801')
  t.same(await query(1, null), [0x8000])
  t.same(await query(2, null), [0x8001, 0x8002])
  t.same(await query(0, SET), [0x8000, 0x8002])
  requirement('MS-OXCPRPT_R876', 'MS-OXCPRPT_R877', 'MS-OXCPRPT_R878')
  t.same(await query(0, null, message), [0x8002], 'of a message those that it has')
})

/** A stream in memory. */
function memoryStream(bytes: Uint8Array, writable = true): Stream {
  let data = Uint8Array.from(bytes)
  const grow = (size: number) => {
    const larger = new Uint8Array(size)
    larger.set(data.subarray(0, Math.min(size, data.length)))
    data = larger
  }
  const stream = {
    tag: PidTagHtml,
    writable,
    position: 0,
    get size() {
      return data.length
    },
    async read(count: number) {
      const piece = data.subarray(stream.position, stream.position + count)
      stream.position += piece.length
      return piece
    },
    write(piece: Uint8Array) {
      if (stream.position + piece.length > data.length) grow(stream.position + piece.length)
      data.set(piece, stream.position)
      stream.position += piece.length
      return piece.length
    },
    setSize: grow,
    commit() {},
    release() {}
  }
  return stream
}

t.test('RopOpenStream', async t => {
  const modes: string[] = []
  const openStream = async (_tag: number, mode: string) => {
    modes.push(mode)
    return memoryStream(new Uint8Array(5))
  }
  const driver = await Driver.logOn()
  const message = driver.put('message', { kind: 'message', writable: true, openStream })
  const readOnly = driver.put('attachment', { kind: 'attachment', writable: false, openStream })
  const folder = driver.put('folder', { kind: 'folder', openStream })
  const open = (propertyTag: number, openModeFlags: number, handle = message) =>
    driver.call(RopOpenStream, { propertyTag, openModeFlags }, handle)
  for (const mode of [0, 1, 2, 3]) t.same((await open(PidTagHtml, mode)).value, { streamSize: 5 })
  t.same(modes, ['read', 'readWrite', 'create', 'readWrite'])
  requirement('MS-OXCPRPT_R885', 'MS-OXCPRPT_R267', 'MS-OXCPRPT_R269', 'MS-OXCPRPT_R271', 'MS-OXCPRPT_R27601')
  await open(PidTagHtml, 3, readOnly)
  t.equal(modes.at(-1), 'read', 'best access of what is open for reading')
  t.equal((await open(PidTagHtml, 4)).returnValue, INVALID_PARAM)
  t.equal((await open(PidTagImportance, 0)).returnValue, NOT_SUPPORTED)
  for (const tag of [PidTagHtml, PidTagBody, 0x1000001e, 0x3701000d]) t.equal((await open(tag, 0)).returnValue, 0)
  requirement('MS-OXCPRPT_R548', 'MS-OXCPRPT_R25506', 'MS-OXCPRPT_R25507', 'MS-OXCPRPT_R25509', 'MS-OXCPRPT_R25508')
  t.equal((await open(PidTagBody, 0, folder)).returnValue, NOT_SUPPORTED, 'folders stream binary values only')
  t.equal((await open(PidTagHtml, 0, folder)).returnValue, 0)
  requirement('MS-OXCPRPT_R256')
})

t.test('reading and writing streams', async t => {
  const driver = await Driver.logOn()
  const data = Uint8Array.from({ length: 40000 }, (_, i) => i & 0xff)
  const handle = driver.put('stream', memoryStream(data))
  const first = await driver.call(RopReadStream, { byteCount: 16384 }, handle)
  t.same(first.value!.data, data.subarray(0, 16384))
  requirement('MS-OXCPRPT_R55206', 'MS-OXCPRPT_R555', 'MS-OXCPRPT_R556', 'MS-OXCPRPT_R296')
  const second = await driver.call(RopReadStream, { byteCount: 0xbabe, maximumByteCount: 100 }, handle)
  t.same(second.value!.data, data.subarray(16384, 16484))
  requirement('MS-OXCPRPT_R55205')
  const rest = await driver.call(RopReadStream, { byteCount: 60000 }, handle)
  t.equal(rest.value!.data.byteLength, 40000 - 16484, 'fewer bytes at the end only')
  const none = await driver.call(RopReadStream, { byteCount: 10 }, handle)
  t.equal(none.value!.data.byteLength, 0)
  const most = await driver.call(RopReadStream, { byteCount: 0xbabe, maximumByteCount: 0x80000000 }, handle)
  t.equal(most.returnValue, 0)
  const tooMany = await driver.call(RopReadStream, { byteCount: 0xbabe, maximumByteCount: 0x80000001 }, handle)
  t.equal(tooMany.returnValue, 0x4b6)
  t.equal(tooMany.value!.data.byteLength, 0, 'DataSize is zero on failure')
  requirement('MS-OXCROPS_R321501', 'MS-OXCPRPT_R88601')
  await driver.call(RopSeekStream, { origin: 0, offset: 0n }, handle)
  const large = await driver.call(RopReadStream, { byteCount: 0xbabe, maximumByteCount: 40000 }, handle)
  t.ok(large.value!.data.byteLength > 32000 && large.value!.data.byteLength < 32767, 'as much as the buffer holds')

  await driver.call(RopSeekStream, { origin: 2, offset: -2n }, handle)
  const written = await driver.call(RopWriteStream, { data: Uint8Array.of(1, 2, 3) }, handle)
  t.same(written.value, { writtenSize: 3 })
  t.same((await driver.call(RopGetStreamSize, {}, handle)).value, { streamSize: 40001 })
  requirement('MS-OXCPRPT_R560', 'MS-OXCPRPT_R561', 'MS-OXCPRPT_R575', 'MS-OXCPRPT_R30401')
  t.same((await driver.call(RopWriteStreamExtended, { data: Uint8Array.of(4) }, handle)).value, { writtenSize: 1 })
  requirement('MS-OXCPRPT_R900001')
  t.equal((await driver.call(RopCommitStream, {}, handle)).returnValue, 0)

  const locked = driver.put('stream', memoryStream(data, false))
  const refused = await driver.call(RopWriteStream, { data: Uint8Array.of(1) }, locked)
  t.equal(refused.returnValue, 0x80030005)
  t.same(refused.value, { writtenSize: 0 })
  requirement('MS-OXCPRPT_R901')
  t.equal((await driver.call(RopSetStreamSize, { streamSize: 1n }, locked)).returnValue, 0x80030005)
})

t.test('a write that would pass the largest size', async t => {
  const driver = await Driver.logOn()
  const stream = stub<Stream>({
    writable: true,
    position: 0x80000000 - 2,
    write: bytes => bytes.byteLength,
    release() {}
  })
  const answer = await driver.call(RopWriteStream, { data: Uint8Array.of(1, 2, 3) }, driver.put('stream', stream))
  t.equal(answer.returnValue, 0x80040305)
  t.same(answer.value, { writtenSize: 2 }, 'what was written is told')
  requirement('MS-OXCPRPT_R90102', 'MS-OXCPRPT_R55707')
})

t.test('seeking, sizing and copying streams', async t => {
  const driver = await Driver.logOn()
  const stream = memoryStream(Uint8Array.of(1, 2, 3, 4))
  const handle = driver.put('stream', stream)
  const seek = (origin: number, offset: bigint, at = handle) => driver.call(RopSeekStream, { origin, offset }, at)
  t.same((await seek(0, 3n)).value, { newPosition: 3n })
  t.same((await seek(1, -2n)).value, { newPosition: 1n })
  t.same((await seek(2, -1n)).value, { newPosition: 3n })
  requirement('MS-OXCPRPT_R581', 'MS-OXCPRPT_R34101')
  t.equal((await seek(3, 0n)).returnValue, 0x80030057)
  requirement('MS-OXCPRPT_R903')
  t.equal((await seek(0, -1n)).returnValue, 0x80030019)
  t.equal((await seek(0, 0x80000001n)).returnValue, 0x80030019)
  requirement('MS-OXCPRPT_R582', 'MS-OXCPRPT_R894')
  t.same((await seek(0, 6n)).value, { newPosition: 6n })
  t.equal(stream.size, 6, 'the stream grew')
  requirement('MS-OXCPRPT_R583')
  t.equal((await driver.call(RopSetStreamSize, { streamSize: 2n }, handle)).returnValue, 0)
  t.equal(stream.size, 2)
  requirement('MS-OXCPRPT_R57705', 'MS-OXCPRPT_R57707')
  t.equal((await driver.call(RopSetStreamSize, { streamSize: 0x80000001n }, handle)).returnValue, 0x80040305)
  const source = driver.put('stream', memoryStream(new Uint8Array(100000).fill(7)))
  const target = memoryStream(new Uint8Array(0))
  const destination = driver.put('stream', target)
  const copied = await driver.call(RopCopyToStream, { byteCount: 90000n }, source, { destination })
  t.same(copied.value, { readByteCount: 90000n, writtenByteCount: 90000n })
  t.same([target.size, target.position], [90000, 90000])
  requirement('MS-OXCPRPT_R592', 'MS-OXCPRPT_R591')
  const nowhere = await driver.call(RopCopyToStream, { byteCount: 1n }, source)
  t.equal(nowhere.returnValue, 0x503)
  t.same(nowhere.value, { destHandleIndex: 1, readByteCount: 0n, writtenByteCount: 0n })
  requirement('MS-OXCPRPT_R895', 'MS-OXCROPS_R3411', 'MS-OXCROPS_R3415')
})
