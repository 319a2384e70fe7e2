import type { Tree } from './tree.js'

/** How parts of a line look; the identity where there is no terminal. */
export interface Paint {
  title(text: string): string
  name(text: string): string
  operation(text: string): string
  value(text: string): string
  fault(text: string): string
  faint(text: string): string
}

export const plainPaint: Paint = {
  title: text => text,
  name: text => text,
  operation: text => text,
  value: text => text,
  fault: text => text,
  faint: text => text
}

export interface TreeFormat {
  /** Offset and bytes of every field in front of it, fields of frames too. */
  hex: boolean
  paint: Paint
}

const HEX_BYTES = 8
/** Hexadecimal lines of undecoded bytes hold this many. */
const DUMP_BYTES = 16
/** Undecoded bytes that are shown without `hex`. */
const DUMP_SHOWN = 512
/** Bytes of one field that are shown with `hex`. */
const FIELD_SHOWN = 4096
const INDENT = '  '
const LONGEST_COLUMN = 32

/** The children of a tree as lines, `depth` levels in. */
export function* formatTree(tree: Tree, format: TreeFormat, depth = 1): Generator<string> {
  const shown = tree.children.filter(child => format.hex || !child.quiet)
  const width = Math.min(LONGEST_COLUMN, Math.max(0, ...shown.map(child => (isShort(child) ? child.name.length : 0))))
  for (const child of shown) {
    yield lineOf(child, format, depth, width)
    if (child.kind === 'undecoded') yield* dumpOf(child, format, depth + 1)
    else {
      if (format.hex && child.children.length === 0) yield* restOfBytes(child, depth)
      yield* formatTree(child, format, depth + 1)
    }
  }
}

function isShort(tree: Tree): boolean {
  return tree.text !== ''
}

function lineOf(tree: Tree, { hex, paint }: TreeFormat, depth: number, width: number): string {
  const head = hex ? `${hexColumn(tree)} ` : ''
  const indent = INDENT.repeat(depth)
  if (tree.kind === 'undecoded') return `${head}${indent}${paint.fault(`undecoded: ${tree.text}: ${tree.fault}`)}`
  const isOperation = /^Rop[A-Z]/.test(tree.name)
  const name = (isOperation ? paint.operation : paint.name)(tree.name.padEnd(tree.text === '' ? 0 : width))
  const value = tree.kind === 'error' && tree.value !== 0 ? paint.fault(tree.text) : paint.value(tree.text)
  return `${head}${indent}${name}${tree.text === '' ? '' : `  ${isOperation ? paint.faint(tree.text) : value}`}`
}

/** Offset, size, and the first bytes of what stands there itself: of a node with children the bytes in front of them. */
function hexColumn(tree: Tree): string {
  const ownEnd = tree.children.length === 0 ? tree.end : Math.min(tree.end, firstStart(tree))
  const bytes = Buffer.from(tree.buffer.subarray(tree.start, Math.min(ownEnd, tree.start + HEX_BYTES))).toString('hex')
  const more = ownEnd - tree.start > HEX_BYTES ? '+' : ' '
  const size = `${tree.end - tree.start}`.padStart(5)
  return `${tree.start.toString(16).padStart(6, '0')} ${size} ${spaced(bytes).padEnd(HEX_BYTES * 3 - 1)}${more}`
}

/** Where the first child begins that counts in the same buffer. */
function firstStart(tree: Tree): number {
  const child = tree.children[0]
  return child.buffer === tree.buffer ? child.start : tree.end
}

function spaced(hex: string): string {
  return hex.replace(/..(?=.)/g, '$& ')
}

/** Bytes of a field that its own line had no room for. */
function* restOfBytes(tree: Tree, depth: number): Generator<string> {
  if (tree.end - tree.start <= HEX_BYTES) return
  yield* hexLines(tree, tree.start + HEX_BYTES, FIELD_SHOWN, INDENT.repeat(depth))
}

function* dumpOf(tree: Tree, { hex, paint }: TreeFormat, depth: number): Generator<string> {
  for (const line of hexLines(tree, tree.start, hex ? Number.POSITIVE_INFINITY : DUMP_SHOWN, INDENT.repeat(depth)))
    yield paint.faint(line)
}

function* hexLines(tree: Tree, from: number, most: number, indent: string): Generator<string> {
  const end = Math.min(tree.end, from + most)
  for (let at = from; at < end; at += DUMP_BYTES) {
    const bytes = Buffer.from(tree.buffer.subarray(at, Math.min(end, at + DUMP_BYTES)))
    const text = bytes.toString('latin1').replace(/[^\x20-\x7e]/g, '.')
    yield `${indent}${at.toString(16).padStart(6, '0')}  ${spaced(bytes.toString('hex')).padEnd(DUMP_BYTES * 3)} ${text}`
  }
  if (end < tree.end) yield `${indent}and ${(tree.end - end).toLocaleString('en')} more bytes`
}
