import t, { type Test } from 'tap'
import { checkMailbox } from '../../src/mailbox/check.js'
import type { MailboxEvent } from '../../src/mailbox/events.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { Batch, keys } from '../../store/index.js'
import { alice, bob, Fixture } from './mailbox-fixture.js'
import {
  drafts,
  entry,
  finder,
  inbox,
  ipmSubtree,
  property,
  RECURSIVE,
  RESTART,
  SearchWorld,
  STATIC,
  STOP,
  subjectHas
} from './search-fixture.js'

async function world(): Promise<{ fixture: Fixture; w: SearchWorld }> {
  const fixture = await Fixture.open()
  return { fixture, w: new SearchWorld(await fixture.create(1)) }
}

const sound = async (t: Test, { core }: SearchWorld, name: string) =>
  t.same((await checkMailbox(core)).problems, [], `${name}: the store is sound`)

t.test('a dynamic search follows what happens to messages', async t => {
  const { fixture, w } = await world()
  const events: MailboxEvent[] = []
  w.core.events.subscribe(event => events.push(event))
  const before = await w.message('tea with milk')
  await w.message('coffee')
  const size = w.core.value(tags.PidTagMessageSizeExtended)
  const search = await w.search(subjectHas('tea'))
  t.same(w.core.value(tags.PidTagMessageSizeExtended), size, 'what it shows is not there twice')
  t.same(await w.rows(search), [before], 'what was there')
  t.ok(
    events.some(({ kind }) => kind === 'searchComplete'),
    'and its end is told'
  )
  const after = await w.message('green tea')
  t.same(await w.rows(search), [before, after], 'what comes in')
  t.equal(w.open(search).node.counters.contentCount, 2)
  t.equal(w.open(search).node.counters.contentBytes > 0, true)
  await sound(t, w, 'after messages')
  await w.change(before, 'beer')
  t.same(await w.rows(search), [after], 'what does not match any more')
  await w.change(before, 'tea again')
  t.same(await w.rows(search), [before, after])
  t.ok(events.some(event => event.kind === 'searchRowRemoved' && event.mid === before))
  t.ok(events.some(event => event.kind === 'searchRowAdded' && event.mid === before && event.homeFid === inbox))
  await w.open(inbox).setReadFlags([before], 0x04, alice)
  const unread = w.open(search).node.counters.unreadCount
  await w.open(inbox).setReadFlags([before], 0, alice)
  t.equal(w.open(search).node.counters.unreadCount, unread - 1, 'read states are counted')
  await sound(t, w, 'after changes')
  await w.open(inbox).moveCopyMessages(w.open(drafts), [before], { copy: false }, alice)
  t.same(await w.rows(search), [after], 'what is moved away')
  await w.open(inbox).deleteMessages([after], { hard: false, notifyNonRead: false }, alice)
  t.same(await w.rows(search), [], 'what is deleted')
  t.equal(w.open(search).node.counters.contentCount, 0)
  await sound(t, w, 'at the end')
  await w.message('tea at last')
  w.core = await fixture.restart()
  t.equal((await w.rows(search)).length, 1, 'a restart changes nothing')
  await w.message('more tea')
  t.equal((await w.rows(search)).length, 2, 'and the search goes on')
  await sound(t, w, 'after a restart')
})

t.test('imported messages are found as others are', async t => {
  const { w } = await world()
  const search = await w.search(subjectHas('even'))
  const drafts = Array.from({ length: 300 }, (_, i) => ({
    properties: PropertyBag.of([{ tag: tags.PidTagSubject, bytes: storedString(i % 2 ? `odd ${i}` : `even ${i}`) }]),
    ...{ recipients: [], attachments: [], time: 133_000_000_000_000_000n + BigInt(i) }
  }))
  await w.core.importMessages(inbox, drafts)
  t.equal((await w.rows(search)).length, 150)
  await sound(t, w, 'followed')
  const later = await w.search(subjectHas('odd'))
  t.equal((await w.rows(later)).length, 150, 'and a search over them finds them')
  await sound(t, w, 'populated')
})

t.test('folders that move in and out of a recursive scope take their messages along', async t => {
  const { w } = await world()
  const below = await w.folder('below')
  const deep = await w.folder('deep', below)
  const mid = await w.message('tea', deep)
  const search = await w.search(subjectHas('tea'), [inbox], RESTART | RECURSIVE)
  t.same(await w.rows(search), [mid])
  const shallow = await w.search(subjectHas('tea'), [below])
  t.same(await w.rows(shallow), [], 'a shallow one looks at its folders only')
  await w.open(inbox).removeFolder(below, { messages: true, folders: true, hard: false }, alice)
  await w.core.searches.whenIdle()
  t.same(await w.rows(search), [], 'a deleted folder is searched no more')
  await sound(t, w, 'after a soft deletion')
  await w.open(inbox).removeFolder(below, { messages: true, folders: true, hard: true }, alice)
  await sound(t, w, 'after a hard one')
  const fresh = await w.folder('fresh')
  const found = await w.message('iced tea', fresh)
  t.same(await w.rows(search), [found], 'a new folder is in the scope at once')
})

t.test('moving a folder', async t => {
  const { w } = await world()
  const box = await w.folder('box', drafts)
  const mids = [await w.message('tea 1', box), await w.message('tea 2', box)]
  const search = await w.search(subjectHas('tea'), [inbox], RESTART | RECURSIVE)
  t.same(await w.rows(search), [])
  await w.open(drafts).moveFolder(box, w.open(inbox), 'box', alice)
  await w.core.searches.whenIdle()
  t.same(await w.rows(search), mids, 'into the scope')
  await sound(t, w, 'moved in')
  await w.open(inbox).moveFolder(box, w.open(drafts), 'box', alice)
  await w.core.searches.whenIdle()
  t.same(await w.rows(search), [], 'out of it')
  await sound(t, w, 'moved out')
})

t.test('a static search shows what was there when it began', async t => {
  const { fixture, w } = await world()
  const [first, second] = [await w.message('tea 1'), await w.message('tea 2')]
  const search = await w.search(subjectHas('tea'), [inbox], RESTART | STATIC)
  t.same(await w.rows(search), [first, second])
  await w.message('tea 3')
  await w.change(first, 'beer')
  await w.open(inbox).deleteMessages([second], { hard: true, notifyNonRead: false }, alice)
  t.same(await w.rows(search), [first, second], 'whatever comes, changes or goes')
  t.equal(w.open(search).node.counters.contentCount, 2)
  await sound(t, w, 'static')
  w.core = await fixture.restart()
  t.same(await w.rows(search), [first, second])
  await w.set(search, { restriction: null, scope: [], flags: RESTART | STATIC })
  await w.core.searches.whenIdle()
  t.equal((await w.rows(search)).length, 1, 'until it is started again')
  t.notOk((await w.rows(search)).includes(second))
  await sound(t, w, 'restarted')
})

t.test('other criteria', async t => {
  const { w } = await world()
  const [tea, beer] = [await w.message('tea'), await w.message('beer')]
  const search = await w.search(subjectHas('tea'))
  await w.set(search, { restriction: subjectHas('beer'), scope: [], flags: RESTART })
  await w.core.searches.whenIdle()
  t.same(await w.rows(search), [beer], 'another restriction in the same folders')
  await w.set(search, { restriction: null, scope: [drafts], flags: RESTART })
  await w.core.searches.whenIdle()
  t.same(await w.rows(search), [], 'the same one in other folders')
  await w.set(search, { restriction: subjectHas('e'), scope: [inbox], flags: RESTART })
  await w.core.searches.whenIdle()
  t.same(await w.rows(search), [tea, beer])
  await w.set(search, { restriction: null, scope: [], flags: STOP })
  await w.message('eel')
  t.same(await w.rows(search), [tea, beer], 'a stopped search takes in nothing')
  await w.open(inbox).deleteMessages([tea], { hard: true, notifyNonRead: false }, alice)
  t.same(await w.rows(search), [beer], 'and lets go what is gone')
  await sound(t, w, 'stopped')
  const few = await w.search({ kind: 'count', count: 1, restriction: subjectHas('e') })
  t.equal((await w.rows(few)).length, 1, 'a count bounds it')
  await sound(t, w, 'counted')
})

t.test('whole values, recipients and attachments count', async t => {
  const { w } = await world()
  const body = `${'x'.repeat(100_000)} needle`
  const inBody: Restriction = { ...(subjectHas('needle') as object), tag: tags.PidTagBody } as Restriction
  const early = await w.search({ ...inBody, value: entry(tags.PidTagBody, 'needle') } as Restriction)
  const mid = await w.message('hay', inbox, [[tags.PidTagBody, body]])
  t.same(await w.rows(early), [mid], 'a large body, in the turn that stores it')
  await w.change(mid, 'more hay')
  t.same(await w.rows(early), [mid])
  const late = await w.search({ ...inBody, value: entry(tags.PidTagBody, 'needle') } as Restriction)
  t.same(await w.rows(late), [mid], 'and in a population')
  const toCarol = await w.search({
    kind: 'subObject',
    subObject: tags.PidTagMessageRecipients,
    restriction: property(tags.PidTagDisplayName, 'Carol')
  })
  const message = w.core.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  const properties = PropertyBag.of([entry(tags.PidTagDisplayName, 'Carol')])
  message.modifyRecipients([], [{ rowId: 0, recipient: { rowId: 0, type: 1, codePage: 1252, properties } }], alice)
  const attachment = message.createAttachment(alice)
  await attachment.set([entry(tags.PidTagAttachLongFilename, 'plan.txt')], alice)
  await attachment.save({ keepOpen: 'no' }, alice)
  const withPlan = await w.search({
    kind: 'subObject',
    subObject: tags.PidTagMessageAttachments,
    restriction: property(tags.PidTagAttachLongFilename, 'plan.txt')
  })
  const saved = await message.save({ force: false, keepOpen: 'no' }, alice)
  t.same(await w.rows(toCarol), [saved])
  t.same(await w.rows(withPlan), [saved])
  await sound(t, w, 'sub-objects')
})

t.test('what is done through a search folder is done to the message', async t => {
  const { w } = await world()
  const below = await w.folder('below')
  const mids = [await w.message('tea 1'), await w.message('tea 2', below), await w.message('tea 3', below)]
  const other = await w.message('beer')
  const search = await w.search(subjectHas('tea'), [inbox], RESTART | RECURSIVE)
  const folder = w.open(search)
  t.same(await folder.setReadFlags(mids, 0, alice), { partial: false })
  t.equal(w.open(below).node.counters.unreadCount, 0)
  t.same(await folder.deleteMessages([mids[0], other], { hard: false, notifyNonRead: false }, alice), { partial: true })
  t.equal(w.core.messages.find(mids[0])!.softDeleted, true)
  t.equal(w.core.messages.find(other)!.softDeleted, false, 'but not to what it does not show')
  t.same(await folder.moveCopyMessages(w.open(drafts), [mids[1]], { copy: false }, alice), { partial: false })
  t.equal(w.core.messages.find(mids[1]), undefined)
  t.equal(w.open(drafts).node.counters.contentCount, 1)
  t.same(await w.rows(search), [mids[2]])
  t.same(await folder.setMessageStatus(mids[2], { flags: 0x10, mask: 0x10 }, alice), 0)
  t.same(await folder.messageStatus(mids[2], alice), 0x10)
  const opened = w.core.openMessage(search, mids[2], { access: 'best', softDeleted: false, codePage: 1252 }, alice)
  t.equal(opened.fid, below, 'a message opened through it knows its home')
  t.throws(() => w.core.createMessage(search, { associated: false, codePage: 1252 }, alice), { code: 0x460 })
  t.throws(() => w.core.createMessage(search, { associated: true, codePage: 1252 }, alice), { code: 0x460 })
  await sound(t, w, 'through')
  await w.open(finder).removeFolder(search, { messages: false, folders: false, hard: true }, alice)
  t.ok(w.core.messages.find(mids[2]), 'its removal leaves messages alone')
  t.equal(w.core.searches.find(search), undefined)
  await sound(t, w, 'removed')
})

t.test('a search folder that is deleted softly rests', async t => {
  const { w } = await world()
  const search = await w.search(subjectHas('tea'))
  const first = await w.message('tea 1')
  await w.open(finder).removeFolder(search, { messages: true, folders: true, hard: false }, alice)
  await w.message('tea 2')
  t.same(await w.rows(search), [first])
  await sound(t, w, 'deleted softly')
  await w.open(inbox).deleteMessages([first], { hard: true, notifyNonRead: false }, alice)
  t.same(await w.rows(search), [])
  await w.open(finder).removeFolder(search, { messages: true, folders: true, hard: true }, alice)
  t.equal(w.core.searches.find(search), undefined)
  await sound(t, w, 'deleted for good')
})

t.test('errors', async t => {
  const { w } = await world()
  const search = await w.folder('search', finder, 'search')
  const other = await w.folder('other', finder, 'search')
  const set = (restriction: Restriction | null, scope: number[], flags: number = RESTART, fid = search) => {
    return () => w.open(fid).setSearchCriteria({ restriction, scope, flags }, alice)
  }
  t.throws(() => w.open(search).searchCriteria({ unicode: true }, alice), { code: 0x80040605 })
  t.throws(() => w.open(inbox).searchCriteria({ unicode: true }, alice), { code: 0x461 })
  t.throws(set(subjectHas('x'), [inbox], RESTART, inbox), { code: 0x461 })
  t.throws(set(subjectHas('x'), []), { code: 0x80040605 })
  t.throws(set(null, [inbox]), { code: 0x80040605 })
  t.throws(set(null, [], STOP), { code: 0x80040605 })
  for (const flags of [0x80, 0x3, 0xc, 0x30, 0x30000, 0x80000000]) {
    t.throws(set(subjectHas('x'), [inbox], flags), { code: 0x80070057 }, `flags ${flags.toString(16)}`)
  }
  t.throws(set(subjectHas('x'), [search]), { code: 0x490 })
  t.throws(set(subjectHas('x'), [other]), { code: 0x490 })
  t.throws(set(subjectHas('x'), [inbox + 1_000_000]), { code: 0x8004010f })
  const counted: Restriction = { kind: 'not', restriction: { kind: 'count', count: 1, restriction: subjectHas('x') } }
  t.throws(set(counted, [inbox]), { code: 0x80040117 })
  t.same(w.core.searches.find(search), undefined, 'nothing is left of any')
})

t.test('who searches finds what he may read', async t => {
  const { w } = await world()
  const shared = await w.folder('shared', ipmSubtree)
  const closed = await w.folder('closed', shared)
  await w.open(shared).setPermissions([{ who: { guid: bob.guid }, rights: 0x7fb }], {}, alice)
  const seen = await w.message('tea', shared)
  await w.message('secret tea', closed)
  const asBob = w.core.openFolder(shared, {}, bob)
  const { folder } = await asBob.createFolder(
    { type: 'search', displayName: 'mine', comment: '', openExisting: false },
    bob
  )
  const request = { restriction: subjectHas('tea'), flags: RESTART | RECURSIVE }
  t.throws(() => folder.setSearchCriteria({ ...request, scope: [inbox] }, bob), { code: 0x80070005 })
  t.throws(() => folder.setSearchCriteria({ ...request, scope: [closed] }, bob), { code: 0x8004010f })
  await folder.setSearchCriteria({ ...request, scope: [shared] }, bob)
  await w.core.searches.whenIdle()
  t.same(await w.rows(folder.fid), [seen])
  await w.message('more secret tea', closed)
  t.same(await w.rows(folder.fid), [seen])
  await sound(t, w, 'a delegate')
  await w.open(closed).setPermissions([{ who: { guid: bob.guid }, rights: 0x401 }], {}, alice)
  await w.core.searches.whenIdle()
  t.equal((await w.rows(folder.fid)).length, 3, 'and what he may read from now on')
  await w.open(closed).setPermissions([{ who: { guid: bob.guid }, rights: 0 }], {}, alice)
  await w.core.searches.whenIdle()
  t.same(await w.rows(folder.fid), [seen])
  const all = await w.search(subjectHas('tea'), [closed])
  await w.open(all).setPermissions([{ who: { guid: bob.guid }, rights: 0x401 }], {}, alice)
  const options = { associated: false, softDeleted: false, unicode: true, codePage: 1252 }
  const table = { ...options, suppressNotifications: true, conversationMembers: false }
  t.throws(() => w.core.openFolder(all, {}, bob).contentsTable(table, bob), { code: 0x80070005 })
})

t.test('a search that is being filled is not begun anew by its own criteria', async t => {
  const { w } = await world()
  for (let i = 0; i < 5; i++) await w.message(`tea ${i}`)
  const search = await w.folder('search', finder, 'search')
  const request = { restriction: subjectHas('tea'), scope: [inbox], flags: RESTART }
  await w.set(search, request)
  const { record } = w.core.searches.find(search)!
  await w.set(search, request)
  t.equal(w.core.searches.find(search)!.record, record)
  await w.core.searches.whenIdle()
  t.equal((await w.rows(search)).length, 5)
})

t.test('a check finds what does not agree', async t => {
  const { fixture, w } = await world()
  const [tea, beer] = [await w.message('tea'), await w.message('beer')]
  const search = await w.search(subjectHas('tea'))
  const { store } = fixture.objects
  const problemsAfter = async (batch: Batch) => {
    const { problems } = await checkAfter(batch)
    return problems.join()
  }
  const checkAfter = async (batch: Batch) => {
    const undo = new Batch()
    for (const key of batch.keys) {
      const value = store.get(key)
      if (value === undefined) undo.delete(key)
      else undo.put(key, value.slice())
    }
    store.commit(batch)
    const result = await checkMailbox(w.core)
    store.commit(undo)
    return result
  }
  const link = keys.membership.of(1, search, tea)
  t.match(await problemsAfter(new Batch().delete(link)), /is not in search folder \d+, and should be/)
  t.match(await problemsAfter(new Batch().delete(keys.membershipOf.of(1, tea, search))), /does not know of it/)
  const wrong = new Batch().put(keys.membership.of(1, search, beer), store.get(link)!.slice())
  t.match(await problemsAfter(wrong), /is in search folder \d+, and should not be/)
  t.match(await problemsAfter(new Batch().delete(keys.search.of(1, search)).put(link, new Uint8Array(8))), /has no row/)
  t.match(
    await problemsAfter(new Batch().put(keys.search.of(1, inbox), store.get(keys.search.of(1, search))!.slice())),
    /no search folder/
  )
  await sound(t, w, 'as it was')
})

t.test('a population goes on when the mailbox is opened again', async t => {
  const { fixture, w } = await world()
  for (let i = 0; i < 400; i++) await w.message(`tea ${i}`)
  const search = await w.folder('search', finder, 'search')
  await w.set(search, { restriction: subjectHas('tea'), scope: [inbox], flags: RESTART })
  await w.core.searches.stop()
  t.equal(w.core.searches.find(search)!.isRunning, true)
  w.core = await fixture.restart()
  await w.core.searches.whenIdle()
  t.equal((await w.rows(search)).length, 400)
  await fixture.mailboxes.stop()
  await sound(t, w, 'gone on')
})

t.test('what a search costs that a message does not meet, and one that it does', async t => {
  const { fixture, w } = await world()
  const { store } = fixture.objects
  const writesOf = async (subject: string): Promise<number> => {
    let count = 0
    const { commit } = store
    store.commit = batch => {
      count += batch.count
      return commit.call(store, batch)
    }
    await w.message(subject)
    store.commit = commit
    return count
  }
  await writesOf('warm')
  const without = await writesOf('coffee')
  for (let i = 0; i < 10; i++) await w.search(subjectHas(`tea ${i}`))
  t.equal(await writesOf('coffee'), without, 'ten searches that it does not meet write nothing')
  const met = await writesOf('tea 5')
  t.ok(met - without <= 8, `one that it meets: ${met - without} keys for membership, orders and counts`)
})
