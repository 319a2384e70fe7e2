/** Properties of messages, attachments, folders and the logon through the real processor over a real mailbox. */
import t from 'tap'
import { RopDeleteProperties } from '../../../rops/property/rop-delete-properties.js'
import { RopDeletePropertiesNoReplicate } from '../../../rops/property/rop-delete-properties-no-replicate.js'
import { RopGetPropertiesAll } from '../../../rops/property/rop-get-properties-all.js'
import { RopGetPropertiesList } from '../../../rops/property/rop-get-properties-list.js'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { RopSetPropertiesNoReplicate } from '../../../rops/property/rop-set-properties-no-replicate.js'
import { RopSetStreamSize } from '../../../rops/stream/rop-set-stream-size.js'
import { cellType } from '../../../src/oxcdata/property-row.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import { storedString } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { MessageClient, pattern, utf16 } from './message-actions.js'

const ecNotFound = 0x8004010f
const ecNotEnoughMemory = 0x8007000e
const ecAccessDenied = 0x80070005
const ecNotSupported = 0x80040102
const ecUnexpectedType = 0x80040304
const NONE = { error: ecNotFound }
/** The 8-bit form of a Unicode string tag, and a tag of any type. */
const string8 = (tag: number): number => tag - 1
const anyType = (tag: number): number => (tag & 0xffff0000) >>> 0

function remove(client: MessageClient, handle: number, propertyTags: number[]) {
  return client.call(RopDeleteProperties, { propertyTags }, handle)
}

async function list(client: MessageClient, handle: number): Promise<number[]> {
  return (await client.call(RopGetPropertiesList, {}, handle)).value!.propertyTags
}

async function all(client: MessageClient, handle: number, wantUnicode = true, propertySizeLimit = 0) {
  const { value } = await client.call(RopGetPropertiesAll, { propertySizeLimit, wantUnicode }, handle)
  return new Map(value!.propertyValues.map(({ tag, bytes }) => [tag, bytes]))
}

t.test('set, read and delete on each kind of object', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  const { handle: attachment } = await client.attach(message)
  const folder = await real.createFolder(await real.folder('inbox'), 'things')
  const logon = 0
  const ids: Record<string, string> = {
    [`${message}`]: '01',
    [`${folder.handle}`]: '02',
    [`${attachment}`]: '03',
    [`${logon}`]: '04'
  }
  for (const handle of [message, attachment, folder.handle, logon]) {
    const n = ids[handle]
    t.same(await real.set(handle, [[0x6789001f, 'first']]), [])
    t.equal(await real.one(handle, 0x6789001f), 'first')
    requirement(`MS-OXCPRPT_R102${n}`, `MS-OXCPRPT_R58${n}`)
    t.ok((await list(client, handle)).includes(0x6789001f))
    requirement(`MS-OXCPRPT_R97${n}`)
    t.same((await all(client, handle)).get(0x6789001f), storedString('first'))
    requirement(`MS-OXCPRPT_R80${n}`)
    const again = { propertyValues: [{ tag: 0x6789001f, bytes: storedString('second') }] }
    t.same((await client.call(RopSetPropertiesNoReplicate, again, handle)).value, { propertyProblems: [] })
    t.equal(await real.one(handle, 0x6789001f), 'second')
    t.same((await remove(client, handle, [0x6789001f])).value, { propertyProblems: [] })
    t.same(await real.one(handle, 0x6789001f), NONE)
    t.notOk((await list(client, handle)).includes(0x6789001f))
    t.notOk((await all(client, handle)).has(0x6789001f))
    requirement(`MS-OXCPRPT_R114${n}`)
    await real.set(handle, [[0x6789001f, 'third']])
    const gone = { propertyTags: [0x6789001f, 0x678a001f] }
    t.same((await client.call(RopDeletePropertiesNoReplicate, gone, handle)).value, { propertyProblems: [] })
    t.same(await real.one(handle, 0x6789001f), NONE)
  }
  requirement('MS-OXCPRPT_R101', 'MS-OXCPRPT_R475', 'MS-OXCPRPT_R476', 'MS-OXCPRPT_R477', 'MS-OXCPRPT_R479')
  requirement('MS-OXCPRPT_R113', 'MS-OXCPRPT_R485', 'MS-OXCPRPT_R486', 'MS-OXCPRPT_R487', 'MS-OXCPRPT_R488')
  requirement('MS-OXCPRPT_R490', 'MS-OXCPRPT_R875', 'MS-OXCPRPT_R112', 'MS-OXCPRPT_R822', 'MS-OXCPRPT_R823')
  requirement('MS-OXCPRPT_R824', 'MS-OXCPRPT_R825', 'MS-OXCPRPT_R826', 'MS-OXCPRPT_R828', 'MS-OXCPRPT_R830')
  requirement('MS-OXCPRPT_R832', 'MS-OXCPRPT_R124', 'MS-OXCPRPT_R835', 'MS-OXCPRPT_R836', 'MS-OXCPRPT_R83603')
  requirement('MS-OXCPRPT_R83604', 'MS-OXCPRPT_R83605', 'MS-OXCPRPT_R8360501', 'MS-OXCPRPT_R83607')
  requirement('MS-OXCPRPT_R837', 'MS-OXCPRPT_R839', 'MS-OXCPRPT_R841', 'MS-OXCPRPT_R843', 'MS-OXCPRPT_R47502')
  const contents = await real.contents(folder.handle)
  t.equal((await client.call(RopGetPropertiesList, {}, contents)).returnValue, ecNotSupported)
  t.equal((await remove(client, contents, [0x6789001f])).returnValue, ecNotSupported)
})

t.test('what belongs to messages and attachments alone', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const folder = await real.folder('inbox')
  for (const tag of [tags.PidTagAccessLevel, tags.PidTagLastModifierName, tags.PidTagSearchKey]) {
    t.same(await real.one(folder, tag), NONE)
    t.same(await real.one(0, tag), NONE)
  }
  requirement('MS-OXCPRPT_R2401', 'MS-OXCPRPT_R2402', 'MS-OXCPRPT_R3401', 'MS-OXCPRPT_R3402')
  requirement('MS-OXCPRPT_R5501', 'MS-OXCPRPT_R5502')
  const message = await client.create([[tags.PidTagSubject, 'one']])
  await client.save(message)
  const types: [tag: number, claim: string][] = [
    [tags.PidTagAccess, 'MS-OXCPRPT_R311'],
    [tags.PidTagAccessLevel, 'MS-OXCPRPT_R312'],
    [tags.PidTagChangeKey, 'MS-OXCPRPT_R313'],
    [tags.PidTagCreationTime, 'MS-OXCPRPT_R314'],
    [tags.PidTagLastModifierName, 'MS-OXCPRPT_R315'],
    [tags.PidTagLastModificationTime, 'MS-OXCPRPT_R316'],
    [tags.PidTagSearchKey, 'MS-OXCPRPT_R319'],
    [tags.PidTagMessageFlags, 'MS-OXCMSG_R507'],
    [tags.PidTagStoreEntryId, 'MS-OXCMSG_R1215']
  ]
  const request = { propertySizeLimit: 0, wantUnicode: true, propertyTags: types.map(([tag]) => anyType(tag)) }
  const { value } = await client.call(RopGetPropertiesSpecific, request, message)
  types.forEach(([tag, claim], at) => {
    t.match(value!.row[at], { type: tag & 0xffff })
    requirement(claim)
  })
})

t.test('when what is set is durable', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagSubject, 'one']])
  const { handle: attachment, number } = await client.attach(message, [[tags.PidTagAttachLongFilename, 'a.txt']])
  await client.saveAttachment(attachment)
  const mid = await client.save(message)
  await real.set(message, [[tags.PidTagBody, 'not saved']])
  await remove(client, message, [tags.PidTagSubject])
  await real.set(attachment, [[tags.PidTagAttachLongFilename, 'b.txt']])
  t.equal(await real.one(attachment, tags.PidTagAttachLongFilename), 'b.txt')
  const other = await client.open(mid)
  t.same(await real.get(other, [tags.PidTagBody, tags.PidTagSubject]), [NONE, 'one'])
  requirement('MS-OXCPRPT_R478', 'MS-OXCPRPT_R489', 'MS-OXCPRPT_R82401', 'MS-OXCPRPT_R83606')
  const named = async (handle: number) =>
    real.one(await client.openAttachment(handle, number), tags.PidTagAttachLongFilename)
  t.equal(await named(message), 'a.txt', 'not even in the same message, before the attachment is saved')
  await client.saveAttachment(attachment)
  t.equal(await named(message), 'b.txt')
  t.equal(await named(await client.open(mid)), 'a.txt')
  await client.save(message)
  t.equal(await named(await client.open(mid)), 'b.txt')
  requirement('MS-OXCPRPT_R480', 'MS-OXCPRPT_R82501', 'MS-OXCPRPT_R491', 'MS-OXCPRPT_R83608', 'MS-OXCMSG_R1062')
  const folder = await real.folder('inbox')
  await real.set(folder, [[tags.PidTagComment, 'at once']])
  await real.set(0, [[0x6789001f, 'at once too']])
  await real.world.restart()
  const later = await MessageClient.logOn({ world: real.world })
  t.equal(await later.real.one(await later.real.folder('inbox'), tags.PidTagComment), 'at once')
  t.equal(await later.real.one(0, 0x6789001f), 'at once too')
  t.same(await later.real.get(await later.open(mid), [tags.PidTagBody, tags.PidTagSubject]), ['not saved', NONE])
  requirement('MS-OXCPRPT_R846', 'MS-OXCPRPT_R847', 'MS-OXCPRPT_R82502')
  await remove(later, await later.real.folder('inbox'), [tags.PidTagComment])
  await remove(later, 0, [0x6789001f])
  await real.world.restart()
  const last = await MessageClient.logOn({ world: real.world })
  t.same(await last.real.one(await last.real.folder('inbox'), tags.PidTagComment), NONE)
  t.same(await last.real.one(0, 0x6789001f), NONE)
  requirement('MS-OXCPRPT_R492', 'MS-OXCPRPT_R49201', 'MS-OXCPRPT_R83609')
})

t.test('a value of every type comes back as it went in', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const cases: [type: number, value: PropertyValue][] = [
    [0x0002, -2],
    [0x0003, 0x7fffffff],
    [0x0004, 1.5],
    [0x0005, -2.25],
    [0x0006, 12345n],
    [0x0007, 40000.5],
    [0x000b, true],
    [0x0014, -1n],
    [0x001f, 'Жук \u{1f41e}'],
    [0x0040, 0x01dc5e1d00000000n],
    [0x0048, '00020386-0000-0000-c000-000000000046'],
    [0x0102, Buffer.from('00ff10', 'hex')],
    [0x1002, [1, -1]],
    [0x1003, [1, 2, 3]],
    [0x1004, [0.5]],
    [0x1005, [1.25, -1]],
    [0x1006, [1n]],
    [0x1007, [2.5]],
    [0x1014, [-1n, 2n]],
    [0x101f, ['a', '', 'Ж']],
    [0x1040, [1n, 2n]],
    [0x1048, ['00020386-0000-0000-c000-000000000046']],
    [0x1102, [Buffer.of(1), Buffer.alloc(0), Buffer.from('abc')]]
  ]
  const values = cases.map(([type, value], at) => [((0x6810 + at) << 16) | type, value] as const)
  const message = await client.create()
  t.same(await real.set(message, values), [])
  const reopened = await client.open(await client.save(message))
  for (const handle of [message, reopened]) {
    const request = { propertySizeLimit: 0, wantUnicode: true, propertyTags: values.map(([tag]) => tag) }
    const { value } = await client.call(RopGetPropertiesSpecific, request, handle)
    values.forEach(([tag, wanted], at) => {
      t.same(value!.row[at], encodeValue(cellType(tag), wanted), `type 0x${(tag & 0xffff).toString(16)}`)
    })
    const untyped = values.map(([tag]) => anyType(tag))
    const any = await client.call(RopGetPropertiesSpecific, { ...request, propertyTags: untyped }, handle)
    values.forEach(([tag, wanted], at) => {
      t.same(any.value!.row[at], { type: tag & 0xffff, bytes: encodeValue(cellType(tag), wanted) })
    })
  }
  requirement('MS-OXCDATA_R2720', 'MS-OXCDATA_R64', 'MS-OXCPRPT_R76', 'MS-OXCPRPT_R458', 'MS-OXCPRPT_R6401')
  t.same(await real.one(message, 0x68100003), NONE, 'another type than the stored one')
  const odd = { propertyValues: [{ tag: 0x67400001, bytes: new Uint8Array(0) }] }
  const problem = (await client.call(RopSetProperties, odd, message)).value?.propertyProblems
  if (problem !== undefined) t.same(problem, [{ index: 0, tag: 0x67400001, error: ecUnexpectedType }])
})

t.test('8-bit strings by code page', async t => {
  const text: Record<number, string> = { 1252: 'naïve café', 1251: 'Привет', 65001: 'Жук, naïve, 本', 932: '日本語' }
  for (const [page, wanted] of Object.entries(text)) {
    const codePage = Number(page)
    for (const form of ['session', 'message'] as const) {
      const session = await MessageClient.logOn(form === 'session' ? { codePage } : {})
      const message = await session.create([], form === 'message' ? { codePageId: codePage } : {})
      const set = {
        propertyValues: [
          { tag: string8(tags.PidTagSubject), bytes: storedString(wanted) },
          { tag: 0x6701101e, bytes: encodeValue(0x101f, [wanted, 'ascii', '']) }
        ]
      }
      t.equal((await session.call(RopSetProperties, set, message, { codePage })).returnValue, 0)
      t.equal(await session.real.one(message, tags.PidTagSubject), wanted, `${page} in, by ${form}`)
      t.same(await session.real.one(message, 0x6701101f), [wanted, 'ascii', ''])
      const mid = await session.save(message)
      const opened = await session.open(mid, 1, form === 'message' ? codePage : 0x0fff)
      const read = {
        propertySizeLimit: 0,
        wantUnicode: false,
        propertyTags: [string8(tags.PidTagSubject), anyType(tags.PidTagSubject), 0x6701101e]
      }
      const { value } = await session.call(RopGetPropertiesSpecific, read, opened, { codePage })
      t.same(value!.row[0], storedString(wanted), `${page} out`)
      t.same(value!.row[1], { type: 0x001e, bytes: storedString(wanted) })
      t.same(value!.row[2], encodeValue(0x101f, [wanted, 'ascii', '']))
    }
  }
  requirement('MS-OXCPRPT_R65', 'MS-OXCPRPT_R459', 'MS-OXCDATA_R2701')
  const client = await MessageClient.logOn()
  const message = await client.create([[tags.PidTagSubject, 'Жук']])
  const request = { propertySizeLimit: 0, wantUnicode: false, propertyTags: [string8(tags.PidTagSubject)] }
  const { value } = await client.call(RopGetPropertiesSpecific, request, message)
  t.same(value!.row[0], storedString('???'), 'characters that the code page lacks')
  const narrow = await all(client, message, false)
  t.ok(narrow.has(string8(tags.PidTagSubject)) && !narrow.has(tags.PidTagSubject))
  requirement('MS-OXCPRPT_R8702', 'MS-OXCPRPT_R8502', 'MS-OXCPRPT_R90705', 'MS-OXCPRPT_R90703')
  t.ok((await list(client, message)).includes(tags.PidTagSubject))
  requirement('MS-OXCPRPT_R47102', 'MS-OXCPRPT_R99', 'MS-OXCPRPT_R9903', 'MS-OXCPRPT_R100')
})

t.test('values too large for a response', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const [big, middling] = [pattern(40_000), pattern(20_000)]
  const message = await client.create()
  await client.setStreamed(message, tags.PidTagHtml, big)
  const narrow = { propertyValues: [{ tag: string8(tags.PidTagBody), bytes: storedString('x'.repeat(24_000)) }] }
  t.same((await client.call(RopSetProperties, narrow, message)).value, { propertyProblems: [] })
  t.same(await real.one(message, tags.PidTagHtml), { error: ecNotEnoughMemory }, 'readable as a stream only')
  t.same(await client.streamed(message, tags.PidTagHtml), big)
  t.same(await real.one(message, tags.PidTagBody), { error: ecNotEnoughMemory })
  t.same(await client.streamed(message, tags.PidTagBody), utf16('x'.repeat(24_000)))
  requirement('MS-OXCDATA_R2052')
  const reopened = await client.open(await client.save(message))
  t.same(await client.streamed(reopened, tags.PidTagHtml), big)
  t.same(await client.streamed(reopened, string8(tags.PidTagBody)), Buffer.alloc(24_000, 'x'))
  await real.set(message, [[0x67000102, middling]])
  await real.set(message, [[0x67010102, pattern(18_000)]])
  const cells = await real.get(message, [0x67000102, 0x67010102, tags.PidTagSubjectPrefix])
  t.same(cells[0], { error: ecNotEnoughMemory }, 'the larger one gives way')
  t.equal(cells[1], pattern(18_000).toString('hex'))
  requirement('MS-OXCPRPT_R62', 'MS-OXCPRPT_R84')
  const values = await all(client, message)
  t.ok(values.has(0x6700000a) && values.has(0x1013000a), 'PtypErrorCode stands for them')
  t.same(values.get(0x6700000a), encodeValue(0x0003, ecNotEnoughMemory | 0))
  requirement('MS-OXCDATA_R2697', 'MS-OXCPRPT_R92', 'MS-OXCPRPT_R9201')
  // Exchange 2010 and later ignore the limit.
  const request = { propertySizeLimit: 10, wantUnicode: true, propertyTags: [0x67000102] }
  t.same((await client.call(RopGetPropertiesSpecific, request, message)).value!.row[0], new Uint8Array(middling))
  requirement('MS-OXCPRPT_R9070101', 'MS-OXCPRPT_R9070102')
  t.ok((await all(client, reopened, true, 10)).has(tags.PidTagCreatorEntryId))
  requirement('MS-OXCPRPT_R90707')
  const limited = await MessageClient.logOn({ world: real.world, personality: { propertySizeLimitCounts: true } })
  const small = await limited.create([[0x67000102, pattern(100)]])
  t.same((await limited.call(RopGetPropertiesSpecific, request, small)).value!.row[0], ecNotEnoughMemory)
  t.ok((await all(limited, small, true, 50)).has(0x6700000a))
  requirement('MS-OXCPRPT_R63', 'MS-OXCPRPT_R85', 'MS-OXCPRPT_R644')
  // A large value that is set to a small one is read at once again.
  await real.set(reopened, [[tags.PidTagHtml, Buffer.from('small')]])
  t.equal(await real.one(reopened, tags.PidTagHtml), Buffer.from('small').toString('hex'))
  t.ok(((await real.one(reopened, tags.PidTagMessageSize)) as number) < 60_000)
})

t.test('PidTagMessageSize follows what the message holds', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create([[tags.PidTagSubject, 'one']])
  const size = async (handle: number) => (await real.one(handle, tags.PidTagMessageSize)) as number
  const sizes: number[] = [await size(message)]
  const grown = async () => {
    const mid = await client.save(message)
    const now = await size(message)
    t.equal(await size(await client.open(mid)), now, 'the same for others')
    t.equal(await real.one(message, tags.PidTagMessageSizeExtended), BigInt(now))
    sizes.push(now)
  }
  await real.set(message, [[tags.PidTagBody, 'x'.repeat(100)]])
  await grown()
  await client.setStreamed(message, tags.PidTagHtml, pattern(50_000))
  await grown()
  t.ok(sizes[2] - sizes[1] >= 50_000)
  await client.addRecipients(message, [[0, 1, 'Ann']])
  await grown()
  const { handle } = await client.attach(message, [[tags.PidTagAttachDataBinary, pattern(1000)]])
  await client.saveAttachment(handle)
  await grown()
  t.ok(sizes[4] - sizes[3] >= 1000)
  t.same(
    [...sizes].sort((a, b) => a - b),
    sizes
  )
  await remove(client, message, [tags.PidTagHtml])
  await client.save(message)
  t.ok((await size(message)) <= sizes[4] - 50_000)
  requirement('MS-OXCMSG_R539', 'MS-OXCMSG_R1481')
})

t.test('a message that is opened for reading, and an attachment of it, cannot be changed', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create([[tags.PidTagSubject, 'one']])
  const { handle, number } = await client.attach(message)
  await client.saveAttachment(handle)
  const mid = await client.save(message)
  const readOnly = await client.open(mid, 0)
  const attachment = await client.openAttachment(readOnly, number, 3)
  for (const object of [readOnly, attachment]) {
    t.equal(await client.real.set(object, [[tags.PidTagSubject, 'two']]), ecAccessDenied)
    t.equal((await remove(client, object, [tags.PidTagSubject])).returnValue, ecAccessDenied)
    t.equal((await client.openStream(object, tags.PidTagHtml, 2)).returnValue, ecAccessDenied)
  }
  t.equal(await client.real.one(readOnly, tags.PidTagSubject), 'one')
})

t.test('the subject and its parts, in every order', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const [prefix, normalized, subject] = [tags.PidTagSubjectPrefix, tags.PidTagNormalizedSubject, tags.PidTagSubject]
  const parts = (message: number) => real.get(message, [prefix, normalized, subject])
  const fresh = (...values: [number, string][]) => client.create(values)
  t.same(await parts(await fresh([subject, 'RE: plan'])), ['RE: ', 'plan', 'RE: plan'])
  requirement('MS-OXCMSG_R1239', 'MS-OXCMSG_R57', 'MS-OXCMSG_R63', 'MS-OXCMSG_R1237')
  t.same(await parts(await fresh([subject, 'plan'])), [NONE, 'plan', 'plan'])
  t.same(await parts(await fresh([prefix, ''], [subject, 'plan'])), ['', 'plan', 'plan'], 'a client may say so')
  requirement('MS-OXCMSG_R1801', 'MS-OXCMSG_R1802')
  t.same(await parts(await fresh([subject, ''])), [NONE, '', ''])
  t.same(await parts(await fresh([subject, '12: plan'])), [NONE, '12: plan', '12: plan'], 'digits are no prefix')
  t.same(await parts(await fresh([subject, 'Mail: plan'])), [NONE, 'Mail: plan', 'Mail: plan'], 'too long')
  t.same(await parts(await fresh([prefix, 'RE: '], [normalized, 'plan'])), ['RE: ', 'plan', 'RE: plan'])
  t.same(await parts(await fresh([normalized, 'plan'], [prefix, 'RE: '])), ['RE: ', 'plan', 'RE: plan'])
  t.same(await parts(await fresh([normalized, 'plan'])), [NONE, 'plan', 'plan'])
  t.same(await parts(await fresh([prefix, 'Antwort: '], [subject, 'Antwort: plan'])), [
    'Antwort: ',
    'plan',
    'Antwort: plan'
  ])
  t.same(await parts(await fresh([subject, 'Antwort: plan'], [prefix, 'Antwort: '])), [
    'Antwort: ',
    'plan',
    'Antwort: plan'
  ])
  const message = await fresh([subject, 'RE: plan'])
  await real.set(message, [[subject, 'new']])
  t.same(await parts(message), [NONE, 'new', 'new'])
  await real.set(message, [[prefix, 'FW: ']])
  t.same(await parts(message), ['FW: ', 'new', 'FW: new'])
  await real.set(message, [[normalized, 'newer']])
  t.same(await parts(message), ['FW: ', 'newer', 'FW: newer'])
  await remove(client, message, [prefix])
  t.same(await parts(message), [NONE, 'newer', 'newer'])
  await remove(client, message, [normalized])
  t.same(await parts(message), [NONE, NONE, NONE])
  await real.set(message, [[subject, 'RE: plan']])
  await remove(client, message, [normalized])
  t.same(await parts(message), ['RE: ', NONE, 'RE: '])
  await real.set(message, [[subject, 'RE: plan']])
  await remove(client, message, [subject])
  t.same(await parts(message), [NONE, NONE, NONE])
  await real.set(message, [[subject, 'RE: at last']])
  const opened = await client.tryOpen(await client.save(message))
  t.same([opened.value!.subjectPrefix, opened.value!.normalizedSubject], ['RE: ', 'at last'])
  const stream = await client.stream(message, normalized, 1)
  await client.call(RopSetStreamSize, { streamSize: 0n }, stream)
  await client.write(stream, utf16('by stream'))
  t.same(await parts(message), ['RE: ', 'by stream', 'RE: by stream'])
})
