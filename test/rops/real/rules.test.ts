/** The rules of a folder over real mailboxes ([MS-OXORULE] 2.2.1, 2.2.2, 3.2.5.2, 3.2.5.3; [MS-OXCTABL] for their table). */
import t from 'tap'
import { RopDeleteFolder } from '../../../rops/folder/rop-delete-folder.js'
import { RopGetRulesTable } from '../../../rops/rule/rop-get-rules-table.js'
import { RopModifyRules } from '../../../rops/rule/rop-modify-rules.js'
import { RopFindRow } from '../../../rops/table/rop-find-row.js'
import { RopGetStatus } from '../../../rops/table/rop-get-status.js'
import { RopQueryColumnsAll } from '../../../rops/table/rop-query-columns-all.js'
import { RopQueryPosition } from '../../../rops/table/rop-query-position.js'
import { RopRestrict } from '../../../rops/table/rop-restrict.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSeekRowFractional } from '../../../rops/table/rop-seek-row-fractional.js'
import { RopSetColumns } from '../../../rops/table/rop-set-columns.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { limits } from '../../../src/limits.js'
import { checkMailbox } from '../../../src/mailbox/check.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import { permissionLevels } from '../../../src/mailbox/permissions/rights.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import { RelOp } from '../../../src/oxcdata/restriction.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { outsideMissing, vectorBytes } from '../../oxcdata/outside.js'
import { alice, bob, type Cell, cellsOf, ecNotFound, RealClient } from './real-driver.js'

const INVALID_PARAM = 0x80070057
const NOT_SUPPORTED = 0x80040102
const ACCESS_DENIED = 0x80070005
const OUT_OF_MEMORY = 0x8007000e
const UNICODE = 0x40
const [ADD, MODIFY, REMOVE] = [1, 2, 4]
const inbox = specialFid('inbox')
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** As Outlook sends it: a subject that contains "boss", IgnoreCase, as PtypRestriction with 16-bit counts. */
const CONDITION = hex('03 0100 0100 1f003700 1f003700 62006f0073007300 0000')
/** One action that deletes: count, length, type, flavor, flags. */
const DELETE = hex('0100 0900 0a 00000000 00000000')
const COLUMNS = [
  ...[tags.PidTagRuleId, tags.PidTagRuleSequence, tags.PidTagRuleState, tags.PidTagRuleName, tags.PidTagRuleProvider],
  ...[tags.PidTagRuleLevel, tags.PidTagRuleUserFlags, tags.PidTagRuleProviderData]
]

type Entry = { tag: number; bytes: Uint8Array }
const entry = (tag: number, value: Parameters<typeof encodeValue>[1]): Entry => ({
  tag,
  bytes: encodeValue(tag & 0xffff, value)
})

function rule(name: string, sequence: number, ...more: Entry[]): Entry[] {
  return [
    entry(tags.PidTagRuleName, name),
    entry(tags.PidTagRuleSequence, sequence),
    entry(tags.PidTagRuleState, 1),
    entry(tags.PidTagRuleProvider, 'RuleOrganizer'),
    entry(tags.PidTagRuleLevel, 0),
    entry(tags.PidTagRuleUserFlags, 7),
    entry(tags.PidTagRuleProviderData, Buffer.from('0102', 'hex')),
    { tag: tags.PidTagRuleCondition, bytes: CONDITION },
    { tag: tags.PidTagRuleActions, bytes: DELETE },
    ...more
  ]
}

class RuleClient {
  constructor(
    readonly client: RealClient,
    readonly folder: number
  ) {}

  static async open(): Promise<RuleClient> {
    const client = await RealClient.logOn()
    return new RuleClient(client, await client.folder('inbox'))
  }

  async modify(rulesData: [kind: number, values: Entry[]][], modifyRulesFlags = 0): Promise<number> {
    const request = {
      modifyRulesFlags,
      rulesData: rulesData.map(([ruleDataFlags, propertyValues]) => ({ ruleDataFlags, propertyValues }))
    }
    return (await this.client.call(RopModifyRules, request, this.folder)).returnValue
  }

  async table(tableFlags = UNICODE): Promise<number> {
    const opened = await this.client.call(RopGetRulesTable, { tableFlags }, this.folder)
    if (opened.returnValue !== 0) throw new Error(opened.returnValue.toString(16))
    return opened.handle
  }

  async rows(columns: readonly number[] = COLUMNS): Promise<Cell[][]> {
    const table = await this.table()
    await this.client.setColumns(table, columns)
    return (await this.client.rows(table, columns)).rows
  }

  async names(): Promise<Cell[]> {
    return (await this.rows([tags.PidTagRuleName])).map(row => row[0])
  }

  async id(name: string): Promise<Entry> {
    const row = (await this.rows()).find(cells => cells[3] === name)
    return entry(tags.PidTagRuleId, row![0] as bigint)
  }
}

t.test('rules come back as they were set, in their sequence', async t => {
  const rules = await RuleClient.open()
  const { client, folder } = rules
  t.same(await rules.rows(), [])
  t.equal(await client.one(folder, tags.PidTagHasRules), false)
  requirement('MS-OXORULE_R606')
  t.equal(
    await rules.modify([
      [ADD, rule('second', 20)],
      [ADD, rule('first', 10)]
    ]),
    0
  )
  requirement('MS-OXORULE_R14', 'MS-OXORULE_R680', 'MS-OXORULE_R731', 'MS-OXORULE_R596', 'MS-OXORULE_R671')
  const rows = await rules.rows()
  t.same(
    rows.map(row => row.slice(1)),
    [10, 20].map((n, at) => [n, 1, ['first', 'second'][at], 'RuleOrganizer', 0, 7, '0102'])
  )
  requirement('MS-OXORULE_R121', 'MS-OXORULE_R122', 'MS-OXORULE_R123', 'MS-OXORULE_R449', 'MS-OXORULE_R450')
  requirement('MS-OXORULE_R778', 'MS-OXORULE_R779', 'MS-OXORULE_R96', 'MS-OXORULE_R100', 'MS-OXORULE_R133')
  t.equal(new Set(rows.map(row => row[0])).size, 2)
  requirement('MS-OXORULE_R52', 'MS-OXORULE_R597', 'MS-OXORULE_R598')
  t.equal(await client.one(folder, tags.PidTagHasRules), true)
  requirement('MS-OXORULE_R604', 'MS-OXORULE_R605')
  const table = await rules.table()
  const shown = [tags.PidTagRuleCondition, tags.PidTagRuleActions]
  await client.call(RopSetColumns, { setColumnsFlags: 0, propertyTags: shown }, table)
  const bytes = (await client.rows(table, shown)).rows[0]
  t.same(bytes, [CONDITION.toString('hex'), DELETE.toString('hex')], 'bit for bit')
  await client.world.restart()
  const later = await RealClient.logOn({ world: client.world })
  t.same(await new RuleClient(later, await later.folder('inbox')).rows(), rows, 'after a restart, too')
  t.same((await checkMailbox(client.mailbox)).problems, [])
})

t.test('changing, removing, replacing', async t => {
  const rules = await RuleClient.open()
  await rules.modify([
    [ADD, rule('one', 1)],
    [ADD, rule('two', 2)]
  ])
  const [one, two] = [await rules.id('one'), await rules.id('two')]
  t.equal(
    await rules.modify([
      [MODIFY, [one, entry(tags.PidTagRuleName, 'uno')]],
      [REMOVE, [two]]
    ]),
    0
  )
  t.same(
    (await rules.rows()).map(row => row.slice(1, 5)),
    [[1, 1, 'uno', 'RuleOrganizer']],
    'what is not named stays'
  )
  requirement('MS-OXORULE_R732', 'MS-OXORULE_R733', 'MS-OXORULE_R54')
  t.equal(await rules.modify([[ADD, rule('new', 3)]], 1), 0)
  t.same(await rules.names(), ['new'])
  requirement('MS-OXORULE_R669')
  t.equal(
    await rules.modify(
      [
        [ADD, rule('x', 4)],
        [REMOVE, [await rules.id('new')]]
      ],
      1
    ),
    INVALID_PARAM
  )
  t.same(await rules.names(), ['new'], 'and nothing has changed')
  requirement('MS-OXORULE_R670')
  const flagged = rule('flagged', 5).map(one => (one.tag === tags.PidTagRuleState ? entry(one.tag, 0x43) : one))
  t.equal(await rules.modify([[ADD, flagged]]), 0)
  t.same(
    (await rules.rows()).map(row => row[2]),
    [1, 1],
    "the server's own flags are not taken from clients"
  )
  requirement('MS-OXORULE_R844', 'MS-OXORULE_R846')
  t.equal(await rules.modify([], 1), 0)
  t.same(await rules.names(), [], 'replaced by none')
})

t.test('what is refused, and then changes nothing', async t => {
  const rules = await RuleClient.open()
  const { client } = rules
  await rules.modify([[ADD, rule('one', 1)]])
  const one = await rules.id('one')
  const wrong: [string, number, [number, Entry[]][], number?][] = [
    ['no properties', INVALID_PARAM, [[ADD, []]]],
    ['an unknown kind', INVALID_PARAM, [[3, rule('x', 2)]]],
    ['an id for a new rule', INVALID_PARAM, [[ADD, rule('x', 2, one)]]],
    ['a property that rules do not have', INVALID_PARAM, [[ADD, rule('x', 2, entry(tags.PidTagSubject, 's'))]]],
    ['undefined flags', INVALID_PARAM, [[ADD, rule('x', 2)]], 2],
    ['a rule that is not there', ecNotFound, [[MODIFY, [entry(tags.PidTagRuleId, 99n), ...rule('x', 2)]]]],
    ['no id to remove', ecNotFound, [[REMOVE, rule('x', 2)]]],
    [
      'one of two',
      ecNotFound,
      [
        [ADD, rule('x', 2)],
        [REMOVE, [entry(tags.PidTagRuleId, 99n)]]
      ]
    ]
  ]
  for (const [name, code, changes, flags] of wrong) t.equal(await rules.modify(changes, flags), code, name)
  t.same(await rules.names(), ['one'])
  requirement('MS-OXORULE_R822', 'MS-OXORULE_R821', 'MS-OXORULE_R594', 'MS-OXORULE_R820')
  t.equal((await client.call(RopModifyRules, { modifyRulesFlags: 0, rulesData: [] }, 0)).returnValue, NOT_SUPPORTED)
  t.equal((await client.call(RopGetRulesTable, { tableFlags: 0x41 }, rules.folder)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXORULE_R889', 'MS-OXORULE_R825', 'MS-OXORULE_R827', 'MS-OXORULE_R608')

  const data = (size: number) => entry(tags.PidTagRuleProviderData, Buffer.alloc(size, 1))
  const large = (name: string) => [
    ...rule(name, 9).filter(({ tag }) => tag !== tags.PidTagRuleProviderData),
    data(30000)
  ]
  let answer = 0
  for (let n = 0; answer === 0; n++) answer = await rules.modify([[ADD, large(`large ${n}`)]])
  t.equal(answer, OUT_OF_MEMORY)
  t.equal((await rules.names()).length, 1 + Math.ceil(limits.folderRulesBytes / 30_200), 'told, and kept all the same')
  requirement('MS-OXORULE_R815', 'MS-OXORULE_R911', 'MS-OXORULE_R823', 'MS-OXORULE_R824')
  let count = 0
  for (let before = -1; count !== before; ) {
    before = count
    await rules.modify(Array.from({ length: 2 }, (_, n) => [ADD, large(`more ${n}`)]))
    count = (await rules.names()).length
  }
  t.ok(count * 30000 <= limits.folderRulesMostBytes, 'but not without bound')
})

t.test('only an owner of the folder sees and changes them', async t => {
  const rules = await RuleClient.open()
  const { world } = rules.client
  await rules.modify([[ADD, rule('secret', 1)]])
  const folder = () => world.alices.openFolder(inbox, {}, alice)
  const asBob = async (rights: number) => {
    await folder().setPermissions([{ who: { guid: bob.guid }, rights }], {}, alice)
    const guest = await RealClient.logOn({ world, actor: bob })
    const client = new RuleClient(guest, guest.driver.put('folder', world.alices.openFolder(inbox, {}, bob)))
    const opened = await guest.call(RopGetRulesTable, { tableFlags: UNICODE }, client.folder)
    return [opened.returnValue, await client.modify([[ADD, rule('his', 2)]])]
  }
  t.same(await asBob(permissionLevels.editor), [ACCESS_DENIED, ACCESS_DENIED])
  t.same(await asBob(permissionLevels.owner), [0, 0])
  t.same(await rules.names(), ['secret', 'his'])
})

t.test('the table, operation by operation', async t => {
  const rules = await RuleClient.open()
  const { client } = rules
  await rules.modify(['a', 'b', 'c', 'd'].map((name, n) => [ADD, rule(name, n)]))
  const table = await rules.table()
  const columns = [tags.PidTagRuleName]
  t.equal(await client.setColumns(table, columns), 0)
  requirement('MS-OXCTABL_R830', 'MS-OXCTABL_R432')
  t.same(await client.column(table, columns), ['a', 'b', 'c', 'd'])
  requirement('MS-OXCTABL_R836', 'MS-OXCTABL_R474', 'MS-OXORULE_R612', 'MS-OXORULE_R611')
  t.same((await client.call(RopGetStatus, {}, table)).value, { tableStatus: 0 })
  requirement('MS-OXCTABL_R841', 'MS-OXCTABL_R488')
  t.same((await client.call(RopQueryPosition, {}, table)).value, { numerator: 4, denominator: 4 })
  requirement('MS-OXCTABL_R845', 'MS-OXCTABL_R493')
  const seek = { origin: 0, rowCount: 2, wantRowMovedCount: true }
  t.same((await client.call(RopSeekRow, seek, table)).value, { hasSoughtLess: false, rowsSought: 2 })
  requirement('MS-OXCTABL_R849', 'MS-OXCTABL_R499')
  t.equal((await client.call(RopSeekRowFractional, { numerator: 1, denominator: 4 }, table)).returnValue, 0)
  t.same(await client.column(table, columns), ['b', 'c', 'd'])
  requirement('MS-OXCTABL_R854', 'MS-OXCTABL_R519')
  const all = (await client.call(RopQueryColumnsAll, {}, table)).value!.propertyTags
  t.ok(COLUMNS.every(tag => all.includes(tag)))
  requirement('MS-OXCTABL_R877', 'MS-OXCTABL_R531')
  const restriction = {
    ...{ kind: 'property' as const, relop: RelOp.greaterThan, tag: tags.PidTagRuleName },
    value: entry(tags.PidTagRuleName, 'b')
  }
  const find = { findRowFlags: 0, restriction, origin: 0, bookmark: new Uint8Array(0) }
  const found = await client.call(RopFindRow, find, table, { columns })
  t.same(cellsOf(found.value!.row!, columns), ['c'])
  requirement('MS-OXCTABL_R874', 'MS-OXCTABL_R542')
  t.equal((await client.call(RopRestrict, { restrictFlags: 0, restriction }, table)).returnValue, 0)
  t.same(await client.column(table, columns), ['c', 'd'])
  requirement('MS-OXCTABL_R832', 'MS-OXCTABL_R459')
  const sort = { sortTableFlags: 0, sortOrderCount: 0, categoryCount: 0, expandedCount: 0, sortOrders: [] }
  t.equal((await client.call(RopSortTable, sort, table)).returnValue, NOT_SUPPORTED)
})

t.test('rules go with their folder', async t => {
  const rules = await RuleClient.open()
  const { client } = rules
  const made = await client.createFolder(rules.folder, 'Filtered')
  t.equal(await new RuleClient(client, made.handle).modify([[ADD, rule('one', 1)]]), 0)
  const request = { deleteFolderFlags: 0x15, folderId: made.folderId }
  t.equal((await client.call(RopDeleteFolder, request, rules.folder)).returnValue, 0)
  t.same((await checkMailbox(client.mailbox)).problems, [])
})

t.test('the examples of [MS-OXORULE] 4.2.2', { skip: outsideMissing }, async t => {
  const rules = await RuleClient.open()
  const { client } = rules
  const opened = await client.call(RopGetRulesTable, { tableFlags: UNICODE }, rules.folder)
  t.equal(
    opened.returnValue,
    Buffer.from(vectorBytes('MS-OXORULE', 'oxorule-4.2.2-getrulestable-resp')).readUInt32LE(2)
  )
  const set = await client.call(RopSetColumns, { setColumnsFlags: 0, propertyTags: COLUMNS }, opened.handle)
  t.equal(set.value!.tableStatus, vectorBytes('MS-OXORULE', 'oxorule-4.2.2-setcolumns-resp')[6])
})
