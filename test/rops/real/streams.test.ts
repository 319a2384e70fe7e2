/** Streams through the real processor over a real mailbox. */
import t from 'tap'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { RopCopyToStream } from '../../../rops/stream/rop-copy-to-stream.js'
import { RopGetStreamSize } from '../../../rops/stream/rop-get-stream-size.js'
import { RopReadStream } from '../../../rops/stream/rop-read-stream.js'
import { RopSetStreamSize } from '../../../rops/stream/rop-set-stream-size.js'
import { RopWriteStreamExtended } from '../../../rops/stream/rop-write-stream-extended.js'
import { NO_HANDLE } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { keys } from '../../../store/index.js'
import { requirement } from '../../conformance/ledger.js'
import {
  BEST_ACCESS,
  CREATE,
  FORCE_SAVE,
  MessageClient,
  pattern,
  READ_ONLY,
  READ_WRITE,
  utf16
} from './message-actions.js'

const ecNotFound = 0x8004010f
const ecNotSupported = 0x80040102
const ecInvalidParam = 0x80070057
const ecAccessDenied = 0x80070005
const ecNotEnoughMemory = 0x8007000e
const streamAccessDenied = 0x80030005
const streamSeekError = 0x80030019
const streamInvalidParam = 0x80030057
const ecTooBig = 0x80040305
const ecRpcFormat = 0x4b6
const NONE = { error: ecNotFound }
const [BEGINNING, CURRENT, END] = [0, 1, 2]
const BINARY = 0x6789_0102
const TEXT = 0x6789_001f
const TEXT8 = 0x6789_001e
/** Large values that were begun and are in no record: what a crash would have to clean up. */
async function unfinished({ real }: MessageClient): Promise<number> {
  const { blobs, store } = real.world.fixture.objects
  await blobs.whenIdle()
  let count = 0
  for await (const page of store.pages({ ...keys.blobIntent.range(real.mailbox.number), keysOnly: true })) {
    count += page.length
  }
  return count
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

async function sizeOf(client: MessageClient, stream: number): Promise<number> {
  return (await client.call(RopGetStreamSize, {}, stream)).value!.streamSize
}

function setSize(client: MessageClient, stream: number, streamSize: bigint) {
  return client.call(RopSetStreamSize, { streamSize }, stream)
}

function read(
  client: MessageClient,
  stream: number,
  byteCount: number,
  maximumByteCount?: number,
  maxRopOut = 0x10000
) {
  return client.call(RopReadStream, { byteCount, maximumByteCount }, stream, { maxRopOut })
}

t.test('open modes', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const { handle: attachment } = await client.attach(message)
  for (const object of [message, attachment]) {
    for (const mode of [READ_ONLY, READ_WRITE, BEST_ACCESS]) {
      const none = await client.openStream(object, BINARY, mode)
      t.same([none.returnValue, none.handle], [ecNotFound, NO_HANDLE], `mode ${mode} does not create`)
    }
    requirement('MS-OXCPRPT_R891', 'MS-OXCPRPT_R272')
    const created = await client.openStream(object, BINARY, CREATE)
    t.same([created.returnValue, created.value], [0, { streamSize: 0 }])
    t.equal((await client.write(created.handle, Buffer.from('hello'))).value!.writtenSize, 5)
    requirement('MS-OXCPRPT_R271', 'MS-OXCPRPT_R304', 'MS-OXCPRPT_R30401', 'MS-OXCPRPT_R297', 'MS-OXCPRPT_R29801')
    t.equal(await real.one(object, BINARY), hex(Buffer.from('hello')), 'there without a commit')
    requirement('MS-OXCPRPT_R56401')
    const readOnly = await client.openStream(object, BINARY, READ_ONLY)
    t.equal(readOnly.value!.streamSize, 5)
    requirement('MS-OXCPRPT_R276', 'MS-OXCPRPT_R27601', 'MS-OXCPRPT_R537', 'MS-OXCPRPT_R251')
    t.equal((await client.write(readOnly.handle, Buffer.of(1))).returnValue, streamAccessDenied)
    t.equal((await setSize(client, readOnly.handle, 1n)).returnValue, streamAccessDenied)
    t.equal((await client.seek(readOnly.handle, BEGINNING, 9)).returnValue, streamSeekError)
    requirement('MS-OXCPRPT_R267', 'MS-OXCPRPT_R901', 'MS-OXCPRPT_R885')
    for (const mode of [READ_WRITE, BEST_ACCESS]) {
      const writable = await client.stream(object, BINARY, mode)
      t.equal((await client.write(writable, Buffer.from('J'))).returnValue, 0)
      t.equal(await real.one(object, BINARY), hex(Buffer.from('Jello')))
    }
    requirement('MS-OXCPRPT_R269')
    t.equal((await client.openStream(object, BINARY, CREATE)).value!.streamSize, 0)
    t.equal(await real.one(object, BINARY), '', 'the old value is gone')
    t.equal((await client.openStream(object, BINARY, 9)).returnValue, ecInvalidParam)
  }
  requirement('MS-OXCPRPT_R25301', 'MS-OXCPRPT_R25303', 'MS-OXCPRPT_R25502', 'MS-OXCPRPT_R25506')
  t.equal((await client.openStream(message, 0x67890003, CREATE)).returnValue, ecNotSupported)
  t.equal((await client.openStream(message, 0x6789101f, CREATE)).returnValue, ecNotSupported)
  t.equal((await client.openStream(0, BINARY, CREATE)).returnValue, ecNotSupported)
  const readOnly = await client.open(await client.save(message), READ_ONLY)
  t.equal((await client.openStream(readOnly, BINARY, READ_WRITE)).returnValue, ecAccessDenied)
  const best = await client.openStream(readOnly, BINARY, BEST_ACCESS)
  t.equal(best.returnValue, 0)
  t.equal((await client.write(best.handle, Buffer.of(1))).returnValue, streamAccessDenied)
  t.equal((await read(client, message, 10)).returnValue, ecNotSupported, 'a message is no stream')
})

t.test('reading', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  const bytes = pattern(100_000)
  await client.setStreamed(message, BINARY, bytes)
  const stream = await client.stream(message, BINARY, READ_ONLY)
  const first = await read(client, stream, 10)
  t.same(Buffer.from(first.value!.data), bytes.subarray(0, 10))
  t.same(Buffer.from((await read(client, stream, 5)).value!.data), bytes.subarray(10, 15))
  requirement('MS-OXCPRPT_R277', 'MS-OXCPRPT_R27800', 'MS-OXCPRPT_R286', 'MS-OXCPRPT_R28601', 'MS-OXCPRPT_R296')
  requirement('MS-OXCPRPT_R55202', 'MS-OXCPRPT_R55206', 'MS-OXCPRPT_R2830201')
  const babe = await read(client, stream, 0xbabe, 100)
  t.same(Buffer.from(babe.value!.data), bytes.subarray(15, 115))
  requirement('MS-OXCPRPT_R55205', 'MS-OXCPRPT_R2830401')
  const much = (await read(client, stream, 0xbabe, 70_000)).value!.data.byteLength
  t.ok(much > 30_000 && much <= 70_000)
  t.equal(Number((await client.seek(stream, CURRENT, 0)).value!.newPosition), 115 + much, 'the position moved as far')
  t.equal((await read(client, stream, 0xbabe, 0x80000001)).returnValue, ecRpcFormat)
  await client.seek(stream, END, -3)
  t.same(Buffer.from((await read(client, stream, 100)).value!.data), bytes.subarray(-3))
  t.same((await read(client, stream, 100)).value!.data.byteLength, 0)
  await client.seek(stream, BEGINNING, 0)
  t.same(await client.readAll(stream), bytes)
  t.equal((await read(client, stream, 0)).value!.data.byteLength, 0)
})

t.test('seeking, and writing behind the end', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const stream = await client.stream(message, BINARY, CREATE)
  await client.write(stream, Buffer.from('abcdef'))
  const at = async (origin: number, offset: bigint | number) => {
    const { returnValue, value } = await client.seek(stream, origin, offset)
    return returnValue === 0 ? Number(value!.newPosition) : returnValue
  }
  t.equal(await at(BEGINNING, 2), 2)
  t.equal(await at(CURRENT, 3), 5)
  t.equal(await at(CURRENT, -4), 1)
  t.equal(await at(END, -1), 5)
  t.equal(await at(END, 0), 6)
  requirement('MS-OXCPRPT_R330', 'MS-OXCPRPT_R33101', 'MS-OXCPRPT_R341', 'MS-OXCPRPT_R57902', 'MS-OXCPRPT_R581')
  t.equal(await at(CURRENT, -7), streamSeekError)
  t.equal(await at(BEGINNING, -1), streamSeekError)
  t.equal(await at(BEGINNING, 0x80000001), streamSeekError)
  t.equal(await at(END, 2n ** 62n), streamSeekError)
  t.equal(await at(9, 0), streamInvalidParam)
  requirement('MS-OXCPRPT_R582', 'MS-OXCPRPT_R894', 'MS-OXCPRPT_R903')
  t.equal(await at(CURRENT, 0), 6, 'a failure moves nothing')
  t.equal(await sizeOf(client, stream), 6)
  t.equal(await at(END, 4), 10)
  t.equal(await sizeOf(client, stream), 10)
  t.equal(await real.one(message, BINARY), `${hex(Buffer.from('abcdef'))}00000000`)
  requirement('MS-OXCPRPT_R583')
  await client.write(stream, Buffer.from('xyz'))
  t.equal(await real.one(message, BINARY), `${hex(Buffer.from('abcdef'))}00000000${hex(Buffer.from('xyz'))}`)
  requirement('MS-OXCPRPT_R308', 'MS-OXCPRPT_R30901', 'MS-OXCPRPT_R320', 'MS-OXCPRPT_R32003', 'MS-OXCPRPT_R575')
  // The largest stream there can be; what was never written takes no room.
  t.equal(await at(BEGINNING, 0x80000000), 0x80000000)
  t.equal(await sizeOf(client, stream), 0x80000000)
  const tooBig = await client.write(stream, Buffer.of(1))
  t.same([tooBig.returnValue, tooBig.value], [ecTooBig, { writtenSize: 0 }])
  await client.seek(stream, END, -2)
  const partly = await client.write(stream, Buffer.of(7, 8, 9))
  t.same([partly.returnValue, partly.value], [ecTooBig, { writtenSize: 2 }])
  requirement('MS-OXCPRPT_R90102', 'MS-OXCPRPT_R55707')
  await client.seek(stream, END, -3)
  t.same(Buffer.from((await read(client, stream, 9)).value!.data), Buffer.of(0, 7, 8))
  t.same(await real.one(message, BINARY), { error: ecNotEnoughMemory })
  await setSize(client, stream, 3n)
  t.equal(await real.one(message, BINARY), hex(Buffer.from('abc')), 'small again')
})

t.test('setting the size, both ways', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const stream = await client.stream(message, BINARY, CREATE)
  await client.write(stream, Buffer.from('abcdef'))
  t.equal((await setSize(client, stream, 3n)).returnValue, 0)
  t.equal(await real.one(message, BINARY), hex(Buffer.from('abc')))
  requirement('MS-OXCPRPT_R57707', 'MS-OXCPRPT_R57705', 'MS-OXCPRPT_R322', 'MS-OXCPRPT_R32301', 'MS-OXCPRPT_R57702')
  t.equal((await setSize(client, stream, 5n)).returnValue, 0)
  t.equal(await real.one(message, BINARY), `${hex(Buffer.from('abc'))}0000`)
  requirement('MS-OXCPRPT_R57706', 'MS-OXCPRPT_R32801')
  t.equal((await read(client, stream, 9)).value!.data.byteLength, 0, 'the position stays, behind the end')
  await client.write(stream, Buffer.from('z'))
  t.equal(await real.one(message, BINARY), `${hex(Buffer.from('abc'))}000000${hex(Buffer.from('z'))}`)
  t.equal((await setSize(client, stream, 60_000n)).returnValue, 0)
  t.same(await real.one(message, BINARY), { error: ecNotEnoughMemory })
  t.equal((await setSize(client, stream, 50_000n)).returnValue, 0)
  await client.write(stream, pattern(10))
  const expected = Buffer.alloc(50_000)
  expected.write('abc')
  expected[6] = 0x7a
  pattern(10).copy(expected, 7)
  t.same(await client.streamed(message, BINARY), expected)
  t.equal((await setSize(client, stream, 0x80000001n)).returnValue, ecTooBig)
  t.equal((await setSize(client, stream, 0n)).returnValue, 0)
  t.equal(await real.one(message, BINARY), '')
})

t.test('strings: Unicode and 8-bit, with and without what clients write behind them', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([], { codePageId: 1251 })
  await client.setStreamed(message, TEXT, utf16('Привет'))
  t.equal(await real.one(message, TEXT), 'Привет')
  requirement('MS-OXCPRPT_R25509', 'MS-OXCPRPT_R25507')
  const narrow = await client.openStream(message, TEXT8, READ_WRITE)
  t.equal(narrow.value!.streamSize, 6)
  t.equal(hex(await client.readAll(narrow.handle)), 'cff0e8e2e5f2')
  await client.write(narrow.handle, Buffer.from('2c20ece8f0', 'hex'))
  t.equal(await real.one(message, TEXT), 'Привет, мир')
  t.same(await client.streamed(message, TEXT), utf16('Привет, мир'))
  await client.setStreamed(message, TEXT8, Buffer.from('e9eb', 'hex'))
  t.equal(await real.one(message, TEXT), 'йл')
  await client.setStreamed(message, TEXT, utf16('ends\0'))
  t.equal(await real.one(message, TEXT), 'ends')
  t.same(await client.streamed(message, TEXT), utf16('ends'))
  await client.setStreamed(message, TEXT, Buffer.from('610062', 'hex'))
  t.equal(await real.one(message, TEXT), 'a', 'half a character is none')
  await client.setStreamed(message, TEXT, Buffer.alloc(0))
  t.equal(await real.one(message, TEXT), '')
  const long = 'длинный текст '.repeat(5000)
  await client.setStreamed(message, TEXT, utf16(long))
  const mid = await client.save(message)
  const opened = await client.open(mid, READ_WRITE, 1251)
  t.same(await real.one(opened, TEXT), { error: ecNotEnoughMemory })
  t.same(await client.streamed(opened, TEXT), utf16(long))
  const bytes = await client.streamed(opened, TEXT8)
  t.equal(bytes.byteLength, long.length)
  t.equal(bytes.subarray(0, 7).toString('hex'), 'e4ebe8ededfbe9')
  await client.setStreamed(opened, TEXT8, bytes.subarray(0, 7))
  t.equal(await real.one(opened, TEXT), 'длинный')
  const { handle: attachment } = await client.attach(opened)
  await client.setStreamed(attachment, TEXT, utf16('attached'))
  t.equal(await real.one(attachment, TEXT), 'attached')
  await client.setStreamed(attachment, 0x3701000d, pattern(20))
  requirement('MS-OXCPRPT_R25505', 'MS-OXCPRPT_R25503')
})

t.test('a large value: written, saved, read, changed, and its old form kept for whoever has it open', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagSubject, 'large']])
  const bytes = pattern(3_000_000)
  const writer = await client.stream(message, tags.PidTagHtml, CREATE)
  await client.writeAll(writer, bytes)
  t.equal((await client.commit(writer)).returnValue, 0)
  requirement('MS-OXCPRPT_R305', 'MS-OXCPRPT_R30601', 'MS-OXCPRPT_R56902')
  t.equal(await sizeOf(client, writer), bytes.byteLength)
  const mid = await client.save(message)
  requirement('MS-OXCPRPT_R56403')
  // The stream goes on after the save: what it writes then waits for the next one.
  await client.seek(writer, BEGINNING, 1000)
  t.same(Buffer.from((await read(client, writer, 10)).value!.data), bytes.subarray(1000, 1010))
  const [reader, other] = [await client.open(mid, READ_ONLY), await client.open(mid)]
  const before = await client.stream(reader, tags.PidTagHtml, READ_ONLY)
  await client.seek(writer, BEGINNING, 1_048_570)
  await client.write(writer, Buffer.alloc(20, 0xee))
  const changed = Buffer.from(bytes)
  changed.fill(0xee, 1_048_570, 1_048_590)
  t.same(await client.streamed(message, tags.PidTagHtml), changed)
  t.same(await client.streamed(await client.open(mid), tags.PidTagHtml), bytes)
  await client.save(message)
  t.same(await client.streamed(await client.open(mid), tags.PidTagHtml), changed)
  t.same(await client.readAll(before), bytes, 'an open stream keeps what it reads')
  t.same(await client.streamed(reader, tags.PidTagHtml), bytes, 'and so does an open message')
  await real.world.fixture.objects.blobs.whenIdle()
  t.same(await client.streamed(other, tags.PidTagHtml), bytes)
  await real.set(other, [[tags.PidTagSubject, 'the old one wins']])
  await client.save(other, FORCE_SAVE)
  t.same(await client.streamed(await client.open(mid), tags.PidTagHtml), bytes)
  t.ok((await unfinished(client)) > 0, 'what was replaced is kept for open handles')
  await real.driver.emsmdb.disconnect(real.driver.session)
  t.equal(await unfinished(client), 0)
  t.same((await checkMailbox(real.mailbox)).problems, [])
  await real.world.restart()
  const later = await MessageClient.logOn({ world: real.world })
  t.same(await later.streamed(await later.open(mid), tags.PidTagHtml), bytes)
})

t.test('what is not saved is given up, however the handles go', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const big = pattern(2_500_000)
  const mid = await client.save(await client.create())
  const settled = async () => {
    t.equal(await unfinished(client), 0)
    t.same((await checkMailbox(real.mailbox)).problems, [])
  }
  // The stream first, the message first, the attachment in between.
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [2, 0, 1]
  ]) {
    const message = await client.open(mid)
    const { handle: attachment } = await client.attach(message)
    const stream = await client.stream(attachment, tags.PidTagAttachDataBinary, CREATE)
    await client.writeAll(stream, big)
    await client.saveAttachment(attachment)
    await client.writeAll(stream, big.subarray(0, 10))
    t.equal(await unfinished(client), 2)
    const handles = [stream, attachment, message]
    for (const at of order) await client.release(handles[at])
    await settled()
  }
  t.same(await real.one(await client.open(mid), tags.PidTagHasAttachments), false)
  // The end of the session.
  const message = await client.open(mid)
  const stream = await client.stream(message, tags.PidTagHtml, CREATE)
  await client.writeAll(stream, big)
  t.equal(await unfinished(client), 1)
  await real.driver.emsmdb.disconnect(real.driver.session)
  await settled()
})

t.test('a stream outlives its message', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  await client.setStreamed(message, tags.PidTagHtml, pattern(70_000))
  await client.setStreamed(message, BINARY, pattern(70))
  const mid = await client.save(message)
  const opened = await client.open(mid)
  const [large, small] = [
    await client.stream(opened, tags.PidTagHtml, READ_WRITE),
    await client.stream(opened, BINARY, READ_WRITE)
  ]
  await client.release(opened)
  t.same(await client.readAll(large), pattern(70_000))
  t.same(await client.readAll(small), pattern(70))
  t.equal((await client.write(large, pattern(10))).returnValue, 0)
  t.equal((await client.write(small, pattern(10))).returnValue, 0)
  t.equal((await client.commit(large)).returnValue, 0)
  await client.release(large, small)
  await real.world.fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(real.mailbox)).problems, [])
  t.same(await client.streamed(await client.open(mid), tags.PidTagHtml), pattern(70_000))
})

t.test('a stream, and what is set or deleted beside it', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  for (const size of [10, 60_000]) {
    const message = await client.create()
    const stream = await client.stream(message, BINARY, CREATE)
    await client.writeAll(stream, pattern(size))
    await real.set(message, [[BINARY, Buffer.from('set')]])
    t.equal(await real.one(message, BINARY), hex(Buffer.from('set')))
    t.equal((await client.write(stream, Buffer.from('!'))).returnValue, 0)
    t.same(await client.streamed(message, BINARY), Buffer.concat([pattern(size), Buffer.from('!')]), 'the last wins')
    const mid = await client.save(message)
    t.same(await client.streamed(await client.open(mid), BINARY), Buffer.concat([pattern(size), Buffer.from('!')]))
    const both = { propertyValues: [{ tag: BINARY, bytes: new Uint8Array(0) }] }
    await client.call(RopSetProperties, both, message)
    t.equal(await real.one(message, BINARY), '')
    await client.save(message)
    await client.write(stream, Buffer.from('?'))
    t.same(await client.streamed(message, BINARY), Buffer.concat([pattern(size), Buffer.from('!?')]))
    await client.release(stream, message)
  }
  await real.world.fixture.objects.blobs.whenIdle()
  t.same((await checkMailbox(real.mailbox)).problems, [])
})

t.test('folders: a stream is committed by RopCommitStream or by its release', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const { handle: folder, folderId } = await real.createFolder(await real.folder('inbox'), 'things')
  t.equal((await client.openStream(folder, TEXT, CREATE)).returnValue, ecNotSupported)
  const stream = await client.stream(folder, BINARY, CREATE)
  requirement('MS-OXCPRPT_R25302')
  await client.write(stream, Buffer.from('one'))
  t.same(await real.one(await real.folder(folderId), BINARY), NONE, 'not before the commit')
  t.equal((await client.commit(stream)).returnValue, 0)
  t.equal(await real.one(await real.folder(folderId), BINARY), hex(Buffer.from('one')))
  await client.write(stream, Buffer.from('two'))
  await client.release(stream)
  t.equal(await real.one(await real.folder(folderId), BINARY), hex(Buffer.from('onetwo')))
  requirement('MS-OXCPRPT_R56405')
})

t.test('RopCopyToStream and RopWriteStreamExtended', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  await client.setStreamed(message, BINARY, pattern(200_000))
  const [source, destination] = [
    await client.stream(message, BINARY, READ_ONLY),
    await client.stream(message, 0x678a0102, CREATE)
  ]
  await client.seek(source, BEGINNING, 1000)
  const copied = await client.call(RopCopyToStream, { byteCount: 150_000n }, source, { destination })
  t.same(copied.value, { readByteCount: 150_000n, writtenByteCount: 150_000n })
  t.same(await client.streamed(message, 0x678a0102), pattern(200_000).subarray(1000, 151_000))
  const denied = await client.call(RopCopyToStream, { byteCount: 1n }, destination, { destination: source })
  t.equal(denied.returnValue, streamAccessDenied)
  const nowhere = await client.call(RopCopyToStream, { byteCount: 1n }, source)
  t.equal(nowhere.returnValue, 0x503)
  requirement('MS-OXCPRPT_R895')
  const extended = await client.call(RopWriteStreamExtended, { data: Buffer.from('more') }, destination)
  t.same(extended.value, { writtenSize: 4 })
  t.equal(await sizeOf(client, destination), 150_004)
  requirement('MS-OXCPRPT_R30401001', 'MS-OXCPRPT_R30401003', 'MS-OXCPRPT_R30401010', 'MS-OXCPRPT_R30401011')
  t.same(await real.one(message, 0x678a0102), { error: ecNotEnoughMemory })
})
