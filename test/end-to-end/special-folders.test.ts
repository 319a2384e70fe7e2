/** The special folders as clients find them, in every language ([MS-OXOSFLD], over HTTP), and what a restart keeps. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopIdFromLongTermId } from '../../rops/logon/rop-id-from-long-term-id.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { type RopewalkServer, startServer } from '../../src/index.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { RowCell } from '../../src/oxcdata/property-row.js'
import { splitElements } from '../../src/oxcdata/property-value.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { worldSchema } from '../../src/world/schema.js'
import { binary, identification } from '../outlook/identification.js'

const PtypBinary = 0x0102
const locales = ['en-US', 'de-DE', 'fr-FR', 'nl-NL'] as const
const world = worldSchema.parse({
  ropewalk: 1,
  name: 'special-folders',
  domain: 'folders.example',
  users: locales.map(locale => ({ address: addressOf(locale), name: locale, password: 'secret', locale }))
})

function addressOf(locale: string): string {
  return `${locale.slice(0, 2)}@folders.example`
}

type Values = (string | number | undefined)[]

class FolderClient {
  private constructor(private readonly client: MapiClient) {}

  static async logOn(server: RopewalkServer, locale: string): Promise<FolderClient> {
    const url = new URL(server.urls.http)
    const address = { host: url.hostname, port: Number(url.port), address: addressOf(locale), password: 'secret' }
    const client = await MapiClient.open(address)
    await client.connect()
    const batch = new RopBatch()
    const essdn = client.mailbox!.legacyDn
    batch.add(RopLogon, { output: 0 }, { logonFlags: 1, openFlags: 0x01000000, storeState: 0, essdn })
    await client.execute(batch)
    return new FolderClient(client)
  }

  close(): void {
    this.client.close()
  }

  /** Rows of all folders below the root. */
  async rows(columns: number[]): Promise<Values[]> {
    const batch = new RopBatch([0])
    const [root, table] = [batch.slot(), batch.slot()]
    batch.add(RopOpenFolder, { input: 0, output: root }, { folderId: specialFid('root'), openModeFlags: 0 })
    batch.add(RopGetHierarchyTable, { input: root, output: table }, { tableFlags: 0x44 })
    batch.add(RopSetColumns, { input: table }, { setColumnsFlags: 0, propertyTags: columns })
    const request = { queryRowsFlags: 0, forwardRead: true, rowCount: 1000 }
    const result = batch.add(RopQueryRows, { input: table }, request, { columns })
    await this.client.execute(batch)
    return result.value!.rows.map(row => valuesOf(row, columns))
  }

  async get(folderId: number | undefined, propertyTags: number[]): Promise<Values> {
    const batch = new RopBatch([0])
    const object = folderId === undefined ? 0 : batch.slot()
    if (folderId !== undefined) batch.add(RopOpenFolder, { input: 0, output: object }, { folderId, openModeFlags: 0 })
    const request = { propertySizeLimit: 0, wantUnicode: true, propertyTags }
    const result = batch.add(RopGetPropertiesSpecific, { input: object }, request)
    await this.client.execute(batch)
    return valuesOf(result.value!.row, propertyTags)
  }

  async set(folderId: number, tag: number, bytes: Uint8Array): Promise<void> {
    const batch = new RopBatch([0])
    batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId, openModeFlags: 0 })
    batch.add(RopSetProperties, { input: 1 }, { propertyValues: [{ tag, bytes }] })
    await this.client.execute(batch)
  }

  /** The folder that an entry id names: by its long-term id, as clients do it. */
  async folderIdOf(entryId: string): Promise<number> {
    const bytes = Buffer.from(entryId, 'hex')
    const guid = bytes.subarray(22, 38)
    const swapped = [guid.subarray(0, 4), guid.subarray(4, 6), guid.subarray(6, 8)].map(part =>
      Buffer.from(part).reverse()
    )
    const hex = Buffer.concat([...swapped, guid.subarray(8)]).toString('hex')
    const databaseGuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    const batch = new RopBatch([0])
    const longTermId = { databaseGuid, globcnt: bytes.readUIntBE(38, 6) }
    const result = batch.add(RopIdFromLongTermId, { input: 0 }, { longTermId })
    await this.client.execute(batch)
    return result.value!.objectId
  }
}

/** Cells as text (strings), hex (binary), numbers; undefined where there is none. */
function valuesOf(row: readonly RowCell[], columns: readonly number[]): Values {
  return row.map((cell, at) => {
    if (!(cell instanceof Uint8Array)) return undefined
    const type = columns[at] & 0xffff
    const bytes = Buffer.from(cell)
    if (type === 0x001f) return bytes.toString('utf16le').slice(0, -1)
    if (type === 0x000b) return bytes[0]
    return type === 0x0003 ? bytes.readUInt32LE(0) : bytes.toString('hex')
  })
}

async function serve(t: TapTest): Promise<RopewalkServer> {
  const server = await startServer({ world, memory: true, httpPort: 0, logLevel: 'silent' })
  t.teardown(() => server.stop())
  return server
}

async function logOn(t: TapTest, server: RopewalkServer, locale: string): Promise<FolderClient> {
  const client = await FolderClient.logOn(server, locale)
  t.teardown(() => client.close())
  return client
}

const named = {
  'en-US': [
    'Inbox',
    'Sent Items',
    'Deleted Items',
    'Outbox',
    'Drafts',
    'Calendar',
    'Contacts',
    'Tasks',
    'Notes',
    'Journal'
  ],
  'de-DE': [
    ...['Posteingang', 'Gesendete Elemente', 'Gelöschte Elemente', 'Postausgang', 'Entwürfe', 'Kalender', 'Kontakte'],
    ...['Aufgaben', 'Notizen', 'Journal']
  ],
  'fr-FR': [
    ...['Boîte de réception', 'Éléments envoyés', 'Éléments supprimés', "Boîte d'envoi", 'Brouillons', 'Calendrier'],
    ...['Contacts', 'Tâches', 'Notes', 'Journal']
  ],
  'nl-NL': [
    ...['Postvak IN', 'Verzonden items', 'Verwijderde items', 'Postvak UIT', 'Concepten', 'Agenda', 'Contactpersonen'],
    ...['Taken', 'Notities', 'Logboek']
  ]
} as const

const order = [
  ...(['inbox', 'sentItems', 'deletedItems', 'outbox', 'drafts', 'calendar', 'contacts'] as const),
  ...(['tasks', 'notes', 'journal'] as const)
]

t.test('F1: names in the language of the mailbox', async t => {
  const server = await serve(t)
  for (const locale of locales) {
    const client = await logOn(t, server, locale)
    const names: Values = []
    for (const folder of order) names.push(...(await client.get(specialFid(folder), [tags.PidTagDisplayName])))
    t.same(names, named[locale], locale)
  }
})

t.test('F1: container classes and hidden folders', async t => {
  const client = await logOn(t, await serve(t), 'en-US')
  const rows = await client.rows([tags.PidTagDisplayName, tags.PidTagContainerClass, tags.PidTagAttributeHidden])
  const classOf = new Map(rows.map(([name, containerClass]) => [name, containerClass]))
  for (const [name, containerClass] of [
    ...[
      ['Inbox', 'IPF.Note'],
      ['Calendar', 'IPF.Appointment'],
      ['Contacts', 'IPF.Contact'],
      ['Journal', 'IPF.Journal'],
      ['Notes', 'IPF.StickyNote'],
      ['Tasks', 'IPF.Task'],
      ['Reminders', 'Outlook.Reminder'],
      ['Junk E-mail', 'IPF.Note'],
      ['Sync Issues', 'IPF.Note'],
      ['Conflicts', 'IPF.Note'],
      ['Local Failures', 'IPF.Note'],
      ['Server Failures', 'IPF.Note']
    ]
  ])
    t.equal(classOf.get(name), containerClass, name)
  const hidden = rows.filter(([, , isHidden]) => isHidden === 1).map(([name]) => name)
  for (const name of ['Conversation Action Settings', 'Quick Contacts']) t.ok(hidden.includes(name), name)
  t.ok(classOf.has('Freebusy Data') && classOf.has('Common Views'))
})

t.test('F2, F5: entry ids on root and Inbox lead to the folders', async t => {
  const client = await logOn(t, await serve(t), 'en-US')
  const rows = await client.rows([tags.PidTagEntryId, tags.PidTagDisplayName])
  for (const holder of ['root', 'inbox'] as const) {
    const values = await client.get(specialFid(holder), [...identification.map(([id]) => binary(id)), binary(0x36d6)])
    for (const [at, [, folder]] of identification.entries()) {
      const [entryId] = await client.get(specialFid(folder), [tags.PidTagEntryId])
      t.equal(values[at], entryId, `${holder} names ${folder}: the bytes that the folder has`)
      t.ok(
        rows.some(([row]) => row === entryId),
        'and its row in the hierarchy table'
      )
      t.equal(await client.folderIdOf(entryId as string), specialFid(folder))
      t.match(entryId, /^00000000.{32}0100.{44}0000$/, '46 bytes of a private folder')
    }
    t.equal(values.at(-1), undefined, 'Exchange has no PidTagRemindersOfflineEntryId')
  }
})

t.test('F2, F3: the folders that are listed in one value', async t => {
  const client = await logOn(t, await serve(t), 'en-US')
  const lists = [0x36d81102, binary(0x36d9), 0x36e41102]
  for (const holder of ['root', 'inbox'] as const) {
    const [additional, persisted, freeBusy] = (await client.get(specialFid(holder), lists)) as string[]
    const entryIds = splitElements(PtypBinary, Buffer.from(additional, 'hex')).map(one =>
      Buffer.from(one).toString('hex')
    )
    const folders = ['conflicts', 'syncIssues', 'localFailures', 'serverFailures', 'junkEmail'] as const
    for (const [at, folder] of folders.entries())
      t.equal(entryIds[at], (await client.get(specialFid(folder), [tags.PidTagEntryId]))[0], folder)
    const blocks = persistBlocks(Buffer.from(persisted, 'hex'))
    for (const [persistId, folder] of [
      ...([
        [0x8001, 'rssFeeds'],
        [0x8006, 'conversationActions'],
        [0x8008, 'suggestedContacts']
      ] as const)
    ])
      t.equal(blocks.get(persistId), (await client.get(specialFid(folder), [tags.PidTagEntryId]))[0], folder)
    const free = splitElements(PtypBinary, Buffer.from(freeBusy, 'hex')).map(one => Buffer.from(one).toString('hex'))
    t.same(
      [free.length, free[0], free[3]],
      [4, '', (await client.get(specialFid('freebusyData'), [tags.PidTagEntryId]))[0]]
    )
  }
})

/** PersistData blocks up to the sentinel: entry id by PersistID ([MS-OXOSFLD] 2.2.5). */
function persistBlocks(bytes: Buffer): Map<number, string> {
  const blocks = new Map<number, string>()
  let at = 0
  while (bytes.readUInt16LE(at) !== 0) {
    const [persistId, size] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)]
    if (bytes.readUInt16LE(at + 4) !== 1 || bytes.readUInt16LE(at + 6) !== size - 4) throw new Error('not an entry id')
    blocks.set(persistId, bytes.toString('hex', at + 8, at + 4 + size))
    at += 4 + size
  }
  if (at + 4 !== bytes.length) throw new Error('bytes behind the sentinel')
  return blocks
}

t.test('F4: a client that writes four of the additional folders loses none', async t => {
  const client = await logOn(t, await serve(t), 'en-US')
  const inbox = specialFid('inbox')
  const [before] = (await client.get(inbox, [0x36d81102])) as string[]
  const entryIds = splitElements(PtypBinary, Buffer.from(before, 'hex'))
  const { joinElements } = await import('../../src/oxcdata/property-value.js')
  await client.set(inbox, 0x36d81102, joinElements(PtypBinary, entryIds.slice(0, 4)))
  const [after] = (await client.get(inbox, [0x36d81102])) as string[]
  const kept = splitElements(PtypBinary, Buffer.from(after, 'hex')).map(one => Buffer.from(one).toString('hex'))
  t.same(
    kept,
    entryIds.map(one => Buffer.from(one).toString('hex')),
    'Junk E-mail stays where it was'
  )
})

t.test('F5: what each row has', async t => {
  const client = await logOn(t, await serve(t), 'en-US')
  const columns = [
    ...[tags.PidTagDisplayName, tags.PidTagEntryId, tags.PidTagInstanceKey, tags.PidTagSourceKey],
    ...[tags.PidTagParentEntryId, tags.PidTagSubfolders, tags.PidTagRights]
  ]
  for (const row of await client.rows(columns)) t.notOk(row.includes(undefined), `${row[0]}`)
  for (const folder of ['root', 'ipmSubtree', 'syncIssues'] as const)
    t.equal((await client.get(specialFid(folder), [tags.PidTagSubfolders]))[0], 1, folder)
})

const cached = [
  ...[tags.PidTagFolderId, tags.PidTagEntryId, tags.PidTagSourceKey, tags.PidTagChangeKey, tags.PidTagDisplayName],
  ...[tags.PidTagPredecessorChangeList, tags.PidTagParentEntryId, tags.PidTagRecordKey, tags.PidTagStoreEntryId]
]
const store = [
  ...[tags.PidTagEntryId, tags.PidTagRecordKey, tags.PidTagMappingSignature, tags.PidTagMailboxOwnerEntryId],
  ...[tags.PidTagSerializedReplidGuidMap, tags.PidTagIpmSubtreeEntryId, tags.PidTagUserEntryId]
]

t.test('a restart changes nothing that a client caches', async t => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-folders-'))
  t.teardown(() => rmSync(dataDir, { recursive: true }))
  const seen: unknown[] = []
  for (let round = 0; round < 2; round++) {
    const server = await startServer({ world, dataDir, httpPort: 0, logLevel: 'silent' })
    const client = await FolderClient.logOn(server, 'de-DE')
    seen.push([
      await client.rows(cached),
      await client.get(undefined, store),
      await client.get(specialFid('inbox'), cached)
    ])
    client.close()
    await server.stop()
  }
  t.same(seen[1], seen[0])
})

type TapTest = Pick<typeof t, 'same' | 'teardown'>
