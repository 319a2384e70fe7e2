/** Bookmarks of tables over real mailboxes ([MS-OXCTABL] 2.2.2.10, 2.2.2.12, 2.2.2.15). */
import t from 'tap'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopGetAttachmentTable } from '../../../rops/message/rop-get-attachment-table.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopGetPermissionsTable } from '../../../rops/permission/rop-get-permissions-table.js'
import { RopCreateBookmark } from '../../../rops/table/rop-create-bookmark.js'
import { RopFindRow } from '../../../rops/table/rop-find-row.js'
import { RopFreeBookmark } from '../../../rops/table/rop-free-bookmark.js'
import { RopResetTable } from '../../../rops/table/rop-reset-table.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSeekRowBookmark } from '../../../rops/table/rop-seek-row-bookmark.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { limits } from '../../../src/limits.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import type { Restriction } from '../../../src/oxcdata/restriction.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { RealClient } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const INVALID_BOOKMARK = 0x80040405
const NULL_OBJECT = 0x4b9
const inbox = specialFid('inbox')
const columns = [tags.PidTagSubject]
const names = [tags.PidTagDisplayName]
const HAS_SUBJECT: Restriction = { kind: 'exist', tag: tags.PidTagSubject }
const CUSTOM = 3

/** A table with what a client does to its bookmarks. */
class Marked {
  constructor(
    readonly client: RealClient,
    readonly table: number,
    private readonly shown: readonly number[],
    readonly mids: Mid[] = []
  ) {}

  async mark(): Promise<Uint8Array> {
    const { returnValue, value } = await this.client.call(RopCreateBookmark, {}, this.table)
    if (returnValue !== 0) throw new Error(`no bookmark: ${returnValue.toString(16)}`)
    return value!.bookmark
  }

  async seek(bookmark: Uint8Array, rowCount: number, wantRowMovedCount = true) {
    const request = { bookmark, rowCount, wantRowMovedCount }
    const { returnValue, value } = await this.client.call(RopSeekRowBookmark, request, this.table)
    return returnValue === 0 ? [value!.rowNoLongerVisible, value!.hasSoughtLess, value!.rowsSought | 0] : returnValue
  }

  async free(bookmark: Uint8Array): Promise<number> {
    return (await this.client.call(RopFreeBookmark, { bookmark }, this.table)).returnValue
  }

  async goTo(row: number): Promise<void> {
    await this.client.call(RopSeekRow, { origin: 0, rowCount: row, wantRowMovedCount: false }, this.table)
  }

  /** The row that the cursor stands on. */
  async here() {
    return (await this.client.column(this.table, this.shown, { queryRowsFlags: 1, rowCount: 1 }))[0]
  }
}

/** Messages s0, s1 ... in the Inbox. */
async function contents(rows: number): Promise<Marked> {
  const client = await RealClient.logOn()
  const mids: Mid[] = []
  for (let n = 0; n < rows; n++) mids.push(await client.createMessage(inbox, [[tags.PidTagSubject, `s${n}`]]))
  return new Marked(client, await client.contents(await client.folder('inbox'), columns), columns, mids)
}

async function hierarchy(folders: number): Promise<Marked & { parent: number; fids: number[] }> {
  const client = await RealClient.logOn()
  const { handle: parent } = await client.createFolder(await client.folder('inbox'), 'Parent')
  const fids: number[] = []
  for (let n = 0; n < folders; n++) fids.push((await client.createFolder(parent, `s${n}`)).folderId)
  return Object.assign(new Marked(client, await client.hierarchy(parent, names), names), { parent, fids })
}

for (const [source, open] of [
  ['contents', contents],
  ['hierarchy', hierarchy]
] as const) {
  t.test(`bookmarks of a ${source} table`, async t => {
    const marked = await open(6)
    await marked.goTo(3)
    const bookmark = await marked.mark()
    t.ok(bookmark.byteLength > 0)
    requirement('MS-OXCTABL_R208', 'MS-OXCTABL_R211', 'MS-OXCTABL_R212', 'MS-OXCTABL_R213', 'MS-OXCTABL_R862')
    requirement(source === 'contents' ? 'MS-OXCTABL_R526' : 'MS-OXCTABL_R857')
    await marked.goTo(0)
    t.same(await marked.seek(bookmark, 0), [false, false, 0])
    t.equal(await marked.here(), 's3')
    requirement('MS-OXCTABL_R165', 'MS-OXCTABL_R166', 'MS-OXCTABL_R503', 'MS-OXCTABL_R522', 'MS-OXCTABL_R183')
    requirement('MS-OXCTABL_R861', source === 'contents' ? 'MS-OXCTABL_R508' : 'MS-OXCTABL_R852')
    t.same(await marked.seek(bookmark, 2), [false, false, 2])
    t.equal(await marked.here(), 's5')
    requirement('MS-OXCTABL_R174', 'MS-OXCTABL_R178', 'MS-OXCTABL_R188', 'MS-OXCTABL_R194', 'MS-OXCTABL_R504')
    t.same(await marked.seek(bookmark, -2), [false, false, -2])
    t.equal(await marked.here(), 's1')
    requirement('MS-OXCTABL_R175', 'MS-OXCTABL_R193')
    t.same(await marked.seek(bookmark, 100), [false, true, 3], 'no further than the end')
    t.same(await marked.seek(bookmark, -100), [false, true, -3])
    requirement(
      'MS-OXCTABL_R186',
      'MS-OXCTABL_R180',
      'MS-OXCTABL_R187',
      'MS-OXCTABL_R189',
      'MS-OXCTABL_R190',
      'MS-OXCTABL_R192'
    )
    t.same(((await marked.seek(bookmark, 1, false)) as unknown[]).length, 3, 'the fields are there, asked for or not')
    await marked.goTo(6)
    const end = await marked.mark()
    t.same(await marked.seek(end, -1), [false, false, -1])
    t.equal(await marked.here(), 's5')

    t.equal(await marked.free(bookmark), 0)
    requirement('MS-OXCTABL_R247', 'MS-OXCTABL_R545')
    requirement(...(source === 'contents' ? ['MS-OXCTABL_R548', 'MS-OXCTABL_R549'] : ['MS-OXCTABL_R547']))
    t.equal(await marked.seek(bookmark, 0), INVALID_BOOKMARK)
    t.equal(await marked.free(bookmark), INVALID_BOOKMARK)
    requirement('MS-OXCTABL_R2481', 'MS-OXCTABL_R5521', 'MS-OXCTABL_R511', 'MS-OXCTABL_R172', 'MS-OXCTABL_R254')
    for (const strange of [[], [9, 0, 0, 0], [1, 2, 3, 4, 5]]) {
      t.equal(await marked.seek(Uint8Array.from(strange), 0), INVALID_BOOKMARK, `${strange.length} bytes`)
    }
    requirement('MS-OXCTABL_R171', 'MS-OXCTABL_R253')
    t.same(await marked.seek(end, -1), [false, false, -1], 'the other one is still there')
  })
}

t.test('a bookmark stays with its row', async t => {
  const { client, table, mids } = await contents(6)
  const marked = new Marked(client, table, columns)
  const sortOrders = [{ tag: tags.PidTagSubject, order: 0 }]
  const sorting = { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0, sortOrders }
  t.equal((await client.call(RopSortTable, sorting, table)).returnValue, 0)
  await marked.goTo(2)
  const bookmark = await marked.mark()
  const other = await RealClient.logOn({ world: client.world })
  await other.createMessage(inbox, [[tags.PidTagSubject, 's0a']])
  t.same(await marked.seek(bookmark, 0), [false, false, 0])
  t.equal(await marked.here(), 's2', 'a row came before it')
  const opening = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 1, messageId: mids[2] }
  const { handle } = await other.call(RopOpenMessage, opening)
  await other.set(handle, [[tags.PidTagSubject, 's4x']])
  await other.call(RopSaveChangesMessage, { saveFlags: 4 }, handle)
  t.same(await marked.seek(bookmark, 0), [false, false, 0])
  t.equal(await marked.here(), 's4x', 'it was sorted elsewhere')
  t.same(await marked.seek(bookmark, 1), [false, false, 1])
  t.equal(await marked.here(), 's5')
  const removal = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mids[2]] }
  t.equal((await client.call(RopDeleteMessages, removal, await client.folder('inbox'))).returnValue, 0)
  t.same(await marked.seek(bookmark, 0), [true, false, 0])
  t.equal(await marked.here(), 's5', 'the row behind it')
  requirement('MS-OXCTABL_R181', 'MS-OXCTABL_R182', 'MS-OXCTABL_R184', 'MS-OXCTABL_R185', 'MS-OXCTABL_R506')
})

t.test('a bookmark behind the last row loses no row', async t => {
  const { client, table, mids } = await contents(2)
  const marked = new Marked(client, table, columns)
  await marked.goTo(2)
  const bookmark = await marked.mark()
  const remove = async (mid: Mid) => {
    const removal = { wantAsynchronous: false, notifyNonRead: false, messageIds: [mid] }
    t.equal((await client.call(RopDeleteMessages, removal, await client.folder('inbox'))).returnValue, 0)
  }
  await remove(mids[1])
  t.same(await marked.seek(bookmark, 0), [false, false, 0])
  t.same(await marked.seek(bookmark, -1), [false, false, -1])
  t.equal(await marked.here(), 's0')
  await remove(mids[0])
  const empty = await marked.mark()
  t.same(await marked.seek(empty, 0), [false, false, 0], 'one of a table without rows neither')
  await client.createMessage(inbox, [[tags.PidTagSubject, 's9']])
  t.same(await marked.seek(empty, 0), [false, false, 0])
  t.equal(await marked.here(), 's9')
})

t.test('a folder that has gone takes its row with it', async t => {
  const marked = await hierarchy(3)
  await marked.goTo(1)
  const bookmark = await marked.mark()
  const request = { deleteFolderFlags: 0x10, folderId: marked.fids[1] }
  t.equal((await marked.client.call(RopDeleteFolder, request, marked.parent)).returnValue, 0)
  t.same(await marked.seek(bookmark, 0), [true, false, 0])
  t.equal(await marked.here(), 's2')
  const found = { findRowFlags: 0, restriction: null, origin: CUSTOM, bookmark }
  const { value } = await marked.client.call(RopFindRow, found, marked.table, { columns: names })
  t.equal(value?.rowNoLongerVisible, true, 'FindRow says so, too')
  requirement('MS-OXCTABL_R237', 'MS-OXCTABL_R238', 'MS-OXCTABL_R6081', 'MS-OXCTABL_R240', 'MS-OXCTABL_R538')
  await marked.goTo(2)
  const end = await marked.mark()
  await marked.client.createFolder(marked.parent, 's9')
  t.same(await marked.seek(end, -1), [false, false, -1])
  t.equal(await marked.here(), 's9', 'a bookmark behind the last row stays behind the last row')
  t.same(await marked.seek(bookmark, 0), [true, false, 0])
  t.equal(await marked.here(), 's2')
  const next = { deleteFolderFlags: 0x10, folderId: marked.fids[2] }
  t.equal((await marked.client.call(RopDeleteFolder, next, marked.parent)).returnValue, 0)
  t.same(await marked.seek(bookmark, 0), [true, false, 0])
  t.equal(await marked.here(), 's9', 'the next one goes, too')
})

t.test('another order, another restriction and a reset end all bookmarks', async t => {
  const marked = await contents(3)
  const { client, table } = marked
  const find = async (bookmark: Uint8Array) => {
    const request = { findRowFlags: 0, restriction: HAS_SUBJECT, origin: CUSTOM, bookmark }
    return (await client.call(RopFindRow, request, table, { columns })).returnValue
  }
  const sortOrders = [{ tag: tags.PidTagSubject, order: 0 }]
  const sorting = { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0, sortOrders }
  const ends = [
    () => client.call(RopSortTable, sorting, table),
    () => client.call(RopRestrict, { restrictFlags: 0, restriction: HAS_SUBJECT }, table),
    () => client.call(RopResetTable, {}, table)
  ]
  const rows = [
    ['MS-OXCTABL_R505', 'MS-OXCTABL_R904', 'MS-OXCTABL_R537', 'MS-OXCTABL_R898', 'MS-OXCTABL_R864', 'MS-OXCTABL_R439'],
    ['MS-OXCTABL_R870', 'MS-OXCTABL_R906', 'MS-OXCTABL_R868', 'MS-OXCTABL_R900', 'MS-OXCTABL_R865', 'MS-OXCTABL_R453'],
    ['MS-OXCTABL_R871', 'MS-OXCTABL_R908', 'MS-OXCTABL_R869', 'MS-OXCTABL_R902', 'MS-OXCTABL_R863', 'MS-OXCTABL_R562']
  ]
  for (const [at, end] of ends.entries()) {
    await marked.goTo(1)
    const bookmark = await marked.mark()
    t.equal((await end()).returnValue, 0)
    t.equal(await client.setColumns(table, columns), 0)
    t.equal(await marked.here(), 's0', 'and the cursor is at the beginning')
    t.equal(await marked.seek(bookmark, 0), INVALID_BOOKMARK)
    t.equal(await find(bookmark), INVALID_BOOKMARK)
    requirement(...rows[at], 'MS-OXCTABL_R257')
  }
})

t.test('bookmarks before columns, of other tables, of released ones, and too many', async t => {
  const marked = await contents(2)
  const { client } = marked
  const bare = new Marked(client, await client.contents(await client.folder('inbox')), columns)
  const bookmark = await bare.mark()
  t.equal(await bare.seek(bookmark, 0), NULL_OBJECT)
  requirement('MS-OXCTABL_R8266', 'MS-OXCTABL_R8276')
  t.equal(await bare.free(bookmark), NULL_OBJECT)
  requirement('MS-OXCTABL_R8264', 'MS-OXCTABL_R8274')

  const opening = { codePageId: 0x0fff, folderId: inbox, openModeFlags: 0, messageId: marked.mids[0] }
  const message = (await client.call(RopOpenMessage, opening)).handle
  const attachments = (await client.call(RopGetAttachmentTable, { tableFlags: 0 }, message)).handle
  const folder = await client.folder('inbox')
  const permissions = (await client.call(RopGetPermissionsTable, { tableFlags: 0 }, folder)).handle
  for (const table of [attachments, permissions, folder]) {
    t.equal((await client.call(RopCreateBookmark, {}, table)).returnValue, NOT_SUPPORTED)
    t.equal((await client.call(RopFreeBookmark, { bookmark }, table)).returnValue, NOT_SUPPORTED)
    const seeking = { bookmark, rowCount: 0, wantRowMovedCount: true }
    t.equal((await client.call(RopSeekRowBookmark, seeking, table)).returnValue, NOT_SUPPORTED)
  }
  requirement('MS-OXCTABL_R529', 'MS-OXCTABL_R551', 'MS-OXCTABL_R512', 'MS-OXCTABL_R527', 'MS-OXCTABL_R550')
  requirement('MS-OXCTABL_R168', 'MS-OXCTABL_R209', 'MS-OXCTABL_R249', 'MS-OXCTABL_R509')

  const used = await marked.mark()
  await client.release(marked.table)
  t.equal(await marked.seek(used, 0), 0x80040108, 'the table has gone, and its bookmarks with it')
  requirement('MS-OXCTABL_R524', 'MS-OXCTABL_R546')
  t.equal(await marked.free(used), NULL_OBJECT, 'RopFreeBookmark has an error of its own for it')
  requirement('MS-OXCTABL_R248', 'MS-OXCTABL_R552')

  const table = new Marked(client, await client.contents(folder, columns), columns)
  for (let n = 0; n < limits.bookmarksPerTable; n++) await table.mark()
  t.equal((await client.call(RopCreateBookmark, {}, table.table)).returnValue, 0x8007000e)
})
