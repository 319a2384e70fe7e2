import t, { type TAP as Tap } from 'tap'
import { limits } from '../../src/limits.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { StoreFolder } from '../../src/mailbox/folders/folder.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { Batch, keys } from '../../store/index.js'
import { requirement } from '../conformance/ledger.js'
import { alice, Fixture } from './mailbox-fixture.js'

const inbox = specialFid('inbox')
const OPEN = { access: 'readWrite', softDeleted: false, codePage: 1252 } as const
const KEEP = { force: false, keepOpen: 'readWrite' } as const
const TABLE = { softDeleted: false, unicode: true, suppressNotifications: false, codePage: 1252 } as const

function get(object: { value(tag: number): Uint8Array | number }, tag: number): PropertyValue | undefined {
  const value = object.value(tag)
  return typeof value === 'number' ? undefined : decodeValue(tagType(tag), value)
}

function spec(
  displayName: string,
  more: { openExisting?: boolean; type?: 'generic' | 'search'; comment?: string } = {}
) {
  return { type: 'generic', comment: '', openExisting: false, ...more, displayName } as const
}

async function createIn(parent: StoreFolder, displayName: string): Promise<StoreFolder> {
  return (await parent.createFolder(spec(displayName), alice)).folder
}

async function addMessages(mailbox: MailboxCore, fid: number, count: number, associated = false): Promise<number[]> {
  const mids: number[] = []
  for (let i = 0; i < count; i++) {
    const message = mailbox.createMessage(fid, { associated, codePage: 1252 }, alice)
    message.set([{ tag: tags.PidTagSubject, bytes: storedString(`message ${i}`) }], alice)
    message.set([{ tag: tags.PidTagMessageFlags, bytes: encodeValue(3, i % 2) }], alice)
    mids.push(await message.save(KEEP, alice))
  }
  return mids
}

async function checked(t: Pick<Tap, 'same'>, mailbox: MailboxCore): Promise<void> {
  await mailbox.objects.blobs.whenIdle()
  t.same((await checkMailbox(mailbox)).problems, [])
}

t.test('creating folders', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const parent = mailbox.openFolder(inbox, {}, alice)
  const changes = get(parent, tags.PidTagHierarchyChangeNumber) as number
  const { folder, existed } = await parent.createFolder(spec('Projects', { comment: 'All of them' }), alice)
  t.equal(existed, false)
  t.equal(get(folder, tags.PidTagDisplayName), 'Projects')
  requirement('MS-OXCFOLD_R54')
  t.equal(get(folder, tags.PidTagComment), 'All of them')
  requirement('MS-OXCFOLD_R56')
  t.equal(folder.parentFid, inbox)
  t.equal(get(parent, tags.PidTagHierarchyChangeNumber), changes + 1)
  t.equal(get(parent, tags.PidTagSubfolders), true)
  requirement('MS-OXCFOLD_R352', 'MS-OXCFOLD_R1029')
  t.equal(get(folder, tags.PidTagSubfolders), false)
  requirement('MS-OXCFOLD_R1030')
  t.throws(() => parent.createFolder(spec('PROJECTS'), alice), { code: ErrorCode.ecDuplicateName })
  requirement('MS-OXCFOLD_R481', 'MS-OXCFOLD_R493', 'MS-OXCFOLD_R1065')
  const again = await parent.createFolder(spec('projects', { openExisting: true }), alice)
  t.equal(again.existed, true)
  t.equal(again.folder.fid, folder.fid)
  requirement('MS-OXCFOLD_R482')
  const other = await parent.createFolder(spec('Other', { openExisting: true }), alice)
  t.equal(other.existed, false)
  requirement('MS-OXCFOLD_R483')
  t.throws(() => parent.createFolder(spec(''), alice), { code: ErrorCode.ecInvalidParam })
  const search = await parent.createFolder(spec('Found', { type: 'search' }), alice)
  t.equal(get(search.folder, tags.PidTagFolderType), 2)
  t.equal(get(folder, tags.PidTagFolderType), 1)
  t.equal(get(mailbox.openFolder(specialFid('root'), {}, alice), tags.PidTagFolderType), 0)
  requirement('MS-OXCFOLD_R810', 'MS-OXCFOLD_R811', 'MS-OXCFOLD_R812')
  const reopened = await fixture.restart()
  t.equal(get(reopened.openFolder(folder.fid, {}, alice), tags.PidTagDisplayName), 'Projects')
  await checked(t, reopened)
})

t.test('properties of folders are committed at once', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const parent = mailbox.openFolder(inbox, {}, alice)
  const folder = await createIn(parent, 'A')
  await createIn(parent, 'B')
  const changeKey = folder.value(tags.PidTagChangeKey)
  const bytes = storedString('IPF.Note')
  t.same(await folder.set([{ tag: tags.PidTagContainerClass, bytes }], alice), [])
  t.notSame(folder.value(tags.PidTagChangeKey), changeKey)
  const problems = await folder.set([{ tag: tags.PidTagContentCount, bytes: encodeValue(3, 9) }], alice)
  t.equal(problems.length, 1)
  t.equal(get(folder, tags.PidTagContentCount), 0)
  t.throws(() => folder.set([{ tag: tags.PidTagDisplayName, bytes: storedString('b') }], alice), {
    code: ErrorCode.ecDuplicateName
  })
  requirement('MS-OXCFOLD_R1039')
  await folder.set([{ tag: tags.PidTagDisplayName, bytes: storedString('C') }], alice)
  t.ok(await createIn(parent, 'A'), 'the old name is free')
  t.equal(get(folder, tags.PidTagRights), 0x7fb)
  const reopened = (await fixture.restart()).openFolder(folder.fid, {}, alice)
  t.equal(get(reopened, tags.PidTagDisplayName), 'C')
  t.equal(get(reopened, tags.PidTagContainerClass), 'IPF.Note')
  requirement('MS-OXCPRPT_R846')
  await reopened.remove([tags.PidTagContainerClass], alice)
  t.equal(reopened.value(tags.PidTagContainerClass), ErrorCode.ecNotFound)
  requirement('MS-OXCPRPT_R492', 'MS-OXCPRPT_R486')
})

t.test('counts and sizes', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const folder = mailbox.openFolder(inbox, {}, alice)
  await addMessages(mailbox, inbox, 5)
  await addMessages(mailbox, inbox, 2, true)
  t.equal(get(folder, tags.PidTagContentCount), 5)
  t.equal(get(folder, tags.PidTagAssociatedContentCount), 2)
  t.equal(get(folder, tags.PidTagContentUnreadCount), 3)
  requirement('MS-OXCFOLD_R10345', 'MS-OXCFOLD_R346', 'MS-OXCFOLD_R10347')
  const size = get(folder, tags.PidTagMessageSize) as number
  t.ok(size > 0)
  t.equal(get(folder, tags.PidTagMessageSizeExtended), BigInt(size))
  requirement('MS-OXCFOLD_R10353', 'MS-OXCFOLD_R10354')
  t.equal(get(mailbox, tags.PidTagContentCount), 5)
  requirement('MS-OXCSTOR_R651')
  t.equal(get(mailbox, tags.PidTagMessageSizeExtended), BigInt(size))
  requirement('MS-OXCSTOR_R660')
  t.ok(folder.tags().includes(tags.PidTagMessageSizeExtended))
  const reopened = await fixture.restart()
  t.equal(get(reopened.openFolder(inbox, {}, alice), tags.PidTagContentCount), 5)
  await checked(t, reopened)
})

t.test('deleting messages, soft and hard', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const folder = mailbox.openFolder(inbox, {}, alice)
  const mids = await addMessages(mailbox, inbox, 6)
  const opened = mailbox.openMessage(inbox, mids[1], OPEN, alice)
  await opened.setReadFlag(0x04, alice)
  const SOFT = { hard: false, notifyNonRead: false }
  t.same(await folder.deleteMessages(mids.slice(0, 2), SOFT, alice), { partial: false })
  t.equal(get(folder, tags.PidTagContentCount), 4)
  t.equal(get(folder, tags.PidTagDeletedCountTotal), 2)
  requirement('MS-OXCFOLD_R632', 'MS-OXCFOLD_R3006')
  t.throws(() => mailbox.openMessage(inbox, mids[0], OPEN, alice), { code: ErrorCode.ecNotFound })
  requirement('MS-OXCMSG_R326', 'MS-OXCMSG_R335')
  const deleted = mailbox.openMessage(inbox, mids[0], { ...OPEN, softDeleted: true }, alice)
  t.equal(get(deleted, tags.PidTagSubject), 'message 0')
  requirement('MS-OXCMSG_R325')
  await checked(t, mailbox)
  t.same(await folder.deleteMessages([mids[2], 0x1000000777777], { ...SOFT, hard: true }, alice), { partial: true })
  requirement('MS-OXCFOLD_R1147')
  t.throws(() => mailbox.openMessage(inbox, mids[2], { ...OPEN, softDeleted: true }, alice), {
    code: ErrorCode.ecNotFound
  })
  await folder.deleteMessages([mids[0]], { ...SOFT, hard: true }, alice)
  t.throws(() => mailbox.openMessage(inbox, mids[0], { ...OPEN, softDeleted: true }, alice), {
    code: ErrorCode.ecNotFound
  })
  await checked(t, await fixture.restart())
})

t.test('moving and copying messages', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const from = mailbox.openFolder(inbox, {}, alice)
  const to = mailbox.openFolder(specialFid('drafts'), {}, alice)
  const [first, second] = await addMessages(mailbox, inbox, 2)
  const message = mailbox.openMessage(inbox, first, OPEN, alice)
  message.set([{ tag: tags.PidTagHtml, bytes: new Uint8Array(50_000).fill(0x62) }], alice)
  const attachment = message.createAttachment(alice)
  attachment.set([{ tag: tags.PidTagAttachDataBinary, bytes: new Uint8Array(70_000).fill(1) }], alice)
  attachment.save({ keepOpen: 'no' }, alice)
  await message.save(KEEP, alice)
  await checked(t, mailbox)
  t.same(await from.moveCopyMessages(to, [first], { copy: true }, alice), { partial: false })
  t.equal(get(from, tags.PidTagContentCount), 2)
  t.equal(get(to, tags.PidTagContentCount), 1)
  await checked(t, mailbox)
  t.same(await from.moveCopyMessages(to, [first, second, 7], { copy: false }, alice), { partial: true })
  requirement('MS-OXCFOLD_R586')
  t.equal(get(from, tags.PidTagContentCount), 0)
  t.equal(get(to, tags.PidTagContentCount), 3)
  t.throws(() => mailbox.openMessage(inbox, first, OPEN, alice), { code: ErrorCode.ecNotFound })
  await checked(t, mailbox)
  const search = (await from.createFolder(spec('Found', { type: 'search' }), alice)).folder
  t.throws(() => to.moveCopyMessages(search, [first], { copy: true }, alice), { code: ErrorCode.ecSearchFolder })
  requirement('MS-OXCFOLD_R1246')
  await checked(t, await fixture.restart())
})

t.test('to another mailbox, named properties keep their names', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const other = await fixture.create(2)
  const pad = { guid: '00062008-0000-0000-c000-000000000046', lid: 0x8501 }
  await other.propertyIdsFromNames([pad], true, other.owner)
  const name = { guid: '00062002-0000-0000-c000-000000000046', lid: 0x8208 }
  const [here] = await mailbox.propertyIdsFromNames([name], true, alice)
  const message = mailbox.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  message.set(
    [
      { tag: here * 0x10000 + 0x1f, bytes: storedString('Room 7') },
      { tag: tags.PidTagHtml, bytes: new Uint8Array(50_000).fill(0x62) }
    ],
    alice
  )
  const mid = await message.save(KEEP, alice)
  const from = mailbox.openFolder(inbox, {}, alice)
  const to = other.openFolder(inbox, {}, other.owner)
  const assistant = { ...alice, fullAccess: [other.owner.address] }
  t.throws(() => from.moveCopyMessages(to, [mid], { copy: false }, alice), { code: ErrorCode.ecAccessDenied })
  t.same(await from.moveCopyMessages(to, [mid], { copy: false }, assistant), { partial: false })
  t.equal(get(from, tags.PidTagContentCount), 0)
  const [there] = await other.propertyIdsFromNames([name], false, other.owner)
  t.not(there, here)
  const moved = await movedMessage(other)
  t.equal(get(moved, there * 0x10000 + 0x1f), 'Room 7')
  const stream = await moved.openStream(tags.PidTagHtml, 'read', other.owner)
  t.equal(stream.size, 50_000)
  await stream.release()
  await checked(t, mailbox)
  await checked(t, other)
})

async function movedMessage(mailbox: MailboxCore) {
  const [entry] = await mailbox.objects.store.range(keys.message.range(mailbox.number))
  return mailbox.openMessage(inbox, keys.message.parse(entry.key).mid, OPEN, mailbox.owner)
}

t.test('removing folders', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const parent = mailbox.openFolder(inbox, {}, alice)
  const folder = await createIn(parent, 'Old')
  const child = await createIn(folder, 'Older')
  await addMessages(mailbox, folder.fid, 3)
  await addMessages(mailbox, child.fid, 2, true)
  const remove = (options: Partial<{ messages: boolean; folders: boolean; hard: boolean }>) =>
    parent.removeFolder(folder.fid, { messages: false, folders: false, hard: false, ...options }, alice)
  t.same(await remove({}), { partial: true })
  t.same(await remove({ folders: true }), { partial: true })
  requirement('MS-OXCFOLD_R371', 'MS-OXCFOLD_R817')
  t.same(await remove({ messages: true }), { partial: true })
  requirement('MS-OXCFOLD_R1079', 'MS-OXCFOLD_R1081')
  t.equal(get(folder, tags.PidTagContentCount), 3)
  t.same(await remove({ messages: true, folders: true }), { partial: false })
  t.throws(() => mailbox.openFolder(folder.fid, {}, alice), { code: ErrorCode.ecNotFound })
  requirement('MS-OXCFOLD_R498')
  t.ok(await createIn(parent, 'Old'), 'the name is free')
  await checked(t, await fixture.restart())
  const again = await fixture.restart()
  const second = again.openFolder(inbox, {}, alice)
  const hard = { messages: true, folders: true, hard: true }
  t.same(await second.removeFolder(folder.fid, hard, alice), { partial: false })
  t.throws(() => again.openFolder(child.fid, { softDeleted: true }, alice), { code: ErrorCode.ecNotFound })
  requirement('MS-OXCFOLD_R497')
  t.throws(() => second.removeFolder(folder.fid, hard, alice), { code: ErrorCode.ecNotFound })
  requirement('MS-OXCFOLD_R507')
  const subtree = again.openFolder(specialFid('ipmSubtree'), {}, alice)
  t.throws(() => subtree.removeFolder(inbox, hard, alice), { code: ErrorCode.ecAccessDenied })
  await checked(t, again)
})

t.test('a folder holds properties up to its limit, and what is too much may shrink', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const folder = await createIn(mailbox.openFolder(inbox, {}, alice), 'Full')
  const size = () => mailbox.tree.find(folder.fid)!.bag.sizeBytes
  const tag = 0x67000102
  const put = (bytes: number) => folder.set([{ tag, bytes: encodeValue(tagType(tag), new Uint8Array(bytes)) }], alice)
  await put(1000)
  const most = limits.folderBytes - size() + 1000
  await put(most)
  t.equal(size(), limits.folderBytes)
  await t.rejects(async () => put(most + 1), { code: ErrorCode.ecTooBig })
  t.equal(size(), limits.folderBytes)
})

t.test('what changes no property gives a folder no new change number', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const folder = await createIn(mailbox.openFolder(inbox, {}, alice), 'Same')
  const key = () => get(folder, tags.PidTagChangeKey)
  const before = key()
  const [problem] = await folder.remove([tags.PidTagFolderId], alice)
  t.match(problem, { index: 0, tag: tags.PidTagFolderId })
  t.same(key(), before)
  t.equal((await folder.set([{ tag: tags.PidTagContentCount, bytes: encodeValue(3, 7) }], alice)).length, 1)
  t.same(key(), before)
  t.same(await folder.set([{ tag: tags.PidTagComment, bytes: storedString('new') }], alice), [])
  t.notSame(key(), before)
})

t.test('an open folder that was removed says so', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const parent = mailbox.openFolder(inbox, {}, alice)
  const folder = await createIn(parent, 'Gone')
  const other = await createIn(parent, 'Other')
  const mids = await addMessages(mailbox, inbox, 1)
  await parent.removeFolder(folder.fid, { messages: true, folders: true, hard: true }, alice)
  const all = { hard: false, associated: false }
  const uses: Record<string, () => unknown> = {
    value: () => folder.value(tags.PidTagDisplayName),
    set: () => folder.set([{ tag: tags.PidTagComment, bytes: storedString('x') }], alice),
    remove: () => folder.remove([tags.PidTagComment], alice),
    createFolder: () => folder.createFolder(spec('x'), alice),
    removeFolder: () => folder.removeFolder(other.fid, { messages: true, folders: true, hard: true }, alice),
    emptyFolder: () => folder.emptyFolder(all, alice),
    moveFolder: () => folder.moveFolder(other.fid, parent, 'x', alice),
    moveFolderInto: () => parent.moveFolder(other.fid, folder, 'x', alice),
    copyFolderInto: () => parent.copyFolder(other.fid, folder, { name: 'x', isRecursive: true }, alice),
    moveMessagesInto: () => parent.moveCopyMessages(folder, mids, { copy: false }, alice),
    deleteMessages: () => folder.deleteMessages(mids, { hard: false, notifyNonRead: false }, alice),
    setReadFlags: () => folder.setReadFlags(mids, 0, alice),
    searchCriteria: () => folder.searchCriteria({ unicode: true }, alice),
    hierarchyTable: () => folder.hierarchyTable({ ...TABLE, depth: false }, alice),
    contentsTable: () => folder.contentsTable({ ...TABLE, associated: false, conversationMembers: false }, alice)
  }
  for (const [name, use] of Object.entries(uses))
    await t.rejects(async () => use(), { code: ErrorCode.ecObjectDeleted }, name)
})

t.test('a check tells what does not agree', async t => {
  const fixture = await Fixture.open()
  const mailbox = await fixture.create(1)
  const [mid] = await addMessages(mailbox, inbox, 1)
  const { cn } = mailbox.messages.find(mid)!
  const { store } = fixture.objects
  const change = keys.change.of(1, inbox, 0, cn)
  const value = store.get(change)!
  store.commit(new Batch().delete(change))
  t.match((await checkMailbox(mailbox)).problems, [/is not in the change index/, /change index: 0 entries for 1/])
  store.commit(new Batch().put(change, value).delete(keys.summary.of(1, inbox, mid)))
  t.match((await checkMailbox(mailbox)).problems, [/has no summary row/, /summary rows: 0 entries for 1/])
})
