import { test } from 'tap'
import { Directory } from '../../src/directory/index.js'
import { type Log, silentLog } from '../../src/log.js'
import { AddressBook } from '../../src/nspi/index.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { exchange2016 } from '../../src/personality.js'
import { customRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'
import { bookOf, namesOf } from './sample-book.js'

function people(count: number, from = 0) {
  return Array.from({ length: count }, (_, i) => ({
    address: `p${i + from}@contoso.example`,
    displayName: `Person ${String(i + from).padStart(6, '0')}`
  }))
}

test('tables are prepared in slices, and requests meanwhile are answered whole', async t => {
  const { book, caller, directory } = await bookOf(people(3000))
  let prepared = false
  const preparing = book.prepare().then(() => {
    prepared = true
  })
  t.notOk(prepared)
  t.equal(namesOf(book, caller('p0'), statAtBeginning({ currentRecord: 2, delta: -1 }))[0], 'Person 002999')
  await directory.add(people(1, 5000)[0])
  await preparing
  t.equal(namesOf(book, caller('p0'), statAtBeginning({ currentRecord: 2, delta: -1 }))[0], 'Person 005000')
  const { mids } = book.resolveNames(caller('p0'), {
    stat: statAtBeginning(),
    columns: [],
    names: ['p5000', 'Person 000017']
  })
  t.same(mids, [2, 2])
  await book.prepare()
})

test('tables follow the directory through any number of changes', async t => {
  const { book, caller, directory, entry } = await bookOf(people(30))
  const names = () => namesOf(book, caller('p0'), statAtBeginning())
  const expected = () =>
    directory
      .entries()
      .filter(({ hidden }) => !hidden)
      .map(({ displayName }) => displayName)
      .sort()
  t.same(names(), expected())
  for (let i = 1; i < 25; i++) await directory.change(entry(`p${i}`).guid, { displayName: `Zed ${100 + i}` })
  t.same(names(), expected(), 'more changes than are kept')
  await directory.addAll(people(400, 100))
  await directory.remove(entry('p3').guid)
  t.same(names(), expected())
  await directory.reload()
  t.same(names(), expected(), 'after reading everything again')
  await directory.setAddressLists([{ name: 'Some', parent: null, filter: { attributes: { office: 'x' } } }])
  t.same(names(), expected())
})

test('refusals are logged, and what is no refusal is thrown', async t => {
  const directory = await Directory.open(new Store(new MemoryEngine()), customRuntime({}), 'Contoso')
  const principal = await directory.add({ address: 'a@contoso.example', displayName: 'A' })
  const events: unknown[] = []
  const log: Log = { ...silentLog, debug: (event, fields) => void events.push([event, fields]) }
  const book = new AddressBook({ directory, runtime: customRuntime({}), personality: exchange2016, log })
  const caller = { principal, baseUrl: 'https://x.example' }
  book.updateStat(caller, { stat: statAtBeginning({ containerId: 5 }), wantsDelta: false })
  t.same(events, [['nspi.refused', { method: 'updateStat', code: 0x80040405, detail: 'no container 5' }]])
  t.throws(() => book.queryRows(caller, undefined as never), TypeError)
})

test('languages: the list that a German and a Dane see', async t => {
  const { book, caller } = await bookOf(
    ['Aase', 'Abel', 'Zorn', 'Ørsted', 'Österreich'].map((displayName, i) => ({
      address: `n${i}@contoso.example`,
      displayName
    }))
  )
  const names = (sortLocale: number) => namesOf(book, caller('n0'), statAtBeginning({ sortLocale }))
  t.same(names(0x407), ['Aase', 'Abel', 'Ørsted', 'Österreich', 'Zorn'])
  t.same(names(0x406), ['Abel', 'Zorn', 'Ørsted', 'Österreich', 'Aase'])
  for (let sortLocale = 0; sortLocale < 0x100; sortLocale++) t.equal(names(sortLocale).length, 5)
})
