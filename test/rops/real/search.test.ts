/** Search folders over the real processor ([MS-OXCFOLD] 2.2.1.4, 2.2.1.5, 3.2.5.4, 3.2.5.5). */
import t, { type Test } from 'tap'
import { RopCreateFolder } from '../../../rops/folder/rop-create-folder.js'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../../rops/folder/rop-delete-messages.js'
import { RopGetSearchCriteria } from '../../../rops/folder/rop-get-search-criteria.js'
import { RopHardDeleteMessages } from '../../../rops/folder/rop-hard-delete-messages.js'
import { RopMoveCopyMessages } from '../../../rops/folder/rop-move-copy-messages.js'
import { RopSetSearchCriteria } from '../../../rops/folder/rop-set-search-criteria.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { Restriction } from '../../../src/oxcdata/restriction.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { property, subjectHas } from '../../mailbox/search-fixture.js'
import { RealClient, type RealWorld, rawAnswer } from './real-driver.js'
import { type Field, holdFields, opening } from './wire-fields.js'

const inbox = specialFid('inbox')
const drafts = specialFid('drafts')
const subject = [tags.PidTagSubject]
const [STOP, RESTART, RECURSIVE, SHALLOW] = [0x1, 0x2, 0x4, 0x8]
const [INDEXED, NOT_INDEXED, STATIC] = [0x10000, 0x20000, 0x40000]
const tea = subjectHas('tea')

class SearchClient {
  constructor(readonly client: RealClient) {}

  static async open(world?: RealWorld): Promise<SearchClient> {
    return new SearchClient(await RealClient.logOn(world === undefined ? {} : { world }))
  }

  get core() {
    return this.client.mailbox
  }

  idle(): Promise<void> {
    return this.core.searches.whenIdle()
  }

  /** A search folder under the Finder, without criteria. */
  async folder(name: string) {
    return this.client.createFolder(await this.client.folder('finder'), name, { folderType: 2 })
  }

  async set(handle: number, restriction: Restriction | null, folderIds: number[], searchFlags = RESTART) {
    const { returnValue } = await this.client.call(
      RopSetSearchCriteria,
      { restriction, folderIds, searchFlags },
      handle
    )
    return returnValue
  }

  async get(handle: number, options: Partial<{ useUnicode: boolean; restriction: boolean; folders: boolean }> = {}) {
    const { useUnicode = true, restriction = true, folders = true } = options
    const request = { useUnicode, includeRestriction: restriction, includeFolders: folders }
    return this.client.call(RopGetSearchCriteria, request, handle)
  }

  async flags(handle: number): Promise<number> {
    return (await this.get(handle)).value!.searchFlags
  }

  /** A search that has come to its end. */
  async search(restriction: Restriction, folderIds = [inbox], flags = RESTART) {
    const created = await this.folder(`search ${this.core.tree.size}`)
    if ((await this.set(created.handle, restriction, folderIds, flags)) !== 0) throw new Error('no search')
    await this.idle()
    return created
  }

  message(name: string, folder = inbox) {
    return this.client.createMessage(folder, [[tags.PidTagSubject, name]])
  }

  async rename(mid: number, name: string, folderId = inbox): Promise<void> {
    const request = { codePageId: 0x0fff, folderId, openModeFlags: 1, messageId: mid }
    const { handle } = await this.client.call(RopOpenMessage, request)
    await this.client.set(handle, [[tags.PidTagSubject, name]])
    await this.client.call(RopSaveChangesMessage, { saveFlags: 0 }, handle)
    await this.client.release(handle)
  }

  async subjects(folder: number) {
    const table = await this.client.contents(folder, subject)
    const rows = await this.client.column(table, subject)
    await this.client.release(table)
    return rows
  }

  async sound(t: Test): Promise<void> {
    t.same((await checkMailbox(this.core)).problems, [], 'the store is sound')
  }
}

t.test('a search fills its folder and keeps it up', async t => {
  const s = await SearchClient.open()
  await s.message('tea')
  await s.message('coffee')
  const created = await s.folder('found')
  t.equal(created.returnValue, 0)
  const { handle } = created
  t.equal(await s.client.one(handle, tags.PidTagFolderType), 2)
  requirement('MS-OXCFOLD_R47')
  t.equal(await s.set(handle, tea, [inbox]), 0)
  requirement('MS-OXCFOLD_R98', 'MS-OXCFOLD_R119', 'MS-OXCFOLD_R512', 'MS-OXCFOLD_R766')
  const running = await s.flags(handle)
  t.equal(running & 0x1003, 0x3, 'the answer comes before the folder is filled')
  requirement('MS-OXCFOLD_R526', 'MS-OXCFOLD_R785')
  await s.idle()
  t.same(await s.subjects(handle), ['tea'])
  t.equal((await s.flags(handle)) & 0x1003, 0x1000)
  requirement('MS-OXCFOLD_R515', 'MS-OXCFOLD_R552')
  await s.message('more tea')
  t.same(await s.subjects(handle), ['tea', 'more tea'])
  const beer = await s.message('beer')
  await s.rename(beer, 'tea after all')
  t.same(await s.subjects(handle), ['tea', 'more tea', 'tea after all'])
  await s.rename(beer, 'beer again')
  t.same(await s.subjects(handle), ['tea', 'more tea'])
  requirement('MS-OXCFOLD_R1096', 'MS-OXCFOLD_R1097', 'MS-OXCFOLD_R1210')
  const away = await s.message('tea to go')
  const move = { messageIds: [away], wantAsynchronous: false, wantCopy: false }
  await s.client.call(RopMoveCopyMessages, move, await s.client.folder('inbox'), {
    destination: await s.client.folder('drafts')
  })
  t.same(await s.subjects(handle), ['tea', 'more tea'])
  requirement('MS-OXCFOLD_R1095')
  t.same(await s.client.get(handle, [tags.PidTagContentCount, tags.PidTagSubfolders]), [2, false])
  t.equal(await s.set(handle, subjectHas('beer'), []), 0)
  await s.idle()
  t.same(await s.subjects(handle), ['beer again'])
  requirement('MS-OXCFOLD_R519', 'MS-OXCFOLD_R109', 'MS-OXCFOLD_R1241')
  t.equal(await s.set(handle, null, [drafts]), 0)
  await s.idle()
  t.same(await s.subjects(handle), [])
  t.equal(await s.set(handle, null, [inbox]), 0)
  await s.idle()
  t.same(await s.subjects(handle), ['beer again'])
  requirement('MS-OXCFOLD_R105')
  await s.sound(t)
})

t.test('how deep a search goes', async t => {
  const s = await SearchClient.open()
  const below = await s.client.createFolder(await s.client.folder('inbox'), 'below')
  await s.message('tea below', below.folderId)
  await s.message('tea above')
  const deep = await s.search(tea, [inbox], RESTART | RECURSIVE)
  t.same((await s.subjects(deep.handle)).sort(), ['tea above', 'tea below'])
  t.equal((await s.flags(deep.handle)) & RECURSIVE, RECURSIVE)
  requirement('MS-OXCFOLD_R770', 'MS-OXCFOLD_R789')
  const shallow = await s.search(tea, [inbox], RESTART | SHALLOW)
  t.same(await s.subjects(shallow.handle), ['tea above'])
  t.equal((await s.flags(shallow.handle)) & RECURSIVE, 0)
  requirement('MS-OXCFOLD_R772', 'MS-OXCFOLD_R960')
  const neither = await s.search(tea, [inbox], 0)
  t.same(await s.subjects(neither.handle), ['tea above'], 'shallow and restarted where nothing is said')
  requirement('MS-OXCFOLD_R1200')
  const later = await s.client.createFolder(below.handle, 'later')
  await s.message('tea later', later.folderId)
  t.equal((await s.subjects(deep.handle)).length, 3, 'a folder that is made later is searched')
  await s.sound(t)
})

t.test('static searches', async t => {
  const s = await SearchClient.open()
  const first = await s.message('tea 1')
  await s.message('tea 2')
  const { handle } = await s.search(tea, [inbox], RESTART | STATIC)
  t.same(await s.subjects(handle), ['tea 1', 'tea 2'])
  t.equal((await s.flags(handle)) & 0x10000, 0x10000)
  requirement('MS-OXCFOLD_R549', 'MS-OXCFOLD_R784', 'MS-OXCFOLD_R795')
  await s.message('tea 3')
  t.same(await s.subjects(handle), ['tea 1', 'tea 2'])
  requirement('MS-OXCFOLD_R1093', 'MS-OXCFOLD_R1084')
  const gone = { wantAsynchronous: false, notifyNonRead: false, messageIds: [first] }
  await s.client.call(RopHardDeleteMessages, gone, await s.client.folder('inbox'))
  t.same(await s.subjects(handle), ['tea 1', 'tea 2'])
  requirement('MS-OXCFOLD_R1094')
  t.equal(await s.set(handle, null, [], RESTART | STATIC), 0)
  await s.idle()
  t.same(await s.subjects(handle), ['tea 2', 'tea 3'])
  requirement('MS-OXCFOLD_R551', 'MS-OXCFOLD_R546', 'MS-OXCFOLD_R767')
  const indexed = await s.search(tea, [inbox], RESTART | INDEXED)
  await s.message('tea 4')
  t.same(await s.subjects(indexed.handle), ['tea 2', 'tea 3', 'tea 4'], 'a content-indexed search is dynamic')
  requirement('MS-OXCFOLD_R1238002', 'MS-OXCFOLD_R782')
  const plain = await s.search(tea, [inbox], RESTART | NOT_INDEXED)
  t.same(await s.subjects(plain.handle), ['tea 2', 'tea 3', 'tea 4'])
  t.equal((await s.flags(plain.handle)) >>> 24, 0x08, 'TWIR_TOTALLY')
  requirement('MS-OXCFOLD_R783')
  await s.sound(t)
})

t.test('stopping a search', async t => {
  const s = await SearchClient.open()
  for (let i = 0; i < 3; i++) await s.message(`tea ${i}`)
  const { handle } = await s.folder('found')
  await s.set(handle, tea, [inbox])
  t.equal((await s.flags(handle)) & 1, 1)
  t.equal(await s.set(handle, null, [], STOP), 0)
  t.equal((await s.flags(handle)) & 1, 0)
  await s.idle()
  t.same(await s.subjects(handle), [], 'what was not found yet is not looked for')
  requirement('MS-OXCFOLD_R673', 'MS-OXCFOLD_R54301')
  t.equal(await s.set(handle, null, [], RESTART), 0)
  await s.idle()
  t.equal((await s.subjects(handle)).length, 3)
  requirement('MS-OXCFOLD_R768')
})

t.test('criteria come back as they were set', async t => {
  const s = await SearchClient.open()
  const { handle } = await s.search(tea, [inbox, drafts], RESTART | RECURSIVE)
  const wide = await s.get(handle)
  t.equal(wide.returnValue, 0)
  t.same(wide.value!.restriction, tea)
  t.same(wide.value!.folderIds, [inbox, drafts])
  requirement('MS-OXCFOLD_R120', 'MS-OXCFOLD_R121', 'MS-OXCFOLD_R134', 'MS-OXCFOLD_R1100')
  requirement('MS-OXCFOLD_R127', 'MS-OXCFOLD_R129', 'MS-OXCFOLD_R131', 'MS-OXCFOLD_R137', 'MS-OXCFOLD_R140')
  const narrow = await s.get(handle, { useUnicode: false })
  const { tag, value } = narrow.value!.restriction as Extract<Restriction, { kind: 'content' }>
  t.same([tag & 0xffff, value.tag & 0xffff], [0x1e, 0x1e])
  requirement('MS-OXCFOLD_R128')
  const bare = await s.get(handle, { restriction: false, folders: false })
  t.equal(bare.value!.restriction, null)
  t.same(bare.value!.folderIds, [])
  requirement('MS-OXCFOLD_R130', 'MS-OXCFOLD_R132', 'MS-OXCFOLD_R1103', 'MS-OXCFOLD_R1104')
  await s.client.world.restart()
  const again = await SearchClient.open(s.client.world)
  const folder = await again.client.createFolder(await again.client.folder('finder'), 'anew', { folderType: 2 })
  t.equal((await again.get(folder.handle)).returnValue, 0x80040605, 'without criteria there are none to tell')
})

t.test('the bytes of the responses', async t => {
  const s = await SearchClient.open()
  const { handle } = await s.search(tea, [inbox, drafts])
  const run = async <Q, S>(rop: Parameters<RopBatch['add']>[0] & { _?: [Q, S] }, request: object, on = handle) => {
    const batch = new RopBatch([on])
    batch.add(rop, { input: 0 }, request as never)
    const answer = await rawAnswer(s.client, batch)
    return answer.subarray(2, answer.readUInt16LE(0))
  }
  const indexes = { InputHandleIndex: 0 }
  const set = await run(RopSetSearchCriteria, { restriction: tea, folderIds: [inbox], searchFlags: RESTART })
  t.equal(set.toString('hex'), '300000000000', 'as in [MS-OXCFOLD] 4.8.2 but for the index')
  holdFields(t, { section: '2.2.4.4.2', ropId: 0x30, bytes: set, fields: opening, indexes })
  const whole = { useUnicode: true, includeRestriction: true, includeFolders: true }
  const get = await run(RopGetSearchCriteria, whole)
  const fields: Field[] = [
    ...opening,
    'RestrictionDataSize 2',
    ['RestrictionData', (bytes, at) => ({ end: at + bytes.readUInt16LE(at - 2), count: bytes.readUInt16LE(at - 2) })],
    'LogonId 1',
    'FolderIdCount 2',
    ['FolderIds', (bytes, at) => ({ end: at + bytes.readUInt16LE(at - 2) * 8, count: bytes.readUInt16LE(at - 2) })],
    'SearchFlags 4'
  ]
  holdFields(t, { section: '2.2.4.5.2', ropId: 0x31, bytes: get, fields, indexes })
  const size = get.readUInt16LE(6)
  t.equal(get.readUInt8(8), 0x03, 'a content restriction')
  t.equal(get.readUInt8(8 + size), 0, 'the logon of the request')
  t.equal(get.readUInt16LE(9 + size), 1, 'as many folders as follow')
  t.equal(get.byteLength, 11 + size + 8 + 4)
  requirement('MS-OXCFOLD_R957', 'MS-OXCFOLD_R958', 'MS-OXCFOLD_R138', 'MS-OXCFOLD_R2140', 'MS-OXCROPS_R735')
  const bare = await run(RopGetSearchCriteria, { ...whole, includeRestriction: false, includeFolders: false })
  t.equal(bare.subarray(6, 11).toString('hex'), '0000000000')
  t.equal(bare.byteLength, 15, 'neither field is there')
  requirement('MS-OXCFOLD_R136', 'MS-OXCFOLD_R139', 'MS-OXCFOLD_R959', 'MS-OXCFOLD_R2141')
  const failed = await run(RopGetSearchCriteria, whole, await s.client.folder('inbox'))
  t.equal(failed.readUInt32LE(2), 0x461)
  holdFields(t, { section: '2.2.4.5.3', ropId: 0x31, bytes: failed, fields: opening, indexes })
})

t.test('errors', async t => {
  const s = await SearchClient.open()
  const { handle, folderId } = await s.folder('found')
  const folder = await s.client.folder('inbox')
  t.equal(await s.set(handle, tea, []), 0x80040605)
  requirement('MS-OXCFOLD_R1240', 'MS-OXCFOLD_R565', 'MS-OXCFOLD_R566')
  t.equal(await s.set(handle, tea, [inbox], RESTART | 0x80), 0x80070057)
  t.equal(await s.set(handle, tea, [inbox], STOP | RESTART), 0x80070057)
  requirement('MS-OXCFOLD_R1091', 'MS-OXCFOLD_R1092', 'MS-OXCFOLD_R116001')
  t.equal(await s.set(folder, tea, [inbox]), 0x461)
  requirement('MS-OXCFOLD_R569', 'MS-OXCFOLD_R570')
  t.equal(await s.set(handle, tea, [inbox, folderId]), 0x490)
  requirement('MS-OXCFOLD_R1243', 'MS-OXCFOLD_R1244', 'MS-OXCFOLD_R124201', 'MS-OXCFOLD_R1233')
  const message = s.client.driver.put('message', {})
  t.equal(await s.set(message, tea, [inbox]), 0x80040102)
  requirement('MS-OXCFOLD_R573', 'MS-OXCFOLD_R574')
  t.equal((await s.get(folder)).returnValue, 0x461)
  requirement('MS-OXCFOLD_R579', 'MS-OXCFOLD_R580')
  t.equal((await s.get(message)).returnValue, 0x80040102)
  requirement('MS-OXCFOLD_R581', 'MS-OXCFOLD_R582')
  const spec = { folderType: 1, useUnicodeStrings: true, openExisting: false, displayName: 'x', comment: '' }
  const below = await s.client.call(RopCreateFolder, { ...spec, reserved: undefined }, handle)
  t.equal(below.returnValue, 0x80040102, 'nothing lies below a search folder')
})

t.test('the contents table of a search folder, and what is done by its ids', async t => {
  const s = await SearchClient.open()
  const { client } = s
  const below = await client.createFolder(await client.folder('inbox'), 'below')
  const early = 133_000_000_000_000_000n
  const make = (name: string, folder: number, at: bigint) =>
    client.createMessage(folder, [
      [tags.PidTagSubject, name],
      [tags.PidTagMessageDeliveryTime, early + at],
      [tags.PidTagImportance, Number(at)]
    ])
  const one = await make('tea 1', below.folderId, 2n)
  const two = await make('tea 2', inbox, 1n)
  await make('tea 3', inbox, 0n)
  const { handle, folderId } = await s.search(tea, [inbox], RESTART | RECURSIVE)
  const columns = [tags.PidTagSubject, tags.PidTagFolderId, tags.PidTagParentEntryId, tags.PidTagMid]
  const table = await client.contents(handle, columns)
  const { rows } = await client.rows(table, columns)
  const home = await client.one(below.handle, tags.PidTagEntryId)
  const own = rows.find(([name]) => name === 'tea 1')!
  t.equal(own[2], home, 'a row names the folder that holds its message')
  t.same((await client.call(RopQueryPosition, {}, table)).value, { numerator: 3, denominator: 3 })
  const sort = (tag: number, order: number) => {
    const request = {
      sortTableFlags: 0,
      sortOrderCount: 1,
      categoryCount: 0,
      expandedCount: 0,
      sortOrders: [{ tag, order }]
    }
    return client.call(RopSortTable, request as never, table)
  }
  await sort(tags.PidTagMessageDeliveryTime, 1)
  t.same(await client.column(table, columns), ['tea 1', 'tea 2', 'tea 3'], 'by delivery time, descending')
  await sort(tags.PidTagImportance, 0)
  t.same(await client.column(table, columns), ['tea 3', 'tea 2', 'tea 1'], 'by anything else')
  await client.call(RopRestrict, { restrictFlags: 0, restriction: property(tags.PidTagImportance, 1) }, table)
  t.same(await client.column(table, columns), ['tea 2'], 'restricted')
  await s.rename(two, 'tea two')
  await s.rename(one, 'beer', below.folderId)
  t.same(await client.column(await client.contents(handle, columns), columns), ['tea two', 'tea 3'])
  const opened = await client.call(RopOpenMessage, { codePageId: 0xfff, folderId, openModeFlags: 0, messageId: two })
  t.equal(opened.returnValue, 0)
  const flags = { wantAsynchronous: false, readFlags: 4, messageIds: [two] }
  t.equal((await client.call(RopSetReadFlags, flags, handle)).value!.partialCompletion, false)
  t.equal(await client.one(handle, tags.PidTagContentUnreadCount), 1)
  const gone = { wantAsynchronous: false, notifyNonRead: false, messageIds: [two] }
  t.equal((await client.call(RopDeleteMessages, gone, handle)).value!.partialCompletion, false)
  t.same(await s.subjects(handle), ['tea 3'])
  t.same(await s.subjects(await client.folder('inbox')), ['tea 3'], 'it is gone from its folder')
  const drop = { deleteFolderFlags: 0x10, folderId }
  t.equal((await client.call(RopDeleteFolder, drop, await client.folder('finder'))).returnValue, 0)
  t.same(await s.subjects(await client.folder('inbox')), ['tea 3'], 'which outlive the search folder')
  await s.sound(t)
})
