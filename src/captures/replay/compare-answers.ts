/** Compares a recorded answer with a live one, field by field; learns on the way which ids and names stand for each other. */
import { NO_HANDLE } from '../listing/rop-batch-memory.js'
import type { Tree } from '../listing/tree.js'
import type { Correspondence } from './correspondence.js'
import { maskOf } from './masks.js'

export interface Difference {
  /** Names of the fields that lead to it, joined by `/`. */
  readonly path: string
  readonly recorded: string
  readonly live: string
}

export interface Comparison {
  readonly differences: Difference[]
  /** Fields compared, those among them that a mask lets differ and that did. */
  compared: number
  masked: number
}

/** A list is compared up to here: behind this many differences of one answer nobody reads on. */
const MOST_DIFFERENCES = 200
/** Of something with parts, as one side of a difference. */
const SUMMARY_CHARS = 160
/** What the server says unasked depends on the moment. */
const UNASKED = new Set(['RopNotify', 'RopPending', 'RopBackoff'])

/** A field without what frames it: what is compared. */
interface Field {
  readonly name: string
  readonly tree: Tree
  readonly children: readonly Field[]
}

export function compareAnswers(recorded: Tree, live: Tree, pairs: Correspondence): Comparison {
  const comparison: Comparison = { differences: [], compared: 0, masked: 0 }
  new Comparer(pairs, comparison).children(fieldsOf(recorded), fieldsOf(live), '')
  return comparison
}

/** Fields of a body. The operations of an Execute stand in a row, whatever payloads they came in; envelopes are left out. */
function fieldsOf(tree: Tree): Field[] {
  return tree.children.flatMap(child => {
    if (child.name === 'envelope') return []
    if (child.name === 'rop' && child.children.length > 0) return operationsOf(child)
    return child.quiet ? [] : [fieldOf(child)]
  })
}

function operationsOf(rop: Tree): Field[] {
  const found: Field[] = []
  const numbers = new Map<string, number>()
  const visit = (tree: Tree, payload: number): void => {
    for (const child of tree.children) {
      if (child.quiet || UNASKED.has(child.name)) continue
      if (child.name === 'decompressed' || child.name === 'uncovered') visit(child, payload)
      else if (child.name !== 'handles') found.push({ ...fieldOf(child), name: numbered(child.name, numbers) })
      else if (payload === 0) found.push(fieldOf(child))
    }
  }
  for (const [payload, child] of rop.children.entries()) visit(child, payload)
  return found
}

/** The second RopOpenFolder of an answer is `RopOpenFolder#2`. */
function numbered(name: string, numbers: Map<string, number>): string {
  const number = (numbers.get(name) ?? 0) + 1
  numbers.set(name, number)
  return number === 1 ? name : `${name}#${number}`
}

function fieldOf(tree: Tree): Field {
  const children = tree.children.filter(child => !child.quiet || child.name.endsWith('HandleIndex')).map(fieldOf)
  return { name: tree.name, tree, children }
}

class Comparer {
  constructor(
    private readonly pairs: Correspondence,
    private readonly comparison: Comparison
  ) {}

  children(recorded: readonly Field[], live: readonly Field[], path: string): void {
    for (const [theirs, ours] of aligned(recorded, live)) {
      if (this.comparison.differences.length >= MOST_DIFFERENCES) return
      const at = path === '' ? (theirs ?? ours!).name : `${path}/${(theirs ?? ours!).name}`
      if (theirs === undefined || ours === undefined) this.differ(at, theirs, ours)
      else if (theirs.name !== ours.name && !this.isSameProperty(theirs, ours)) this.differ(at, theirs, ours)
      else this.field(theirs, ours, at)
    }
  }

  /** Named properties whose ids stand for each other. */
  private isSameProperty(theirs: Field, ours: Field): boolean {
    const [a, b] = [theirs, ours].map(({ name }) => (/^0x[0-9a-f]{8}$/.test(name) ? Number(name) : undefined))
    return a !== undefined && b !== undefined && this.pairs.agreeTag(a, b)
  }

  private field(theirs: Field, ours: Field, path: string): void {
    if (path === 'handles') {
      this.handles(theirs, ours, path)
      return
    }
    const isLeaf = theirs.children.length === 0 && ours.children.length === 0
    if (maskOf(path.replaceAll(/#\d+/g, '')) !== undefined) {
      this.comparison.compared++
      if (theirs.tree.text !== ours.tree.text) this.comparison.masked++
      // What is masked may teach nothing: its parts are not compared.
    } else if (isLeaf) {
      this.comparison.compared++
      if (!this.isSame(theirs.tree, ours.tree)) this.differ(path, theirs, ours)
    } else if (theirs.children.length === 0 || ours.children.length === 0) this.differ(path, theirs, ours)
    else this.children(theirs.children, ours.children, path)
  }

  /** Handles are learned by their slots; only whether there is one is compared. A slot that was released holds anything. */
  private handles(theirs: Field, ours: Field, path: string): void {
    for (const [at, { tree }] of theirs.children.entries()) {
      const live = ours.children[at]?.tree
      const handle = tree.value as number
      this.comparison.compared++
      if (live === undefined || (handle === NO_HANDLE) !== (live.value === NO_HANDLE))
        this.differ(`${path}/[${at}]`, theirs.children[at], ours.children[at])
      else if (!tree.text.endsWith('released') && handle !== NO_HANDLE)
        this.pairs.setHandle(handle, live.value as number)
    }
  }

  private isSame(theirs: Tree, ours: Tree): boolean {
    if (theirs.kind !== ours.kind) return false
    const [recorded, live] = [theirs.value as never, ours.value as never]
    if (theirs.value instanceof Uint8Array) return sameBytes(theirs.value, ours.value)
    switch (theirs.kind) {
      case 'id':
        return this.pairs.agreeId(recorded, live)
      case 'counter':
        return this.pairs.agreeCounter(recorded, live)
      case 'ownGuid':
        return this.pairs.guids.agree(recorded, live)
      case 'minimalId':
        return this.pairs.agreeMinimalId(recorded, live)
      case 'propertyId':
        return this.pairs.agreePropertyId(recorded, live)
      case 'tag':
        return this.pairs.agreeTag(recorded, live)
      case 'change':
        return true
      case 'text':
        return this.pairs.text(recorded) === (live as string)
      case 'dn':
        return this.pairs.agreeDn(recorded, live)
      default:
        return Object.is(recorded, live) || (theirs.value !== undefined && theirs.text === ours.text)
    }
  }

  private differ(path: string, theirs: Field | undefined, ours: Field | undefined): void {
    this.comparison.differences.push({ path, recorded: said(theirs), live: said(ours) })
  }
}

function sameBytes(recorded: Uint8Array, live: unknown): boolean {
  return (
    live instanceof Uint8Array && Buffer.from(recorded.buffer, recorded.byteOffset, recorded.byteLength).equals(live)
  )
}

function said(field: Field | undefined): string {
  if (field === undefined) return 'not there'
  const { tree, name, children } = field
  if (tree.fault !== undefined) return `undecoded: ${tree.fault}`
  if (tree.text !== '' || children.length === 0) return tree.text || name
  const parts = children.map(child => `${child.name} ${child.tree.text}`).join(', ')
  return parts.length > SUMMARY_CHARS ? `${parts.slice(0, SUMMARY_CHARS)}...` : parts
}

/** Fields that belong together: by their place, and folders of a table by their names. */
function aligned(
  recorded: readonly Field[],
  live: readonly Field[]
): (readonly [theirs: Field | undefined, ours: Field | undefined])[] {
  const names = recorded.map(folderName)
  if (
    recorded.length > 0 &&
    names.every(name => name !== undefined) &&
    live.every(row => folderName(row) !== undefined)
  ) {
    const left = new Map(live.map(row => [folderName(row), row]))
    const pairs = recorded.map((row, at) => {
      const ours = left.get(names[at])
      left.delete(names[at])
      return [row, ours] as const
    })
    return [...pairs, ...[...left.values()].map(ours => [undefined, ours] as const)]
  }
  return Array.from({ length: Math.max(recorded.length, live.length) }, (_, at) => [recorded[at], live[at]] as const)
}

/** The display name of a row of a hierarchy table. */
function folderName({ children }: Field): string | undefined {
  if (!children.some(child => child.name === 'PidTagFolderId')) return undefined
  const name = children.find(child => child.name === 'PidTagDisplayName')
  return typeof name?.tree.value === 'string' ? name.tree.value : undefined
}
