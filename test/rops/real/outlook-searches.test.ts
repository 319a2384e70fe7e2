/**
 * The searches that Outlook makes in every mailbox, and what it keeps of those that its user makes ([MS-OXOSRCH], [MS-OXOSFLD],
 * [MS-OXORMDR], [MS-OXOFLAG], [MS-OXOTASK]): nested conditions over named properties, entry ids, bits and absent values.
 */
import t from 'tap'
import { RopSetSearchCriteria } from '../../../rops/folder/rop-set-search-criteria.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { RopOpenStream } from '../../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../../rops/stream/rop-read-stream.js'
import { type SpecialFolderName, specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { BitmapRelOp, FuzzyHigh, FuzzyLow, RelOp, type Restriction } from '../../../src/oxcdata/restriction.js'
import * as named from '../../../src/oxprops/named-properties.generated.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { entry, property } from '../../mailbox/search-fixture.js'
import { RealClient, type Values } from './real-driver.js'

const [RESTART, RECURSIVE, FOREGROUND] = [0x2, 0x4, 0x20]
const SUBMITTED = 0x4
const ipmSubtree = specialFid('ipmSubtree')
const subject = [tags.PidTagSubject]

const and = (...restrictions: Restriction[]): Restriction => ({ kind: 'and', restrictions })
const or = (...restrictions: Restriction[]): Restriction => ({ kind: 'or', restrictions })
const not = (restriction: Restriction): Restriction => ({ kind: 'not', restriction })
const exist = (tag: number): Restriction => ({ kind: 'exist', tag })
const bits = (tag: number, mask: number, relop: number): Restriction => ({ kind: 'bitmask', relop, tag, mask })
const classBegins = (name: string): Restriction => ({
  ...{ kind: 'content', fuzzyLow: FuzzyLow.prefix, fuzzyHigh: FuzzyHigh.ignoreCase, tag: tags.PidTagMessageClass },
  value: entry(tags.PidTagMessageClass, name)
})

class Outlook {
  readonly lids = new Map<object, number>()

  private constructor(readonly client: RealClient) {}

  static async start(): Promise<Outlook> {
    const outlook = new Outlook(await RealClient.logOn())
    const wanted = [named.PidLidReminderSet, named.PidLidRecurring, named.PidLidTaskComplete, named.PidLidTaskStatus]
    const propertyNames = wanted.map(({ guid, lid }) => ({ guid, lid }))
    const { value } = await outlook.client.call(RopGetPropertyIdsFromNames, { flags: 2, propertyNames })
    wanted.forEach((name, i) => {
      outlook.lids.set(name, ((value!.propertyIds[i] << 16) | name.type) >>> 0)
    })
    return outlook
  }

  tag(name: object): number {
    return this.lids.get(name)!
  }

  /** Nothing that lies in one of these folders. */
  async notIn(...folders: SpecialFolderName[]): Promise<Restriction> {
    const parts: Restriction[] = []
    for (const name of folders) {
      const entryId = await this.client.one(await this.client.folder(name), tags.PidTagEntryId)
      parts.push(property(tags.PidTagParentEntryId, Buffer.from(entryId as string, 'hex'), RelOp.notEqual))
    }
    return and(...parts)
  }

  async setCriteria(handle: number, restriction: Restriction): Promise<void> {
    const request = { restriction, folderIds: [ipmSubtree], searchFlags: RESTART | RECURSIVE | FOREGROUND }
    const { returnValue } = await this.client.call(RopSetSearchCriteria, request, handle)
    if (returnValue !== 0) throw new Error(`criteria are refused: ${returnValue.toString(16)}`)
    await this.client.mailbox.searches.whenIdle()
  }

  make(name: string, folder: SpecialFolderName, values: Values, messageClass = 'IPM.Note') {
    const all: Values = [[tags.PidTagSubject, name], [tags.PidTagMessageClass, messageClass], ...values]
    return this.client.createMessage(specialFid(folder), all)
  }

  async change(folder: SpecialFolderName, messageId: number, values: Values): Promise<void> {
    const request = { codePageId: 0x0fff, folderId: specialFid(folder), openModeFlags: 1, messageId }
    const { handle } = await this.client.call(RopOpenMessage, request)
    await this.client.set(handle, values)
    await this.client.call(RopSaveChangesMessage, { saveFlags: 0 }, handle)
    await this.client.release(handle)
  }

  async shown(handle: number) {
    const table = await this.client.contents(handle, subject)
    const names = await this.client.column(table, subject)
    await this.client.release(table)
    return names.sort()
  }
}

t.test('Reminders', async t => {
  const outlook = await Outlook.start()
  const { client } = outlook
  const [isSet, isRecurring] = [outlook.tag(named.PidLidReminderSet), outlook.tag(named.PidLidRecurring)]
  const folder = await client.folder('reminders')
  const excluded = [
    'deletedItems',
    'junkEmail',
    'drafts',
    'outbox',
    'conflicts',
    'localFailures',
    'syncIssues'
  ] as const
  await outlook.make('old appointment', 'calendar', [[isSet, true]], 'IPM.Appointment')
  await outlook.setCriteria(
    folder,
    and(
      await outlook.notIn(...excluded),
      and(
        not(and(exist(tags.PidTagMessageClass), classBegins('IPM.Schedule'))),
        bits(tags.PidTagMessageFlags, SUBMITTED, BitmapRelOp.equalsZero),
        or(property(isSet, true), and(exist(isRecurring), property(isRecurring, true)))
      )
    )
  )
  t.same(await outlook.shown(folder), ['old appointment'])
  const meeting = await outlook.make('meeting', 'calendar', [[isSet, true]], 'IPM.Appointment')
  await outlook.make('series', 'calendar', [[isRecurring, true]], 'IPM.Appointment')
  await outlook.make('no reminder', 'calendar', [[isSet, false]], 'IPM.Appointment')
  await outlook.make('a request', 'inbox', [[isSet, true]], 'IPM.Schedule.Meeting.Request')
  await outlook.make('a draft', 'drafts', [[isSet, true]])
  await outlook.make('flagged mail', 'inbox', [[isSet, true]])
  const task = await outlook.make('task', 'tasks', [[isSet, false]], 'IPM.Task')
  t.same(await outlook.shown(folder), ['flagged mail', 'meeting', 'old appointment', 'series'])
  await outlook.change('tasks', task, [[isSet, true]])
  await outlook.change('calendar', meeting, [[isSet, false]])
  t.same(await outlook.shown(folder), ['flagged mail', 'old appointment', 'series', 'task'])
})

t.test('To-Do', async t => {
  const outlook = await Outlook.start()
  const { client } = outlook
  const complete = outlook.tag(named.PidLidTaskComplete)
  const { handle } = await client.createFolder(await client.folder('root'), 'To-Do', { folderType: 2 })
  await client.set(handle, [[tags.PidTagContainerClass, 'IPF.Task']])
  const timeFlagged = bits(tags.PidTagToDoItemFlags, 0x1, BitmapRelOp.notEqualsZero)
  await outlook.setCriteria(
    handle,
    and(
      await outlook.notIn('deletedItems', 'junkEmail', 'drafts', 'outbox', 'conflicts', 'localFailures', 'syncIssues'),
      not(and(exist(tags.PidTagMessageClass), classBegins('IPM.Appointment'))),
      or(
        or(
          and(exist(tags.PidTagFlagStatus), property(tags.PidTagFlagStatus, 1)),
          and(exist(tags.PidTagFlagStatus), property(tags.PidTagFlagStatus, 2)),
          and(exist(tags.PidTagToDoItemFlags), timeFlagged)
        ),
        and(exist(tags.PidTagMessageClass), classBegins('IPM.Task'), not(property(complete, true)))
      )
    )
  )
  const flag = (status: number): Values => [[tags.PidTagFlagStatus, status]]
  const mail = await outlook.make('mail', 'inbox', [])
  await outlook.make('flagged', 'inbox', flag(2))
  await outlook.make('time flag', 'inbox', [[tags.PidTagToDoItemFlags, 0x9]])
  await outlook.make('recipient flag', 'inbox', [[tags.PidTagToDoItemFlags, 0x8]])
  const task = await outlook.make('task', 'tasks', [[complete, false]], 'IPM.Task')
  await outlook.make('bare task', 'tasks', [], 'IPM.Task')
  await outlook.make('appointment', 'calendar', flag(2), 'IPM.Appointment')
  t.same(await outlook.shown(handle), ['bare task', 'flagged', 'task', 'time flag'])
  await outlook.change('tasks', task, [[complete, true]])
  await outlook.change('inbox', mail, flag(1))
  t.same(await outlook.shown(handle), ['bare task', 'flagged', 'mail', 'time flag'])
  t.equal(await client.one(handle, tags.PidTagContentCount), 4)
})

t.test('Tracked Mail Processing', async t => {
  const outlook = await Outlook.start()
  const { client } = outlook
  const spec = { folderType: 2 }
  const { handle } = await client.createFolder(await client.folder('root'), 'Tracked Mail Processing', spec)
  const store = Buffer.from(((await client.one(0, tags.PidTagStoreEntryId)) as string) ?? '', 'hex')
  await outlook.setCriteria(
    handle,
    and(
      await outlook.notIn('drafts', 'outbox', 'deletedItems'),
      bits(tags.PidTagToDoItemFlags, 0x8, BitmapRelOp.notEqualsZero),
      exist(tags.PidTagSwappedToDoStore),
      property(tags.PidTagSwappedToDoStore, store)
    )
  )
  const tracked: Values = [
    [tags.PidTagToDoItemFlags, 0x8],
    [tags.PidTagSwappedToDoStore, store]
  ]
  await outlook.make('unsent', 'drafts', tracked)
  await outlook.make('sent', 'sentItems', tracked)
  await outlook.make('elsewhere', 'sentItems', [
    [tags.PidTagToDoItemFlags, 0x8],
    [tags.PidTagSwappedToDoStore, Buffer.alloc(20)]
  ])
  await outlook.make('plain', 'sentItems', [])
  t.same(await outlook.shown(handle), ['sent'])
})

t.test('what is kept of a search: its definition, byte for byte', async t => {
  const outlook = await Outlook.start()
  const { client } = outlook
  const definition = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7) & 0xff))
  const id = Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex')
  const values: Values = [
    [tags.PidTagMessageClass, 'IPM.Microsoft.WunderBar.SFInfo'],
    [tags.PidTagSubject, 'Unread Mail'],
    [tags.PidTagSearchFolderTemplateId, 2],
    [tags.PidTagSearchFolderId, id],
    [tags.PidTagSearchFolderTag, 0x1234],
    [tags.PidTagSearchFolderLastUsed, 0x0d2b3c4],
    [tags.PidTagSearchFolderExpiration, 0x0d2b3c5],
    [tags.PidTagSearchFolderStorageType, 0x48],
    [tags.PidTagSearchFolderEfpFlags, 0],
    [tags.PidTagSearchFolderDefinition, definition]
  ]
  const commonViews = specialFid('commonViews')
  const messageId = await client.createMessage(commonViews, values, true)
  const container = await client.createFolder(await client.folder('finder'), 'Unread Mail', { folderType: 2 })
  // ExtendedFlags, SearchFolderID and SearchFolderTag ([MS-OXOSRCH] 2.2.2.1.2).
  const folderFlags = Buffer.concat([
    Buffer.from('010400001000' + '0210', 'hex'),
    id,
    Buffer.from('030434120000', 'hex')
  ])
  await client.set(container.handle, [[tags.PidTagExtendedFolderFlags, folderFlags]])
  await client.world.restart()
  const again = await RealClient.logOn({ world: client.world })
  const columns = values.map(([tag]) => tag).filter(tag => tag !== tags.PidTagSearchFolderDefinition)
  const table = await again.contents(await again.folder('commonViews'), columns, 0x02)
  const { rows } = await again.rows(table, columns)
  const plain = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)
  t.same(rows, [values.filter(([tag]) => columns.includes(tag)).map(([, value]) => plain(value))], 'in the FAI table')
  const request = { codePageId: 0x0fff, folderId: commonViews, openModeFlags: 0, messageId }
  const { handle } = await again.call(RopOpenMessage, request)
  t.equal(await again.one(handle, tags.PidTagSearchFolderDefinition), definition.toString('hex'))
  const stream = await again.call(
    RopOpenStream,
    { propertyTag: tags.PidTagSearchFolderDefinition, openModeFlags: 0 },
    handle
  )
  t.equal(stream.value!.streamSize, definition.byteLength)
  const read = await again.call(RopReadStream, { byteCount: 4000, maximumByteCount: undefined } as never, stream.handle)
  t.equal(Buffer.from((read.value as { data: Uint8Array }).data).compare(definition), 0, 'as a stream')
  const flagColumns = [tags.PidTagDisplayName, tags.PidTagExtendedFolderFlags]
  const hierarchy = await again.hierarchy(await again.folder('finder'), flagColumns)
  t.same((await again.rows(hierarchy, flagColumns)).rows, [['Unread Mail', folderFlags.toString('hex')]])
})
