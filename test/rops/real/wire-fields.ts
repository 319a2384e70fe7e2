/**
 * Responses of logon, folder and table ROPs field by field. The fields are written down here as the tables of
 * [MS-OXCROPS] give them, apart from the layouts of the ROPs; what the document says of each one's value is read from its
 * numbered requirements, asserted, and claimed.
 */
import type { Test } from 'tap'
import { requirement } from '../../conformance/ledger.js'
import { type Requirement, readRequirements, requirementDocuments } from '../../conformance/requirements.js'

/** Reads a field of variable size: where it ends, and how many elements it has. */
export type Variable = (bytes: Buffer, at: number) => { end: number; count: number }

/** `Name size` for a fixed field, or a name with its reader. */
export type Field = string | readonly [name: string, read: Variable]

export const opening: readonly Field[] = ['RopId 1', 'InputHandleIndex 1', 'ReturnValue 4']
export const openingOutput: readonly Field[] = ['RopId 1', 'OutputHandleIndex 1', 'ReturnValue 4']

interface Seen {
  value: number
  count?: number
}

export interface WireCase {
  section: string
  ropId: number
  bytes: Buffer
  fields: readonly Field[]
  /** Handle indexes of the request by the names of their fields. */
  indexes: Readonly<Record<string, number>>
}

export function holdFields(t: Test, { section, ropId, bytes, fields, indexes }: WireCase): void {
  const seen = new Map<string, Seen>()
  let at = 0
  for (const field of fields) {
    if (typeof field === 'string') {
      const [name, size] = field.split(' ')
      seen.set(name, { value: numberAt(bytes, at, Number(size)) })
      at += Number(size)
    } else {
      const { end, count } = field[1](bytes, at)
      seen.set(field[0], { value: 0, count })
      at = end
    }
  }
  t.equal(at, bytes.byteLength, `${section}: the fields fill the response`)
  t.equal(seen.get('RopId')!.value, ropId, `${section}: RopId`)
  for (const row of rowsOf(section)) if (holds(t, row, seen, indexes)) requirement(row.id)
}

function numberAt(bytes: Buffer, at: number, size: number): number {
  if (at + size > bytes.byteLength) throw new RangeError(`a field ends at ${at + size} of ${bytes.byteLength}`)
  return size <= 4 ? bytes.readUIntLE(at, size) : 0
}

let document: Requirement[] | undefined

function rowsOf(section: string): Requirement[] {
  if (!requirementDocuments().includes('MS-OXCROPS')) return []
  document ??= readRequirements('MS-OXCROPS').filter(({ testable }) => testable)
  return document.filter(row => row.section === section)
}

const FORM =
  /^\)?:? ?\)?:? ?(An? (unsigned |signed )?(integer|identifier|Boolean|GUID|enumeration|array|list|flags|LongTermID|LogonTime|null-terminated)|13 64-bit)/i

/** Whether what a row says is so; asserts it then. Rows that say something else are left alone. */
function holds(
  t: Test,
  { id, text }: Requirement,
  seen: ReadonlyMap<string, Seen>,
  indexes: WireCase['indexes']
): boolean {
  const [, name, says] = /^\[[^\]]*\] ?(\w+) \([^)]*\):? ?(.*)$/.exec(text) ?? []
  if (name === undefined) return false
  const field = seen.get(name)
  if (field === undefined) return /not present/.test(says)
  const index = /MUST be set to the value specified in the (\w+HandleIndex) field/.exec(says)
  if (index !== null) return t.equal(field.value, indexes[index[1]], `${id}: ${name}`)
  const other = /set to a value other than 0x0*(\w+)(?: or 0x0*(\w+))?/.exec(says)
  if (other !== null) {
    const excluded = [other[1], other[2]].map(hex => (hex === undefined ? -1 : Number.parseInt(hex, 16) || 0))
    return t.notOk(excluded.includes(field.value), `${id}: ${name}`)
  }
  const fixed = /set to 0x([0-9A-Fa-f]+)/.exec(says)
  if (fixed !== null) return t.equal(field.value, Number.parseInt(fixed[1], 16), `${id}: ${name}`)
  const counted = /number of .* is specified by the (\w+) field/.exec(says)
  if (counted !== null) return t.equal(field.count, seen.get(counted[1])?.value, `${id}: ${name}`)
  if (/^A Boolean/.test(says)) return t.ok(field.value <= 1, `${id}: ${name}`)
  return FORM.test(says)
}
