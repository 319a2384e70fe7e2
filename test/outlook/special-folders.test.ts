/**
 * The special folders as Outlook finds, makes, uses and repairs them ([MS-OXOSFLD]), through the processor over a mailbox.
 * Each test is an item of the catalogue of what Outlook asks of a server.
 */
import t, { type Test as TapTest } from 'tap'
import { RopCopyFolder } from '../../rops/folder/rop-copy-folder.js'
import { RopDeleteFolder } from '../../rops/folder/rop-delete-folder.js'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopMoveFolder } from '../../rops/folder/rop-move-folder.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopSetSearchCriteria } from '../../rops/folder/rop-set-search-criteria.js'
import { RopIdFromLongTermId } from '../../rops/logon/rop-id-from-long-term-id.js'
import { RopOpenMessage } from '../../rops/message/rop-open-message.js'
import { RopModifyPermissions } from '../../rops/permission/rop-modify-permissions.js'
import { RopDeleteProperties } from '../../rops/property/rop-delete-properties.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { entryIdOfMessage } from '../../src/mailbox/entry-ids.js'
import { type SpecialFolderName, specialFid } from '../../src/mailbox/folders/special-folders.js'
import { permissionLevels } from '../../src/mailbox/permissions/rights.js'
import { addressBookEntryId } from '../../src/oxcdata/entry-id.js'
import { encodeValue } from '../../src/oxcdata/property-value.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { bob, type Cell, ecNotFound, RealClient, rawAnswer } from '../rops/real/real-driver.js'
import { binary, identification } from './identification.js'

const ACCESS_DENIED = 0x80070005
const DUPLICATE_NAME = 0x80040604
const [DEPTH, UNICODE] = [0x04, 0x40]
const HOLDERS = ['root', 'inbox'] as const
const DRAFTS = 0x36d70102
const REMINDERS_OFFLINE = 0x36d60102
const ADDITIONAL = 0x36d81102
const PERSISTED = 0x36d90102
const FREE_BUSY = 0x36e41102

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const listOf = (cell: Cell): string[] => (cell as Uint8Array[]).map(hexOf)
const bytesOf = (hexes: readonly string[]): Buffer[] => hexes.map(one => Buffer.from(one, 'hex'))

async function entryIdOf(client: RealClient, folder: SpecialFolderName | number): Promise<string> {
  return (await client.one(await client.folder(folder), tags.PidTagEntryId)) as string
}

/** As clients do it: the long-term id out of the entry id, its short form, the folder. Gives the FID. */
async function follow(client: RealClient, entryId: string): Promise<number> {
  const bytes = Buffer.from(entryId, 'hex')
  const guid = bytes.subarray(22, 38)
  const parts = [guid.subarray(0, 4), guid.subarray(4, 6), guid.subarray(6, 8)]
  const hex = Buffer.concat([...parts.map(part => Buffer.from(part).reverse()), guid.subarray(8)]).toString('hex')
  const databaseGuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const longTermId = { databaseGuid, globcnt: bytes.readUIntBE(38, 6) }
  const { value } = await client.call(RopIdFromLongTermId, { longTermId })
  const folderId = value!.objectId
  const { returnValue } = await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })
  if (returnValue !== 0) throw new Error(`the entry id leads nowhere: ${returnValue.toString(16)}`)
  return folderId
}

const problemsOf = async (client: RealClient) => (await checkMailbox(client.mailbox)).problems

/** The whole tree of a mailbox as one hierarchy table tells it: path, class, hidden. */
async function treeOf(client: RealClient): Promise<string[]> {
  const columns = [
    ...[tags.PidTagDisplayName, tags.PidTagEntryId, tags.PidTagParentEntryId],
    ...[tags.PidTagContainerClass, tags.PidTagAttributeHidden]
  ]
  const { rows } = await client.rows(await client.hierarchy(await client.folder('root'), columns, DEPTH), columns)
  const byId = new Map(rows.map(row => [row[1], row]))
  const pathOf = ([name, , parent]: Cell[]): string => {
    const above = byId.get(parent)
    return above === undefined ? `${name}` : `${pathOf(above)}/${name}`
  }
  return rows.map(row => {
    const containerClass = typeof row[3] === 'string' ? row[3] : ''
    return `${pathOf(row)} ${containerClass}${row[4] === true ? ' hidden' : ''}`.trim()
  })
}

t.test('F1 the tree of a fresh mailbox', async t => {
  const tree = await treeOf(await RealClient.logOn())
  const top = 'Top of Information Store'
  t.same(
    tree
      .filter(row => row.startsWith(`${top}/`))
      .map(row => row.slice(top.length + 1))
      .sort(),
    [
      ...['Calendar IPF.Appointment', 'Contacts IPF.Contact'],
      'Contacts/Recipient Cache IPF.Contact.RecipientCache hidden',
      'Contacts/Quick Contacts IPF.Contact.MOC.QuickContacts hidden',
      'Contacts/IM Contact List IPF.Contact.MOC.ImContactList hidden',
      ...['Conversation Action Settings IPF.Configuration hidden', 'Deleted Items IPF.Note', 'Drafts IPF.Note'],
      ...['Inbox IPF.Note', 'Journal IPF.Journal', 'Junk E-mail IPF.Note', 'Notes IPF.StickyNote', 'Outbox IPF.Note'],
      ...['Quick Step Settings IPF.Configuration hidden', 'RSS Feeds IPF.Note.OutlookHomepage', 'Sent Items IPF.Note'],
      ...['Suggested Contacts IPF.Contact', 'Sync Issues IPF.Note', 'Sync Issues/Conflicts IPF.Note'],
      ...['Sync Issues/Local Failures IPF.Note', 'Sync Issues/Server Failures IPF.Note', 'Tasks IPF.Task']
    ].sort()
  )
  for (const name of ['Freebusy Data', 'Finder', 'Common Views', 'Views', 'Shortcuts', 'Schedule', 'Spooler Queue']) {
    t.ok(tree.includes(name), name)
  }
  t.ok(tree.includes('Reminders Outlook.Reminder'))
  const german = await treeOf(await RealClient.logOn({ localeId: 0x407 }))
  t.equal(german.length, tree.length)
  for (const name of ['Posteingang', 'Kalender', 'Entwürfe'])
    t.ok(
      german.some(row => row.includes(`/${name} `)),
      name
    )
})

t.test('F2 the folders that Root and Inbox name', async t => {
  const client = await RealClient.logOn()
  const named = identification.map(([id, name]) => [binary(id), name] as const)
  for (const holder of HOLDERS) {
    const handle = await client.folder(holder)
    for (const [tag, name] of named) {
      const entryId = (await client.one(handle, tag)) as string
      t.equal(entryId, await entryIdOf(client, name))
      t.equal(await follow(client, entryId), specialFid(name), `${holder} leads to ${name}`)
    }
    t.same(await client.one(handle, REMINDERS_OFFLINE), { error: ecNotFound })
    const additional = listOf(await client.one(handle, ADDITIONAL))
    const folders = ['conflicts', 'syncIssues', 'localFailures', 'serverFailures', 'junkEmail'] as const
    for (const [at, name] of folders.entries()) t.equal(additional[at], await entryIdOf(client, name), name)
    t.equal(additional.length, folders.length)
    t.same(listOf(await client.one(handle, FREE_BUSY)), ['', '', '', await entryIdOf(client, 'freebusyData')])
  }
})

t.test('F2 a lost entry id of Drafts is made good', async t => {
  const client = await RealClient.logOn()
  const drafts = await entryIdOf(client, 'drafts')
  for (const holder of HOLDERS) {
    const handle = await client.folder(holder)
    await client.call(RopDeleteProperties, { propertyTags: [DRAFTS] }, handle)
    t.same(await client.one(handle, DRAFTS), { error: ecNotFound })
  }
  // Outlook asks for a folder of that name, takes the one that is there, and notes it in both places.
  const made = await client.createFolder(await client.folder('ipmSubtree'), 'Drafts', { openExisting: true })
  t.same([made.returnValue, made.folderId], [0, specialFid('drafts')])
  for (const holder of HOLDERS)
    t.same(await client.set(await client.folder(holder), [[DRAFTS, Buffer.from(drafts, 'hex')]]), [])
  await client.world.restart()
  const again = await RealClient.logOn({ world: client.world })
  for (const holder of HOLDERS) t.equal(await again.one(await again.folder(holder), DRAFTS), drafts)
  t.equal(await follow(again, drafts), specialFid('drafts'))
})

t.test('F2 the delegate information of Freebusy Data', async t => {
  const client = await RealClient.logOn()
  const folderId = specialFid('freebusyData')
  const values = [
    [tags.PidTagMessageClass, 'IPM.Microsoft.ScheduleData.FreeBusy'],
    [tags.PidTagSubject, 'LocalFreebusy']
  ] as const
  const messageId = await client.createMessage(folderId, values)
  const entryId = hexOf(entryIdOfMessage(client.mailbox, folderId, messageId))
  const list = ['', entryId, '', await entryIdOf(client, 'freebusyData')]
  for (const holder of HOLDERS) t.same(await client.set(await client.folder(holder), [[FREE_BUSY, bytesOf(list)]]), [])
  await client.world.restart()
  const again = await RealClient.logOn({ world: client.world })
  const opened = await again.call(RopOpenMessage, { codePageId: 0x0fff, folderId, openModeFlags: 3, messageId })
  t.equal(opened.returnValue, 0)
  t.equal(await again.one(opened.handle, tags.PidTagEntryId), entryId)
  for (const holder of HOLDERS) t.same(listOf(await again.one(await again.folder(holder), FREE_BUSY)), list)
})

/** PersistData blocks ([MS-OXOSFLD] 2.2.5), entry id by PersistID. */
function blocksOf(hex: string): Map<number, string> {
  const bytes = Buffer.from(hex, 'hex')
  const blocks = new Map<number, string>()
  let at = 0
  while (bytes.readUInt16LE(at) !== 0) {
    const [persistId, size] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)]
    blocks.set(persistId, bytes.toString('hex', at + 8, at + 4 + size))
    at += 4 + size
  }
  return blocks
}

function block(persistId: number, entryId: string): string {
  const head = Buffer.alloc(8)
  for (const [at, value] of [persistId, 4 + entryId.length / 2, 1, entryId.length / 2].entries())
    head.writeUInt16LE(value, at * 2)
  return head.toString('hex') + entryId
}

t.test('F3 the blocks of persisted folders, those of the server and those that Outlook adds', async t => {
  const client = await RealClient.logOn()
  const root = await client.folder('root')
  const persisted = (await client.one(root, PERSISTED)) as string
  t.equal(await client.one(await client.folder('inbox'), PERSISTED), persisted)
  t.match(persisted, /00000000$/, 'the sentinel')
  const blocks = blocksOf(persisted)
  for (const [persistId, name] of [
    ...([
      [0x8001, 'rssFeeds'],
      [0x8006, 'conversationActions'],
      [0x8007, 'quickSteps']
    ] as const),
    ...([
      [0x8008, 'suggestedContacts'],
      [0x800a, 'imContactList']
    ] as const)
  ]) {
    t.equal(await follow(client, blocks.get(persistId)!), specialFid(name))
  }
  // Outlook makes its search folders at the first start and puts their blocks in front of the sentinel.
  const added: string[] = []
  for (const [persistId, name] of [
    [0x8002, 'Tracked Mail Processing'],
    [0x8004, 'To-Do Search']
  ] as const) {
    const { handle, folderId, returnValue } = await client.createFolder(root, name, {
      folderType: 2,
      openExisting: true
    })
    t.equal(returnValue, 0)
    const restriction = { kind: 'exist', tag: tags.PidTagMessageClass } as const
    const criteria = { restriction, folderIds: [specialFid('ipmSubtree')], searchFlags: 0x6 }
    t.equal((await client.call(RopSetSearchCriteria, criteria, handle)).returnValue, 0)
    const entryId = (await client.one(handle, tags.PidTagEntryId)) as string
    t.equal(await follow(client, entryId), folderId)
    added.push(block(persistId, entryId))
  }
  const unknown = '34120400aabbccdd'
  const written = `${persisted.slice(0, -8)}${added.join('')}${unknown}00000000`
  for (const holder of HOLDERS) {
    t.same(await client.set(await client.folder(holder), [[PERSISTED, Buffer.from(written, 'hex')]]), [])
  }
  await client.world.restart()
  const again = await RealClient.logOn({ world: client.world })
  for (const holder of HOLDERS) t.equal(await again.one(await again.folder(holder), PERSISTED), written)
  for (const entryId of [blocksOf(written).get(0x8002), blocksOf(written).get(0x8004)]) await follow(again, entryId!)
})

t.test('F4 a list with four entries keeps what stands behind them', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const five = listOf(await client.one(inbox, ADDITIONAL))
  const opaque = '0102030405'
  t.same(await client.set(inbox, [[ADDITIONAL, bytesOf([...five, opaque])]]), [])
  t.same(listOf(await client.one(inbox, ADDITIONAL)), [...five, opaque])
  const moved = [five[1], five[0], five[2], five[3]]
  t.same(await client.set(inbox, [[ADDITIONAL, bytesOf(moved)]]), [])
  t.same(listOf(await client.one(inbox, ADDITIONAL)), [...moved, five[4], opaque])
  await client.world.restart()
  const again = await RealClient.logOn({ world: client.world })
  t.same(listOf(await again.one(await again.folder('inbox'), ADDITIONAL)), [...moved, five[4], opaque])
  t.same(listOf(await again.one(await again.folder('root'), ADDITIONAL)), five, 'Root has a value of its own')
})

t.test('F5 what rows and folders tell, in the same bytes', async t => {
  const client = await RealClient.logOn()
  const identity = [tags.PidTagEntryId, tags.PidTagInstanceKey, tags.PidTagSourceKey, tags.PidTagChangeKey]
  const columns = [...identity, tags.PidTagDisplayName, tags.PidTagSubfolders]
  const table = await client.hierarchy(await client.folder('root'), columns, DEPTH)
  const { rows } = await client.rows(table, columns)
  const { guidBytes, replicaGuid } = client.mailbox
  const [a, b, c, ...rest] = replicaGuid.split('-')
  const replica = [a, b, c].map(part => Buffer.from(part, 'hex').reverse().toString('hex')).join('') + rest.join('')
  const problems: string[] = []
  for (const row of rows) {
    const entryId = row[0] as string
    if (entryId.slice(8, 40) !== hexOf(guidBytes) || entryId.slice(44, 76) !== replica)
      problems.push(`${row[4]}: entry id`)
    if (row.some(cell => typeof cell === 'object' && cell !== null && 'error' in cell))
      problems.push(`${row[4]}: a hole`)
    const folderId = await follow(client, entryId)
    const handle = await client.folder(folderId)
    const seen = await client.get(
      handle,
      identity.filter(tag => tag !== tags.PidTagInstanceKey)
    )
    const wanted = [row[0], row[2], row[3]]
    if (JSON.stringify(seen) !== JSON.stringify(wanted)) problems.push(`${row[4]}: ${seen} for ${wanted}`)
    await client.release(handle)
  }
  t.same(problems, [])
  t.same(await problemsOf(client), [])
  for (const name of ['root', 'ipmSubtree', 'syncIssues'] as const) {
    t.equal(await client.one(await client.folder(name), tags.PidTagSubfolders), true, name)
  }
})

t.test('F5 names in both forms of text', async t => {
  const client = await RealClient.logOn({ localeId: 0x407 })
  const columns = [tags.PidTagDisplayName, tags.PidTagContainerClass].flatMap(tag => [tag, tag - 1])
  for (const flags of [0, UNICODE]) {
    const opened = await client.call(
      RopGetHierarchyTable,
      { tableFlags: DEPTH | flags },
      await client.folder('ipmSubtree')
    )
    await client.setColumns(opened.handle, columns)
    const { rows } = await client.rows(opened.handle, columns)
    t.ok(rows.some(([name]) => name === 'Entwürfe'))
    for (const [name, narrow, containerClass, narrowClass] of rows)
      t.same([narrow, narrowClass], [name, containerClass])
  }
  const request = { propertySizeLimit: 0, wantUnicode: false, propertyTags: [tags.PidTagDisplayName - 1] }
  const batch = new RopBatch([await client.folder('drafts')])
  batch.add(RopGetPropertiesSpecific, { input: 0 }, request)
  const answer = await rawAnswer(client, batch)
  t.ok(answer.includes(Buffer.from('Entw\xfcrfe\0', 'latin1')), '8-bit text of the code page 1252')
})

t.test('F6 a folder that is there already is opened, not made twice', async t => {
  const client = await RealClient.logOn()
  const top = await client.folder('ipmSubtree')
  for (const [name, special] of [
    ...([
      ['Sync Issues', 'syncIssues'],
      ['Junk E-mail', 'junkEmail'],
      ['RSS Feeds', 'rssFeeds']
    ] as const),
    ...([
      ['Suggested Contacts', 'suggestedContacts'],
      ['inbox', 'inbox']
    ] as const)
  ]) {
    const { returnValue, folderId } = await client.createFolder(top, name, { openExisting: true })
    t.same([returnValue, folderId], [0, specialFid(special)], name)
    t.equal((await client.createFolder(top, name)).returnValue, DUPLICATE_NAME, `${name}, when it must be new`)
  }
  t.same(await problemsOf(client), [])
})

t.test('F7 folders of the user are made, renamed, moved, copied and deleted', async t => {
  const client = await RealClient.logOn()
  const [top, inbox, deleted] = [
    await client.folder('ipmSubtree'),
    await client.folder('inbox'),
    await client.folder('deletedItems')
  ]
  const { handle, folderId } = await client.createFolder(inbox, 'Projects')
  await client.createMessage(folderId, [[tags.PidTagSubject, 'Kept']])
  const entryId = await client.one(handle, tags.PidTagEntryId)
  t.same(
    await client.set(handle, [
      [tags.PidTagDisplayName, 'Works'],
      [tags.PidTagContainerClass, 'IPF.Note']
    ]),
    []
  )
  const place = { wantAsynchronous: false, useUnicode: true, folderId, newFolderName: 'Works' }
  t.equal((await client.call(RopMoveFolder, place, inbox, { destination: top })).returnValue, 0)
  t.same(await client.get(handle, [tags.PidTagEntryId, tags.PidTagDisplayName]), [entryId, 'Works'])
  const copy = { ...place, wantRecursive: true, newFolderName: 'Copy' }
  t.equal((await client.call(RopCopyFolder, copy, top, { destination: inbox })).returnValue, 0)
  t.ok((await treeOf(client)).includes('Top of Information Store/Inbox/Copy IPF.Note'))
  // Outlook deletes by moving to Deleted Items, and from there for good.
  t.equal((await client.call(RopMoveFolder, place, top, { destination: deleted })).returnValue, 0)
  const gone = await client.call(RopDeleteFolder, { deleteFolderFlags: 0x15, folderId }, deleted)
  t.same([gone.returnValue, gone.value?.partialCompletion], [0, false])
  t.equal((await client.call(RopOpenFolder, { folderId, openModeFlags: 0 })).returnValue, ecNotFound)
  t.same(await problemsOf(client), [])
})

t.test('F7 the special folders are neither deleted nor moved', async t => {
  const client = await RealClient.logOn()
  const before = await treeOf(client)
  const [top, notes] = [await client.folder('ipmSubtree'), await client.folder('notes')]
  for (const name of ['inbox', 'drafts', 'calendar', 'sentItems', 'junkEmail', 'rssFeeds', 'quickSteps'] as const) {
    const folderId = specialFid(name)
    for (const deleteFolderFlags of [0x05, 0x15]) {
      t.equal(
        (await client.call(RopDeleteFolder, { deleteFolderFlags, folderId }, top)).returnValue,
        ACCESS_DENIED,
        name
      )
    }
    const place = { wantAsynchronous: false, useUnicode: true, folderId, newFolderName: 'Elsewhere' }
    t.equal((await client.call(RopMoveFolder, place, top, { destination: notes })).returnValue, ACCESS_DENIED, name)
  }
  t.same(await treeOf(client), before)
})

async function rightsAndAccess(
  t: TapTest,
  client: RealClient,
  wanted: [rights: number, access: number]
): Promise<void> {
  t.same(await client.get(await client.folder('inbox'), [tags.PidTagRights, tags.PidTagAccess]), wanted)
}

t.test('F8 rights and access are two things', async t => {
  const client = await RealClient.logOn()
  await rightsAndAccess(t, client, [0x7fb, 0x3f])
  const other = await RealClient.logOn({ world: client.world, actor: bob })
  const give = async (rights: number) => {
    const entries: [number, Uint8Array][] = [
      [tags.PidTagEntryId, addressBookEntryId({ type: 0, dn: bob.legacyDn })],
      [tags.PidTagMemberRights, encodeValue(0x0003, rights)]
    ]
    const propertyValues = entries.map(([tag, bytes]) => ({ tag, bytes }))
    const request = { modifyFlags: 1, permissionsData: [{ permissionDataFlags: 1, propertyValues }] }
    t.equal((await client.call(RopModifyPermissions, request, await client.folder('inbox'))).returnValue, 0)
  }
  await give(permissionLevels.reviewer)
  await rightsAndAccess(t, other, [0x401, 0x02])
  await give(permissionLevels.publishingAuthor)
  await rightsAndAccess(t, other, [0x49b, 0x1a])
  await give(permissionLevels.owner)
  await rightsAndAccess(t, other, [0x7fb, 0x3f])
})
