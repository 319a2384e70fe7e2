/**
 * Walks through bytes along their declared layout, as the interpreter of bufferstructs does, and lists every field. Values
 * and positions are those of the interpreter; byte forms that a layout leaves to code are read by that code and then
 * listed by their describer.
 */
import type { AnyLayout, Fields, LayoutNode } from '../../bufferstructs/index.js'
import { caseOf, NO_FIELDS, readNode, readScalar } from '../../bufferstructs/interpret.js'
import type { ScalarNode, StructNode } from '../../bufferstructs/layout.js'
import { MalformedBuffer } from '../../bufferstructs/malformed-buffer.js'
import { elementFloor } from '../../bufferstructs/measure.js'
import { fieldMeaning } from './field-meanings.js'
import {
  sayBoolean,
  sayBytes,
  sayCounter,
  sayEnumeration,
  sayFlags,
  sayGuid,
  sayId,
  sayNumber,
  sayText,
  sayTime
} from './value-text.js'
import type { Said, Walk } from './walk.js'

/** Lists the fields of a struct as children of the open node; anything else as one child named `value`. */
export function walkFields(walk: Walk, layout: AnyLayout): unknown {
  const { node } = layout
  if (node.kind === 'struct') return walkStruct(walk, node)
  const describer = walk.around.describers.get(node)
  if (node.kind === 'custom' && describer !== undefined && 'inside' in describer)
    return readAndList(walk, '', node, NO_FIELDS, () => describer.inside(walk, NO_FIELDS))
  return walkNode(walk, 'value', node, NO_FIELDS)
}

function walkStruct(walk: Walk, node: StructNode): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, field] of node.fields) {
    const read = walkNode(walk, name, field, value)
    if (field.kind !== 'zeros') value[name] = read
  }
  return value
}

/** `known` is the name by which meanings are looked up: that of the array for its elements. */
function walkNode(walk: Walk, name: string, node: LayoutNode, fields: Fields, known = name): unknown {
  const { reader } = walk
  switch (node.kind) {
    case 'struct':
      return walk.group(name, () => walkStruct(walk, node))
    case 'array':
      return walk.group(name, () => walkArray(walk, countOf(node.count, walk, fields), node.element, fields, known))
    case 'restOf':
      return walk.group(name, () => walkRest(walk, node.element, fields, known))
    case 'sized':
      return walkSized(walk, name, countOf(node.prefix, walk, fields), node.inner, fields, known)
    case 'optional':
      return walkOptional(walk, name, node.flag, node.inner, fields)
    case 'when':
      return node.condition(fields, reader.context) ? walkNode(walk, name, node.inner, fields, known) : undefined
    case 'union': {
      const found = caseOf(node, fields, reader.context)
      return found === undefined
        ? reader.fail(`no case ${String(node.select(fields, reader.context))}`)
        : walkNode(walk, name, found, fields, known)
    }
    case 'lazy': {
      reader.enter()
      const value = walkNode(walk, name, node.target(), NO_FIELDS, known)
      reader.leave()
      return value
    }
    case 'custom':
      return walkCustom(walk, name, node, fields)
    default:
      return walkPlain(walk, name, node, fields, known)
  }
}

/** A field without parts. Bytes that have an inside of their own get it as children. */
function walkPlain(walk: Walk, name: string, node: LayoutNode, fields: Fields, known: string): unknown {
  const meaning = fieldMeaning(walk.around.ropName, known)
  const value = walk.leaf(
    name,
    () => readNode(node, walk.reader, fields),
    value => meaning?.(value as never, walk) ?? sayPlain(node, value, walk)
  )
  if (node.kind === 'zeros') walk.node.children[walk.node.children.length - 1].quiet = true
  if (value instanceof Uint8Array && value.byteLength > 0) walkInside(walk, known, value)
  return value
}

/** The inside of the field that was listed last. */
function walkInside(walk: Walk, name: string, value: Uint8Array): void {
  const inside = walk.around.insides[name]
  if (inside === undefined) return
  const { reader } = walk
  const { position } = reader
  const field = walk.node.children[walk.node.children.length - 1]
  field.text = `${value.byteLength} bytes`
  walk.reopen(field, () => {
    reader.position = position - value.byteLength
    walk.attempt(position, () => inside(walk))
  })
}

function sayPlain(node: LayoutNode, value: unknown, walk: Walk): Said {
  if (node.kind === 'scalar') return sayScalar(node, value, walk)
  if (typeof value === 'string') return sayText(value)
  return value instanceof Uint8Array ? sayBytes(value) : { text: 'padding' }
}

function sayScalar(node: ScalarNode, value: unknown, walk: Walk): Said {
  if (node.role === 'flags') return sayFlags(value as number, node.names ?? {})
  if (node.role === 'enumeration') return sayEnumeration(value as number, node.names ?? {})
  switch (node.scalar) {
    case 'bool8':
    case 'bool16':
      return sayBoolean(value as boolean)
    case 'guid':
      return sayGuid(value as string)
    case 'filetime':
      return sayTime(value as bigint)
    case 'id':
      return sayId(value as number, walk)
    case 'globcnt48':
      return sayCounter(value as number)
    default:
      return sayNumber(value as number | bigint)
  }
}

function walkCustom(walk: Walk, name: string, node: LayoutNode & { kind: 'custom' }, fields: Fields): unknown {
  const { reader } = walk
  const describer = walk.around.describers.get(node)
  if (describer === undefined || 'say' in describer) {
    return walk.leaf(
      name,
      () => node.codec.read(reader, fields),
      value => describer?.say(value as never, walk) ?? { text: JSON.stringify(value, plainly) }
    )
  }
  if ('inline' in describer) return readAndList(walk, name, node, fields, () => describer.inline(walk))
  return walk.group(name, () => {
    if (describer.columns === true && !walk.columnsKnown && reader.remaining > 0)
      reader.fail('the columns of these rows are not known: no request of this recording sets them')
    return readAndList(walk, name, node, fields, () => describer.inside(walk, fields))
  })
}

/**
 * Lists the bytes, then reads them once more by the layout's own code: the value, and a fault where that finds one. Listing comes
 * first because it is bounded: rows of columns without bytes would have no end.
 */
function readAndList(
  walk: Walk,
  name: string,
  node: LayoutNode & { kind: 'custom' },
  fields: Fields,
  list: () => void
): unknown {
  const { reader } = walk
  const { position, end, depth, context } = reader
  const refused = faultOf(list)
  if (refused !== undefined && walk.around.fieldsLeft < 0) throw refused
  const listed = reader.position
  Object.assign(reader, { position, end, depth, context })
  const value = node.codec.read(reader, fields)
  if (refused !== undefined) throw refused
  if (reader.position !== listed) throw new Error(`${name} is listed up to ${listed} and read up to ${reader.position}`)
  return value
}

function faultOf(work: () => void): MalformedBuffer | undefined {
  try {
    work()
    return undefined
  } catch (fault) {
    if (fault instanceof MalformedBuffer) return fault
    throw fault
  }
}

function countOf(count: number | string | ScalarNode, walk: Walk, fields: Fields): number {
  if (typeof count === 'number') return count
  return typeof count === 'string' ? fields[count] : (readScalar(count.scalar, walk.reader) as number)
}

function walkArray(walk: Walk, count: number, element: LayoutNode, fields: Fields, known: string): unknown[] {
  const { reader } = walk
  walk.say({ text: elements(count) })
  const floor = elementFloor(element)
  if (count * floor > reader.remaining)
    reader.fail(`${count} elements of at least ${floor} bytes wanted, ${reader.remaining} left`)
  const values: unknown[] = []
  for (let i = 0; i < count; i++) values.push(walkNode(walk, `[${i}]`, element, fields, known))
  return values
}

export function elements(count: number): string {
  return count === 1 ? '1 element' : `${count} elements`
}

function walkRest(walk: Walk, element: LayoutNode, fields: Fields, known: string): unknown[] {
  const { reader } = walk
  const values: unknown[] = []
  while (reader.position < reader.end) {
    const before = reader.position
    values.push(walkNode(walk, `[${values.length}]`, element, fields, known))
    if (reader.position === before) reader.fail('element without bytes')
  }
  walk.say({ text: elements(values.length) })
  return values
}

function walkSized(walk: Walk, name: string, size: number, inner: LayoutNode, fields: Fields, known: string): unknown {
  const { reader } = walk
  if (size > reader.remaining) reader.fail(`${size} bytes wanted, ${reader.remaining} left`)
  const outerEnd = reader.end
  reader.end = reader.position + size
  const value = walkNode(walk, name, inner, fields, known)
  if (reader.position !== reader.end) reader.fail(`${reader.end - reader.position} bytes left over`)
  reader.end = outerEnd
  return value
}

function walkOptional(walk: Walk, name: string, flag: ScalarNode, inner: LayoutNode, fields: Fields): unknown {
  const { reader } = walk
  const start = reader.position
  if (readScalar(flag.scalar, reader)) return walkNode(walk, name, inner, fields)
  reader.position = start
  return walk.leaf(
    name,
    () => {
      readScalar(flag.scalar, reader)
      return null
    },
    () => ({ text: 'none' })
  )
}

/** What JSON cannot say, said otherwise. */
function plainly(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
