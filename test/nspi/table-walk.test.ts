/** Random walks through tables of a changing directory, against a naive model: arrays, sorted anew for each step. */

import { type Test, test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import type { DirectoryEntry } from '../../src/directory/index.js'
import type { Stat } from '../../src/nspi/index.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { sortKey } from '../../src/oxcdata/collation.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { bookOf, plain, type SampleBook } from './sample-book.js'

const END = 2
const STEPS = Number(process.env.FUZZ_ROUNDS ?? 1) * 400
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const NAMES = ['Anna', 'ANNA', 'änna', 'Ben', 'Bén', 'Čapek', 'Chloe', 'D-Anna', 'Zoë', 'Øre', 'ß', '山', '123', 'a b']

interface Model {
  entries: DirectoryEntry[]
  mids: number[]
}

function keyOf(text: string): string {
  return Buffer.from(sortKey(storedString(text), 0x409)).toString('latin1')
}

/** What compares as equal begins the same before the first byte that ends a level. */
function comparable(text: string): string {
  return keyOf(text).split('\x01', 1)[0]
}

function modelOf({ directory, mid }: SampleBook, filter: (entry: DirectoryEntry) => boolean): Model {
  const rows = directory
    .entries()
    .filter(entry => !entry.hidden && filter(entry))
    .map(entry => ({ key: keyOf(entry.displayName), entry }))
  rows.sort((a, b) => (a.key === b.key ? a.entry.id - b.entry.id : a.key < b.key ? -1 : 1))
  const entries = rows.map(({ entry }) => entry)
  const first = mid('first') - directory.byLogonName('first')!.id
  return { entries, mids: entries.map(({ id }) => first + id) }
}

class Walk {
  private readonly random = new Random(SEED)
  private number = 0
  stat: Stat = statAtBeginning()

  constructor(
    private readonly t: Test,
    private readonly sample: SampleBook
  ) {}

  async step(): Promise<void> {
    const { random } = this
    switch (random.below(9)) {
      case 0:
        return this.change()
      case 1:
      case 2:
        return this.update(false)
      case 3:
        return this.update(true)
      case 4:
        return this.seek()
      case 5:
        this.stat = { ...this.stat, containerId: this.container(), currentRecord: random.below(2) * END }
        return
      case 6:
        return this.compare()
      default:
        return this.query()
    }
  }

  private get caller() {
    return this.sample.caller('first')
  }

  private container(): number {
    return this.random.below(3) === 0 ? this.sample.list('All Contacts') : 0
  }

  private model(): Model {
    const contacts = this.stat.containerId !== 0
    return modelOf(this.sample, ({ kind }) => !contacts || kind === 'contact')
  }

  private place({ mids }: Model): number {
    const { currentRecord } = this.stat
    if (currentRecord === 0) return 0
    return currentRecord === END ? mids.length : mids.indexOf(currentRecord)
  }

  private moved({ mids }: Model, place: number, delta: number): number {
    return Math.max(0, Math.min(mids.length, place + delta))
  }

  private at({ mids }: Model, place: number, stat: Stat): Stat {
    return { ...stat, currentRecord: mids[place] ?? END, delta: 0, position: place, totalRecords: mids.length }
  }

  private update(fractional: boolean): void {
    const { random, t } = this
    const model = this.model()
    const asked = { ...this.stat, delta: random.below(13) - 6 }
    let place = this.place(model)
    if (fractional) {
      Object.assign(asked, { currentRecord: 1, position: random.below(120), totalRecords: random.below(101) })
      const part = asked.totalRecords === 0 ? 0 : asked.position / asked.totalRecords
      place = Math.min(model.mids.length, Math.floor(part * model.mids.length + 1e-9))
    }
    const { stat, delta, errorCode } = this.sample.book.updateStat(this.caller, { stat: asked, wantsDelta: true })
    if (place < 0) {
      t.equal(errorCode, 0x8004010f)
      this.stat = statAtBeginning()
      return
    }
    const final = this.moved(model, place, asked.delta)
    t.same({ stat, delta }, { stat: this.at(model, final, asked), delta: final - place })
    this.stat = stat!
  }

  private query(): void {
    const model = this.model()
    const asked = { ...this.stat, delta: this.random.below(9) - 4 }
    const rowCount = this.random.below(12)
    const columns = [tags.PidTagSmtpAddress]
    const request = { flags: 0, stat: asked, mids: [], rowCount, columns }
    const { stat, rows, errorCode } = this.sample.book.queryRows(this.caller, request)
    const place = this.place(model)
    if (place < 0) {
      this.t.equal(errorCode, 0x8004010f)
      this.stat = statAtBeginning()
      return
    }
    const first = this.moved(model, place, asked.delta)
    const expected = model.entries.slice(first, first + rowCount)
    this.t.same(
      rows.map(row => plain(row[0])),
      expected.map(({ address }) => address)
    )
    this.t.same(stat, this.at(model, first + expected.length, asked))
    this.stat = stat!
  }

  private seek(): void {
    const model = this.model()
    const text = NAMES[this.random.below(NAMES.length)].slice(0, 1 + this.random.below(4))
    const target = { tag: tags.PidTagDisplayName, bytes: storedString(text) }
    const { stat, errorCode } = this.sample.book.seekEntries(this.caller, {
      stat: this.stat,
      target,
      mids: null,
      columns: null
    })
    const place = model.entries.findIndex(({ displayName }) => comparable(displayName) >= comparable(text))
    if (place < 0) this.t.equal(errorCode, 0x8004010f)
    else this.t.same(stat, this.at(model, place, this.stat))
  }

  private compare(): void {
    const { mids } = this.model()
    if (mids.length === 0) return
    const [a, b] = [this.random.below(mids.length), this.random.below(mids.length)]
    const request = { stat: this.stat, mid1: mids[a], mid2: mids[b] }
    this.t.same(this.sample.book.compareMids(this.caller, request), { errorCode: 0, result: Math.sign(a - b) })
  }

  /** Somebody comes, goes, hides or gets another name. */
  private async change(): Promise<void> {
    const { random } = this
    const { directory } = this.sample
    const others = directory.entries().filter(({ alias }) => alias !== 'first')
    const one = others[random.below(Math.max(1, others.length))]
    const displayName = `${NAMES[random.below(NAMES.length)]}${random.below(3) === 0 ? ` ${random.below(5)}` : ''}`
    const kind = random.below(6)
    if (one === undefined || kind < 3) {
      const address = `n${this.number++}@contoso.example`
      const more = random.below(3) === 0 ? { kind: 'contact' as const } : {}
      await directory.add({ address, displayName, ...more })
    } else if (kind === 3) await directory.remove(one.guid)
    else if (kind === 4) await directory.change(one.guid, { displayName })
    else await directory.change(one.guid, { hidden: !one.hidden })
  }
}

test(`N6: walks against a model (FUZZ_SEED=${SEED})`, async t => {
  const sample = await bookOf([{ address: 'first@contoso.example', displayName: 'First' }])
  const walk = new Walk(t, sample)
  for (let i = 0; i < STEPS; i++) await walk.step()
  t.ok(sample.directory.size > 10)
})

test('walks in a table of many blocks', async t => {
  const random = new Random(SEED + 1)
  const people = Array.from({ length: 1500 }, (_, i) => ({
    address: `p${i}@contoso.example`,
    displayName: `${NAMES[random.below(NAMES.length)]} ${random.below(400)}`
  }))
  const sample = await bookOf([{ address: 'first@contoso.example', displayName: 'First' }, ...people])
  await sample.book.prepare()
  const walk = new Walk(t, sample)
  for (let i = 0; i < 60; i++) await walk.step()
  const model = modelOf(sample, () => true)
  const request = { flags: 0, stat: statAtBeginning(), mids: [], rowCount: 5000, columns: [tags.PidTagSmtpAddress] }
  const { rows } = sample.book.queryRows(sample.caller('first'), request)
  t.same(
    rows.map(row => plain(row[0])),
    model.entries.map(({ address }) => address)
  )
})
