import t from 'tap'
import { checkMailbox, checkStore } from '../../src/mailbox/check.js'
import { entryIdOfFolder } from '../../src/mailbox/entry-ids.js'
import { type SpecialFolderName, specialFid, specialFolderRows } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { globcntOf, replidOf } from '../../src/oxcdata/ids.js'
import { PtypMultipleBinary } from '../../src/oxcdata/property-type.js'
import { splitElements } from '../../src/oxcdata/property-value.js'
import { stringOf } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { requirement } from '../conformance/ledger.js'
import { alice, bob, Fixture } from './mailbox-fixture.js'

function bytesOf(mailbox: MailboxCore, folder: SpecialFolderName, tag: number): Uint8Array {
  const value = mailbox.openFolder(specialFid(folder), {}, alice).value(tag)
  if (typeof value === 'number') throw new Error(`0x${tag.toString(16)} of ${folder} is 0x${value.toString(16)}`)
  return value
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

t.test('a fresh mailbox has the folders and ids that Exchange was seen to use', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const counters: [SpecialFolderName, number][] = [
    ['ipmSubtree', 0x108],
    ['deletedItems', 0x10a],
    ['inbox', 0x10c],
    ['calendar', 0x10d],
    ['contacts', 0x10e],
    ['drafts', 0x10f],
    ['journal', 0x110],
    ['notes', 0x111],
    ['tasks', 0x112]
  ]
  for (const [name, globcnt] of counters) {
    t.equal(globcntOf(specialFid(name)), globcnt, name)
    t.equal(replidOf(specialFid(name)), 1)
    t.ok(mailbox.tree.find(specialFid(name)), `${name} is there`)
  }
  t.equal(Object.keys(mailbox.specialFolders).length, 13)
  for (const fid of Object.values(mailbox.specialFolders)) t.equal(mailbox.openFolder(fid, {}, alice).fid, fid)
  const fids = new Set(specialFolderRows.map(([name]) => specialFid(name)))
  t.equal(fids.size, specialFolderRows.length, 'no id comes twice')
  const classes: [SpecialFolderName, string][] = [
    ['inbox', 'IPF.Note'],
    ['calendar', 'IPF.Appointment'],
    ['contacts', 'IPF.Contact'],
    ['journal', 'IPF.Journal'],
    ['notes', 'IPF.StickyNote'],
    ['tasks', 'IPF.Task'],
    ['reminders', 'Outlook.Reminder']
  ]
  for (const [name, containerClass] of classes) {
    t.equal(stringOf(bytesOf(mailbox, name, tags.PidTagContainerClass)), containerClass)
  }
  t.equal(bytesOf(mailbox, 'conversationActions', tags.PidTagAttributeHidden)[0], 1)
  requirement('MS-OXCFOLD_R1032')
  t.equal(bytesOf(mailbox, 'inbox', tags.PidTagAttributeHidden)[0], 0)
  requirement('MS-OXCFOLD_R1033')
  t.equal(mailbox.openFolder(specialFid('reminders'), {}, alice).type, 'search')
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('Root and Inbox name the special folders by entry id', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  for (const holder of ['root', 'inbox'] as const) {
    for (const [tag, folder] of [
      [0x36d00102, 'calendar'],
      [0x36d10102, 'contacts'],
      [0x36d20102, 'journal'],
      [0x36d30102, 'notes'],
      [0x36d40102, 'tasks'],
      [0x36d50102, 'reminders'],
      [0x36d70102, 'drafts']
    ] as const) {
      t.equal(hexOf(bytesOf(mailbox, holder, tag)), hexOf(entryIdOfFolder(mailbox, specialFid(folder))))
    }
    const additional = splitElements(PtypMultipleBinary, bytesOf(mailbox, holder, 0x36d81102))
    t.same(
      additional.map(hexOf),
      ['conflicts', 'syncIssues', 'localFailures', 'serverFailures', 'junkEmail'].map(name =>
        hexOf(entryIdOfFolder(mailbox, specialFid(name as SpecialFolderName)))
      )
    )
    const freeBusy = splitElements(PtypMultipleBinary, bytesOf(mailbox, holder, 0x36e41102))
    t.equal(freeBusy.length, 4)
    t.equal(hexOf(freeBusy[3]), hexOf(entryIdOfFolder(mailbox, specialFid('freebusyData'))))
    const blocks = Buffer.from(bytesOf(mailbox, holder, 0x36d90102))
    t.equal(blocks.readUInt16LE(0), 0x8001)
    t.equal(blocks.readUInt16LE(2), 50, 'element id, size and 46 bytes')
    t.equal(blocks.subarray(8, 54).toString('hex'), hexOf(entryIdOfFolder(mailbox, specialFid('rssFeeds'))))
    t.equal(blocks.readUInt32LE(blocks.length - 4), 0, 'ends with the sentinel')
    t.equal(mailbox.openFolder(specialFid(holder), {}, alice).value(0x36d60102), ErrorCode.ecNotFound)
  }
})

t.test('a folder entry id is flags, mailbox GUID, type, database GUID and counter', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const entryId = Buffer.from(bytesOf(mailbox, 'inbox', tags.PidTagEntryId))
  t.equal(entryId.length, 46)
  t.equal(entryId.subarray(0, 4).toString('hex'), '00000000')
  t.equal(entryId.subarray(4, 20).toString('hex'), hexOf(mailbox.guidBytes))
  t.equal(entryId.subarray(20, 22).toString('hex'), '0100')
  t.equal(entryId.subarray(22, 38).toString('hex'), hexOf(mailbox.replicaBytes))
  t.equal(entryId.subarray(38).toString('hex'), '00000000010c0000')
  t.equal(hexOf(bytesOf(mailbox, 'inbox', tags.PidTagSourceKey)), `${hexOf(mailbox.replicaBytes)}00000000010c`)
})

t.test('names follow the language of the mailbox', async t => {
  const fixture = await Fixture.open()
  const dutch = await fixture.create(1, 0x413)
  t.equal(dutch.tree.find(specialFid('inbox'))?.displayName, 'Postvak IN')
  t.equal(dutch.tree.find(specialFid('sentItems'))?.displayName, 'Verzonden items')
  t.equal(dutch.tree.find(specialFid('deletedItems'))?.displayName, 'Verwijderde items')
  t.equal(dutch.tree.find(specialFid('junkEmail'))?.displayName, 'Ongewenste e-mail')
  t.equal(dutch.tree.find(specialFid('calendar'))?.displayName, 'Agenda')
  const other = await fixture.create(2, 0x411)
  t.equal(other.tree.find(specialFid('inbox'))?.displayName, 'Inbox', 'English where a language has no names')
})

t.test('the logon object', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const text = (tag: number): string => stringOf(mailbox.value(tag) as Uint8Array)
  t.equal(text(tags.PidTagMailboxOwnerName), alice.displayName)
  requirement('MS-OXCSTOR_R657')
  t.equal(text(tags.PidTagDisplayName), alice.displayName)
  const map = Buffer.from(mailbox.value(tags.PidTagSerializedReplidGuidMap) as Uint8Array)
  t.equal(map.toString('hex'), `0100${hexOf(mailbox.replicaBytes)}`)
  requirement('MS-OXCSTOR_R4003004')
  const refused = await mailbox.set([{ tag: tags.PidTagComment, bytes: Buffer.from('x\0\0\0') }], alice)
  t.same(refused, [{ index: 0, tag: tags.PidTagComment, error: ErrorCode.ecAccessDenied }])
  requirement('MS-OXCSTOR_R6280001')
  for (const tag of [tags.PidTagDisplayName, tags.PidTagDeleteAfterSubmit]) {
    t.equal((await mailbox.set([{ tag, bytes: Uint8Array.of(0, 0) }], alice))[0].error, ErrorCode.ecAccessDenied)
  }
  requirement('MS-OXCSTOR_R3128', 'MS-OXCSTOR_R306800301')
  t.same(await mailbox.set([{ tag: tags.PidTagOutOfOfficeState, bytes: Uint8Array.of(1) }], alice), [])
  const again = await fixture.restart()
  t.equal((again.value(tags.PidTagOutOfOfficeState) as Uint8Array)[0], 1)
  requirement('MS-OXCSTOR_R3068004')
  t.same(again.receiveFolder('IPM.Note', alice), { folderId: specialFid('inbox'), explicitClass: 'IPM' })
  t.same(again.receiveFolder('', alice), { folderId: specialFid('inbox'), explicitClass: '' })
  t.same(again.receiveFolder('ipc.x', alice), { folderId: specialFid('root'), explicitClass: 'IPC' })
  t.same(again.receiveFolder('Report.IPM.Note.NDR', alice), {
    folderId: specialFid('inbox'),
    explicitClass: 'REPORT.IPM'
  })
})

t.test('named properties and replicas', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const PS_INTERNET_HEADERS = '00020386-0000-0000-c000-000000000046'
  const PS_MAPI = '00020328-0000-0000-c000-000000000046'
  const lid = { guid: '00062002-0000-0000-c000-000000000046', lid: 0x8208 }
  const header = { guid: PS_INTERNET_HEADERS, name: 'X-Test' }
  t.same(await mailbox.propertyIdsFromNames([lid, header], false, alice), [0, 0])
  requirement('MS-OXCPRPT_R532')
  const ids = await mailbox.propertyIdsFromNames([lid, header, lid], true, alice)
  t.equal(ids[0], ids[2])
  t.ok(ids[0] > 0x8000 && ids[1] > 0x8000 && ids[0] !== ids[1])
  requirement('MS-OXCPRPT_R533', 'MS-OXCPRPT_R535')
  t.same(await mailbox.propertyIdsFromNames([{ guid: PS_INTERNET_HEADERS, name: 'x-TEST' }], false, alice), [ids[1]])
  requirement('MS-OXCPRPT_R529')
  t.same(await mailbox.propertyIdsFromNames([{ guid: PS_MAPI, lid: 0x37 }], false, alice), [0x37])
  requirement('MS-OXCPRPT_R642')
  t.same(mailbox.nameFromPropertyId(0x37), { guid: PS_MAPI, lid: 0x37 })
  requirement('MS-OXCPRPT_R518', 'MS-OXCPRPT_R520')
  t.equal(mailbox.nameFromPropertyId(0x9999), undefined)
  const foreign = '33333333-3333-4333-8333-333333333333'
  t.equal(await mailbox.replidOf(foreign, false), undefined)
  t.equal(await mailbox.replidOf(foreign, true), 2)
  const again = await fixture.restart()
  t.same(await again.propertyIdsFromNames([lid, header], false, alice), ids.slice(0, 2))
  t.same(again.nameFromPropertyId(ids[0]), lid)
  t.equal(again.replicaGuidOf(2), foreign)
  t.equal(again.replicaGuidOf(1), again.replicaGuid)
  for (let i = 3; i <= 31; i++) {
    t.equal(await again.replidOf(`44444444-4444-4444-8444-${String(i).padStart(12, '0')}`, true), i)
  }
  t.equal(await again.replidOf('55555555-5555-4555-8555-555555555555', true), undefined, 'at most 31')
})

t.test('who may open a mailbox', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  t.same(mailbox.access(alice), { owner: true, full: true })
  t.same(mailbox.access({ ...alice, legacyDn: alice.legacyDn.toUpperCase() }), { owner: true, full: true })
  t.same(mailbox.access(bob), { owner: false, full: false })
  t.throws(() => mailbox.openFolder(specialFid('inbox'), {}, bob), { code: ErrorCode.ecAccessDenied })
  const assistant = { ...bob, fullAccess: ['ALICE@example.test'] }
  t.same(mailbox.access(assistant), { owner: false, full: true })
  t.equal(mailbox.openFolder(specialFid('inbox'), {}, assistant).fid, specialFid('inbox'))
})

t.test('the limits of the owner', async t => {
  const fixture = await Fixture.open()
  const limits = { sendMessageBytes: 10 << 20, sendBytes: 1 << 30, receiveBytes: null }
  const mailbox = await fixture.mailboxes.create({ number: 1, owner: alice, localeId: 0x409 })
  const kilobytes = (tag: number) => Buffer.from(mailbox.value(tag) as Uint8Array).readInt32LE()
  const quotas = [tags.PidTagMaximumSubmitMessageSize, tags.PidTagProhibitSendQuota, tags.PidTagProhibitReceiveQuota]
  const all = () => quotas.map(kilobytes)
  t.same(all(), [-1, -1, -1], 'none')
  mailbox.owner = { ...alice, limits } as never
  t.same(all(), [10 << 10, 1 << 20, -1])
  requirement('MS-OXCSTOR_R644', 'MS-OXCSTOR_R646', 'MS-OXCSTOR_R648')
})

t.test('a check finds what does not agree', async t => {
  const fixture = await Fixture.open()
  await fixture.create(1)
  const { checked } = { checked: await checkStore(fixture.objects, fixture.mailboxes) }
  t.equal(checked.mailboxes, 1)
  t.same(checked.problems, [])
})
