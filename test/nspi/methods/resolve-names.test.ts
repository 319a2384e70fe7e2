import { test } from 'tap'
import type { Stat } from '../../../src/nspi/index.js'
import { statAtBeginning } from '../../../src/nspi/stat.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { bookOf, plain, type SampleBook, sampleBook } from '../sample-book.js'

const UNRESOLVED = 0
const AMBIGUOUS = 1
const RESOLVED = 2
const INVALID_BOOKMARK = 0x80040405

function resolver(sample: SampleBook, alias = 'alice') {
  const caller = sample.caller(alias)
  return (names: string[], over: Partial<Stat> = {}, columns: number[] | null = [tags.PidTagDisplayName]) => {
    const answer = sample.book.resolveNames(caller, { stat: statAtBeginning(over), columns, names })
    return { ...answer, found: answer.rows.map(row => plain(row[0])) }
  }
}

test('N2: outcomes in the order of the names, and rows of what was found', async t => {
  const resolve = resolver(await sampleBook())
  const { errorCode, mids, found, codePage, columns } = resolve(['alice', '', 'meyer', 'XXXXXX', 'Zoë'])
  t.same([errorCode, codePage], [0, 1252])
  requirement('MS-OXNSPI_R1443')
  t.same(mids, [RESOLVED, UNRESOLVED, AMBIGUOUS, UNRESOLVED, RESOLVED])
  requirement('MS-OXNSPI_R87', 'MS-OXNSPI_R88', 'MS-OXNSPI_R89', 'MS-OXNSPI_R90', 'MS-OXNSPI_R616')
  requirement('MS-OXNSPI_R1611', 'MS-OXNSPI_R618', 'MS-OXNSPI_R620', 'MS-OXNSPI_R622', 'MS-OXNSPI_R624')
  requirement('MS-OXNSPI_R1393', 'MS-OXNSPI_R1394', 'MS-OXNSPI_R1403', 'MS-OXNSPI_R1650', 'MS-OXNSPI_R1425')
  requirement('MS-OXNSPI_R1426', 'MS-OXNSPI_R1428')
  t.same(found, ['Alice Meyer', 'Zoë Outside'])
  requirement('MS-OXNSPI_R1395', 'MS-OXNSPI_R1404', 'MS-OXNSPI_R1405', 'MS-OXNSPI_R1430')
  t.same(columns, [tags.PidTagDisplayName])
  t.same(
    resolve(['alice'], {}, null).columns?.map(tag => tag.toString(16)),
    ['fffd0003', 'ffe0003', '39000003', '3001001e', '3a1a001e', '3a18001e', '3a19001e']
  )
  requirement('MS-OXNSPI_R1399')
  const [id] = resolve(['alice'], {}, [tags.PidTagEntryId]).found
  t.equal((id as Uint8Array)[0], 0, 'a permanent id: clients keep it in messages')
  t.same(resolve(['   ', ' ,; ', '=', '= ']).mids, [UNRESOLVED, UNRESOLVED, UNRESOLVED, UNRESOLVED])
})

test('what a name may be', async t => {
  const sample = await sampleBook()
  const resolve = resolver(sample)
  const found = (name: string, over: Partial<Stat> = {}) => {
    const { mids, found: rows } = resolve([name], over)
    return mids?.[0] === RESOLVED ? rows[0] : mids?.[0]
  }
  const dn = sample.entry('alice').legacyDn
  for (const name of [
    'alice@contoso.example',
    'A.MEYER@contoso.example',
    'smtp:alice@contoso.example',
    'SMTP:a.meyer@contoso.example',
    '=SMTP:alice@contoso.example',
    dn,
    dn.toUpperCase(),
    `EX:${dn}`,
    '/o=Old/ou=First/cn=Recipients/cn=alice',
    'X500:/o=Old/ou=First/cn=Recipients/cn=ALICE',
    'x400:c=us;s=meyer',
    '=X400:c=us;s=meyer',
    'alice',
    '=alice',
    'Alice Meyer',
    '  alice   MEYER ',
    'Meyer, Alice',
    'al mey',
    'mey ali',
    'alice@cont',
    'Building 5',
    'build'
  ]) {
    t.equal(found(name), 'Alice Meyer', name)
  }
  t.equal(found('a.mey'), 'Alice Meyer', 'the beginning of an alias')
  t.equal(found('oster'), 'Bob Øster', 'marks and strokes do not count')
  t.equal(found('Øst'), 'Bob Øster')
  t.equal(found('ZOE OUTSIDE'), 'Zoë Outside')
  t.equal(found('aarol'), 'Carol Meyer', 'as it is pronounced')
  t.equal(found('=meyer'), 'Alice Meyer', 'only one has it as a whole name')
  t.equal(found('=mey'), UNRESOLVED)
  t.equal(found('=Alice'), 'Alice Meyer')
  t.equal(found('alice nobody'), UNRESOLVED)
  t.equal(found('nobody@contoso.example'), UNRESOLVED)
  t.equal(found('b'), AMBIGUOUS)
  t.equal(found('sales'), 'Sales', 'a list by its name, though an office and a department are called so')
  t.equal(found('x'.repeat(5000)), UNRESOLVED)
  t.equal(found('a '.repeat(50)), UNRESOLVED)
})

test('a whole display name or alias beats the beginnings of others', async t => {
  const sample = await bookOf([
    { address: 'anna@contoso.example', displayName: 'Anna' },
    { address: 'annabel@contoso.example', displayName: 'Annabel' },
    { address: 'anna.berg@contoso.example', displayName: 'Anna Berg' },
    { address: 'ab@contoso.example', displayName: 'Anna Berg-Olsen' },
    { address: 'olsen@contoso.example', displayName: 'Someone' },
    { address: 'twin1@contoso.example', displayName: 'Twin' },
    { address: 'twin2@contoso.example', displayName: 'twin' },
    { address: 'jl@contoso.example', displayName: "Jean-Luc O'Neil" },
    { address: 'strauss@contoso.example', displayName: 'Franz Strauß' }
  ])
  const resolve = resolver(sample, 'anna')
  const found = (name: string) => {
    const { mids, found: rows } = resolve([name])
    return mids?.[0] === RESOLVED ? rows[0] : mids?.[0]
  }
  t.equal(found('anna'), 'Anna')
  t.equal(found('Anna Berg'), 'Anna Berg')
  t.equal(found('anna b'), AMBIGUOUS)
  t.equal(found('annab'), 'Annabel')
  t.equal(found('olsen'), 'Someone', 'the alias, although others begin so')
  t.equal(found('ols'), AMBIGUOUS)
  t.equal(found('twin'), AMBIGUOUS)
  t.equal(found('twin2'), 'twin')
  t.equal(found('luc'), "Jean-Luc O'Neil", 'the parts of double names')
  t.equal(found('neil jean'), "Jean-Luc O'Neil")
  t.equal(found('franz strauss'), 'Franz Strauß')
})

test('in containers', async t => {
  const sample = await sampleBook()
  const resolve = resolver(sample)
  const contacts = { containerId: sample.list('All Contacts') }
  t.same(resolve(['alice', 'zoe', 'alice@contoso.example', 'zoe@outside.example'], contacts).mids, [0, 2, 0, 2])
  t.same(resolve(['meyer'], { containerId: sample.list('All Users') }).mids, [AMBIGUOUS])
  const refused = resolve(['alice'], { containerId: 1 })
  t.same(refused, {
    errorCode: INVALID_BOOKMARK,
    stat: null,
    codePage: 1252,
    mids: null,
    columns: null,
    rows: [],
    found: []
  })
  requirement('MS-OXNSPI_R1372', 'MS-OXNSPI_R1423', 'MS-OXNSPI_R1418', 'MS-OXNSPI_R1761')
  t.equal(resolve(['alice'], { codePage: 1200 }).errorCode, 0)
  requirement('MS-OXNSPI_R1410')
})

test('N12: hidden entries are found by their whole addresses, and by themselves', async t => {
  const sample = await sampleBook()
  const names = ['dora', 'Dora Hidden', '=Dora Hidden', 'dor', 'dora@contoso.example', sample.entry('dora').legacyDn]
  t.same(resolver(sample)(names).mids, [0, 0, 0, 0, 2, 2])
  t.same(resolver(sample, 'dora')(names).mids, [2, 2, 2, 2, 2, 2])
  t.same(resolver(sample, 'dora')(['dora'], { containerId: sample.list('All Users') }).mids, [2])
  t.same(resolver(sample, 'dora')(['dora'], { containerId: sample.list('All Contacts') }).mids, [0])
  t.same(resolver(sample)(['folders', 'folders@contoso.example']).mids, [0, 2], 'the mailbox of the public folders')
})

test('names follow the directory', async t => {
  const sample = await sampleBook()
  const resolve = resolver(sample)
  t.same(resolve(['Berta', 'bob']).mids, [0, 2])
  await sample.directory.change(sample.entry('bob').guid, { displayName: 'Berta Bunt', attributes: {} })
  t.same(resolve(['Berta', 'oster', 'bob']).mids, [2, 0, 2])
  await sample.directory.change(sample.entry('bob').guid, { hidden: true })
  t.same(resolve(['Berta', 'bob']).mids, [0, 0])
  await sample.directory.remove(sample.entry('bob').guid)
  t.same(resolve(['bob@contoso.example']).mids, [0])
  const many = Array.from({ length: 600 }, (_, i) => ({ address: `n${i}@contoso.example`, displayName: `Name ${i}` }))
  await sample.directory.addAll(many)
  t.same(resolve(['Name 599', 'Berta', 'name']).mids, [2, 0, 1])
})

test('more names than a message has recipients', async t => {
  const sample = await sampleBook()
  const resolve = resolver(sample)
  t.equal(resolve(new Array(5000).fill('alice')).mids?.length, 5000)
  t.equal(resolve(new Array(5001).fill('alice')).errorCode, 0x8004010e)
  const { errorCode } = sample.book.resolveNames(sample.caller('bob'), {
    stat: statAtBeginning(),
    columns: null,
    names: null
  })
  t.equal(errorCode, 0x80070057)
})
