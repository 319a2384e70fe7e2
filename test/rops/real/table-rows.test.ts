/** Order, cells and liveness of contents tables over real mailboxes ([MS-OXCTABL] 2.2.2.3, 2.2.2.5, 3.2.5). */
import t from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopQueryRows } from '../../../rops/table/rop-query-rows.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import { PropertyBag } from '../../../src/oxcdata/property-bag.js'
import { PtypString } from '../../../src/oxcdata/property-type.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { ecNotFound, RealClient, rawAnswer, type Values } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057
const inbox = specialFid('inbox')
const ascending = (tag: number) => ({ tag, order: 0 })
const descending = (tag: number) => ({ tag, order: 1 })
const subject = [tags.PidTagSubject]
const missing = { error: ecNotFound }

const sort = (client: RealClient, table: number, sortOrders: { tag: number; order: number }[], more = {}) =>
  client.call(
    RopSortTable,
    { sortTableFlags: 0, sortOrderCount: sortOrders.length, categoryCount: 0, expandedCount: 0, sortOrders, ...more },
    table
  )

async function filled(...messages: Values[]) {
  const client = await RealClient.logOn()
  const mids: Mid[] = []
  for (const values of messages) mids.push(await client.createMessage(inbox, values))
  const folder = await client.folder('inbox')
  return { client, mids, folder, table: await client.contents(folder, subject) }
}

const mail = (name: string, ...values: Values): Values => [[tags.PidTagSubject, name], ...values]

/** Changes a stored message through a handle of its own. */
async function change(client: RealClient, messageId: Mid, values: Values): Promise<void> {
  const request = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 1, messageId }
  const { handle } = await client.call(RopOpenMessage, request)
  await client.set(handle, values)
  const saved = await client.call(RopSaveChangesMessage, { saveFlags: 0x04 }, handle)
  if (saved.returnValue !== 0) throw new Error(`not saved: ${saved.returnValue.toString(16)}`)
  await client.release(handle)
}

t.test('sorting by one column', async t => {
  const { client, table } = await filled(mail('b'), mail('C'), mail('a'), mail('Ä'), mail('B'))
  t.same((await sort(client, table, [ascending(tags.PidTagSubject)])).value, { tableStatus: 0 })
  const up = (await client.column(table, subject)).map(name => (name as string).toLowerCase())
  t.same([up[0], up.slice(2)].flat().length, 4)
  t.same(
    up.filter(name => name !== 'ä'),
    ['a', 'b', 'b', 'c'],
    'without regard to case'
  )
  t.ok(up.indexOf('ä') < up.indexOf('b'), 'a letter with a mark beside its plain one')
  await sort(client, table, [descending(tags.PidTagSubject)])
  t.same(
    (await client.column(table, subject)).map(name => (name as string).toLowerCase()),
    [...up].reverse()
  )
  requirement('MS-OXCTABL_R57', 'MS-OXCTABL_R76', 'MS-OXCTABL_R77', 'MS-OXCTABL_R83', 'MS-OXCTABL_R84')
  requirement('MS-OXCTABL_R119', 'MS-OXCTABL_R438', 'MS-OXCTABL_R447')
  const asynchronous = await sort(client, table, [ascending(tags.PidTagSubject)], { sortTableFlags: 1 })
  t.same(asynchronous.value, { tableStatus: 0 })
  requirement('MS-OXCTABL_R772')
})

t.test('sorting by several columns, some of which are missing', async t => {
  const importance = (value: number) => [tags.PidTagImportance, value] as const
  const size = (value: number) => [tags.PidTagIconIndex, value] as const
  const { client, table } = await filled(
    ...[mail('m1', importance(2), size(5)), mail('m2', importance(0)), mail('m3', importance(2), size(-7))],
    ...[mail('m4', importance(0), size(1)), mail('m5', importance(2))]
  )
  await sort(client, table, [descending(tags.PidTagImportance), ascending(tags.PidTagIconIndex)])
  t.same(await client.column(table, subject), ['m5', 'm3', 'm1', 'm2', 'm4'], 'what has no value comes first')
  await sort(client, table, [ascending(tags.PidTagImportance), descending(tags.PidTagIconIndex)])
  t.same(await client.column(table, subject), ['m4', 'm2', 'm1', 'm3', 'm5'])
})

t.test('sorting by time, number, boolean and binary', async t => {
  const time = (value: bigint) => [tags.PidTagClientSubmitTime, value] as const
  const key = (hex: string) => [0x3fdf0102, Buffer.from(hex, 'hex')] as const
  const flag = (value: boolean) => [0x3fd1000b, value] as const
  const { client, table } = await filled(
    ...[mail('1', time(300n), key('80'), flag(true)), mail('2', time(100n), key('7f00'), flag(false))],
    mail('3', time(200n), key('7f'), flag(true))
  )
  const sorted = async (tag: number) => {
    t.equal((await sort(client, table, [ascending(tag)])).returnValue, 0)
    return client.column(table, subject)
  }
  t.same(await sorted(tags.PidTagClientSubmitTime), ['2', '3', '1'])
  t.same(await sorted(0x3fdf0102), ['3', '2', '1'])
  t.same(await sorted(0x3fd1000b), ['2', '1', '3'])
})

t.test('sort orders that are refused', async t => {
  const { client, folder, table } = await filled(mail('x'))
  for (const order of [2, 3, 0x80])
    t.equal((await sort(client, table, [{ tag: tags.PidTagSubject, order }])).returnValue, INVALID_PARAM)
  t.equal((await sort(client, table, [ascending(0x0037000a)])).returnValue, INVALID_PARAM)
  t.equal((await sort(client, table, [ascending(tags.PidTagSubject)], { categoryCount: 2 })).returnValue, INVALID_PARAM)
  const expanded = { categoryCount: 0, expandedCount: 2 }
  t.equal((await sort(client, table, [ascending(tags.PidTagSubject)], expanded)).returnValue, INVALID_PARAM)
  t.equal((await sort(client, await client.hierarchy(folder), [])).returnValue, NOT_SUPPORTED)
  t.equal((await sort(client, folder, [])).returnValue, NOT_SUPPORTED)
  t.equal((await sort(client, table, [])).returnValue, 0, 'no order at all is one, too')
})

t.test('long values are cut in cells', async t => {
  const text = 'Ω'.repeat(300)
  const whole = 'y'.repeat(255)
  const { client, mids, table } = await filled(
    mail(text, [tags.PidTagBody, 'z'.repeat(12_000)], [0x3fdf0102, Buffer.alloc(2000, 7)]),
    mail(whole, [0x3fdf0102, Buffer.alloc(510, 9)])
  )
  const columns = [tags.PidTagSubject, tags.PidTagBody, 0x3fdf0102]
  await client.setColumns(table, columns)
  const [long, exact] = (await client.rows(table, columns)).rows
  t.equal(long[0], `${'Ω'.repeat(252)}...`)
  t.equal(long[1], `${'z'.repeat(252)}...`, 'however long it is')
  t.equal(long[2], '07'.repeat(510))
  t.same([exact[0], exact[2]], [whole, '09'.repeat(510)], 'what fits stays whole')
  requirement('MS-OXCTABL_R121')
  const open = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 0, messageId: mids[0] }
  const { handle } = await client.call(RopOpenMessage, open)
  t.equal(await client.one(handle, tags.PidTagSubject), text, 'the message has it all')
  const body = { tag: tags.PidTagBody, bytes: encodeValue(PtypString, 'v'.repeat(100_000)) }
  const large = { properties: PropertyBag.of([body]), recipients: [], attachments: [], time: 1n }
  await client.mailbox.importMessages(inbox, [large])
  t.same(await client.column(table, columns, { rowCount: 1 }), [missing])
  await client.call(RopSeekRow, { origin: 2, rowCount: -1, wantRowMovedCount: false }, table)
  t.equal((await client.rows(table, columns)).rows[0][1], `${'v'.repeat(252)}...`, 'of a value that is a stream, too')
})

/** The bytes of the first row of a table, behind the head of the answer. */
async function firstRow(client: RealClient, table: number, columns: readonly number[]): Promise<Buffer> {
  const batch = new RopBatch([table])
  batch.add(RopQueryRows, { input: 0 }, { queryRowsFlags: 0, forwardRead: true, rowCount: 1 }, { columns })
  return (await rawAnswer(client, batch)).subarray(2 + 9)
}

t.test('strings are in Unicode or in the code page of the session', async t => {
  const { client } = await filled(mail('Grüße, Łódź'))
  const folder = await client.folder('inbox')
  const columns = [0x0037001e, tags.PidTagSubject]
  const row = await firstRow(client, await client.contents(folder, columns, 0x00), columns)
  t.equal(row.subarray(0, 13).toString('latin1'), '\0Gr\u00fc\u00dfe, ?\u00f3d?\0'.slice(0, 13))
  t.equal(row.subarray(13, 15).toString('hex'), '4700', 'and the Unicode one beside it as it is')
  requirement('MS-OXCFOLD_R1021')
  const unicode = await firstRow(client, await client.contents(folder, [tags.PidTagSubject], 0x40), [
    tags.PidTagSubject
  ])
  t.equal(unicode.subarray(1, 1 + 24).toString('utf16le'), 'Grüße, Łódź\0')
  requirement('MS-OXCFOLD_R1020')
})

t.test('values in a row, byte by byte', async t => {
  const keywords = 0x3fd0101f
  const moment = 0x01dc_1234_5678_9abcn
  const [flag, time] = [0x3fd1000b, tags.PidTagClientSubmitTime]
  const { client, folder } = await filled([
    ...([
      [flag, true],
      [time, moment]
    ] as Values),
    [keywords, ['red', 'blue']]
  ])
  const columns = [flag, time, keywords]
  const row = await firstRow(client, await client.contents(folder, columns), columns)
  t.equal(row.subarray(0, 2).toString('hex'), '0001', 'a row of which nothing is missing, true')
  t.equal(row.subarray(2, 10).toString('hex'), 'bc9a78563412dc01', '100 ns since 1601')
  t.equal(row.readUInt32LE(10), 2, 'how many values: u32 in a row ([MS-OXCDATA] 2.11.1)')
  requirement('MS-OXCDATA_R2698', 'MS-OXCDATA_R2702')
})

t.test('so are those of hierarchy tables', async t => {
  const client = await RealClient.logOn()
  const folder = await client.folder('inbox')
  await client.createFolder(folder, 'Grüße, Łódź')
  const narrow = [0x3001001e]
  const row = await firstRow(client, await client.hierarchy(folder, narrow, 0x00), narrow)
  t.equal(row.subarray(0, 13).toString('latin1'), '\0Gr\u00fc\u00dfe, ?\u00f3d?\0')
  requirement('MS-OXCFOLD_R808')
  const wide = [tags.PidTagDisplayName]
  const unicode = await firstRow(client, await client.hierarchy(folder, wide, 0x40), wide)
  t.equal(unicode.subarray(1, 1 + 24).toString('utf16le'), 'Grüße, Łódź\0')
  requirement('MS-OXCFOLD_R807')
})

t.test('one row per value of a multivalued column', async t => {
  const PidNameKeywords = 0x3fd0101f
  const instance = 0x3fd0301f
  const { client, table } = await filled(mail('m1', [PidNameKeywords, ['red', 'blue']]), mail('m2'))
  t.equal(await client.setColumns(table, [tags.PidTagSubject, PidNameKeywords]), 0)
  t.same((await client.rows(table, [tags.PidTagSubject, PidNameKeywords])).rows, [
    ['m1', ['red', 'blue']],
    ['m2', missing]
  ])
  const columns = [tags.PidTagSubject, instance, tags.PidTagInstanceNum]
  t.equal(await client.setColumns(table, columns), 0)
  t.equal((await sort(client, table, [ascending(instance)])).returnValue, 0)
  const { rows } = await client.rows(table, columns)
  t.same(
    rows.map(row => row.slice(0, 2)),
    [
      ['m2', missing],
      ['m1', 'blue'],
      ['m1', 'red']
    ]
  )
  t.not(rows[1][2], rows[2][2], 'told apart by their number')
  requirement('MS-OXCTABL_R618')
})

t.test('ids and keys in rows', async t => {
  const { client, mids, folder } = await filled(mail('one'))
  const columns = [
    ...[tags.PidTagMid, tags.PidTagFolderId, tags.PidTagInstID, tags.PidTagRowType, tags.PidTagEntryId],
    ...[tags.PidTagInstanceKey, tags.PidTagSourceKey, tags.PidTagParentEntryId]
  ]
  const table = await client.contents(folder, columns)
  const [[mid, fid, inst, rowType, entryId, instanceKey, sourceKey, parent]] = (await client.rows(table, columns)).rows
  const request = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 0, messageId: mids[0] }
  const { handle } = await client.call(RopOpenMessage, request)
  t.same([mid, inst], [await client.one(handle, tags.PidTagMid), mid])
  t.equal(rowType, 1, 'TBL_LEAF_ROW')
  requirement('MS-OXCTABL_R617', 'MS-OXCTABL_R619', 'MS-OXCTABL_R13', 'MS-OXCTABL_R15', 'MS-OXCDATA_R2699')
  t.equal(fid, await client.one(folder, tags.PidTagFolderId))
  t.equal(entryId, await client.one(handle, tags.PidTagEntryId), 'the entry id has the same bytes everywhere')
  t.equal(sourceKey, await client.one(handle, tags.PidTagSourceKey))
  t.equal(parent, await client.one(folder, tags.PidTagEntryId))
  t.ok(typeof instanceKey === 'string' && instanceKey.length > 0)
})

t.test('a table follows what happens in its folder', async t => {
  const { client, mids, folder, table } = await filled(...['a', 'c', 'e', 'g'].map(name => mail(name)))
  const other = await RealClient.logOn({ world: client.world })
  await sort(client, table, [ascending(tags.PidTagSubject)])
  t.same(await client.column(table, subject, { rowCount: 2 }), ['a', 'c'])
  await other.createMessage(inbox, mail('d'))
  await other.createMessage(inbox, mail('b'))
  t.same((await client.call(RopQueryPosition, {}, table)).value, { numerator: 3, denominator: 6 }, 'still behind c')
  t.same(await client.column(table, subject, { rowCount: 1 }), ['d'], 'a new row comes in its place')
  await change(other, mids[0], mail('f'))
  t.same(await client.column(table, subject, { rowCount: 10 }), ['e', 'f', 'g'], 'a changed one moves there')
  const removal = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mids[3], mids[2]] }
  await other.call(RopDeleteMessages, removal, await other.folder('inbox'))
  await client.call(RopSeekRow, { origin: 0, rowCount: 0, wantRowMovedCount: false }, table)
  t.same(await client.column(table, subject), ['b', 'c', 'd', 'f'])
  const destination = await other.folder('drafts')
  const move = { messageIds: [mids[1]], wantAsynchronous: false, wantCopy: false }
  await other.call(RopMoveCopyMessages, move, await other.folder('inbox'), { destination })
  const back = await client.rows(table, subject, { forwardRead: false, rowCount: 10 })
  t.same(back.rows.flat(), ['b', 'd', 'f'])
  t.equal((await client.call(RopQueryPosition, {}, table)).value!.denominator, 3)
  t.same(await client.one(folder, tags.PidTagContentCount), 3)
  requirement('MS-OXCTABL_R437')
})

t.test('a table without a sort keeps the order of arrival', async t => {
  const { client, mids, table } = await filled(...['3', '1', '2'].map(name => mail(name)))
  await change(client, mids[0], mail('3 again'))
  t.same(await client.column(table, subject), ['3 again', '1', '2'], 'changing a message does not move it')
  await client.createMessage(inbox, mail('0'))
  t.same(await client.column(table, subject), ['0'], 'a new one comes behind the end, where the cursor stands')
})

t.test('hierarchy tables are alive, too', async t => {
  const client = await RealClient.logOn()
  const parent = await client.folder('inbox')
  const shown = [tags.PidTagDisplayName, tags.PidTagContentCount]
  const table = await client.hierarchy(parent, shown)
  t.same((await client.rows(table, shown)).rows, [])
  const made = await client.createFolder(parent, 'New')
  t.same((await client.rows(table, shown)).rows, [['New', 0]])
  await client.createMessage(made.folderId)
  await client.set(made.handle, [[tags.PidTagDisplayName, 'Newer']])
  const back = await client.rows(table, shown, { forwardRead: false })
  t.same(back.rows, [['Newer', 1]])
})
