import t from 'tap'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { Actor } from '../../src/mailbox/domain.js'
import type { StoreFolder } from '../../src/mailbox/folders/folder.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { access } from '../../src/mailbox/permissions/access.js'
import { PermissionList } from '../../src/mailbox/permissions/permission-list.js'
import { OWNER_RIGHTS, permissionLevels, Right } from '../../src/mailbox/permissions/rights.js'
import { publicFid } from '../../src/mailbox/public-store/public-folders.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import type { MapiError } from '../../src/oxcdata/map-error.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { PidTagAccess, PidTagComment, PidTagRights, PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { requirement } from '../conformance/ledger.js'
import { alice, bob, Fixture, publicOwner } from './mailbox-fixture.js'

const { ecAccessDenied, ecNotFound, ecDuplicateName, ecInvalidParam } = ErrorCode
const LIST = 'cccccccc-0000-4000-8000-000000000001'

async function refuses(test: Pick<typeof t, 'equal'>, code: number, why: string, work: () => unknown): Promise<void> {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => undefined,
      (caught: MapiError) => caught
    )
  test.equal(error?.code, code, why)
}

async function give(folder: StoreFolder, rights: number, who: Actor = bob): Promise<void> {
  await folder.setPermissions([{ who: { guid: who.guid.toUpperCase() }, rights }], {}, alice)
}

async function message(mailbox: MailboxCore, fid: number, subject: string, actor: Actor): Promise<number> {
  const made = mailbox.createMessage(fid, { associated: false, codePage: 1252 }, actor)
  made.set([{ tag: PidTagSubject, bytes: storedString(subject) }], actor)
  return await made.save({ force: false, keepOpen: 'no' }, actor)
}

const childSpec = { type: 'generic', displayName: 'Below', comment: '', openExisting: false } as const
const reading = { access: 'read', softDeleted: false, codePage: 1252 } as const
const writing = { ...reading, access: 'readWrite' } as const
const best = { ...reading, access: 'best' } as const
const shown = { softDeleted: false, unicode: true, suppressNotifications: false, codePage: 1252 }
const tableOptions = { ...shown, associated: false, conversationMembers: false }

t.test('the bits and levels', async t => {
  t.same(Right, {
    ...{ readAny: 0x1, create: 0x2, editOwned: 0x8, deleteOwned: 0x10, editAny: 0x20, deleteAny: 0x40 },
    ...{ createSubfolder: 0x80, folderOwner: 0x100, folderContact: 0x200, folderVisible: 0x400 },
    ...{ freeBusySimple: 0x800, freeBusyDetailed: 0x1000 }
  })
  requirement('MS-OXCPERM_R142', 'MS-OXCPERM_R139', 'MS-OXCPERM_R130', 'MS-OXCPERM_R126', 'MS-OXCPERM_R123')
  requirement('MS-OXCPERM_R120', 'MS-OXCPERM_R117', 'MS-OXCPERM_R114', 'MS-OXCPERM_R102', 'MS-OXCPERM_R96')
  requirement('MS-OXCPERM_R90')
  t.same(permissionLevels, {
    ...{ none: 0, freeBusySimple: 0x800, freeBusyDetailed: 0x1800, contributor: 0x402, reviewer: 0x401 },
    ...{ nonEditingAuthor: 0x413, author: 0x41b, publishingAuthor: 0x49b, editor: 0x47b, publishingEditor: 0x4fb },
    owner: 0x7fb
  })
})

t.test('who is on the list, who belongs to a list that is, and everybody else', async t => {
  const groups = new Map([['kim', ['readers', 'writers']]])
  const groupsOf = (guid: string) => groups.get(guid) ?? []
  const list = PermissionList.of(0x400).with([
    { who: { guid: 'readers' }, rights: 0x1 },
    { who: { guid: 'writers' }, rights: 0x2 },
    { who: { guid: 'lee' }, rights: 0 }
  ])
  t.equal(list.rightsOf('kim', groupsOf), 0x3, 'all that the lists have')
  t.equal(list.rightsOf('lee', groupsOf), 0, 'an own row wins, also one without rights')
  t.equal(list.rightsOf('max', groupsOf), 0x400)
  const replaced = list.with([{ who: 'default', rights: 0 }], { replace: true })
  t.same([replaced.members.length, replaced.rightsOf('kim', groupsOf)], [2, 0])
})

t.test('without rights nothing can be told from nothing', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const inbox = mailbox.openFolder(specialFid('inbox'), {}, alice)
  const { folder: hers } = await inbox.createFolder(
    { type: 'generic', displayName: 'Hers', comment: '', openExisting: false },
    alice
  )
  const mid = await message(mailbox, hers.fid, 'secret', alice)
  // Everybody may know when she is busy, which lets nobody in.
  for (const fid of [specialFid('inbox'), specialFid('calendar'), hers.fid, hers.fid + 1]) {
    await refuses(t, ecAccessDenied, `folder ${fid}`, () => mailbox.openFolder(fid, {}, bob))
    await refuses(t, ecAccessDenied, 'its message', () => mailbox.openMessage(fid, mid, reading, bob))
    await refuses(t, ecAccessDenied, 'no message', () => mailbox.openMessage(fid, mid + 1, reading, bob))
    await refuses(t, ecAccessDenied, 'a new one', () => message(mailbox, fid, 'x', bob))
  }
  await give(inbox, permissionLevels.reviewer)
  const his = mailbox.openFolder(inbox.fid, {}, bob)
  await refuses(t, ecNotFound, 'a folder that he does not see', () => mailbox.openFolder(hers.fid, {}, bob))
  await refuses(t, ecNotFound, 'a folder that is not there', () => mailbox.openFolder(hers.fid + 1, {}, bob))
  await refuses(t, ecNotFound, 'a message there', () => mailbox.openMessage(hers.fid, mid, reading, bob))
  await refuses(t, ecAccessDenied, 'a folder that everybody has', () =>
    mailbox.openFolder(specialFid('drafts'), {}, bob)
  )
  const rows = async (actor: Actor) => (await his.hierarchyTable({ ...shown, depth: true }, actor)).rowCount()
  t.equal(await rows(alice), 1)
  t.equal(await rows(bob), 0, 'nor does a table show it')
  await give(hers, Right.folderVisible)
  t.equal(await rows(bob), 1)
  t.equal(mailbox.openFolder(hers.fid, {}, bob).fid, hers.fid)
  requirement('MS-OXCPERM_R103', 'MS-OXCPERM_R1120')
})

t.test('each right by itself', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const folder = mailbox.openFolder(specialFid('inbox'), {}, alice)
  const { fid } = folder
  const hers = await message(mailbox, fid, 'hers', alice)
  const withRights = async (rights: number): Promise<StoreFolder> => {
    await give(folder, rights | Right.folderVisible)
    return mailbox.openFolder(fid, {}, bob)
  }
  const edit = async (mid: number): Promise<void> => {
    const open = mailbox.openMessage(fid, mid, writing, bob)
    open.set([{ tag: PidTagSubject, bytes: storedString('edited') }], bob)
    await open.save({ force: false, keepOpen: 'no' }, bob)
  }
  const soft = { hard: false, notifyNonRead: false }

  let open = await withRights(Right.create)
  const his = await message(mailbox, fid, 'his', bob)
  t.equal(mailbox.openMessage(fid, his, reading, bob).mid, his, 'his own can be read')
  await refuses(t, ecAccessDenied, 'hers can not', () => mailbox.openMessage(fid, hers, reading, bob))
  requirement('MS-OXCPERM_R140', 'MS-OXCPERM_R144')
  await refuses(t, ecAccessDenied, 'nor its status', () => open.messageStatus(hers, bob))

  open = await withRights(Right.readAny)
  t.equal(mailbox.openMessage(fid, hers, best, bob).writable, false)
  t.equal(await (await open.contentsTable(tableOptions, bob)).rowCount(), 2)
  requirement('MS-OXCPERM_R143')
  await refuses(t, ecAccessDenied, 'create', () => message(mailbox, fid, 'x', bob))
  await refuses(t, ecAccessDenied, 'edit his', () => edit(his))
  await refuses(t, ecAccessDenied, 'edit hers', () => edit(hers))
  await refuses(t, ecAccessDenied, 'status', () => open.setMessageStatus(hers, { flags: 0x1000, mask: 0x1000 }, bob))
  t.equal(open.messageStatus(hers, bob), 0)
  await refuses(t, ecAccessDenied, 'delete', () => open.deleteMessages([his], soft, bob))
  await refuses(t, ecAccessDenied, 'subfolder', () =>
    open.createFolder({ type: 'generic', displayName: 'x', comment: '', openExisting: false }, bob)
  )
  await refuses(t, ecAccessDenied, 'properties', () =>
    open.set([{ tag: PidTagComment, bytes: storedString('x') }], bob)
  )
  await refuses(t, ecAccessDenied, 'a stream', () => open.openStream(PidTagComment, 'create', bob))
  await refuses(t, ecAccessDenied, 'permissions', () =>
    open.setPermissions([{ who: { guid: bob.guid }, rights: OWNER_RIGHTS }], {}, bob)
  )
  requirement('MS-OXCPERM_R141', 'MS-OXCPERM_R132', 'MS-OXCPERM_R125', 'MS-OXCPERM_R128', 'MS-OXCPERM_R119')
  t.equal(Buffer.from(open.value(PidTagRights) as Uint8Array).readUInt32LE(), Right.readAny | Right.folderVisible)
  t.equal(Buffer.from(open.value(PidTagAccess) as Uint8Array).readUInt32LE(), 0x2, 'read only')
  t.equal(Buffer.from(folder.value(PidTagRights) as Uint8Array).readUInt32LE(), OWNER_RIGHTS)

  const below = (await folder.createFolder(childSpec, alice)).folder
  const removing = { messages: true, folders: true, hard: true }
  await refuses(t, ecAccessDenied, 'remove a folder', () => open.removeFolder(below.fid, removing, bob))
  await give(below, 0)
  await refuses(t, ecNotFound, 'or one that he does not see', () => open.removeFolder(below.fid, removing, bob))
  await give(below, Right.folderOwner | Right.folderVisible)
  t.same(await open.removeFolder(below.fid, removing, bob), { partial: false }, 'his own he may')

  await withRights(Right.readAny | Right.editOwned)
  await edit(his)
  await refuses(t, ecAccessDenied, 'edit hers', () => edit(hers))
  requirement('MS-OXCPERM_R131')
  await withRights(Right.readAny | Right.editAny)
  await edit(hers)
  requirement('MS-OXCPERM_R124')

  open = await withRights(Right.readAny | Right.deleteOwned)
  t.same(await open.deleteMessages([hers, his], soft, bob), { partial: true })
  await refuses(t, ecNotFound, 'his has gone', () => mailbox.openMessage(fid, his, reading, alice))
  t.equal(mailbox.openMessage(fid, hers, reading, alice).mid, hers, 'hers has not')
  requirement('MS-OXCPERM_R127', 'MS-OXCPERM_R122')
  const own = (await fixture.create(2)).openFolder(specialFid('inbox'), {}, bob)
  t.same(await open.moveCopyMessages(own, [hers], { copy: false }, bob), { partial: true }, 'nor can it be moved away')
  t.equal(mailbox.openMessage(fid, hers, reading, alice).mid, hers)
  t.same(
    await open.moveCopyMessages(own, [hers], { copy: true }, bob),
    { partial: false },
    'what is read can be copied'
  )
  open = await withRights(Right.readAny | Right.deleteAny)
  t.same(await open.deleteMessages([hers], soft, bob), { partial: false })
  requirement('MS-OXCPERM_R121')

  open = await withRights(Right.createSubfolder)
  const made = await open.createFolder({ type: 'generic', displayName: 'His', comment: '', openExisting: false }, bob)
  requirement('MS-OXCPERM_R118')
  t.equal(mailbox.openFolder(made.folder.fid, {}, bob).rights & OWNER_RIGHTS, OWNER_RIGHTS, 'who makes one owns it')
  await made.folder.set([{ tag: PidTagComment, bytes: storedString('mine') }], bob)
  await give(made.folder, 0)
  await refuses(t, ecDuplicateName, 'a name that is taken by what he does not see', () =>
    open.createFolder({ type: 'generic', displayName: 'his', comment: '', openExisting: true }, bob)
  )

  open = await withRights(Right.folderOwner)
  await open.set([{ tag: PidTagComment, bytes: storedString('x') }], bob)
  await open.setPermissions([{ who: 'default', rights: Right.folderVisible }], {}, bob)
  t.equal(folder.permissions.rightsOfMember(0), Right.folderVisible)
  await refuses(t, ecInvalidParam, 'a bit that is none', () => give(folder, 0x4))
  requirement('MS-OXCPERM_R87')
  t.equal(access(mailbox, bob).full, false)
})

t.test('a restart keeps the lists; a folder that goes takes its list along', async t => {
  const fixture = await Fixture.open()
  let mailbox = await fixture.create(1)
  const inbox = mailbox.openFolder(specialFid('inbox'), {}, alice)
  await give(inbox, permissionLevels.editor)
  await inbox.setPermissions([{ who: { guid: LIST }, rights: permissionLevels.reviewer }], {}, alice)
  const below = { type: 'generic', displayName: 'Below', comment: '', openExisting: false } as const
  const { folder } = await inbox.createFolder(below, alice)
  t.same(folder.permissions.members, inbox.permissions.members, 'a new folder has the list of the one above')
  const before = inbox.permissions.members
  mailbox = await fixture.restart()
  const again = mailbox.openFolder(specialFid('inbox'), {}, bob)
  t.same(again.permissions.members, before)
  t.equal(mailbox.openFolder(specialFid('calendar'), {}, alice).permissions.rightsOfMember(0), Right.freeBusySimple)
  await again.setPermissions([{ who: 'anonymous', rights: 0 }], { replace: true }, alice)
  t.equal(
    again.permissions.rightsOf(bob.guid, () => []),
    0
  )
  const parent = mailbox.openFolder(specialFid('inbox'), {}, alice)
  await parent.removeFolder(folder.fid, { messages: true, folders: true, hard: true }, alice)
  t.same((await checkMailbox(mailbox)).problems, [])
})

t.test('a public store', async t => {
  const fixture = await Fixture.open()
  const store = await fixture.mailboxes.create({ number: 3, owner: publicOwner, localeId: 0x409, storeKind: 'public' })
  t.equal(store.storeKind, 'public')
  const top = store.openFolder(publicFid('ipmSubtree'), {}, bob)
  t.equal(top.rights, permissionLevels.author)
  await refuses(t, ecAccessDenied, 'everybody reads and writes, but makes no folders', () =>
    top.createFolder({ type: 'generic', displayName: 'News', comment: '', openExisting: false }, bob)
  )
  const made = await store
    .openFolder(top.fid, {}, publicOwner)
    .createFolder({ type: 'generic', displayName: 'News', comment: '', openExisting: false }, publicOwner)
  const mid = await message(store, made.folder.fid, 'hello', bob)
  t.equal(store.openMessage(made.folder.fid, mid, writing, bob).mid, mid)
  t.same((await checkMailbox(store)).problems, [])
})
