import { type AuxiliaryForm, auxiliaryForm } from './auxiliary-blocks.js'
import { sayBytes, sayNumber, sayText } from './value-text.js'
import type { Walk } from './walk.js'
import { walkFields } from './walk-layout.js'

const AUX_HEADER_BYTES = 4

/** Lists the auxiliary blocks of a payload ([MS-OXCRPC] 2.2.2.2), each within its own size. */
export function listAuxiliaryBlocks(walk: Walk): void {
  const { reader } = walk
  while (reader.remaining > 0) {
    const start = reader.position
    if (reader.remaining < AUX_HEADER_BYTES) reader.fail('no room for AUX_HEADER')
    const size = reader.u16()
    const form = auxiliaryForm(reader.u8(), reader.u8())
    reader.position = start
    if (size < AUX_HEADER_BYTES || size > reader.remaining) reader.fail(`AUX_HEADER says ${size} bytes`)
    walk.group(form?.name ?? 'unknown block', () => {
      walk.attempt(start + size, () => listBlock(walk, form, start, start + size))
    })
  }
}

function listBlock(walk: Walk, form: AuxiliaryForm | undefined, start: number, end: number): void {
  const { reader } = walk
  walk.quietly(() => {
    walk.leaf('size', () => reader.u16(), sayNumber)
    walk.leaf('version', () => reader.u8(), sayNumber)
    walk.leaf('type', () => reader.u8(), sayNumber)
  })
  const fields = form?.fields === undefined ? undefined : (walkFields(walk, form.fields) as Record<string, number>)
  if (form === undefined || fields === undefined) {
    if (reader.remaining > 0) walk.leaf('data', () => reader.subarray(reader.remaining), sayBytes)
    return
  }
  for (const [name, offset] of Object.entries(form.texts ?? {})) {
    if (fields[offset] === 0) continue
    reader.position = placeOf(walk, start, end, fields[offset])
    walk.leaf(name, () => utf16(walk), sayText)
  }
  for (const [name, [offset, size]] of Object.entries(form.data ?? {})) {
    if (fields[offset] === 0 || fields[size] === 0) continue
    reader.position = placeOf(walk, start, end, fields[offset])
    walk.leaf(name, () => reader.subarray(fields[size]), sayBytes)
  }
  // Texts and data lie in any order; bytes between and behind them are alignment.
  reader.position = end
}

function placeOf(walk: Walk, start: number, end: number, offset: number): number {
  const at = start + offset
  if (at < start + AUX_HEADER_BYTES || at > end) walk.reader.fail(`offset ${offset} is outside of its block`)
  return at
}

function utf16({ reader }: Walk): string {
  const start = reader.position
  reader.position = reader.findZero16()
  return Buffer.from(reader.bytes.subarray(start, reader.position - 2)).toString('utf16le')
}
