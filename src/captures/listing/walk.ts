import { codecContext, MalformedBuffer, Reader } from '../../bufferstructs/index.js'
import type { Describer } from './describer.js'
import type { SessionMemory } from './session-memory.js'
import { newTree, type Tree, type ValueKind } from './tree.js'

/** Fields of one message; more are bad input, or a listing that nobody can read. */
export const MAX_FIELDS = 200_000

/** What is said of a value: its text, and what it is. */
export interface Said {
  text: string
  kind?: ValueKind
  value?: unknown
}

/** What all walks through one message have in common. */
export class Surroundings {
  fieldsLeft = MAX_FIELDS
  /** Tags from 0x8000 on have fixed meanings in an address book and none in a mailbox. */
  addressBook = false
  /** The remote operation that is being walked through, '' outside of one. */
  ropName = ''

  constructor(
    readonly memory: SessionMemory,
    readonly describers: ReadonlyMap<unknown, Describer>,
    /** Describes the inside of byte fields, by field name. */
    public insides: Readonly<Record<string, (walk: Walk) => void>>
  ) {}
}

/**
 * Goes through bytes and puts what it finds into a tree. A fault is contained by `attempt`: what was found up to it stays
 * in the tree, the rest of the stretch becomes one node of undecoded bytes, and the walk goes on behind it.
 */
export class Walk {
  readonly reader: Reader
  /** Nodes that are open, the outermost first. */
  private readonly open: Tree[]
  /** End of the last bytes that were understood. */
  private understood: number
  /** The field that is being read, for faults. */
  private current = ''
  /** False when rows of the context's columns cannot be read, because nobody knows the columns. */
  columnsKnown = true

  constructor(
    readonly around: Surroundings,
    root: Tree
  ) {
    this.reader = new Reader(root.buffer, codecContext({ codePage: around.memory.codePage }))
    this.reader.position = root.start
    this.reader.end = root.end
    this.open = [root]
    this.understood = root.start
  }

  /** The node whose children are being found. */
  get node(): Tree {
    return this.open[this.open.length - 1]
  }

  get path(): string {
    return joinNames([...this.open.slice(1).map(tree => tree.name), this.current])
  }

  /** Says what is about to be read, for the path of a fault. */
  naming(name: string): void {
    this.current = name
  }

  /** Reads a value and adds it. */
  leaf<T>(name: string, read: () => T, say: (value: T) => Said): T {
    const start = this.reader.position
    this.current = name
    const value = read()
    const tree = this.add(name, start)
    tree.end = this.reader.position
    const said = say(value)
    tree.text = said.text
    tree.kind = said.kind
    tree.value = 'value' in said ? said.value : value
    this.understood = tree.end
    this.current = ''
    return value
  }

  /** Adds a node and lets `work` find its children. */
  group<T>(name: string, work: () => T): T {
    const tree = this.add(name, this.reader.position)
    this.open.push(tree)
    this.understood = tree.start
    const value = work()
    this.open.pop()
    tree.end = this.reader.position
    this.understood = tree.end
    return value
  }

  /** Opens a node again that was closed already, for `work` to find children of it. */
  reopen(tree: Tree, work: () => void): void {
    this.open.push(tree)
    work()
    this.open.pop()
  }

  /** Lets byte fields of a name have an inside while `work` runs. */
  withInside(name: string, inside: (walk: Walk) => void, work: () => void): void {
    const before = this.around.insides
    this.around.insides = { ...before, [name]: inside }
    work()
    this.around.insides = before
  }

  /** Says something about the node whose children are being found. */
  say(said: Said): void {
    Object.assign(this.node, said)
  }

  /** Marks the nodes that `work` adds to the open one as part of its frame. */
  quietly<T>(work: () => T): T {
    const { children } = this.node
    const before = children.length
    const value = work()
    for (let i = before; i < children.length; i++) children[i].quiet = true
    return value
  }

  /**
   * Lets `work` walk up to `end` and goes on there, whatever it finds; bytes that it leaves are undecoded. Returns whether all was
   * understood.
   */
  attempt(end: number, work: () => void): boolean {
    const { reader, around, columnsKnown } = this
    const { end: outerEnd, depth, context } = reader
    const { ropName } = around
    const level = this.open.length
    reader.end = end
    try {
      work()
      if (reader.position < end) this.undecoded(reader.position, end, `${end - reader.position} bytes left over`)
      return reader.position === end
    } catch (error) {
      if (!(error instanceof MalformedBuffer)) throw error
      const { path } = this
      const place = `at offset 0x${error.offset.toString(16)}${path === '' ? '' : `, ${path}`}`
      const from = Math.min(this.understood, end)
      for (const tree of this.open.splice(level)) tree.end = from
      this.undecoded(from, end, `${error.reason} ${place}`)
      return false
    } finally {
      reader.end = outerEnd
      reader.position = end
      reader.depth = depth
      reader.context = context
      around.ropName = ropName
      this.columnsKnown = columnsKnown
      this.current = ''
      this.understood = end
    }
  }

  /** Walks through other bytes, which those of the open node expand to. */
  into(buffer: Uint8Array, name: string, work: (walk: Walk) => void): Tree {
    this.spend()
    const tree = newTree(name, buffer)
    this.node.children.push(tree)
    const inner = new Walk(this.around, tree)
    inner.attempt(buffer.byteLength, () => work(inner))
    return tree
  }

  private add(name: string, start: number): Tree {
    this.spend()
    const tree = newTree(name, this.node.buffer, start, start)
    this.node.children.push(tree)
    return tree
  }

  private spend(): void {
    if (--this.around.fieldsLeft < 0) this.reader.fail(`more than ${MAX_FIELDS} fields`)
  }

  private undecoded(start: number, end: number, fault: string): void {
    const tree = newTree('undecoded', this.node.buffer, start, end)
    tree.text = `${end - start} bytes`
    tree.kind = 'undecoded'
    tree.fault = fault
    tree.value = this.node.buffer.subarray(start, end)
    this.node.children.push(tree)
  }
}

/** Names of nested fields as one path: `rows[0].PidTagSubject`. */
export function joinNames(names: readonly string[]): string {
  let path = ''
  for (const name of names) {
    if (name !== '') path += path === '' || name.startsWith('[') ? name : `.${name}`
  }
  return path
}
