/** What copies of folders have beside the messages: rules, searches, permissions ([MS-OXCFOLD] 2.2.1.8, 3.2.5.8). */
import t, { type Test } from 'tap'
import { RopCopyFolder } from '../../../rops/folder/rop-copy-folder.js'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopGetSearchCriteria } from '../../../rops/folder/rop-get-search-criteria.js'
import { RopSetSearchCriteria } from '../../../rops/folder/rop-set-search-criteria.js'
import { RopGetRulesTable } from '../../../rops/rule/rop-get-rules-table.js'
import { RopModifyRules } from '../../../rops/rule/rop-modify-rules.js'
import { limits } from '../../../src/limits.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import type { Fid } from '../../../src/oxcdata/ids.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { alice, bob, RealClient, RealWorld } from './real-driver.js'

const [STOP, RESTART, RECURSIVE, SHALLOW, STATIC] = [0x1, 0x2, 0x4, 0x8, 0x40000]
const NON_INDEXED = 0x20000
const ecNotInitialized = 0x80040605
const NEW_RULE = 0x1
const DELETE = Buffer.from('01000900' + '0a' + '0000000000000000', 'hex')
const CONDITION = Buffer.from('030100010' + '01f0037001f003700' + '62006f0073007300' + '0000', 'hex')
const COLUMNS = [tags.PidTagRuleName, tags.PidTagRuleSequence, tags.PidTagRuleState, tags.PidTagRuleProvider]

const copying = (folderId: Fid, newFolderName: string, wantRecursive = true) => ({
  ...{ wantAsynchronous: false, useUnicode: true, folderId, newFolderName, wantRecursive }
})

async function addRule(client: RealClient, folder: number, name: string, more = 0): Promise<number> {
  const entry = (tag: number, value: Parameters<typeof encodeValue>[1]) => ({
    tag,
    bytes: encodeValue(tag & 0xffff, value)
  })
  const propertyValues = [
    ...[entry(tags.PidTagRuleName, name), entry(tags.PidTagRuleSequence, 7), entry(tags.PidTagRuleState, 1)],
    ...[entry(tags.PidTagRuleProvider, 'RuleOrganizer'), entry(tags.PidTagRuleLevel, 0)],
    entry(tags.PidTagRuleProviderData, Buffer.alloc(more)),
    { tag: tags.PidTagRuleCondition, bytes: CONDITION },
    { tag: tags.PidTagRuleActions, bytes: DELETE }
  ]
  const request = { modifyRulesFlags: 0, rulesData: [{ ruleDataFlags: NEW_RULE, propertyValues }] }
  return (await client.call(RopModifyRules, request, folder)).returnValue
}

async function rulesOf(client: RealClient, folder: number, columns: readonly number[] = COLUMNS) {
  const { returnValue, handle } = await client.call(RopGetRulesTable, { tableFlags: 0x40 }, folder)
  if (returnValue !== 0) return returnValue
  await client.setColumns(handle, columns)
  return (await client.rows(handle, columns)).rows
}

/** A folder of the mailbox by its name, opened by the client. */
async function child(client: RealClient, name: string) {
  const node = [...client.mailbox.tree.all()].find(({ displayName }) => displayName === name)
  if (node === undefined) throw new Error(`no folder ${name}`)
  return { fid: node.fid, node, handle: await client.folder(node.fid) }
}

async function sound(t: Test, { world }: RealClient): Promise<void> {
  for (const core of [world.alices, world.bobs]) {
    await core.searches.whenIdle()
    t.same((await checkMailbox(core)).problems, [])
  }
}

t.test('rules go along, under ids of their own', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const top = await client.createFolder(inbox, 'Top')
  const below = await client.createFolder(top.handle, 'Below')
  t.equal(await addRule(client, top.handle, 'first'), 0)
  t.equal(await addRule(client, top.handle, 'second'), 0)
  t.equal(await addRule(client, below.handle, 'deep'), 0)
  const target = (await client.createFolder(inbox, 'Target')).handle
  const answer = await client.call(RopCopyFolder, copying(top.folderId, 'Copy'), inbox, { destination: target })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  const copy = await child(client, 'Copy')
  t.same(await rulesOf(client, copy.handle), await rulesOf(client, top.handle))
  t.same(await rulesOf(client, copy.handle), [
    ['first', 7, 1, 'RuleOrganizer'],
    ['second', 7, 1, 'RuleOrganizer']
  ])
  requirement('MS-OXCFOLD_R198')
  const bodies = [tags.PidTagRuleCondition, tags.PidTagRuleActions]
  t.same(await rulesOf(client, copy.handle, bodies), await rulesOf(client, top.handle, bodies))
  const ids = async (folder: number) => (await rulesOf(client, folder, [tags.PidTagRuleId])) as unknown[][]
  const all = [...(await ids(copy.handle)), ...(await ids(top.handle))].flat()
  t.equal(new Set(all).size, 4, 'no id twice')
  t.equal(await client.one(copy.handle, tags.PidTagHasRules), true)
  const deep = [...copy.node.children.values()][0]
  t.same(await rulesOf(client, await client.folder(deep.fid)), [['deep', 7, 1, 'RuleOrganizer']])
  await sound(t, client)
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.equal(((await rulesOf(later, await later.folder(copy.fid))) as unknown[]).length, 2, 'after a restart, too')
})

t.test('rules that are larger than a folder may have are copied as they are', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const top = await client.createFolder(inbox, 'Top')
  const rules = Math.ceil(limits.folderRulesBytes / 20_000) + 1
  for (let n = 0; n < rules; n++) await addRule(client, top.handle, `rule ${n}`, 20_000)
  t.equal(client.mailbox.tree.find(top.folderId)!.rules.length, rules)
  const answer = await client.call(RopCopyFolder, copying(top.folderId, 'Copy'), inbox, { destination: inbox })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  t.equal((await child(client, 'Copy')).node.rules.length, rules)
})

t.test('who may not see the rules copies none, and nobody is let in by a copy', async t => {
  const world = await RealWorld.open()
  const client = await RealClient.logOn({ world })
  const inbox = await client.folder('inbox')
  const top = await client.createFolder(inbox, 'Top')
  const target = await client.createFolder(inbox, 'Target')
  await addRule(client, top.handle, 'private')
  const give = (fid: Fid, who: 'default' | { guid: string }, rights: number) =>
    world.alices.openFolder(fid, {}, alice).setPermissions([{ who, rights }], {}, alice)
  await give(world.alices.tree.find(top.folderId)!.parentFid, { guid: bob.guid }, permissionLevels.reviewer)
  await give(top.folderId, { guid: bob.guid }, permissionLevels.reviewer)
  await give(top.folderId, 'default', permissionLevels.editor)
  await give(target.folderId, { guid: bob.guid }, permissionLevels.publishingEditor)
  const guest = await RealClient.logOn({ world, actor: bob })
  const [from, into] = [await guest.folder('inbox'), await guest.folder(target.folderId)]
  const answer = await guest.call(RopCopyFolder, copying(top.folderId, 'Copy'), from, { destination: into })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  const { node } = await child(client, 'Copy')
  t.same(node.rules, [])
  t.equal(
    node.permissions.find('default')?.rights,
    world.alices.tree.find(target.folderId)!.permissions.find('default')?.rights
  )
  await sound(t, client)
})

async function search(client: RealClient, parent: number, name: string, scope: Fid[], flags: number) {
  const made = await client.createFolder(parent, name, { folderType: 2 })
  const restriction = { kind: 'exist' as const, tag: tags.PidTagMessageClass }
  const request = { restriction, folderIds: scope, searchFlags: flags | NON_INDEXED }
  const { returnValue } = await client.call(RopSetSearchCriteria, request, made.handle)
  if (returnValue !== 0) throw new Error(`no search: ${returnValue.toString(16)}`)
  await client.mailbox.searches.whenIdle()
  return made
}

async function criteria(client: RealClient, folder: number) {
  const request = { useUnicode: true, includeRestriction: true, includeFolders: true }
  const { returnValue, value } = await client.call(RopGetSearchCriteria, request, folder)
  return returnValue === 0 ? value : returnValue
}

t.test('search folders find in a copy what they find where they are', async t => {
  const client = await RealClient.logOn()
  const inbox = await client.folder('inbox')
  const source = await client.createFolder(inbox, 'Source')
  const inner = await client.createFolder(source.handle, 'Inner')
  await client.createMessage(source.folderId, [[tags.PidTagSubject, 'one']])
  await client.createMessage(inner.folderId, [[tags.PidTagSubject, 'two']])
  const top = await client.createFolder(inbox, 'Top')
  await client.createMessage(top.folderId, [[tags.PidTagSubject, 'own']])
  const deep = await search(client, top.handle, 'Deep', [source.folderId], RECURSIVE | RESTART)
  const still = await search(client, top.handle, 'Still', [source.folderId], SHALLOW | STATIC | RESTART)
  const stopped = await search(client, top.handle, 'Stopped', [source.folderId], SHALLOW | RESTART)
  const stop = { restriction: null, folderIds: [], searchFlags: STOP }
  t.equal((await client.call(RopSetSearchCriteria, stop, stopped.handle)).returnValue, 0)
  await client.createFolder(top.handle, 'Never', { folderType: 2 })
  const answer = await client.call(RopCopyFolder, copying(top.folderId, 'Copy'), inbox, { destination: inbox })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: false }])
  requirement('MS-OXCFOLD_R1122')
  await client.mailbox.searches.whenIdle()
  const { node } = await child(client, 'Copy')
  const copies = new Map([...node.children.values()].map(one => [one.displayName, one]))
  t.same([...copies.keys()].sort(), ['Deep', 'Never', 'Still', 'Stopped'])
  t.ok([...copies.values()].every(({ type }) => type === 'search'))
  const opened = async (name: string) => client.folder(copies.get(name)!.fid)
  for (const [name, original] of [
    ['Deep', deep],
    ['Still', still],
    ['Stopped', stopped]
  ] as const) {
    t.same(await criteria(client, await opened(name)), await criteria(client, original.handle), name)
  }
  t.equal(await criteria(client, await opened('Never')), ecNotInitialized)
  const subjects = async (name: string) => {
    const table = await client.contents(await opened(name), [tags.PidTagSubject])
    return (await client.column(table, [tags.PidTagSubject])).sort()
  }
  t.same(await subjects('Deep'), ['one', 'two'])
  t.same(await subjects('Still'), ['one'])
  await client.createMessage(inner.folderId, [[tags.PidTagSubject, 'three']])
  t.same(await subjects('Deep'), ['one', 'three', 'two'], 'it follows what comes')
  const alone = await client.call(RopCopyFolder, copying(deep.folderId, 'Alone', false), top.handle, {
    destination: inbox
  })
  t.same([alone.returnValue, alone.value], [0, { partialCompletion: false }], 'a search folder by itself')
  await sound(t, client)
  t.equal((await child(client, 'Alone')).node.counters.contentCount, 3)
})

t.test('a search whose folder is gone has no copy', async t => {
  const client = await RealClient.logOn({ personality: { copyFolderNeverPartial: false } })
  const inbox = await client.folder('inbox')
  const source = await client.createFolder(inbox, 'Source')
  const top = await client.createFolder(inbox, 'Top')
  await search(client, top.handle, 'Lost', [source.folderId], SHALLOW | RESTART)
  await client.createMessage(top.folderId, [[tags.PidTagSubject, 'own']])
  const gone = { deleteFolderFlags: 0x11, folderId: source.folderId }
  t.equal((await client.call(RopDeleteFolder, gone, inbox)).returnValue, 0)
  const answer = await client.call(RopCopyFolder, copying(top.folderId, 'Copy'), inbox, { destination: inbox })
  t.same([answer.returnValue, answer.value], [0, { partialCompletion: true }])
  requirement('MS-OXCFOLD_R1121')
  const { node } = await child(client, 'Copy')
  t.same([node.counters.contentCount, node.children.size], [1, 0], 'the rest is there')
  await sound(t, client)
})
