/**
 * Holds the bytes of a response against the tables of [MS-OXCROPS]: which fields come in which order, how long each is and
 * what its value must be stand in the numbered requirements of the document, not in the layouts of the ROPs.
 */
import type { Test } from 'tap'
import { requirement } from '../../conformance/ledger.js'
import { type Requirement, readRequirements } from '../../conformance/requirements.js'

/** A field as the document introduces it: `[In ... Response Buffer]Name (2 bytes): An unsigned integer.` */
const FIELD = /^\[[Ii]n [^\],]*\]\s*([A-Za-z]+) \((variable|\d+) ?(?:bytes?)?\)\s*:?(.*)$/
const FIXED_VALUE = /set to 0x([0-9A-Fa-f]+)\./
const SAME_INDEX = /MUST be set to the value specified in the (?:\w+ )?(\w+HandleIndex)/
const COUNTED_BY = /is specified by the (\w+) field/

/** Fields that are there only when another one is not zero. */
const PRESENT_IF: Readonly<Record<string, string>> = {
  LogonId: 'ReadStatusChanged',
  ClientData: 'ReadStatusChanged'
}

export interface ResponseCase {
  /** Section of [MS-OXCROPS] that gives the response's form. */
  section: string
  /** The response, from RopId to its end. */
  bytes: Buffer
  /** Handle indexes of the request, by the names of their fields. */
  indexes: Readonly<Record<string, number>>
  /** Columns of a PropertyRow in it. */
  columns?: readonly number[]
}

interface Found {
  value: number
  count?: number
}

let all: Requirement[] | undefined

function rowsOf(section: string): Requirement[] {
  all ??= readRequirements('MS-OXCROPS')
  return all.filter(row => row.section === section)
}

/** Walks a response field by field; asserts that it ends where its last field ends, and claims what was seen. */
export function holdResponse(t: Test, { section, bytes, indexes, columns = [] }: ResponseCase): void {
  const rows = rowsOf(section)
  const walker = new Walker(bytes, columns, rows)
  const claims: string[] = []
  for (const row of rows) {
    const field = FIELD.exec(row.text)
    if (field !== null) {
      const [, name, size, description] = field
      const condition = name === 'MessageId' && walker.found.has('HasMessageId') ? 'HasMessageId' : PRESENT_IF[name]
      if (condition !== undefined && walker.found.get(condition)?.value === 0) continue
      walker.take(name, size, description)
      if (row.testable) claims.push(row.id)
    } else if (row.testable && holds(t, row, walker.found, indexes)) claims.push(row.id)
  }
  t.equal(walker.at, bytes.byteLength, `${section}: nothing behind the last field`)
  requirement(...claims, ...walker.claims)
}

/** Whether a row about the value of a field could be checked; asserts it then. */
function holds(
  t: Test,
  { id, text }: Requirement,
  found: ReadonlyMap<string, Found>,
  indexes: ResponseCase['indexes']
): boolean {
  const name = /^\[[Ii]n [^\]]*,\s*(\w+)/.exec(text)?.[1] ?? ''
  const field = found.get(name)
  if (field === undefined) return false
  const index = SAME_INDEX.exec(text)
  if (index !== null) {
    t.equal(field.value, indexes[index[1]], `${id}: ${name}`)
    return true
  }
  const fixed = FIXED_VALUE.exec(text)
  if (fixed !== null) {
    t.equal(field.value, Number.parseInt(fixed[1], 16), `${id}: ${name}`)
    return true
  }
  if (/set to a value other than 0x00000000/.test(text)) {
    t.not(field.value, 0, `${id}: ${name}`)
    return true
  }
  const counted = COUNTED_BY.exec(text)
  if (counted === null || field.count === undefined) return false
  t.equal(field.count, found.get(counted[1])?.value, `${id}: ${name}`)
  return true
}

class Walker {
  at = 0
  readonly found = new Map<string, Found>()
  readonly claims: string[] = []

  constructor(
    private readonly bytes: Buffer,
    private readonly columns: readonly number[],
    private readonly rows: readonly Requirement[]
  ) {}

  take(name: string, size: string, description: string): void {
    if (size === 'variable') this.found.set(name, { value: 0, count: this.variable(name, description) })
    else this.found.set(name, { value: this.number(Number(size)) })
  }

  private number(size: number): number {
    const at = this.skip(size)
    if (size <= 4) return this.bytes.readUIntLE(at, size)
    return size === 8 ? Number(this.bytes.readBigUInt64LE(at)) : 0
  }

  private skip(size: number): number {
    const at = this.at
    this.at += size
    if (this.at > this.bytes.byteLength) throw new RangeError(`a field ends at ${this.at} of ${this.bytes.byteLength}`)
    return at
  }

  /** Number of elements, or of bytes, of a field of variable size. */
  private variable(name: string, description: string): number {
    if (/TypedString/.test(description)) return this.typedString()
    if (/PropertyRow/.test(description)) return this.propertyRow()
    const count = this.countOf(name)
    if (/array of bytes/.test(description)) this.skip(count)
    else for (let i = 0; i < count; i++) this.element(description)
    return count
  }

  /** The field that says how many elements another has; it stands before it. */
  private countOf(name: string): number {
    for (const { text } of this.rows) {
      const counted = text.includes(`,${name} (`) || text.includes(`, ${name} (`) ? COUNTED_BY.exec(text) : null
      if (counted !== null) return this.found.get(counted[1])!.value
    }
    throw new Error(`nothing says how many elements ${name} has`)
  }

  private element(description: string): void {
    if (/16-bit integers/.test(description)) this.skip(2)
    else if (/PropertyTag/.test(description)) this.skip(4)
    else if (/PropertyProblem/.test(description)) this.skip(10)
    else if (/PropertyName/.test(description)) this.propertyName()
    else if (/TaggedPropertyValue/.test(description)) this.value(this.number(4) & 0xffff)
    else if (/OpenRecipientRow/.test(description)) this.recipientRow('2.2.6.1.2.1')
    else if (/ReadRecipientRow/.test(description)) this.recipientRow('2.2.6.6.2.1')
    else throw new Error(`no form for: ${description}`)
  }

  /** The fields of a recipient's row up to its size, and as many bytes as that says. */
  private recipientRow(section: string): void {
    for (const row of rowsOf(section)) {
      const field = FIELD.exec(row.text)
      if (field === null) {
        if (/MUST set this field.*0x0000/.test(row.text) && this.found.get('Reserved')!.value !== 0) continue
        if (/possible values/.test(row.text) && (this.found.get('RecipientType')!.value & 0x0f) > 3) continue
      } else if (field[2] === 'variable') this.skip(this.found.get('RecipientRowSize')!.value)
      else this.found.set(field[1], { value: this.number(Number(field[2])) })
      if (row.testable) this.claims.push(row.id)
    }
  }

  private typedString(): number {
    const form = this.number(1)
    if (form <= 1) return 1
    const width = form === 4 ? 2 : 1
    while (this.number(width) !== 0);
    return 1
  }

  private propertyName(): void {
    const kind = this.number(1)
    if (kind === 0xff) return
    this.skip(16)
    if (kind === 0) this.skip(4)
    else this.skip(this.number(1))
  }

  private propertyRow(): number {
    const flagged = this.number(1) === 1
    for (const column of this.columns) {
      const type = (column & 0xffff) === 0 ? this.number(2) : column & 0xffff
      const flag = flagged ? this.number(1) : 0
      if (flag === 0x0a) this.skip(4)
      else if (flag === 0) this.value(type)
    }
    return this.columns.length
  }

  private value(type: number): void {
    const sizes: Record<number, number> = { 2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 1, 20: 8, 64: 8, 72: 16 }
    if (type === 0x1f) while (this.number(2) !== 0);
    else if (type === 0x1e) while (this.number(1) !== 0);
    else if (type === 0x102) this.skip(this.number(2))
    else this.skip(sizes[type] ?? Number.NaN)
  }
}
