/** RopRestrict with every kind of restriction over real mailboxes ([MS-OXCTABL] 2.2.2.4, [MS-OXCDATA] 2.12). */
import t from 'tap'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { PropertyBag } from '../../../src/oxcdata/property-bag.js'
import { encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import { FuzzyHigh, FuzzyLow, RelOp, type Restriction } from '../../../src/oxcdata/restriction.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { RealClient } from './real-driver.js'

const NOT_SUPPORTED = 0x80040102
const inbox = specialFid('inbox')
const subject = [tags.PidTagSubject]
const FLAGS = 0x3fd20003

const entry = (tag: number, value: PropertyValue) => ({ tag, bytes: encodeValue(tag & 0xffff, value) })
const property = (relop: number, tag: number, value: PropertyValue): Restriction => ({
  ...{ kind: 'property', relop, tag },
  value: entry(tag, value)
})
const content = (fuzzyLow: number, fuzzyHigh: number, value: string): Restriction => ({
  ...{ kind: 'content', fuzzyLow, fuzzyHigh, tag: tags.PidTagSubject },
  value: entry(tags.PidTagSubject, value)
})
const exist = (tag: number): Restriction => ({ kind: 'exist', tag })

/** Four messages: Apple (importance 0), apple pie (1), Banana (2), Éclair (1, no flags). */
async function fruit() {
  const client = await RealClient.logOn()
  const rows = [
    ['Apple', 0, 0x01, 5],
    ['apple pie', 1, 0x03, 1],
    ['Banana', 2, 0x04, 2]
  ] as const
  for (const [name, importance, flags, icon] of rows) {
    await client.createMessage(inbox, [
      [tags.PidTagSubject, name],
      [tags.PidTagImportance, importance],
      [FLAGS, flags],
      [tags.PidTagIconIndex, icon]
    ])
  }
  await client.createMessage(inbox, [
    [tags.PidTagSubject, 'Éclair'],
    [tags.PidTagImportance, 1]
  ])
  const table = await client.contents(await client.folder('inbox'), subject)
  const restrict = (restriction: Restriction | null, restrictFlags = 0) =>
    client.call(RopRestrict, { restrictFlags, restriction }, table)
  const matching = async (restriction: Restriction) => {
    const { returnValue } = await restrict(restriction)
    if (returnValue !== 0) throw new Error(`not restricted: ${returnValue.toString(16)}`)
    return client.column(table, subject)
  }
  return { client, table, restrict, matching }
}

t.test('comparing properties with values', async t => {
  const { matching } = await fruit()
  const by = (relop: number, value: number) => matching(property(relop, tags.PidTagImportance, value))
  t.same(await by(RelOp.lessThan, 1), ['Apple'])
  t.same(await by(RelOp.lessThanOrEqual, 1), ['Apple', 'apple pie', 'Éclair'])
  t.same(await by(RelOp.greaterThan, 1), ['Banana'])
  t.same(await by(RelOp.greaterThanOrEqual, 1), ['apple pie', 'Banana', 'Éclair'])
  t.same(await by(RelOp.equal, 1), ['apple pie', 'Éclair'])
  t.same(await by(RelOp.notEqual, 1), ['Apple', 'Banana'])
  t.same(await matching(property(RelOp.equal, FLAGS, 4)), ['Banana'], 'a row without the property does not match')
  requirement('MS-OXCTABL_R88', 'MS-OXCTABL_R452', 'MS-OXCTABL_R117', 'MS-OXCTABL_R834', 'MS-OXCDATA_R510')
})

t.test('matching text', async t => {
  const { matching } = await fruit()
  const { fullString, substring, prefix } = FuzzyLow
  const { ignoreCase, ignoreNonSpace, loose } = FuzzyHigh
  t.same(await matching(content(fullString, 0, 'Apple')), ['Apple'])
  t.same(await matching(content(fullString, ignoreCase, 'APPLE')), ['Apple'])
  t.same(await matching(content(prefix, ignoreCase, 'appl')), ['Apple', 'apple pie'])
  t.same(await matching(content(prefix, 0, 'appl')), ['apple pie'])
  t.same(await matching(content(substring, 0, 'an')), ['Banana'])
  t.same(await matching(content(substring, ignoreCase, 'PIE')), ['apple pie'])
  t.same(await matching(content(prefix, ignoreCase | ignoreNonSpace, 'ecl')), ['Éclair'])
  t.same(await matching(content(prefix, loose, 'APP')), ['Apple', 'apple pie'])
  t.same(await matching(content(substring, 0, '')), ['Apple', 'apple pie', 'Banana', 'Éclair'])
})

t.test('and, or, not, exist', async t => {
  const { matching } = await fruit()
  const one = property(RelOp.equal, tags.PidTagImportance, 1)
  const flags = exist(FLAGS)
  t.same(await matching(flags), ['Apple', 'apple pie', 'Banana'])
  t.same(await matching({ kind: 'not', restriction: flags }), ['Éclair'])
  t.same(await matching({ kind: 'and', restrictions: [one, flags] }), ['apple pie'])
  const either = property(RelOp.equal, tags.PidTagImportance, 2)
  t.same(await matching({ kind: 'or', restrictions: [one, either] }), ['apple pie', 'Banana', 'Éclair'])
  t.same(await matching({ kind: 'and', restrictions: [] }), ['Apple', 'apple pie', 'Banana', 'Éclair'])
  t.same(await matching({ kind: 'or', restrictions: [] }), [])
  t.same(await matching({ kind: 'not', restriction: { kind: 'not', restriction: one } }), ['apple pie', 'Éclair'])
})

t.test('bits, sizes, two properties, comments, counts', async t => {
  const { matching } = await fruit()
  t.same(await matching({ kind: 'bitmask', relop: 1, tag: FLAGS, mask: 0x02 }), ['apple pie'])
  t.same(await matching({ kind: 'bitmask', relop: 0, tag: FLAGS, mask: 0x02 }), ['Apple', 'Banana'])
  const size = { kind: 'size', tag: tags.PidTagSubject } as const
  t.same(await matching({ ...size, relop: RelOp.greaterThan, size: 14 }), ['apple pie'])
  const compare = { kind: 'compare', tag1: tags.PidTagImportance, tag2: tags.PidTagIconIndex } as const
  t.same(await matching({ ...compare, relop: RelOp.equal }), ['apple pie', 'Banana'])
  t.same(await matching({ ...compare, relop: RelOp.lessThan }), ['Apple'])
  const inner = property(RelOp.equal, tags.PidTagImportance, 2)
  const comment: Restriction = { kind: 'comment', values: [entry(FLAGS, 7)], restriction: inner }
  t.same(await matching(comment), ['Banana'], 'a comment says nothing itself')
  t.same(await matching({ ...comment, restriction: null }), ['Apple', 'apple pie', 'Banana', 'Éclair'])
  const all = exist(tags.PidTagSubject)
  t.same(await matching({ kind: 'count', count: 2, restriction: all }), ['Apple', 'apple pie'], 'at most so many')
})

t.test('recipients and attachments of messages', async t => {
  const { client, matching } = await fruit()
  const bag = (...entries: [number, PropertyValue][]) =>
    PropertyBag.of(entries.map(([tag, value]) => entry(tag, value)))
  const recipients = [{ rowId: 0, type: 1, codePage: 1252, properties: bag([tags.PidTagDisplayName, 'Carla']) }]
  const attachments = [{ properties: bag([tags.PidTagAttachLongFilename, 'plan.pdf']) }]
  const properties = bag([tags.PidTagSubject, 'To Carla'])
  await client.mailbox.importMessages(inbox, [{ properties, recipients, attachments, time: 1n }])
  const named = (subObject: number, tag: number, value: string) => {
    const inner: Restriction = { ...content(FuzzyLow.prefix, 0, value), tag, value: entry(tag, value) } as Restriction
    return matching({ kind: 'subObject', subObject, restriction: inner })
  }
  const { PidTagMessageRecipients, PidTagMessageAttachments } = tags
  t.same(await named(PidTagMessageRecipients, tags.PidTagDisplayName, 'Carl'), ['To Carla'])
  t.same(await named(PidTagMessageRecipients, tags.PidTagDisplayName, 'Dora'), [])
  t.same(await named(PidTagMessageAttachments, tags.PidTagAttachLongFilename, 'plan'), ['To Carla'])
  t.same(await named(PidTagMessageAttachments, tags.PidTagAttachLongFilename, 'map'), [])
})

t.test('a restriction replaces the one before it and moves the cursor', async t => {
  const { client, table, restrict } = await fruit()
  const position = async () => (await client.call(RopQueryPosition, {}, table)).value
  await client.column(table, subject, { rowCount: 3 })
  const answer = await restrict(exist(FLAGS), 1)
  t.same(answer.value, { tableStatus: 0 })
  requirement('MS-OXCTABL_R93', 'MS-OXCTABL_R94', 'MS-OXCTABL_R774', 'MS-OXCTABL_R810')
  t.same(await position(), { numerator: 0, denominator: 3 })
  requirement('MS-OXCTABL_R451')
  await restrict(property(RelOp.equal, tags.PidTagImportance, 1))
  t.same(await position(), { numerator: 0, denominator: 2 })
  await restrict(null)
  t.same(await position(), { numerator: 0, denominator: 4 }, 'none at all shows everything again')
  await restrict(exist(FLAGS))
  const sortOrders = [{ tag: tags.PidTagSubject, order: 1 }]
  const sorted = { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0, sortOrders }
  await client.call(RopSortTable, sorted, table)
  t.same(await client.column(table, subject), ['Banana', 'apple pie', 'Apple'], 'sort and restriction together')
})

t.test('a restricted table is alive', async t => {
  const { client, table, restrict } = await fruit()
  await restrict(property(RelOp.greaterThan, tags.PidTagImportance, 1))
  t.same(await client.column(table, subject), ['Banana'])
  await client.createMessage(inbox, [
    [tags.PidTagSubject, 'Cherry'],
    [tags.PidTagImportance, 2]
  ])
  await client.createMessage(inbox, [
    [tags.PidTagSubject, 'Date'],
    [tags.PidTagImportance, 0]
  ])
  t.same(await client.column(table, subject), ['Cherry'])
})

t.test('restricting hierarchy tables', async t => {
  const client = await RealClient.logOn()
  const shown = [tags.PidTagDisplayName]
  const table = await client.hierarchy(await client.folder('ipmSubtree'), shown)
  const restriction = property(RelOp.equal, tags.PidTagContainerClass, 'IPF.Appointment')
  t.equal((await client.call(RopRestrict, { restrictFlags: 0, restriction }, table)).returnValue, 0)
  t.same(await client.column(table, shown), ['Calendar'])
  requirement('MS-OXCTABL_R833')
  const folder = await client.folder('inbox')
  t.equal((await client.call(RopRestrict, { restrictFlags: 0, restriction }, folder)).returnValue, NOT_SUPPORTED)
})
