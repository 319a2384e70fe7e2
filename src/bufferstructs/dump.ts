import { joinPath, readTop } from './interpret.js'
import type { AnyLayout, LayoutNode, ScalarNode } from './layout.js'
import { MalformedBuffer } from './malformed-buffer.js'
import { type CodecContext, codecContext, globcntOf, Reader, replidOf, UNKNOWN_ID } from './reader.js'

/** Bytes shown per line of a dump; longer fields end in an ellipsis. */
const BYTES_SHOWN = 16

interface DumpLine {
  readonly start: number
  readonly end: number
  readonly path: string
  readonly text: string
}

/**
 * What the bytes say, field by field: a line each with offset, size, hexadecimal bytes, path and value, flags and
 * enumeration values by name. Bytes that do not have the layout are shown up to the fault, which is the last line, with
 * the bytes from there on; bytes behind the value are shown as left over.
 */
export function dump(layout: AnyLayout, bytes: Uint8Array, context: CodecContext = codecContext()): string {
  const reader = new Reader(bytes, context)
  const lines: DumpLine[] = []
  reader.observer = (path, node, start, end, value) => observe(lines, path, node as LayoutNode, start, end, value)
  let fault: string | undefined
  try {
    readTop(layout.node, reader)
  } catch (error) {
    if (!(error instanceof MalformedBuffer)) throw error
    fault = `malformed: ${error.message}`
  }
  const seen = fault === undefined ? reader.position : Math.max(0, ...lines.map(line => line.end))
  if (seen < bytes.byteLength) lines.push({ start: seen, end: bytes.byteLength, path: '(left over)', text: '' })
  const text = lines.map(line => format(line, bytes))
  if (fault !== undefined) text.push(fault)
  return text.join('\n')
}

/** Takes note of a leaf. What only holds other fields has no line of its own, unless none of its fields was seen. */
function observe(
  lines: DumpLine[],
  path: readonly string[],
  node: LayoutNode,
  start: number,
  end: number,
  value: unknown
): void {
  if (!isLeaf(node) && (start === end || lines.some(line => line.start >= start && line.end <= end))) {
    noteCount(lines, path, node, start, value)
    return
  }
  if (isLeaf(node) || node.kind === 'custom')
    lines.push({ start, end, path: joinPath(path), text: valueText(node, value) })
}

function isLeaf(node: LayoutNode): boolean {
  return ['scalar', 'zeros', 'bytes', 'countedBytes', 'rest', 'text'].includes(node.kind)
}

/** The prefix of a counted or optional field stands in front of what was seen of it. */
function noteCount(lines: DumpLine[], path: readonly string[], node: LayoutNode, start: number, value: unknown): void {
  if (node.kind !== 'array' && node.kind !== 'sized' && node.kind !== 'optional') return
  const first = lines.findIndex(line => line.start >= start)
  const end = first < 0 ? start : lines[first].start
  if (first < 0 || end === start) return
  const text = node.kind === 'array' ? `${(value as unknown[]).length} elements` : node.kind
  lines.splice(first, 0, { start, end, path: joinPath(path), text })
}

function format(line: DumpLine, bytes: Uint8Array): string {
  const shown = bytes.subarray(line.start, Math.min(line.end, line.start + BYTES_SHOWN))
  const more = line.end - line.start > BYTES_SHOWN ? ' ...' : ''
  const hex = Buffer.from(shown).toString('hex').replace(/../g, ' $&').trim()
  const head = `0x${line.start.toString(16).padStart(4, '0')} ${String(line.end - line.start).padStart(5)}  `
  return `${head}${line.path.padEnd(28)} ${hex}${more}${line.text === '' ? '' : `  = ${line.text}`}`
}

function valueText(node: LayoutNode, value: unknown): string {
  if (node.kind === 'scalar') return scalarText(node, value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (value === undefined) return 'padding'
  if (node.kind === 'custom') return JSON.stringify(value, plain)
  return String(value)
}

/** What JSON cannot say, said otherwise. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

function scalarText(node: ScalarNode, value: unknown): string {
  if (node.scalar === 'id') return idText(value as number)
  if (node.role === 'flags') return flagsText(node, value as number)
  if (typeof value !== 'number') return String(value)
  const name = node.role === 'enumeration' ? nameOf(node, value) : undefined
  return name === undefined ? `${value} (0x${(value >>> 0).toString(16)})` : `${value} ${name}`
}

function idText(id: number): string {
  if (id === UNKNOWN_ID) return 'unknown replica'
  return `${replidOf(id).toString(16).padStart(4, '0')}-${globcntOf(id).toString(16).padStart(12, '0')}`
}

function nameOf(node: ScalarNode, value: number): string | undefined {
  return Object.entries(node.names ?? {}).find(([, named]) => named === value)?.[0]
}

/** The names of the flags that are set, and the bits that have none. */
function flagsText(node: ScalarNode, value: number): string {
  let left = value >>> 0
  const names: string[] = []
  for (const [name, mask] of Object.entries(node.names ?? {})) {
    if (mask === 0 || (value & mask) >>> 0 !== mask >>> 0) continue
    names.push(name)
    left = (left & ~mask) >>> 0
  }
  if (left !== 0 || names.length === 0) names.push(`0x${left.toString(16)}`)
  return names.join(' | ')
}
