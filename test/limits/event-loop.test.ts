/** No request holds the event loop for long, however much it asks for. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RopDeleteFolder } from '../../rops/folder/rop-delete-folder.js'
import { RopDeleteMessages } from '../../rops/folder/rop-delete-messages.js'
import { RopGetContentsTable } from '../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopHardDeleteMessages } from '../../rops/folder/rop-hard-delete-messages.js'
import { RopMoveCopyMessages } from '../../rops/folder/rop-move-copy-messages.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopSetReadFlags } from '../../rops/message/rop-set-read-flags.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopRestrict } from '../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../rops/table/rop-seek-row.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { RopSortTable } from '../../rops/table/rop-sort-table.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { checkMailbox } from '../../src/mailbox/check.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { PtypTime } from '../../src/oxcdata/property-type.js'
import { encodeValue } from '../../src/oxcdata/property-value.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { type Engine, LevelEngine, MemoryEngine } from '../../store/index.js'
import { heapAfterCollection } from '../fuzz/fuzz-settings.js'
import { alice, folderSpec } from '../fuzz/fuzz-world.js'
import { LimitsClient } from './limits-client.js'
import { holding } from './loop-watch.js'

const MESSAGES = 10_000
const FOLDERS = 1000
const MOST_MS = 50
const inbox = specialFid('inbox')
const drafts = specialFid('drafts')
/** As many ids as one request has room for. */
const IDS = 4000

async function within(t: Test, what: string, work: () => Promise<unknown>): Promise<void> {
  // What was made before is collected before, so that its collection is not counted here.
  heapAfterCollection()
  const began = performance.now()
  const { cpuMs, wallMs } = await holding(work)
  const took = performance.now() - began
  t.ok(
    Math.min(cpuMs, wallMs) < MOST_MS,
    `${what}: ${took.toFixed(0)} ms in all, ${cpuMs.toFixed(0)} ms CPU and ${wallMs.toFixed(0)} ms at a stretch`
  )
}

function* draftsOf(count: number) {
  for (let i = 0; i < count; i++) {
    const properties = PropertyBag.of([
      { tag: tags.PidTagSubject, bytes: storedString(`message ${(i * 7919) % count}`) },
      { tag: tags.PidTagMessageDeliveryTime, bytes: encodeValue(PtypTime, 133_000_000_000_000_000n + BigInt(i)) },
      { tag: tags.PidTagBody, bytes: storedString('body '.repeat(40)) }
    ])
    yield { properties, recipients: [], attachments: [], time: 133_000_000_000_000_000n }
  }
}

t.setTimeout(120_000)
const directory = mkdtempSync(join(tmpdir(), 'ropewalk-limits-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))

t.test('in memory: a folder of 10,000 messages and a mailbox of 1,000 folders', t => load(t, new MemoryEngine()))
t.test('on disk: a folder of 10,000 messages and a mailbox of 1,000 folders', async t => {
  const engine = await LevelEngine.open(directory)
  await load(t, engine)
  await engine.close()
})

async function load(t: Test, engine: Engine): Promise<void> {
  const client = await LimitsClient.open(engine)
  const mids = await fill(t, client)
  await client.restart()
  await within(t, 'opening the mailbox', () => client.connect())
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: inbox, openModeFlags: 0 })
  batch.add(RopOpenFolder, { input: 0, output: 2 }, { folderId: drafts, openModeFlags: 0 })
  await client.run(batch)
  const [, source, destination] = batch.handles
  await tables(t, client, source, destination)

  const request = { wantAsynchronous: false, wantCopy: true, messageIds: mids.slice(0, IDS) }
  const move = (wantCopy: boolean) => async () => {
    const moving = new RopBatch([source, destination])
    const moved = moving.add(RopMoveCopyMessages, { source: 0, destination: 1 }, { ...request, wantCopy })
    await client.run(moving)
    t.equal(moved.returnValue, 0)
  }
  await within(t, `copying ${IDS} messages`, move(true))
  await within(t, `moving ${IDS} messages`, move(false))
  const on = (add: (batch: RopBatch) => { returnValue: number }) => async () => {
    const one = new RopBatch([source])
    const result = add(one)
    await client.run(one)
    t.equal(result.returnValue, 0)
  }
  const read = { wantAsynchronous: false, readFlags: 0, messageIds: mids.slice(IDS, 2 * IDS) }
  await within(
    t,
    `reading ${IDS} messages`,
    on(batch => batch.add(RopSetReadFlags, { input: 0 }, read))
  )
  const gone = { wantAsynchronous: false, notifyNonRead: false, messageIds: mids.slice(IDS, 2 * IDS) }
  await within(
    t,
    `deleting ${IDS} messages`,
    on(batch => batch.add(RopDeleteMessages, { input: 0 }, gone))
  )
  await within(
    t,
    `deleting them for good`,
    on(batch => batch.add(RopHardDeleteMessages, { input: 0 }, gone))
  )
  await within(t, `moving ${2 * IDS} messages and deleting them with their folder`, async () => {
    const one = new RopBatch([0])
    const parentFid = specialFid('ipmSubtree')
    const opened = one.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: parentFid, openModeFlags: 0 })
    await client.run(one)
    t.equal(opened.returnValue, 0)
    const mailbox = await client.mailbox
    const container = mailbox.openFolder(parentFid, {}, alice)
    const { folder } = await container.createFolder(folderSpec('to be deleted'), alice)
    await folder.createFolder(folderSpec('below'), alice)
    await mailbox
      .openFolder(drafts, {}, alice)
      .moveCopyMessages(folder, await midsOf(client, drafts), { copy: false }, alice)
    const two = new RopBatch([one.handles[1]])
    const removed = two.add(RopDeleteFolder, { input: 0 }, { deleteFolderFlags: 0x15, folderId: folder.fid })
    await client.run(two)
    t.equal(removed.returnValue, 0)
  })
  await within(t, 'checking the mailbox', async () => t.same((await checkMailbox(await client.mailbox)).problems, []))
  t.same(client.log.events, [])
}

/** The folder and the folders; returns the ids of the messages. */
async function fill(t: Test, client: LimitsClient): Promise<number[]> {
  const core = await client.mailbox
  await within(t, `importing ${MESSAGES} messages`, () => core.importMessages(inbox, draftsOf(MESSAGES)))
  const parent = core.openFolder(drafts, {}, alice)
  await within(t, `creating ${FOLDERS} folders`, async () => {
    for (let i = 0; i < FOLDERS; i++) {
      await parent.createFolder(folderSpec(`folder ${i}`), alice)
      if (i % 20 === 0) await new Promise(resolve => setImmediate(resolve))
    }
  })
  const mids: number[] = []
  for await (const page of core.orders.summaries(inbox)) mids.push(...page.map(({ mid }) => mid))
  t.equal(mids.length, MESSAGES)
  return mids
}

async function midsOf(client: LimitsClient, fid: number): Promise<number[]> {
  const mids: number[] = []
  for await (const page of (await client.mailbox).orders.summaries(fid)) mids.push(...page.map(({ mid }) => mid))
  return mids
}

async function tables(t: Test, client: LimitsClient, source: number, destination: number): Promise<void> {
  const propertyTags = [tags.PidTagMid, tags.PidTagSubject, tags.PidTagBody, tags.PidTagMessageDeliveryTime]
  const batch = new RopBatch([source, destination])
  batch.add(RopGetContentsTable, { input: 0, output: 2 }, { tableFlags: 0 })
  batch.add(RopSetColumns, { input: 2 }, { setColumnsFlags: 0, propertyTags })
  batch.add(RopGetHierarchyTable, { input: 1, output: 3 }, { tableFlags: 4 })
  batch.add(RopSetColumns, { input: 3 }, { setColumnsFlags: 0, propertyTags: [tags.PidTagDisplayName] })
  await within(t, 'opening tables', () => client.run(batch))
  const [, , contents, hierarchy] = batch.handles
  const on = (handle: number, add: (batch: RopBatch) => { returnValue: number }) => async () => {
    const one = new RopBatch([handle])
    const result = add(one)
    await client.run(one)
    t.equal(result.returnValue, 0)
  }
  const rows = { queryRowsFlags: 0, forwardRead: true, rowCount: 0xffff }
  const wide = { input: 0 }
  await within(
    t,
    'rows of 1,000 folders',
    on(hierarchy, b => b.add(RopQueryRows, wide, rows, { columns: [tags.PidTagDisplayName] }))
  )
  await within(
    t,
    'rows of messages',
    on(contents, b => b.add(RopQueryRows, wide, rows, { columns: propertyTags }))
  )
  const sortOrders = [
    { tag: tags.PidTagSubject, order: 0 as const },
    { tag: tags.PidTagBody, order: 1 as const }
  ]
  const sort = { sortTableFlags: 0, sortOrderCount: 2, categoryCount: 0, expandedCount: 0, sortOrders }
  await within(
    t,
    'sorting by subject and body',
    on(contents, b => b.add(RopSortTable, wide, sort))
  )
  await within(
    t,
    'first rows of that',
    on(contents, b => b.add(RopQueryRows, wide, { ...rows, rowCount: 50 }, { columns: propertyTags }))
  )
  const value = { tag: tags.PidTagBody, bytes: storedString('no such text anywhere in it') }
  let restriction: Restriction = { kind: 'content', fuzzyLow: 1, fuzzyHigh: 7, tag: tags.PidTagBody, value }
  for (let i = 0; i < 50; i++)
    restriction = { kind: 'or', restrictions: [restriction, { kind: 'exist', tag: 0x8123001f }] }
  const restrict = { restrictFlags: 0, restriction }
  await within(
    t,
    'restricting by text',
    on(contents, b => b.add(RopRestrict, wide, restrict))
  )
  await within(
    t,
    'counting what is left',
    on(contents, b => b.add(RopSeekRow, wide, { origin: 2, rowCount: -10, wantRowMovedCount: true }))
  )
}
