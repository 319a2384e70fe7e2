/** RopFindRow over real mailboxes ([MS-OXCTABL] 2.2.2.14, 3.2.5.14). */
import t from 'tap'
import { RopGetAttachmentTable } from '../../../rops/message/rop-get-attachment-table.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopGetPermissionsTable } from '../../../rops/permission/rop-get-permissions-table.js'
import { RopCreateBookmark } from '../../../rops/table/rop-create-bookmark.js'
import { RopFindRow } from '../../../rops/table/rop-find-row.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import { RelOp, type Restriction } from '../../../src/oxcdata/restriction.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { cellsOf, RealClient, rawAnswer } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const INVALID_PARAM = 0x80070057
const NOT_FOUND = 0x8004010f
const NULL_OBJECT = 0x4b9
const [BEGINNING, CURRENT, END, CUSTOM] = [0, 1, 2, 3]
const inbox = specialFid('inbox')
const columns = [tags.PidTagSubject]
const NOTHING = new Uint8Array(0)

const compare = (relop: number, tag: number, value: PropertyValue): Restriction => ({
  ...{ kind: 'property', relop, tag, value: { tag, bytes: encodeValue(tag & 0xffff, value) } }
})
const begins = (text: string): Restriction => ({
  ...{ kind: 'content', fuzzyLow: 2, fuzzyHigh: 1, tag: tags.PidTagSubject },
  value: { tag: tags.PidTagSubject, bytes: encodeValue(0x1f, text) }
})

interface Search {
  backward?: boolean
  origin?: number
  bookmark?: Uint8Array
  shown?: readonly number[]
  maxRopOut?: number
}

class Searched {
  constructor(
    readonly client: RealClient,
    readonly table: number,
    readonly mids: Mid[] = []
  ) {}

  /** The first cell of the row that was found, or the error. */
  async find(restriction: Restriction | null, search: Search = {}) {
    const { backward = false, origin = BEGINNING, bookmark = NOTHING, shown = columns, maxRopOut } = search
    const request = { findRowFlags: backward ? 1 : 0, restriction, origin, bookmark }
    const options = { columns: shown, ...(maxRopOut !== undefined && { maxRopOut }) }
    const { returnValue, value } = await this.client.call(RopFindRow, request, this.table, options)
    if (returnValue !== 0) return returnValue
    return value!.row === null ? 'no row' : cellsOf(value!.row, shown)[0]
  }

  async goTo(row: number): Promise<void> {
    await this.client.call(RopSeekRow, { origin: BEGINNING, rowCount: row, wantRowMovedCount: false }, this.table)
  }

  async sort(...sortOrders: { tag: number; order: number }[]): Promise<void> {
    const counts = { sortOrderCount: sortOrders.length, categoryCount: 0, expandedCount: 0 }
    const { returnValue } = await this.client.call(
      RopSortTable,
      { sortTableFlags: 0, ...counts, sortOrders },
      this.table
    )
    if (returnValue !== 0) throw new Error('not sorted')
  }
}

/** Messages with these subjects, in the Inbox, one minute after the other. */
async function contents(...subjects: string[]): Promise<Searched> {
  const client = await RealClient.logOn()
  const mids: Mid[] = []
  for (const [at, subject] of subjects.entries()) {
    const time = 133_000_000_000_000_000n + BigInt(at) * 600_000_000n
    mids.push(
      await client.createMessage(inbox, [
        [tags.PidTagSubject, subject],
        [tags.PidTagMessageDeliveryTime, time]
      ])
    )
  }
  return new Searched(client, await client.contents(await client.folder('inbox'), columns), mids)
}

t.test('forward and backward, from every place', async t => {
  const table = await contents('a1', 'b1', 'a2', 'b2', 'a3')
  const { client } = table
  t.equal(await table.find(begins('b')), 'b1')
  requirement('MS-OXCTABL_R223', 'MS-OXCTABL_R225', 'MS-OXCTABL_R229', 'MS-OXCTABL_R243', 'MS-OXCTABL_R245')
  requirement('MS-OXCTABL_R244', 'MS-OXCTABL_R242', 'MS-OXCTABL_R239', 'MS-OXCTABL_R534', 'MS-OXCTABL_R859')
  t.same(
    await client.column(table.table, columns),
    ['b1', 'a2', 'b2', 'a3'],
    'the cursor stands on it, all rows are there'
  )
  requirement('MS-OXCTABL_R535', 'MS-OXCTABL_R371', 'MS-OXCTABL_R540', 'MS-OXCTABL_R824')
  await table.goTo(1)
  t.equal(await table.find(begins('b'), { origin: CURRENT }), 'b1', 'the row at the cursor is looked at')
  t.equal(await table.find(begins('b'), { origin: CURRENT }), 'b1', 'and again')
  await table.goTo(2)
  t.equal(await table.find(begins('b'), { origin: CURRENT }), 'b2')
  requirement('MS-OXCTABL_R26', 'MS-OXCTABL_R27', 'MS-OXCTABL_R28')
  t.equal(await table.find(begins('b'), { origin: CURRENT, backward: true }), 'b1', 'not the one that it stands on')
  requirement('MS-OXCTABL_R226', 'MS-OXCTABL_R241')
  t.equal(await table.find(begins('a'), { origin: END, backward: true }), 'a3')
  requirement('MS-OXCTABL_R29')
  t.equal(await table.find(begins('b'), { origin: END }), NOT_FOUND)
  t.equal(await table.find(begins('b'), { origin: BEGINNING, backward: true }), NOT_FOUND)
  t.equal(await table.find(begins('c')), NOT_FOUND)
  requirement('MS-OXCTABL_R536', 'MS-OXCTABL_R544001')
  await table.goTo(3)
  const { bookmark } = (await client.call(RopCreateBookmark, {}, table.table)).value!
  t.equal(await table.find(begins('a'), { origin: CUSTOM, bookmark }), 'a3')
  t.equal(await table.find(begins('a'), { origin: CUSTOM, bookmark, backward: true }), 'a2')
  requirement('MS-OXCTABL_R30', 'MS-OXCTABL_R103', 'MS-OXCTABL_R681')
  t.equal(await table.find(null, { origin: CURRENT }), 'a2', 'no restriction: any row')
})

t.test('what is sought need not stand in a column, nor in the summary of the row', async t => {
  const client = await RealClient.logOn()
  const long = `${'x'.repeat(700)} needle`
  const name = (subject: string) => [tags.PidTagSubject, subject] as const
  await client.createMessage(inbox, [name('one')])
  await client.createMessage(inbox, [name('two'), [tags.PidTagBody, long], [tags.PidTagImportance, 2]])
  const table = new Searched(client, await client.contents(await client.folder('inbox'), columns))
  t.equal(await table.find(compare(RelOp.equal, tags.PidTagImportance, 2)), 'two')
  const inBody: Restriction = {
    ...{ kind: 'content', fuzzyLow: 1, fuzzyHigh: 1, tag: tags.PidTagBody },
    value: { tag: tags.PidTagBody, bytes: encodeValue(0x1f, 'NEEDLE') }
  }
  t.equal(await table.find(inBody), 'two')
  t.equal(await table.find({ kind: 'exist', tag: tags.PidTagConversationTopic }), NOT_FOUND)
})

t.test('going to a value in the order of the table', async t => {
  const table = await contents('delta', 'Bravo', 'alpha', 'bravo', 'charlie', 'brav', 'bravos')
  await table.sort({ tag: tags.PidTagSubject, order: 0 })
  const subject = (relop: number, value: string) => compare(relop, tags.PidTagSubject, value)
  t.equal(await table.find(subject(RelOp.greaterThanOrEqual, 'c')), 'charlie')
  t.match(await table.find(subject(RelOp.greaterThanOrEqual, 'BRAVO')), /^bravo$/i)
  t.match(await table.find(subject(RelOp.equal, 'BRAVO')), /^bravo$/i)
  t.equal(await table.find(subject(RelOp.greaterThan, 'bravo')), 'bravos')
  t.equal(await table.find(subject(RelOp.equal, 'bra')), NOT_FOUND)
  t.equal(await table.find(subject(RelOp.greaterThan, 'delta')), NOT_FOUND)
  t.equal(await table.find({ kind: 'and', restrictions: [subject(RelOp.greaterThan, 'brav'), begins('c')] }), 'charlie')
  t.equal(await table.find(subject(RelOp.lessThan, 'charlie'), { backward: true, origin: END }), 'bravos')
  await table.sort({ tag: tags.PidTagSubject, order: 1 })
  t.equal(await table.find(subject(RelOp.lessThanOrEqual, 'cz')), 'charlie')
  t.match(await table.find(subject(RelOp.equal, 'bravo')), /^bravo$/i)
  t.equal(await table.find(subject(RelOp.lessThan, 'brav')), 'alpha')
  t.equal(await table.find(subject(RelOp.greaterThan, 'charlie')), 'delta')
  const time = (at: number) => 133_000_000_000_000_000n + BigInt(at) * 600_000_000n
  const delivered = (relop: number, at: number) => compare(relop, tags.PidTagMessageDeliveryTime, time(at))
  await table.sort({ tag: tags.PidTagMessageDeliveryTime, order: 1 })
  t.equal(await table.find(delivered(RelOp.lessThanOrEqual, 3)), 'bravo')
  t.equal(await table.find(delivered(RelOp.lessThan, 3)), 'alpha')
  t.equal(await table.find(delivered(RelOp.equal, 4)), 'charlie')
  t.equal(await table.find(delivered(RelOp.lessThan, 0)), NOT_FOUND)
  await table.sort({ tag: tags.PidTagMessageDeliveryTime, order: 0 })
  t.equal(await table.find(delivered(RelOp.greaterThan, 3)), 'charlie')
  t.equal(await table.find(delivered(RelOp.equal, 3)), 'bravo')
  t.equal(await table.find(delivered(RelOp.equal, 9)), NOT_FOUND)
  const otherType = { tag: (tags.PidTagMessageDeliveryTime & 0xffff0000) | 0x000b, bytes: encodeValue(0x000b, true) }
  t.equal(await table.find({ ...delivered(RelOp.equal, 3), value: otherType } as Restriction), NOT_FOUND)
})

t.test('what is sought in another column than the sorted one may stand anywhere', async t => {
  const client = await RealClient.logOn()
  const [name, keywords] = [0x6700001f, 0x6701101f]
  for (const [subject, value] of [
    ['a', 'z'],
    ['b', 'a']
  ])
    await client.createMessage(inbox, [
      [tags.PidTagSubject, subject],
      [name, value],
      [keywords, [value, subject]]
    ])
  const table = new Searched(client, await client.contents(await client.folder('inbox'), columns))
  await table.sort({ tag: tags.PidTagSubject, order: 0 })
  t.equal(await table.find(compare(RelOp.equal, name, 'z')), 'a')
  const instances = keywords | 0x3000
  t.equal(await client.setColumns(table.table, [tags.PidTagSubject, instances]), 0)
  await table.sort({ tag: instances, order: 0 })
  const hasValue = { kind: 'property', relop: RelOp.equal, tag: instances } as const
  const value = { tag: name, bytes: encodeValue(0x1f, 'z') }
  t.equal(await table.find({ ...hasValue, value }, { shown: [tags.PidTagSubject, instances] }), 'a')
})

t.test('the row has its values in the order of the columns', async t => {
  const table = await contents('a', 'b')
  const { client } = table
  const shown = [tags.PidTagMessageClass, tags.PidTagSubject, tags.PidTagMid]
  t.equal(await client.setColumns(table.table, shown), 0)
  const asked = { findRowFlags: 0, restriction: begins('b'), origin: BEGINNING, bookmark: NOTHING }
  const { value } = await client.call(RopFindRow, asked, table.table, { columns: shown })
  const cells = cellsOf(value!.row!, shown)
  t.same(cells.slice(0, 2), ['IPM.Note', 'b'])
  t.equal(typeof cells[2], 'bigint')
  requirement('MS-OXCTABL_R813')
})

t.test('a row that does not fit is found all the same', async t => {
  const table = await contents('a', `b${'y'.repeat(200)}`)
  const { client } = table
  const shown = [tags.PidTagSubject, ...Array(400).fill(tags.PidTagSubject)]
  t.equal(await client.setColumns(table.table, shown), 0)
  t.equal(await table.find(begins('b'), { shown, maxRopOut: 0x8000 }), 'no row')
  const batch = new RopBatch([table.table])
  const asked = { findRowFlags: 0, restriction: begins('b'), origin: BEGINNING, bookmark: NOTHING }
  batch.add(RopFindRow, { input: 0 }, asked, { columns: shown })
  const bytes = await rawAnswer(client, batch, 0x8000)
  // RopSize; RopId, handle index, ReturnValue, RowNoLongerVisible, HasRowData; the handle table.
  t.equal(bytes.subarray(0, 10).toString('hex'), '0a00' + '4f00' + '00000000' + '00' + '00')
  t.equal(bytes.length, 2 + 8 + 4)
  requirement('MS-OXCTABL_R246')
  t.equal(await client.setColumns(table.table, columns), 0)
  const [here] = await client.column(table.table, columns, { rowCount: 1 })
  t.match(here, /^by/, 'and the cursor stands on it')
})

t.test('hierarchy tables', async t => {
  const client = await RealClient.logOn()
  const { handle: parent } = await client.createFolder(await client.folder('inbox'), 'Parent')
  for (const name of ['one', 'two', 'three']) await client.createFolder(parent, name)
  const shown = [tags.PidTagDisplayName]
  const table = new Searched(client, await client.hierarchy(parent, shown))
  const named = (relop: number, name: string) => compare(relop, tags.PidTagDisplayName, name)
  t.equal(await table.find(named(RelOp.equal, 'TWO'), { shown }), 'two')
  requirement('MS-OXCTABL_R858')
  t.same(await client.column(table.table, shown), ['two', 'three'])
  t.equal(await table.find(named(RelOp.greaterThan, 'o'), { shown, origin: END, backward: true }), 'three')
  t.equal(await table.find(named(RelOp.equal, 'four'), { shown }), NOT_FOUND)
})

t.test('errors', async t => {
  const table = await contents('a')
  const { client } = table
  const request = { findRowFlags: 0, restriction: null, origin: BEGINNING, bookmark: NOTHING }
  const folder = await client.folder('inbox')
  const opening = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 0, messageId: table.mids[0] }
  const message = (await client.call(RopOpenMessage, opening)).handle
  const attachments = (await client.call(RopGetAttachmentTable, { tableFlags: 0 }, message)).handle
  const permissions = (await client.call(RopGetPermissionsTable, { tableFlags: 0 }, folder)).handle
  for (const other of [attachments, permissions, folder]) {
    t.equal((await client.call(RopFindRow, request, other)).returnValue, NOT_SUPPORTED)
  }
  requirement('MS-OXCTABL_R544', 'MS-OXCTABL_R543', 'MS-OXCTABL_R682')
  t.equal((await client.call(RopFindRow, request, await client.contents(folder))).returnValue, NULL_OBJECT)
  requirement('MS-OXCTABL_R826', 'MS-OXCTABL_R827', 'MS-OXCTABL_R539')
  const flags = await client.call(RopFindRow, { ...request, findRowFlags: 2 }, table.table, { columns })
  t.equal(flags.returnValue, INVALID_PARAM)
  requirement('MS-OXCTABL_R224', 'MS-OXCTABL_R227')
  const place = await client.call(RopFindRow, { ...request, origin: 4 }, table.table, { columns })
  t.equal(place.returnValue, INVALID_PARAM)
})
