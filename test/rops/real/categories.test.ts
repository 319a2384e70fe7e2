/** Tables with categories over real mailboxes ([MS-OXCTABL] 2.2.1, 2.2.2.3, 2.2.2.17 to 2.2.2.20). */
import t from 'tap'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { RopCollapseRow } from '../../../rops/table/rop-collapse-row.js'
import { RopCreateBookmark } from '../../../rops/table/rop-create-bookmark.js'
import { RopExpandRow } from '../../../rops/table/rop-expand-row.js'
import { RopFindRow } from '../../../rops/table/rop-find-row.js'
import { RopGetCollapseState } from '../../../rops/table/rop-get-collapse-state.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSeekRowBookmark } from '../../../rops/table/rop-seek-row-bookmark.js'
import { RopSetCollapseState } from '../../../rops/table/rop-set-collapse-state.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { bySender, columns, EXPANDED, Grouped, idOf, inbox, LEAF, mail, picture, rowOf } from './grouped-table.js'
import { cellsOf, ecNotFound, RealClient, type Values } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057
const NULL_OBJECT = 0x4b9
const NOT_EXPANDED = 0x4f7
const NOT_COLLAPSED = 0x4f8
const TOO_COMPLEX = 0x80040117
const INVALID_COLLAPSE_STATE = 0x45e
const [ASCENDING, DESCENDING, MAXIMUM] = [0, 1, 4]
const none = { error: ecNotFound }
const { PidTagSenderName, PidTagImportance, PidTagSubject, PidTagMessageDeliveryTime } = tags

const LETTERS = [mail('Bob', 'b2'), mail('Alice', 'a1'), mail('Bob', 'b1'), mail('Chloe', 'c1'), mail('bob', 'b3')]

/** What Exchange 2010 did: RopExpandRow returned rows. */
const older = { personality: { expandRowReturnsRows: true } }

t.test('one level, collapsed and expanded', async t => {
  const table = await Grouped.open(LETTERS, older)
  t.equal(await table.sort(bySender.slice(0, 2), 1, 0), 0)
  t.same(await table.picture(), ['+[Alice] 1/1', '+[Bob] 3/3', '+[Chloe] 1/1'], 'by value, whatever its case')
  requirement('MS-OXCTABL_R18', 'MS-OXCTABL_R61', 'MS-OXCTABL_R62', 'MS-OXCTABL_R20', 'MS-OXCTABL_R21')
  requirement('MS-OXCTABL_R22', 'MS-OXCTABL_R23', 'MS-OXCTABL_R64')
  const bob = await table.header('Bob')
  t.same(await table.expand(bob, 10), [3, [' b1', ' b2', ' b3']])
  requirement('MS-OXCTABL_R272', 'MS-OXCTABL_R273', 'MS-OXCTABL_R276', 'MS-OXCTABL_R277', 'MS-OXCTABL_R278')
  requirement('MS-OXCTABL_R279', 'MS-OXCTABL_R567', 'MS-OXCTABL_R568', 'MS-OXCTABL_R825', 'MS-OXCTABL_R814')
  t.same(await table.picture(), ['+[Alice] 1/1', '-[Bob] 3/3', ' b1', ' b2', ' b3', '+[Chloe] 1/1'])
  requirement('MS-OXCTABL_R17', 'MS-OXCTABL_R19', 'MS-OXCTABL_R621', 'MS-OXCTABL_R72', 'MS-OXCTABL_R71')
  t.same(await table.expand(bob), NOT_COLLAPSED)
  requirement('MS-OXCTABL_R571')
  t.equal(await table.collapse(bob), 3)
  requirement('MS-OXCTABL_R283', 'MS-OXCTABL_R285', 'MS-OXCTABL_R286', 'MS-OXCTABL_R287', 'MS-OXCTABL_R573')
  requirement('MS-OXCTABL_R574')
  t.equal(await table.collapse(bob), -NOT_EXPANDED)
  requirement('MS-OXCTABL_R577')
  t.same(await table.expand(bob, 1), [3, [' b1']], 'as many rows as asked for')
  requirement('MS-OXCTABL_R275', 'MS-OXCTABL_R280', 'MS-OXCTABL_R281', 'MS-OXCTABL_R747')
  t.equal(await table.header('Bob'), bob, 'its id stays')

  t.equal(await table.sort(bySender, 1, 1), 0)
  const all = await table.picture()
  t.same(all.slice(0, 5), ['-[Alice] 1/1', ' a1', '-[Bob] 3/3', ' b1', ' b2'])
  t.equal(all.length, 8)
  requirement('MS-OXCTABL_R66', 'MS-OXCTABL_R67')
  const [header, leaf] = await table.rows()
  t.same([header.type, header.depth, header.subject], [EXPANDED, 0, none], 'only the columns of its category')
  t.same([leaf.type, leaf.depth, leaf.count, leaf.unread], [LEAF, 1, none, none])
  requirement('MS-OXCTABL_R14', 'MS-OXCTABL_R15', 'MS-OXCTABL_R6', 'MS-OXCTABL_R617', 'MS-OXCTABL_R70')
  t.equal(new Set((await table.rows()).map(({ id }) => id)).size, 8)
})

t.test('the cursor counts the rows that are shown', async t => {
  const table = await Grouped.open(LETTERS)
  const { client } = table
  await table.sort(bySender, 1, 0)
  await client.call(RopSeekRow, { origin: 0, rowCount: 2, wantRowMovedCount: false }, table.table)
  t.same(await table.position(), [2, 3])
  const here = async () =>
    picture((await client.rows(table.table, columns, { rowCount: 1, queryRowsFlags: 1 })).rows.map(rowOf))
  t.same(await here(), ['+[Chloe] 1/1'])
  const bob = await (async () => {
    const { rows } = await client.rows(table.table, columns, { forwardRead: false, queryRowsFlags: 1, rowCount: 1 })
    return idOf(rows[0][0])
  })()
  await table.expand(bob)
  t.same(await table.position(), [5, 6], 'rows came before it')
  t.same(await here(), ['+[Chloe] 1/1'])
  await client.call(RopSeekRow, { origin: 1, rowCount: -1, wantRowMovedCount: false }, table.table)
  t.same(await here(), [' b3'])
  const { bookmark } = (await client.call(RopCreateBookmark, {}, table.table)).value!
  await table.collapse(bob)
  t.same(await table.position(), [2, 3])
  const seeking = { bookmark, rowCount: 0, wantRowMovedCount: true }
  const { value } = await client.call(RopSeekRowBookmark, seeking, table.table)
  t.equal(value!.rowNoLongerVisible, true, 'its header row has been collapsed')
  t.same(await here(), ['+[Chloe] 1/1'])
  await table.expand(bob)
  t.equal((await client.call(RopSeekRowBookmark, seeking, table.table)).value!.rowNoLongerVisible, false)
  t.same(await here(), [' b3'])
  const { rows } = await client.rows(table.table, columns, { forwardRead: false, rowCount: 3 })
  t.same(picture(rows.map(rowOf)), ['-[Bob] 3/3', ' b1', ' b2'], 'backward')
})

t.test('two levels, and rows below both', async t => {
  const high: Values = [[PidTagImportance, 2]]
  const low: Values = [[PidTagImportance, 0]]
  const messages = [
    ...[mail('Bob', 'b1', ...high), mail('Bob', 'b2', ...low), mail('Bob', 'b3', ...high)],
    mail('Alice', 'a1', ...low)
  ]
  const table = await Grouped.open(messages, older)
  const orders = [
    { tag: PidTagSenderName, order: DESCENDING },
    { tag: PidTagImportance, order: DESCENDING },
    { tag: PidTagSubject, order: DESCENDING }
  ]
  t.equal(await table.sort(orders, 2, 1), 0)
  t.same(await table.picture(), ['-[Bob] 3/3', ' +[Bob] 2/2', ' +[Bob] 1/1', '-[Alice] 1/1', ' +[Alice] 1/1'])
  requirement('MS-OXCTABL_R633', 'MS-OXCTABL_R634')
  t.same(await table.expand(await table.header('Bob', 1), 9), [2, ['  b3', '  b1']])
  t.same((await table.picture()).slice(0, 5), ['-[Bob] 3/3', ' -[Bob] 2/2', '  b3', '  b1', ' +[Bob] 1/1'])
  requirement('MS-OXCTABL_R635')
  const bob = await table.header('Bob')
  t.equal(await table.collapse(bob), 4, 'header rows and leaf rows')
  t.same(await table.picture(), ['+[Bob] 3/3', '-[Alice] 1/1', ' +[Alice] 1/1'])
  t.same(await table.expand(bob, 9), [4, [' -[Bob] 2/2', '  b3', '  b1', ' +[Bob] 1/1']], 'as they were')
  t.equal(await table.sort(orders, 2, 2), 0)
  t.equal((await table.rows()).length, 2 + 3 + 4)
  t.equal(await table.sort(orders, 3, 0), 0)
  t.same(await table.picture(), ['+[Bob] 3/3', '+[Alice] 1/1'])
})

t.test('categories in the order of their newest message', async t => {
  const messages = [mail('Bob', 'b1'), mail('Alice', 'a1'), mail('Chloe', 'c1'), mail('Alice', 'a2')]
  const table = await Grouped.open(messages)
  const orders = (order: number) => [
    { tag: PidTagSenderName, order },
    { tag: PidTagMessageDeliveryTime, order: MAXIMUM },
    { tag: PidTagMessageDeliveryTime, order: DESCENDING }
  ]
  t.equal(await table.sort(orders(DESCENDING), 1, 1), 0)
  t.same(await table.picture(), ['-[Alice] 2/2', ' a2', ' a1', '-[Chloe] 1/1', ' c1', '-[Bob] 1/1', ' b1'])
  requirement('MS-OXCTABL_R80', 'MS-OXCTABL_R81', 'MS-OXCTABL_R82', 'MS-OXCTABL_R79', 'MS-OXCTABL_R78')
  await table.client.createMessage(inbox, mail('Bob', 'b2'))
  t.same((await table.picture()).slice(0, 4), ['-[Bob] 2/2', ' b2', ' b1', '-[Alice] 2/2'])
  const find = {
    ...{ findRowFlags: 0, origin: 0, bookmark: new Uint8Array(0) },
    restriction: {
      ...{ kind: 'content' as const, fuzzyLow: 0, fuzzyHigh: 0, tag: PidTagSubject },
      value: { tag: PidTagSubject, bytes: encodeValue(0x1f, 'c1') }
    }
  }
  const { value } = await table.client.call(RopFindRow, find, table.table, { columns })
  t.equal(rowOf(cellsOf(value!.row!, columns)).subject, 'c1')
  t.same(await table.position(), [7, 8])
  const bySenderName = {
    ...{ kind: 'property' as const, relop: 4, tag: PidTagSenderName },
    value: { tag: PidTagSenderName, bytes: encodeValue(0x1f, 'alice') }
  }
  for (const order of [DESCENDING, ASCENDING]) {
    t.equal(await table.sort(orders(order), 1, 1), 0)
    const request = { ...find, restriction: bySenderName }
    const answer = await table.client.call(RopFindRow, request, table.table, { columns })
    t.equal(answer.returnValue, 0, 'found by the column of the categories, which are not in its order')
    t.equal(rowOf(cellsOf(answer.value!.row!, columns)).sender, 'Alice')
  }
  t.equal(await table.sort(orders(ASCENDING), 1, 0), 0)
  t.same(await table.picture(), ['+[Chloe] 1/1', '+[Alice] 2/2', '+[Bob] 2/2'])
})

t.test('categories follow what happens to messages', async t => {
  const table = await Grouped.open(LETTERS)
  const { client, mids } = table
  await table.sort(bySender, 1, 0)
  const bob = await table.header('Bob')
  await table.expand(bob)
  const other = await RealClient.logOn({ world: client.world })
  const folder = await other.folder('inbox')
  const d1 = await other.createMessage(inbox, mail('Dora', 'd1'))
  t.same((await table.picture()).at(-1), '+[Dora] 1/1', 'a category begins with its first message')
  const reading = { wantAsynchronous: false, readFlags: 0, messageIds: [mids[0]] }
  t.equal((await other.call(RopSetReadFlags, reading, folder)).returnValue, 0)
  t.same((await table.picture())[1], '-[Bob] 3/2')
  const removal = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mids[0], mids[1]] }
  t.equal((await other.call(RopDeleteMessages, removal, folder)).returnValue, 0)
  t.same(await table.picture(), ['-[Bob] 2/2', ' b1', ' b3', '+[Chloe] 1/1', '+[Dora] 1/1'])
  t.equal(await table.header('Bob'), bob)
  await table.expand(await table.header('Chloe'))
  t.equal((await other.call(RopDeleteMessages, { ...removal, messageIds: [mids[3]] }, folder)).returnValue, 0)
  t.same((await table.picture()).slice(3), ['+[Dora] 1/1'])
  await other.createMessage(inbox, mail('Chloe', 'c2'))
  t.same((await table.picture()).slice(3), ['-[Chloe] 1/1', ' c2', '+[Dora] 1/1'], 'one that comes back is as it was')
  const dora = await table.header('Dora')
  t.equal((await other.call(RopDeleteMessages, { ...removal, messageIds: [d1] }, folder)).returnValue, 0)
  t.same((await table.picture()).slice(3), ['-[Chloe] 1/1', ' c2'])
  await other.createMessage(inbox, mail('Dora', 'd2'))
  t.equal(await table.header('Dora'), dora, 'and has the id that it had')
  const restriction = {
    ...{ kind: 'content' as const, fuzzyLow: 2, fuzzyHigh: 0, tag: PidTagSubject },
    value: { tag: PidTagSubject, bytes: encodeValue(0x1f, 'd') }
  }
  t.equal((await client.call(RopRestrict, { restrictFlags: 0, restriction }, table.table)).returnValue, 0)
  t.same(await table.picture(), ['+[Dora] 1/1'], 'only what the restriction lets in')
})

t.test('a multivalue: a message is in the category of each of its values', async t => {
  const tag = 0x8011101f
  const messages = [
    mail('Bob', 'both', [tag, ['red', 'blue']]),
    mail('Bob', 'one', [tag, ['red']]),
    mail('Bob', 'none')
  ]
  const table = await Grouped.open(messages)
  const { client } = table
  const instance = (tag | 0x2000) >>> 0
  t.equal(await table.sort([{ tag: instance, order: ASCENDING }, bySender[1]], 1, 1), 0)
  requirement('MS-OXCTABL_R326')
  const shown = [tags.PidTagRowType, instance, PidTagSubject, tags.PidTagInstanceNum, tags.PidTagInstID]
  t.equal(await client.setColumns(table.table, shown), 0)
  const { rows } = await client.rows(table.table, shown)
  t.same(
    rows.map(([type, color, subject]) => (type === LEAF ? `${color}:${subject}` : color)),
    [none, '[object Object]:none', 'blue', 'blue:both', 'red', 'red:both', 'red:one']
  )
  const [first, second] = rows.filter(row => row[2] === 'both')
  t.equal(first[4], second[4], 'one id for both instances')
  t.not(first[3], second[3], 'and two numbers')
  requirement('MS-OXCTABL_R8', 'MS-OXCTABL_R12', 'MS-OXCTABL_R10', 'MS-OXCTABL_R448', 'MS-OXCTABL_R433')
})

t.test('the state of a table comes back in another one', async t => {
  const table = await Grouped.open(LETTERS)
  const { client, mids } = table
  await table.sort(bySender, 1, 0)
  await table.expand(await table.header('Bob'))
  await table.expand(await table.header('Chloe'))
  const before = await table.picture()
  const get = async (rowId: number, of = table) => {
    const request = { rowId, rowInstanceNumber: 0 }
    return (await client.call(RopGetCollapseState, request, of.table)).value!.collapseState
  }
  const state = await get(mids[2])
  requirement('MS-OXCTABL_R288', 'MS-OXCTABL_R289', 'MS-OXCTABL_R291', 'MS-OXCTABL_R292', 'MS-OXCTABL_R294')
  requirement('MS-OXCTABL_R301', 'MS-OXCTABL_R579', 'MS-OXCTABL_R580', 'MS-OXCTABL_R582', 'MS-OXCTABL_R7')
  const other = new Grouped(client, await client.contents(await client.folder('inbox'), columns), mids)
  await other.sort(bySender, 1, 0)
  const set = async (collapseState: Uint8Array, of = other) =>
    client.call(RopSetCollapseState, { collapseState }, of.table)
  const answer = await set(state)
  t.equal(answer.returnValue, 0)
  t.same(await other.position(), [2, 7], 'the cursor stands on the row')
  requirement('MS-OXCTABL_R587', 'MS-OXCTABL_R581', 'MS-OXCTABL_R305')
  t.same(await other.picture(), before)
  requirement('MS-OXCTABL_R304', 'MS-OXCTABL_R585', 'MS-OXCTABL_R586', 'MS-OXCTABL_R588', 'MS-OXCTABL_R307')
  requirement('MS-OXCTABL_R311', 'MS-OXCTABL_R312')
  const seeking = { bookmark: answer.value!.bookmark, rowCount: 0, wantRowMovedCount: true }
  t.equal((await client.call(RopSeekRowBookmark, seeking, other.table)).returnValue, 0)
  t.same(await other.position(), [2, 7])
  requirement('MS-OXCTABL_R314', 'MS-OXCTABL_R315')
  const chloe = await get(await table.header('Chloe'))
  await other.collapse(await other.header('Bob'))
  t.equal((await set(chloe)).returnValue, 0)
  t.same(await other.position(), [5, 7], 'a header row can be the one')
  await other.sort([bySender[1], bySender[0]], 1, 0)
  t.equal((await set(state)).returnValue, INVALID_COLLAPSE_STATE, 'of another sort')
  requirement('MS-OXCTABL_R308')
  await other.sort(bySender, 1, 0)
  for (const damaged of [new Uint8Array(0), state.subarray(1), Buffer.concat([state, Buffer.alloc(1)])]) {
    t.equal((await set(damaged)).returnValue, INVALID_COLLAPSE_STATE)
  }
  t.same(await other.picture(), ['+[Alice] 1/1', '+[Bob] 3/3', '+[Chloe] 1/1'], 'and nothing has changed')
})

t.test('errors', async t => {
  const table = await Grouped.open(LETTERS.slice(0, 2))
  const { client, mids } = table
  const more = { tag: PidTagSubject, order: ASCENDING }
  const wrong: [string, { tag: number; order: number }[], number, number][] = [
    ['more categories than columns', bySender, 3, 0],
    ['more expanded than columns', bySender, 1, 3],
    ['a maximum without categories', [{ tag: PidTagSubject, order: MAXIMUM }], 0, 0],
    ['a maximum among the categories', [{ tag: PidTagSubject, order: MAXIMUM }, more], 1, 0],
    ['a maximum behind another column', [bySender[0], more, { tag: PidTagSubject, order: MAXIMUM }], 1, 0],
    [
      'two repeated columns',
      [
        { tag: 0x8011301f, order: 0 },
        { tag: 0x8012301f, order: 0 }
      ],
      2,
      0
    ]
  ]
  for (const [name, orders, categories, expanded] of wrong) {
    t.equal(await table.sort(orders, categories, expanded), INVALID_PARAM, name)
  }
  requirement('MS-OXCTABL_R63', 'MS-OXCTABL_R75')
  const levels = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ tag: 0x80110003 + at * 0x10000, order: 0 }))
  t.equal(await table.sort(levels(5), 5, 0), TOO_COMPLEX)
  t.equal(await table.sort(levels(33), 0, 0), TOO_COMPLEX)
  t.equal(await table.sort(levels(4), 4, 4), 0)
  t.equal((await table.rows()).length, 4 + 2, 'as many levels as Outlook groups by')
  t.equal(await table.sort(bySender, 1, 2), 0)
  t.equal((await table.rows()).length, 4, 'more expanded than there are')
  requirement('MS-OXCTABL_R65')
  await table.sort(bySender, 1, 1)
  for (const id of [mids[0], 99, 0]) {
    t.equal(await table.expand(id), ecNotFound)
    t.equal(await table.collapse(id), -ecNotFound)
  }
  requirement('MS-OXCTABL_R570', 'MS-OXCTABL_R576')
  await table.sort(bySender, 0, 0)
  t.equal(await table.expand(1), ecNotFound, 'a table without categories')

  const folder = await client.folder('inbox')
  const calls = async (on: number) => [
    (await client.call(RopExpandRow, { maxRowCount: 0, categoryId: 1 }, on)).returnValue,
    (await client.call(RopCollapseRow, { categoryId: 1 }, on)).returnValue,
    (await client.call(RopGetCollapseState, { rowId: 0, rowInstanceNumber: 0 }, on)).returnValue,
    (await client.call(RopSetCollapseState, { collapseState: new Uint8Array(0) }, on)).returnValue
  ]
  t.same(await calls(await client.contents(folder)), Array(4).fill(NULL_OBJECT))
  requirement('MS-OXCTABL_R8261', 'MS-OXCTABL_R8263', 'MS-OXCTABL_R8265', 'MS-OXCTABL_R8267')
  requirement('MS-OXCTABL_R8271', 'MS-OXCTABL_R8273', 'MS-OXCTABL_R8275', 'MS-OXCTABL_R8277')
  t.same(await calls(await client.hierarchy(folder, [tags.PidTagDisplayName])), Array(4).fill(NOT_SUPPORTED))
  t.same(await calls(folder), Array(4).fill(NOT_SUPPORTED))
  requirement('MS-OXCTABL_R572', 'MS-OXCTABL_R578', 'MS-OXCTABL_R584', 'MS-OXCTABL_R590', 'MS-OXCTABL_R274')
  requirement('MS-OXCTABL_R284', 'MS-OXCTABL_R290', 'MS-OXCTABL_R306', 'MS-OXCTABL_R569', 'MS-OXCTABL_R575')
  requirement('MS-OXCTABL_R583', 'MS-OXCTABL_R589')
})

t.test('rows are not returned by Exchange 2016, and a sort that fails leaves none', async t => {
  const table = await Grouped.open(LETTERS)
  await table.sort(bySender, 1, 0)
  const bob = await table.header('Bob')
  t.equal(await table.expand(bob, 1), NOT_SUPPORTED)
  t.same(await table.picture(), ['+[Alice] 1/1', '+[Bob] 3/3', '+[Chloe] 1/1'], 'nothing was expanded')
  t.same(await table.expand(bob), [3, []])
  requirement('MS-OXCTABL_R748')
  t.equal(await table.sort([{ tag: PidTagSubject, order: 3 }], 0, 0), INVALID_PARAM)
  t.same(await table.picture(), ['b2', 'a1', 'b1', 'c1', 'b3'], 'as if it had never been sorted')
  requirement('MS-OXCTABL_R443')
  t.equal(await table.sort(bySender, 1, 0), 0)
  t.same(await table.picture(), ['+[Alice] 1/1', '+[Bob] 3/3', '+[Chloe] 1/1'])
})

t.test('the cursor stays where it is when messages are read', async t => {
  const table = await Grouped.open(LETTERS)
  const { client, mids } = table
  await table.sort(bySender, 1, 1)
  const folder = await client.folder('inbox')
  const read = (mid: number, readFlags: number) =>
    client.call(RopSetReadFlags, { wantAsynchronous: false, readFlags, messageIds: [mid] }, folder)
  const next = async () => picture((await client.rows(table.table, columns, { rowCount: 1 })).rows.map(rowOf))
  await client.call(RopSeekRow, { origin: 0, rowCount: 3, wantRowMovedCount: false }, table.table)
  const { bookmark } = (await client.call(RopCreateBookmark, {}, table.table)).value!
  await read(mids[2], 0)
  t.same(await table.position(), [3, 8], 'before b1, which is read now')
  t.same(await next(), [' b1'])
  await read(mids[2], 0x04)
  t.same(await table.position(), [4, 8], 'behind b1, which is unread again')
  t.same(await next(), [' b2'])
  await read(mids[2], 0)
  const seeking = { bookmark, rowCount: 0, wantRowMovedCount: true }
  t.equal((await client.call(RopSeekRowBookmark, seeking, table.table)).value!.rowNoLongerVisible, false)
  t.same(await next(), [' b1'])
})

t.test('instances of a message: columns may come before the sort, and a bookmark knows its own', async t => {
  const tag = 0x8011101f
  const instance = (tag | 0x2000) >>> 0
  const table = await Grouped.open([mail('Bob', 'both', [tag, ['red', 'blue']]), mail('Bob', 'one', [tag, ['red']])])
  const { client, mids } = table
  t.equal(await table.sort([{ tag: instance, order: DESCENDING }, bySender[1]], 1, 1), 0)
  const rows = async () => (await client.rows(table.table, columns)).rows
  const numbers = (await rows()).map(row => row[7])
  t.same(numbers, [0, 1, 1, 0, 2], 'red: both, one; blue: both')
  await client.call(RopSeekRow, { origin: 0, rowCount: 4, wantRowMovedCount: false }, table.table)
  const { bookmark } = (await client.call(RopCreateBookmark, {}, table.table)).value!
  const { handle } = await client.call(
    RopOpenMessage,
    { codePageId: 0x0fff, folderId: inbox, openModeFlags: 1, messageId: mids[0] },
    0
  )
  await client.set(handle, [[PidTagSubject, 'zwei']])
  t.equal((await client.call(RopSaveChangesMessage, { saveFlags: 0 }, handle)).returnValue, 0)
  const seeking = { bookmark, rowCount: 0, wantRowMovedCount: true }
  t.equal((await client.call(RopSeekRowBookmark, seeking, table.table)).value!.rowNoLongerVisible, false)
  t.same(await table.position(), [4, 5])
  t.same(
    (await rows()).map(row => row[7]),
    [2],
    'the second instance'
  )
})
