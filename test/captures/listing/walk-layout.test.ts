/**
 * Random bodies and operations of every layout: what the walk reads is what the interpreter reads, up to the same
 * position; cut bytes fail at the same place; and every byte of a message belongs to a field.
 */
import { deepStrictEqual } from 'node:assert'
import t from 'tap'
import { allRops } from '../../../rops/index.js'
import {
  type AnyLayout,
  type CodecContext,
  codecContext,
  generate,
  interpret,
  MalformedBuffer,
  NotGenerated,
  Random,
  Reader,
  Writer
} from '../../../src/bufferstructs/index.js'
import { describers } from '../../../src/captures/listing/describers.js'
import { SessionMemory } from '../../../src/captures/listing/session-memory.js'
import { newTree, nodesOf, type Tree } from '../../../src/captures/listing/tree.js'
import { Surroundings, Walk } from '../../../src/captures/listing/walk.js'
import { walkFields } from '../../../src/captures/listing/walk-layout.js'
import { addressBookBodies } from '../../../src/fronts/mapi-http/grammar/address-book-bodies.js'
import * as mailboxBodies from '../../../src/fronts/mapi-http/grammar/bodies.js'
import { bytesOfRows } from './row-samples.js'

const ROUNDS = 10
const SEED = 20161125
/** Places at which a sample is cut. */
const CUTS = 40
const context = codecContext({ columns: [0x0037001f, 0x0e080003, 0x67480014, 0x30070040, 0x0ff90102] })

interface Seen {
  value?: unknown
  position?: number
  refusedAt?: number
}

function interpreted(layout: AnyLayout, bytes: Uint8Array, given: CodecContext): Seen {
  const reader = new Reader(bytes, given)
  try {
    return { value: interpret.read(layout, reader), position: reader.position }
  } catch (error) {
    if (error instanceof MalformedBuffer) return { refusedAt: error.offset }
    throw error
  }
}

function walked(layout: AnyLayout, bytes: Uint8Array, given: CodecContext): Seen & { tree: Tree } {
  const tree = newTree('value', bytes)
  const walk = new Walk(new Surroundings(new SessionMemory(), describers, {}), tree)
  walk.reader.context = given
  try {
    const value = walkFields(walk, layout)
    tree.end = walk.reader.position
    return { value, position: walk.reader.position, tree }
  } catch (error) {
    if (error instanceof MalformedBuffer) return { refusedAt: error.offset, tree }
    throw error
  }
}

/** Children lie in order inside of their parent, and leave no byte of it behind the last of them. */
function demandNested(tree: Tree): void {
  let at = tree.start
  for (const child of tree.children) {
    if (child.buffer !== tree.buffer) return
    if (child.start < at || child.end > tree.end)
      throw new Error(`${child.name} from ${child.start} to ${child.end} in ${tree.name} from ${at} to ${tree.end}`)
    at = child.end
  }
  if (tree.children.length > 0 && at !== tree.end) throw new Error(`${tree.name} goes on behind its last field`)
}

function exercise(layout: AnyLayout, random: Random): number {
  let done = 0
  for (let round = 0; round < ROUNDS; round++) {
    const writer = new Writer(256, undefined, context)
    try {
      interpret.write(layout, writer, generate(layout, random, context))
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) continue
      throw error
    }
    const bytes = writer.written()
    const { tree, ...seen } = walked(layout, bytes, context)
    deepStrictEqual(seen, interpreted(layout, bytes, context))
    for (const node of nodesOf(tree)) demandNested(node)
    const cut = bytes.slice(0, random.below(bytes.byteLength + 1))
    const { tree: _, ...refused } = walked(layout, cut, context)
    deepStrictEqual(refused, interpreted(layout, cut, context))
    done++
  }
  return done
}

function exerciseAll(named: readonly (readonly [name: string, layout: AnyLayout])[]): {
  done: number
  without: string[]
} {
  const random = new Random(SEED)
  const without: string[] = []
  let done = 0
  for (const [name, layout] of named) {
    try {
      done += exercise(layout, random)
    } catch (error) {
      if (error instanceof NotGenerated) without.push(name)
      else throw new Error(`${name}: ${(error as Error).message}`, { cause: error })
    }
  }
  return { done, without }
}

t.test('every remote operation', async t => {
  const layouts = allRops.flatMap(row => [
    [`${row.name} request`, row.request as AnyLayout] as const,
    [`${row.name} response`, row.response as AnyLayout] as const
  ])
  const { done, without } = exerciseAll(layouts)
  t.comment(`${done} values; nothing is generated for: ${without.join(', ')}`)
  t.ok(done > 2000)
  t.ok(without.length <= 6, 'recipient rows alone are not generated')
})

t.test('every body of the mailbox endpoint', async t => {
  const { done, without } = exerciseAll(Object.entries(mailboxBodies) as [string, AnyLayout][])
  t.same(without, [])
  t.ok(done >= 9 * ROUNDS * 0.9)
})

t.test('rows, values, restrictions, recipients and address book bodies, written by their own code', async t => {
  let done = 0
  for (const { name, layout, value, columns } of bytesOfRows()) {
    const given = codecContext({ columns })
    const writer = new Writer(1024, undefined, given)
    interpret.write(layout, writer, value)
    const bytes = writer.written()
    const { tree, ...seen } = walked(layout, bytes, given)
    t.same(seen, interpreted(layout, bytes, given), name)
    for (const node of nodesOf(tree)) demandNested(node)
    t.notOk(
      [...nodesOf(tree)].some(node => node.kind === 'undecoded'),
      `${name}: nothing is left undecoded`
    )
    const step = Math.max(1, Math.floor(bytes.byteLength / CUTS))
    for (let size = 0; size < bytes.byteLength; size += step) {
      const { tree: _, ...refused } = walked(layout, bytes.slice(0, size), given)
      const expected = interpreted(layout, bytes.slice(0, size), given)
      if (JSON.stringify(refused) !== JSON.stringify(expected)) t.same(refused, expected, `${name} cut at ${size}`)
      done++
    }
  }
  t.ok(done > 500)
})

t.test('every form that layouts leave to code has a description', async t => {
  const missing = new Set<string>()
  const visit = (node: unknown, path: string): void => {
    if (node === null || typeof node !== 'object') return
    const { kind } = node as { kind?: string }
    if (kind === 'custom' && !describers.has(node)) missing.add(path)
    if (kind === 'custom') return
    for (const [name, inner] of Object.entries(node)) {
      if (name === 'fields') for (const [field, one] of inner as [string, unknown][]) visit(one, `${path}.${field}`)
      else if (typeof inner === 'object') visit(inner, path)
    }
  }
  for (const row of allRops) {
    visit(row.request.node, `${row.name} request`)
    visit(row.response.node, `${row.name} response`)
    for (const layout of Object.values(row.responseOn ?? {})) visit(layout.node, `${row.name} failure`)
  }
  for (const [type, { request, response }] of Object.entries(addressBookBodies)) {
    visit((request as AnyLayout).node, `${type} request`)
    visit((response as AnyLayout).node, `${type} response`)
  }
  t.same([...missing], [])
})
