import t from 'tap'
import { codecContext, Reader, Writer } from '../../src/bufferstructs/index.js'
import type { QueryRowsOptions, TableView } from '../../src/mailbox/domain.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../src/mailbox/mailbox-core.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { type RowCell, readPropertyRow } from '../../src/oxcdata/property-row.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { requirement } from '../conformance/ledger.js'
import { alice, Fixture } from '../mailbox/mailbox-fixture.js'

const inbox = specialFid('inbox')
const KEEP = { force: false, keepOpen: 'readWrite' } as const
const PLAIN = { softDeleted: false, unicode: true, suppressNotifications: false, codePage: 1252 } as const
const CONTENTS = { ...PLAIN, associated: false, conversationMembers: false } as const
const NOT_FOUND = 'ecNotFound'

type Values = Record<number, PropertyValue>

async function addMessage(mailbox: MailboxCore, values: Values, associated = false): Promise<number> {
  const message = mailbox.createMessage(inbox, { associated, codePage: 1252 }, alice)
  const entries = Object.entries(values).map(([tag, value]) => ({
    tag: Number(tag),
    bytes: encodeValue(tagType(Number(tag)), value)
  }))
  message.set(entries, alice)
  return message.save(KEEP, alice)
}

async function read(
  table: TableView,
  options: Partial<QueryRowsOptions> = {},
  limit?: number
): Promise<{ cells: unknown[][]; position: string; full: boolean; rows: number; bytes: number }> {
  const writer = new Writer(64, limit)
  const { rows, position, full } = await table.queryRows(writer, {
    forward: true,
    advance: true,
    count: 100,
    ...options
  })
  const reader = new Reader(writer.written())
  const cells = Array.from({ length: rows }, () =>
    readPropertyRow(reader, table.columns!).map((cell, at) => decoded(cell, table.columns![at]))
  )
  if (reader.remaining !== 0) throw new Error('bytes behind the last row')
  return { cells, position, full, rows, bytes: reader.position }
}

function decoded(cell: RowCell, column: number): unknown {
  if (cell instanceof Uint8Array) return decodeValue((column & 0x2000) === 0 ? tagType(column) : column & 0xcfff, cell)
  return cell === ErrorCode.ecNotFound ? NOT_FOUND : cell
}

async function subjects(table: TableView, options: Partial<QueryRowsOptions> = {}): Promise<unknown[]> {
  return (await read(table, options)).cells.map(([subject]) => subject)
}

async function inboxTable(mailbox: MailboxCore, more: Partial<typeof CONTENTS | Record<string, boolean>> = {}) {
  const table = await mailbox.openFolder(inbox, {}, alice).contentsTable({ ...CONTENTS, ...more }, alice)
  table.setColumns([tags.PidTagSubject])
  return table
}

async function withLetters(letters: string): Promise<{ mailbox: MailboxCore; table: TableView; mids: number[] }> {
  const mailbox = await (await Fixture.open()).create(1)
  const mids: number[] = []
  for (const letter of letters) mids.push(await addMessage(mailbox, { [tags.PidTagSubject]: letter }))
  return { mailbox, table: await inboxTable(mailbox), mids }
}

t.test('rows are read from the cursor on, forward and backward', async t => {
  const { table } = await withLetters('abcdef')
  t.equal(await table.rowCount(), 6)
  t.same(await subjects(table, { count: 2 }), ['a', 'b'])
  t.same(await table.position(), { numerator: 2, denominator: 6 })
  requirement('MS-OXCTABL_R462', 'MS-OXCTABL_R491', 'MS-OXCTABL_R837', 'MS-OXCTABL_R846')
  t.match(await read(table, { count: 2 }), { cells: [['c'], ['d']], position: 'current' })
  requirement('MS-OXCTABL_R726', 'MS-OXCTABL_R468')
  t.same(await subjects(table, { count: 2, advance: false }), ['e', 'f'])
  t.same(await table.position(), { numerator: 4, denominator: 6 })
  requirement('MS-OXCTABL_R470')
  t.same(await subjects(table, { count: 3, forward: false }), ['b', 'c', 'd'])
  t.same(await table.position(), { numerator: 1, denominator: 6 })
  requirement('MS-OXCTABL_R469')
  t.match(await read(table, { count: 3, forward: false }), { cells: [['a']], position: 'beginning' })
  t.match(await read(table, { count: 3, forward: false }), { cells: [], position: 'beginning' })
  t.match(await read(table), { rows: 6, position: 'end' })
  requirement('MS-OXCTABL_R725')
  t.match(await read(table), { rows: 0, position: 'end', full: false })
  requirement('MS-OXCTABL_R467', 'MS-OXCTABL_R118')
})

t.test('only whole rows are written, and those next to the cursor', async t => {
  const { table } = await withLetters('abcdef')
  const { bytes } = await read(table, { count: 1, advance: false })
  const some = await read(table, {}, bytes * 2 + 1)
  t.match(some, { cells: [['a'], ['b']], full: true, position: 'current' })
  t.match(await read(table, {}, bytes - 1), { rows: 0, full: true })
  t.same(await table.position(), { numerator: 2, denominator: 6 })
  await table.seek('end', 0)
  t.match(await read(table, { forward: false }, bytes * 2 + 1), { cells: [['e'], ['f']], full: true })
  t.same(await table.position(), { numerator: 4, denominator: 6 })
})

t.test('seeking by rows', async t => {
  const { table } = await withLetters('abcdef')
  t.same(await table.seek('beginning', 2), { moved: 2, soughtLess: false })
  t.same(await table.seek('current', 3), { moved: 3, soughtLess: false })
  requirement('MS-OXCTABL_R496', 'MS-OXCTABL_R150', 'MS-OXCTABL_R155', 'MS-OXCTABL_R850')
  t.same(await subjects(table), ['f'])
  t.same(await table.seek('end', -2), { moved: -2, soughtLess: false })
  t.same(await subjects(table), ['e', 'f'])
  requirement('MS-OXCTABL_R141')
  t.same(await table.seek('current', -10), { moved: -6, soughtLess: true })
  t.same(await table.seek('beginning', 10), { moved: 6, soughtLess: true })
  requirement('MS-OXCTABL_R497', 'MS-OXCTABL_R154', 'MS-OXCTABL_R152')
})

t.test('the cursor stays on its row while others come and go', async t => {
  const { mailbox, table, mids } = await withLetters('bdfh')
  const folder = mailbox.openFolder(inbox, {}, alice)
  table.sort([{ tag: tags.PidTagSubject, order: 0 }])
  await table.seek('beginning', 2)
  await addMessage(mailbox, { [tags.PidTagSubject]: 'a' })
  t.same(await table.position(), { numerator: 3, denominator: 5 })
  await folder.deleteMessages([mids[2]], { hard: true, notifyNonRead: false }, alice)
  t.same(await subjects(table, { advance: false }), ['h'])
  await addMessage(mailbox, { [tags.PidTagSubject]: 'g' })
  t.same(await subjects(table, { count: 1 }), ['g'])
  await addMessage(mailbox, { [tags.PidTagSubject]: 'z' })
  t.same(await subjects(table), ['h', 'z'])
  await addMessage(mailbox, { [tags.PidTagSubject]: 'zz' })
  t.same(await subjects(table), ['zz'])
})

t.test('columns', async t => {
  const { table, mids } = await withLetters('ab')
  const bad = [0x00370000, 0x0037000a, 0x00370001, 0x00370077, 0x0037201f]
  for (const tag of bad) t.throws(() => table.setColumns([tags.PidTagSubject, tag]), { code: ErrorCode.ecInvalidParam })
  requirement('MS-OXCTABL_R435')
  t.throws(() => table.queryRows(new Writer(), { forward: true, advance: true, count: 1 }), {
    code: ErrorCode.ecNullObject
  })
  requirement('MS-OXCTABL_R867', 'MS-OXCTABL_R610')
  table.setColumns([tags.PidTagImportance, 0x0037001e, tags.PidTagSubject, tags.PidTagBody, tags.PidTagMid])
  const { cells } = await read(table)
  t.match(cells, [
    [1, 'a', 'a', NOT_FOUND],
    [1, 'b', 'b', NOT_FOUND]
  ])
  requirement('MS-OXCTABL_R426', 'MS-OXCTABL_R427', 'MS-OXCTABL_R472', 'MS-OXCTABL_R116', 'MS-OXCTABL_R831')
  t.equal(new Set(cells.map(row => row[4])).size, mids.length)
})

t.test('identifiers in rows are those of the message', async t => {
  const { mailbox, table, mids } = await withLetters('a')
  const columns = [
    ...[tags.PidTagEntryId, tags.PidTagParentEntryId, tags.PidTagSourceKey, tags.PidTagChangeKey, tags.PidTagInstID],
    ...[tags.PidTagFolderId, tags.PidTagHasAttachments, tags.PidTagAccess, tags.PidTagRead]
  ]
  table.setColumns(columns)
  const message = mailbox.openMessage(inbox, mids[0], { access: 'read', softDeleted: false, codePage: 1252 }, alice)
  const { cells } = await read(table)
  const own = columns.map(tag => {
    const value = message.value(tag)
    return typeof value === 'number' ? value : decodeValue(tagType(tag), value)
  })
  t.same(cells[0], own)
})

t.test('eight-bit columns are in the code page of whoever reads', async t => {
  const { table } = await withLetters('\u0416')
  table.setColumns([0x0037001e])
  const bytesIn = async (codePage: number) => {
    await table.seek('beginning', 0)
    const writer = new Writer(64, undefined, codecContext({ codePage }))
    await table.queryRows(writer, { forward: true, advance: true, count: 1 })
    return Buffer.from(writer.written()).toString('hex')
  }
  // What has been read three times is kept as it was written.
  for (let time = 0; time < 3; time++) t.equal(await bytesIn(1251), '00c600')
  for (let time = 0; time < 3; time++) t.equal(await bytesIn(866), '008600')
})

t.test('the size of a message in both widths', async t => {
  const { table } = await withLetters('a')
  table.setColumns([tags.PidTagMessageSize, tags.PidTagMessageSizeExtended])
  const { cells } = await read(table)
  t.ok((cells[0][0] as number) > 0)
  t.equal(cells[0][1], BigInt(cells[0][0] as number))
})

t.test('long values are cut', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const long = 'x'.repeat(300)
  const binary = new Uint8Array(600).fill(7)
  await addMessage(mailbox, { [tags.PidTagSubject]: long, 1717960962: binary, [tags.PidTagBody]: 'y'.repeat(40_000) })
  const table = await inboxTable(mailbox)
  table.setColumns([tags.PidTagSubject, 0x66660102, tags.PidTagBody, 0x0037001e])
  const [row] = (await read(table)).cells
  t.equal(row[0], `${'x'.repeat(252)}...`)
  t.same(row[1], binary.subarray(0, 510))
  requirement('MS-OXCTABL_R121')
  t.equal(row[2], `${'y'.repeat(252)}...`)
  t.equal(row[3], row[0])
})

t.test('sort orders', async t => {
  const { mailbox, table } = await withLetters('bDaC')
  await addMessage(mailbox, { [tags.PidTagImportance]: 2 })
  table.sort([{ tag: tags.PidTagSubject, order: 0 }])
  t.same(await subjects(table), [NOT_FOUND, 'a', 'b', 'C', 'D'])
  requirement('MS-OXCTABL_R76', 'MS-OXCTABL_R437', 'MS-OXCTABL_R119', 'MS-OXCTABL_R447')
  table.sort([{ tag: 0x0037001e, order: 1 }])
  t.same(await subjects(table), ['D', 'C', 'b', 'a', NOT_FOUND])
  requirement('MS-OXCTABL_R77', 'MS-OXCTABL_R438')
  table.sort([
    { tag: tags.PidTagImportance, order: 1 },
    { tag: tags.PidTagSubject, order: 0 }
  ])
  t.same(await subjects(table, { count: 2 }), [NOT_FOUND, 'a'])
  t.throws(() => table.sort([{ tag: 0x00370000, order: 0 }]), { code: ErrorCode.ecInvalidParam })
})

const hasLetter = (letter: string): Restriction => ({
  kind: 'content',
  fuzzyLow: 1,
  fuzzyHigh: 1,
  tag: tags.PidTagSubject,
  value: { tag: tags.PidTagSubject, bytes: encodeValue(0x1f, letter) }
})

t.test('restrictions', async t => {
  const { mailbox, table } = await withLetters('abAc')
  await table.seek('beginning', 2)
  table.restrict(hasLetter('a'))
  t.same(await table.position(), { numerator: 0, denominator: 2 })
  t.same(await subjects(table), ['a', 'A'])
  requirement('MS-OXCTABL_R451', 'MS-OXCTABL_R452', 'MS-OXCTABL_R117', 'MS-OXCTABL_R834', 'MS-OXCTABL_R453')
  await addMessage(mailbox, { [tags.PidTagSubject]: 'xax' })
  await addMessage(mailbox, { [tags.PidTagSubject]: 'xxx' })
  t.same(await subjects(table), ['xax'])
  const second = await inboxTable(mailbox)
  second.restrict(hasLetter('a'))
  t.equal(await second.rowCount(), 3)
  table.reset()
  t.equal(table.columns, undefined)
  t.same(await table.position(), { numerator: 0, denominator: 6 })
  requirement('MS-OXCTABL_R555', 'MS-OXCTABL_R556', 'MS-OXCTABL_R561', 'MS-OXCTABL_R564')
  table.release()
  second.release()
})

t.test('a restriction looks at the whole of a long value and at recipients', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  await addMessage(mailbox, { [tags.PidTagSubject]: `${'x'.repeat(300)}needle` })
  await addMessage(mailbox, { [tags.PidTagSubject]: 'haystack', [tags.PidTagBody]: `${'y'.repeat(50_000)}needle` })
  const table = await inboxTable(mailbox)
  table.restrict(hasLetter('NEEDLE'))
  t.equal(await table.rowCount(), 1)
  const inBody: Restriction = { ...hasLetter('needle'), tag: tags.PidTagBody } as Restriction
  table.restrict(inBody)
  t.same(await subjects(table), ['haystack'])
  table.restrict({
    kind: 'subObject',
    subObject: tags.PidTagMessageRecipients,
    restriction: { kind: 'exist', tag: tags.PidTagDisplayName }
  })
  t.equal(await table.rowCount(), 0)
})

t.test('a restriction looks at the whole of long bytes', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const index = (last: number) => new Uint8Array(600).fill(last, 599)
  const tag = tags.PidTagConversationIndex
  for (const last of [1, 2]) await addMessage(mailbox, { [tags.PidTagSubject]: `ends in ${last}`, [tag]: index(last) })
  const table = await inboxTable(mailbox)
  const is = (bytes: Uint8Array): Restriction => ({
    ...{ kind: 'property', relop: 0x04, tag },
    value: { tag, bytes: encodeValue(tagType(tag), bytes) }
  })
  table.restrict(is(index(2)))
  t.same(await subjects(table), ['ends in 2'])
  table.restrict(is(index(3)))
  t.same(await subjects(table), [])
})

t.test('a multivalue instance column shows one row for each value', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const keywords = 0x6666101f
  await addMessage(mailbox, { [tags.PidTagSubject]: 'two', [keywords]: ['red', 'blue'] })
  await addMessage(mailbox, { [tags.PidTagSubject]: 'none' })
  await addMessage(mailbox, { [tags.PidTagSubject]: 'one', [keywords]: ['green'] })
  const table = await inboxTable(mailbox)
  table.setColumns([tags.PidTagSubject, keywords | 0x3000, tags.PidTagInstanceNum])
  t.same((await read(table)).cells, [
    ['two', 'red', 1],
    ['two', 'blue', 2],
    ['none', NOT_FOUND, 1],
    ['one', 'green', 1]
  ])
  requirement('MS-OXCTABL_R433')
  table.sort([{ tag: keywords | 0x3000, order: 0 }])
  t.same(
    (await read(table)).cells.map(([, keyword]) => keyword),
    [NOT_FOUND, 'blue', 'green', 'red']
  )
  requirement('MS-OXCTABL_R448')
  table.setColumns([tags.PidTagSubject, keywords])
  table.sort([])
  t.same((await read(table)).cells[0], ['two', ['red', 'blue']])
})

t.test('FAI and soft-deleted messages have tables of their own', async t => {
  const { mailbox, table, mids } = await withLetters('abc')
  await addMessage(mailbox, { [tags.PidTagSubject]: 'view' }, true)
  const associated = await inboxTable(mailbox, { associated: true })
  const deleted = await inboxTable(mailbox, { softDeleted: true })
  t.same(await subjects(associated), ['view'])
  t.equal(await deleted.rowCount(), 0)
  const folder = mailbox.openFolder(inbox, {}, alice)
  await folder.deleteMessages([mids[1]], { hard: false, notifyNonRead: false }, alice)
  t.same(await subjects(table), ['a', 'c'])
  t.same(await subjects(deleted), ['b'])
})

t.test('everything is served after a restart', async t => {
  const fixture = await Fixture.open()
  let mailbox = await fixture.create(1)
  for (const letter of 'cab') await addMessage(mailbox, { [tags.PidTagSubject]: letter })
  mailbox = await fixture.restart()
  const table = await inboxTable(mailbox)
  t.same(await subjects(table), ['c', 'a', 'b'])
  t.equal(await table.rowCount(), 3)
  await addMessage(mailbox, { 1717964831: ['red'] })
  await table.seek('beginning', 0)
  t.equal((await read(table)).rows, 4)
  for (const tag of [tags.PidTagSubject, tags.PidTagEntryId, 0x6666101f]) t.ok(table.allColumns().includes(tag))
  requirement('MS-OXCTABL_R876')
})

t.test('hierarchy tables', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const parent = mailbox.openFolder(inbox, {}, alice)
  const spec = (displayName: string) => ({ type: 'generic', displayName, comment: '', openExisting: false }) as const
  const first = (await parent.createFolder(spec('first'), alice)).folder
  await parent.createFolder(spec('second'), alice)
  await first.createFolder(spec('below'), alice)
  const flat = await parent.hierarchyTable({ ...PLAIN, depth: false }, alice)
  const deep = await parent.hierarchyTable({ ...PLAIN, depth: true }, alice)
  for (const table of [flat, deep]) table.setColumns([tags.PidTagDisplayName, tags.PidTagDepth, tags.PidTagSubfolders])
  requirement('MS-OXCTABL_R829')
  t.match(await read(flat), {
    cells: [
      ['first', 1, true],
      ['second', 1, false]
    ],
    position: 'end'
  })
  requirement('MS-OXCTABL_R835')
  t.match(await read(flat), { cells: [], position: 'end', full: false }, 'nothing is left, so nothing lacks room')
  t.same((await read(deep)).cells.map(([name, depth]) => `${name} ${depth}`).sort(), ['below 2', 'first 1', 'second 1'])
  const list = 0x6701101f
  await first.set([{ tag: list, bytes: encodeValue(tagType(list), ['x', 'y']) }], alice)
  const instances = await parent.hierarchyTable({ ...PLAIN, depth: false }, alice)
  instances.setColumns([list | 0x3000])
  t.same((await read(instances)).cells, [['x'], [NOT_FOUND]], 'an instance column of a list shows the first value')
  await flat.seek('beginning', 1)
  t.same(await flat.position(), { numerator: 1, denominator: 2 })
  requirement('MS-OXCTABL_R844', 'MS-OXCTABL_R848')
  await parent.createFolder(spec('third'), alice)
  await parent.removeFolder(first.fid, { messages: true, folders: true, hard: true }, alice)
  t.same(
    (await read(flat)).cells.map(([name]) => name),
    ['second', 'third']
  )
  await flat.seek('beginning', 0)
  flat.restrict({ ...hasLetter('third'), tag: tags.PidTagDisplayName } as Restriction)
  t.same(
    (await read(flat)).cells.map(([name]) => name),
    ['third']
  )
  requirement('MS-OXCTABL_R833')
  t.ok(flat.allColumns().includes(tags.PidTagContentCount))
  requirement('MS-OXCTABL_R875')
  flat.restrict(null)
  await flat.seek('end', 0)
  t.same(
    (await read(flat, { forward: false, count: 1 })).cells.map(([name]) => name),
    ['third']
  )
})

t.test('the attachment table shows what is in the open message', async t => {
  const mailbox = await (await Fixture.open()).create(1)
  const message = mailbox.createMessage(inbox, { associated: false, codePage: 1252 }, alice)
  for (const name of ['a.txt', 'b.txt']) {
    const attachment = message.createAttachment(alice)
    attachment.set([{ tag: tags.PidTagAttachLongFilename, bytes: encodeValue(0x1f, name) }], alice)
    await attachment.save({ keepOpen: 'no' }, alice)
  }
  const table = message.attachmentTable({ unicode: true, codePage: 1252 }, alice)
  table.setColumns([tags.PidTagAttachNumber, tags.PidTagAttachLongFilename])
  t.same((await read(table)).cells, [
    [0, 'a.txt'],
    [1, 'b.txt']
  ])
  message.deleteAttachment(0, alice)
  t.equal(await table.rowCount(), 1)
  t.ok(table.allColumns().includes(tags.PidTagAttachLongFilename))
})
