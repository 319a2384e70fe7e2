import {
  type AnyLayout,
  type Fields,
  type Infer,
  type LayoutNode,
  SCALAR_SIZE,
  type ScalarKind,
  type ScalarNode,
  type StructNode,
  type UnionNode
} from './layout.js'
import { BufferFull, MalformedBuffer } from './malformed-buffer.js'
import { elementFloor } from './measure.js'
import { type CodecContext, codecContext, INTERPRETED, type Reader } from './reader.js'
import { demandFit, textReaders, textSize, writeText } from './text-form.js'
import { Writer } from './writer.js'

/** What stands in for the fields of an enclosing struct where there is none. */
export const NO_FIELDS: Fields = Object.freeze({})

const DEFAULT_CONTEXT = codecContext()

/**
 * The naive derivation of a layout: walks the declaration field by field. The oracle for the compiler, the source of the
 * path in every MalformedBuffer, and the encoder of test clients.
 */
export const interpret = {
  read<L extends AnyLayout>(layout: L, reader: Reader): Infer<L> {
    return readTop(layout.node, reader) as Infer<L>
  },
  write<L extends AnyLayout>(layout: L, writer: Writer, value: Infer<L>): void {
    writeTop(layout.node, writer, value)
  },
  size<L extends AnyLayout>(layout: L, value: Infer<L>, context: CodecContext = DEFAULT_CONTEXT): number {
    return sizeNode(layout.node, value, NO_FIELDS, context)
  },
  skip(layout: AnyLayout, reader: Reader): void {
    readTop(layout.node, reader)
  }
}

/** Interpreted read; an error carries the path of the fields it is inside of, and the reader stays where it stood. */
export function readTop(node: LayoutNode, r: Reader): unknown {
  if (r.mode === INTERPRETED) return readNode(node, r, NO_FIELDS)
  const { position, end, depth, mode } = r
  r.mode = INTERPRETED
  r.path.length = 0
  try {
    return readNode(node, r, NO_FIELDS)
  } catch (error) {
    const path = joinPath(r.path)
    r.position = position
    r.end = end
    r.depth = depth
    if (!(error instanceof MalformedBuffer)) throw error
    throw new MalformedBuffer(error.reason, error.offset, error.path === '' ? path : `${path}.${error.path}`)
  } finally {
    r.mode = mode
  }
}

export function joinPath(path: readonly string[]): string {
  let text = ''
  for (const step of path) text += text === '' || step.startsWith('[') ? step : `.${step}`
  return text
}

export function readNode(node: LayoutNode, r: Reader, fields: Fields): unknown {
  if (r.observer === null) return readValue(node, r, fields)
  const start = r.position
  const value = readValue(node, r, fields)
  r.observer(r.path, node, start, r.position, value)
  return value
}

function readValue(node: LayoutNode, r: Reader, fields: Fields): unknown {
  switch (node.kind) {
    case 'scalar':
      return readScalar(node.scalar, r)
    case 'zeros':
      r.take(node.size)
      return undefined
    case 'bytes':
      return r.subarray(typeof node.count === 'number' ? node.count : fields[node.count])
    case 'countedBytes':
      return r.subarray(readScalar(node.prefix.scalar, r) as number)
    case 'rest':
      return r.subarray(r.remaining)
    case 'text':
      return textReaders[node.form](r)
    case 'array':
      return readArray(countOf(node.count, r, fields), node.element, r, fields)
    case 'restOf':
      return readRest(node.element, r, fields)
    case 'sized':
      return readSized(countOf(node.prefix, r, fields), node.inner, r, fields)
    case 'struct':
      return readStruct(node, r)
    case 'optional':
      return readScalar(node.flag.scalar, r) ? readNode(node.inner, r, fields) : null
    case 'when':
      return node.condition(fields, r.context) ? readNode(node.inner, r, fields) : undefined
    case 'union':
      return readNode(caseOf(node, fields, r.context) ?? r.fail(noCase(node, fields, r.context)), r, fields)
    case 'custom':
      return node.codec.read(r, fields)
    case 'lazy': {
      r.enter()
      const value = readNode(node.target(), r, NO_FIELDS)
      r.leave()
      return value
    }
  }
}

export function readScalar(scalar: ScalarKind, r: Reader): unknown {
  switch (scalar) {
    case 'u8':
      return r.u8()
    case 'u16':
      return r.u16()
    case 'u32':
      return r.u32()
    case 'i16':
      return r.i16()
    case 'i32':
      return r.i32()
    case 'u64':
    case 'filetime':
      return r.u64()
    case 'i64':
      return r.i64()
    case 'f32':
      return r.f32()
    case 'f64':
      return r.f64()
    case 'bool8':
      return r.u8() !== 0
    case 'bool16':
      return r.u16() !== 0
    case 'guid':
      return r.guid()
    case 'id':
      return r.id()
    case 'globcnt48':
      return r.globcnt()
  }
}

function countOf(count: number | string | ScalarNode, r: Reader, fields: Fields): number {
  if (typeof count === 'number') return count
  return typeof count === 'string' ? fields[count] : (readScalar(count.scalar, r) as number)
}

function readArray(count: number, element: LayoutNode, r: Reader, fields: Fields): unknown[] {
  const floor = elementFloor(element)
  if (count * floor > r.remaining) r.fail(`${count} elements of at least ${floor} bytes wanted, ${r.remaining} left`)
  const values: unknown[] = new Array(count)
  for (let i = 0; i < count; i++) values[i] = readStep(`[${i}]`, element, r, fields)
  return values
}

function readRest(element: LayoutNode, r: Reader, fields: Fields): unknown[] {
  const values: unknown[] = []
  while (r.position < r.end) {
    const before = r.position
    values.push(readStep(`[${values.length}]`, element, r, fields))
    if (r.position === before) r.fail('element without bytes')
  }
  return values
}

function readSized(size: number, inner: LayoutNode, r: Reader, fields: Fields): unknown {
  if (size > r.remaining) r.fail(`${size} bytes wanted, ${r.remaining} left`)
  const outerEnd = r.end
  r.end = r.position + size
  const value = readNode(inner, r, fields)
  if (r.position !== r.end) r.fail(`${r.end - r.position} bytes left over`)
  r.end = outerEnd
  return value
}

function readStruct(node: StructNode, r: Reader): unknown {
  const value: Record<string, unknown> = {}
  for (const [name, field] of node.fields) {
    const read = readStep(name, field, r, value)
    if (field.kind !== 'zeros') value[name] = read
  }
  return value
}

function readStep(step: string, node: LayoutNode, r: Reader, fields: Fields): unknown {
  r.path.push(step)
  const value = readNode(node, r, fields)
  r.path.pop()
  return value
}

/** The layout of the case that the fields select; the case named `default` takes what no other does. */
export function caseOf(node: UnionNode, fields: Fields, context: CodecContext): LayoutNode | undefined {
  const key = String(node.select(fields, context))
  if (Object.hasOwn(node.cases, key)) return node.cases[key]
  return Object.hasOwn(node.cases, 'default') ? node.cases.default : undefined
}

function noCase(node: UnionNode, fields: Fields, context: CodecContext): string {
  return `no case ${String(node.select(fields, context))}`
}

/** Interpreted write; BufferFull names the bytes that the whole value needs, and the writer stays where it stood. */
export function writeTop(node: LayoutNode, w: Writer, value: unknown): void {
  const { position, mode } = w
  w.mode = INTERPRETED
  try {
    writeNode(node, w, value, NO_FIELDS)
  } catch (error) {
    w.position = position
    throw error instanceof BufferFull ? new BufferFull(position + sizeNode(node, value, NO_FIELDS, w.context)) : error
  } finally {
    w.mode = mode
  }
}

export function writeNode(node: LayoutNode, w: Writer, value: unknown, fields: Fields): void {
  switch (node.kind) {
    case 'scalar':
      writeScalar(node.scalar, w, value)
      break
    case 'zeros':
      w.zeros(node.size)
      break
    case 'bytes':
      demandCount((value as Uint8Array).byteLength, node.count, fields)
      w.copy(value as Uint8Array)
      break
    case 'countedBytes':
      writeCount(node.prefix, w, (value as Uint8Array).byteLength)
      w.copy(value as Uint8Array)
      break
    case 'rest':
      w.copy(value as Uint8Array)
      break
    case 'text':
      writeText(node.form, w, value as string)
      break
    case 'array':
      if (typeof node.count === 'object') writeCount(node.count, w, (value as unknown[]).length)
      else demandCount((value as unknown[]).length, node.count, fields)
      writeElements(node.element, w, value as unknown[], fields)
      break
    case 'restOf':
      writeElements(node.element, w, value as unknown[], fields)
      break
    case 'sized':
      writeSized(node.prefix, node.inner, w, value, fields)
      break
    case 'struct':
      for (const [name, field] of node.fields) writeNode(field, w, (value as Record<string, unknown>)[name], value)
      return
    case 'optional':
      writeScalar(node.flag.scalar, w, isAbsent(value) ? 0 : 1)
      if (!isAbsent(value)) writeNode(node.inner, w, value, fields)
      return
    case 'when':
      if (node.condition(fields, w.context)) writeNode(node.inner, w, demandValue(value), fields)
      return
    case 'union':
      writeNode(demandCase(node, fields, w.context), w, value, fields)
      break
    case 'custom':
      node.codec.write(w, value, fields)
      break
    case 'lazy':
      writeNode(node.target(), w, value, NO_FIELDS)
      break
  }
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined
}

function writeElements(element: LayoutNode, w: Writer, values: readonly unknown[], fields: Fields): void {
  for (const item of values) writeNode(element, w, item, fields)
}

function writeSized(prefix: string | ScalarNode, inner: LayoutNode, w: Writer, value: unknown, fields: Fields): void {
  const prefixAt = w.position
  if (typeof prefix !== 'string') writeScalar(prefix.scalar, w, 0)
  const start = w.position
  writeNode(inner, w, value, fields)
  const size = w.position - start
  if (typeof prefix === 'string') demandCount(size, prefix, fields)
  else patchCount(prefix, w, prefixAt, size)
}

export function writeScalar(scalar: ScalarKind, w: Writer, value: unknown): void {
  switch (scalar) {
    case 'u8':
      w.u8(value as number)
      break
    case 'u16':
      w.u16(value as number)
      break
    case 'u32':
      w.u32(value as number)
      break
    case 'i16':
      w.i16(value as number)
      break
    case 'i32':
      w.i32(value as number)
      break
    case 'u64':
    case 'filetime':
      w.u64(value as bigint)
      break
    case 'i64':
      w.i64(value as bigint)
      break
    case 'f32':
      w.f32(value as number)
      break
    case 'f64':
      w.f64(value as number)
      break
    case 'bool8':
      w.u8(value ? 1 : 0)
      break
    case 'bool16':
      w.u16(value ? 1 : 0)
      break
    case 'guid':
      w.guid(value as string)
      break
    case 'id':
      w.id(value as number)
      break
    case 'globcnt48':
      w.globcnt(value as number)
      break
  }
}

function writeCount(prefix: ScalarNode, w: Writer, count: number): void {
  demandFit(SCALAR_SIZE[prefix.scalar], count)
  writeScalar(prefix.scalar, w, count)
}

/** Fills in a byte count in front of bytes that are already written. */
export function patchCount(prefix: ScalarNode, w: Writer, at: number, count: number): void {
  demandFit(SCALAR_SIZE[prefix.scalar], count)
  const end = w.position
  w.position = at
  writeScalar(prefix.scalar, w, count)
  w.position = end
}

export function demandCount(actual: number, count: number | string, fields: Fields): void {
  const wanted = typeof count === 'number' ? count : fields[count]
  if (actual !== wanted) throw new RangeError(`${actual} given where ${count} says ${wanted}`)
}

export function demandValue(value: unknown): unknown {
  if (value === undefined) throw new TypeError('a field is missing that its condition demands')
  return value
}

export function demandCase(node: UnionNode, fields: Fields, context: CodecContext): LayoutNode {
  const found = caseOf(node, fields, context)
  if (found === undefined) throw new TypeError(noCase(node, fields, context))
  return found
}

export function sizeNode(node: LayoutNode, value: unknown, fields: Fields, context: CodecContext): number {
  switch (node.kind) {
    case 'scalar':
      return SCALAR_SIZE[node.scalar]
    case 'zeros':
      return node.size
    case 'bytes':
    case 'rest':
      return (value as Uint8Array).byteLength
    case 'countedBytes':
      return SCALAR_SIZE[node.prefix.scalar] + (value as Uint8Array).byteLength
    case 'text':
      return textSize(node.form, value as string, context)
    case 'array': {
      const prefix = typeof node.count === 'object' ? SCALAR_SIZE[node.count.scalar] : 0
      return prefix + sizeElements(node.element, value as unknown[], fields, context)
    }
    case 'restOf':
      return sizeElements(node.element, value as unknown[], fields, context)
    case 'sized': {
      const prefix = typeof node.prefix === 'string' ? 0 : SCALAR_SIZE[node.prefix.scalar]
      return prefix + sizeNode(node.inner, value, fields, context)
    }
    case 'struct': {
      let total = 0
      for (const [name, field] of node.fields) {
        total += sizeNode(field, (value as Record<string, unknown>)[name], value, context)
      }
      return total
    }
    case 'optional':
      return SCALAR_SIZE[node.flag.scalar] + (isAbsent(value) ? 0 : sizeNode(node.inner, value, fields, context))
    case 'when':
      return node.condition(fields, context) ? sizeNode(node.inner, demandValue(value), fields, context) : 0
    case 'union':
      return sizeNode(demandCase(node, fields, context), value, fields, context)
    case 'custom':
      if (node.codec.size !== undefined) return node.codec.size(value, context, fields)
      return scratchSize(node.codec, value, fields, context)
    case 'lazy':
      return sizeNode(node.target(), value, NO_FIELDS, context)
  }
}

/** The size of a value whose codec cannot say it: written to a scratch buffer and measured. */
export function scratchSize(
  codec: { write(writer: Writer, value: unknown, fields: Fields): void },
  value: unknown,
  fields: Fields,
  context: CodecContext
): number {
  const scratch = new Writer(256, undefined, context)
  codec.write(scratch, value, fields)
  return scratch.position
}

function sizeElements(element: LayoutNode, values: readonly unknown[], fields: Fields, context: CodecContext): number {
  let total = 0
  for (const item of values) total += sizeNode(element, item, fields, context)
  return total
}
