/** The address book of a large organization: what its requests cost, and how long sorting holds the event loop. */

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Directory, type DirectoryEntry, type PrincipalSpec } from '../../src/directory/index.js'
import { silentLog } from '../../src/log.js'
import { AddressBook, type NspiCaller, type Stat } from '../../src/nspi/index.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { FuzzyHigh, FuzzyLow, type Restriction } from '../../src/oxcdata/restriction.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { exchange2016 } from '../../src/personality.js'
import { systemRuntime } from '../../src/runtime.js'
import { MemoryEngine, Store } from '../../store/index.js'

const GIVEN_NAMES = [
  ...['Ada', 'Ben', 'Clara', 'David', 'Elena', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Karla', 'Liam'],
  ...['Mira', 'Nils', 'Olga', 'Pablo', 'Quinn', 'Rosa', 'Simon', 'Tara', 'Umar', 'Vera', 'Wim', 'Yara']
]
const FAMILY_NAMES = [
  ...['Almeida', 'Bergmann', 'Costa', 'Dijkstra', 'Eriksen', 'Fischer', 'Garcia', 'Hansen', 'Ito', 'Jansen'],
  ...['Kovac', 'Lindqvist', 'Moreau', 'Novak', 'Okafor', 'Petrov', 'Quist', 'Rossi', 'Schmidt', 'Tanaka']
]
const PAGE_ROWS = 50
const NANOSECONDS = 1e6
/** Columns of a list of names as Outlook asks for them. */
const COLUMNS = [
  tags.PidTagEntryId,
  tags.PidTagDisplayName,
  tags.PidTagTitle,
  tags.PidTagBusinessTelephoneNumber,
  tags.PidTagOfficeLocation,
  tags.PidTagSmtpAddress,
  tags.PidTagDepartmentName,
  tags.PidTagAccount,
  tags.PidTagDisplayType,
  tags.PidTagInstanceKey
]

export interface AddressBookFigure {
  name: string
  /** CPU of one operation, milliseconds. */
  ms: number
  /** Longest time between two turns of the event loop meanwhile, milliseconds; undefined for what is one turn itself. */
  longestDelayMs?: number
}

function specOf(number: number): PrincipalSpec {
  const given = GIVEN_NAMES[number % GIVEN_NAMES.length]
  const family = `${FAMILY_NAMES[(number >> 5) % FAMILY_NAMES.length]}${['', 'son', 'berg', 'ova'][(number >> 10) & 3]}`
  return {
    address: `${given}.${family}.${number}@bench.example`,
    displayName: `${given} ${family} ${number}`,
    attributes: {
      givenName: given,
      surname: family,
      title: 'Clerk',
      department: `Department ${number % 40}`,
      office: `Room ${number % 900}`,
      businessPhone: `+1 555 ${number}`
    }
  }
}

const start = statAtBeginning()

/** An organization of so many people, and what is measured on it. */
export class AddressBookBench {
  private constructor(
    private readonly directory: Directory,
    private readonly entries: readonly DirectoryEntry[],
    private readonly rounds: number
  ) {}

  static async open(people: number, rounds: number): Promise<AddressBookBench> {
    const directory = await Directory.open(new Store(new MemoryEngine()), systemRuntime, 'Bench')
    const entries = await directory.addAll(Array.from({ length: people }, (_, i) => specOf(i)))
    return new AddressBookBench(directory, entries, rounds)
  }

  async run(): Promise<AddressBookFigure[]> {
    const book = this.newBook()
    const caller: NspiCaller = { principal: this.directory.principals()[0], baseUrl: 'https://bench.example' }
    const figures: AddressBookFigure[] = [
      this.once('first page, nothing prepared', () => this.page(this.newBook(), caller, start)),
      await this.waited('prepare', () => book.prepare()),
      this.many('first page', () => this.page(book, caller, start)),
      this.many('page in the middle', i => this.page(book, caller, this.fraction(book, caller, i))),
      this.many('last page', () => this.page(book, caller, { ...start, currentRecord: 2, delta: -PAGE_ROWS })),
      this.many('go to a name', i => this.seek(book, caller, i)),
      this.many('resolve an address', i => this.resolve(book, caller, this.at(i).address)),
      this.many('resolve a whole name', i => this.resolve(book, caller, this.at(i).displayName)),
      this.many('resolve a name of many', () => this.resolve(book, caller, 'Mira Tanaka')),
      this.many('resolve nobody', i => this.resolve(book, caller, `Nemo ${i}`)),
      this.many('find by a name (GetMatches)', i => this.match(book, caller, anr(this.at(i).displayName))),
      await this.waited('find by a condition (GetMatches)', () => this.match(book, caller, titleCondition)),
      await this.changed(book, caller)
    ]
    return figures
  }

  /** A book with its tables sorted, to see what they take. */
  async preparedBook(): Promise<AddressBook> {
    const book = this.newBook()
    await book.prepare()
    return book
  }

  /** Uses a book once more, so that it was in memory until now. */
  keep(book: AddressBook): void {
    this.page(book, { principal: this.directory.principals()[0], baseUrl: '' }, start)
  }

  private newBook(): AddressBook {
    const { directory } = this
    return new AddressBook({ directory, runtime: systemRuntime, personality: exchange2016, log: silentLog })
  }

  private at(round: number): DirectoryEntry {
    return this.entries[(round * 7919) % this.entries.length]
  }

  private page(book: AddressBook, caller: NspiCaller, stat: Stat): void {
    const { rows } = book.queryRows(caller, { flags: 0, stat, mids: [], rowCount: PAGE_ROWS, columns: COLUMNS })
    if (rows.length === 0) throw new Error('an empty page')
  }

  private fraction(book: AddressBook, caller: NspiCaller, round: number): Stat {
    const stat = { ...start, currentRecord: 1, position: round % 100, totalRecords: 101 }
    return book.updateStat(caller, { stat, wantsDelta: false }).stat!
  }

  private seek(book: AddressBook, caller: NspiCaller, round: number): void {
    const target = { tag: tags.PidTagDisplayName, bytes: storedString(this.at(round).displayName.slice(0, 8)) }
    const { rows } = book.seekEntries(caller, { stat: start, target, mids: null, columns: COLUMNS })
    if (rows.length === 0) throw new Error('an empty page')
  }

  private resolve(book: AddressBook, caller: NspiCaller, name: string): void {
    book.resolveNames(caller, { stat: start, columns: COLUMNS, names: [name] })
  }

  private match(book: AddressBook, caller: NspiCaller, filter: Restriction): Promise<void> | undefined {
    const request = { stat: start, mids: null, interfaceFlags: 0, filter, propertyName: null, rowCount: 100 }
    const answer = book.getMatches(caller, { ...request, columns: COLUMNS })
    return answer instanceof Promise ? answer.then(() => {}) : undefined
  }

  /** A page after one of the people was changed. */
  private async changed(book: AddressBook, caller: NspiCaller): Promise<AddressBookFigure> {
    let ms = 0
    const rounds = Math.min(this.rounds, 50)
    for (let i = 0; i < rounds; i++) {
      await this.directory.change(this.at(i).guid, { displayName: `Changed ${i}` })
      ms += this.once('', () => {
        this.page(book, caller, start)
        this.resolve(book, caller, 'Mira Tanaka')
      }).ms
    }
    return { name: 'page and name after a change', ms: ms / rounds }
  }

  private once(name: string, work: () => void): AddressBookFigure {
    const begun = cpuMs()
    work()
    return { name, ms: cpuMs() - begun }
  }

  private many(name: string, work: (round: number) => unknown): AddressBookFigure {
    for (let i = 0; i < Math.min(20, this.rounds); i++) work(i)
    const begun = cpuMs()
    for (let i = 0; i < this.rounds; i++) work(i)
    return { name, ms: (cpuMs() - begun) / this.rounds }
  }

  private async waited(name: string, work: () => Promise<void> | undefined): Promise<AddressBookFigure> {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const begun = cpuMs()
    await work()
    const ms = cpuMs() - begun
    delay.disable()
    return { name, ms, longestDelayMs: delay.max / NANOSECONDS }
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function anr(name: string): Restriction {
  const value = { tag: tags.PidTagAnr, bytes: storedString(name) }
  return { kind: 'property', relop: 4, tag: tags.PidTagAnr, value }
}

/** A condition that no index answers: every entry is tested. */
const titleCondition: Restriction = {
  kind: 'content',
  fuzzyLow: FuzzyLow.prefix,
  fuzzyHigh: FuzzyHigh.ignoreCase,
  tag: tags.PidTagTitle,
  value: { tag: tags.PidTagTitle, bytes: storedString('chairman') }
}
