/** An ordered map of strings with snapshots in constant time: a B-tree whose nodes are copied only when shared. */

/** Entries of a leaf, children of a branch. Wide nodes, because copying 64 references is cheaper than a deeper tree. */
const WIDTH = 64

interface Leaf<V> {
  owner: object
  keys: string[]
  values: V[]
  children: undefined
}

interface Branch<V> {
  owner: object
  /** Beside `children`: a lower bound of each child's keys; that of the first child is not looked at. */
  keys: string[]
  values: undefined
  children: Node<V>[]
}

type Node<V> = Leaf<V> | Branch<V>

/** A part of the map. `gte` is included, `lt` is not. */
export interface Span {
  gte: string
  lt: string
  reverse?: boolean
}

export class SortedMap<V> {
  private root: Node<V>
  /** Nodes of this owner are this map's alone and may be changed in place. */
  private owner: object
  private entries: number

  constructor(from?: SortedMap<V>) {
    this.owner = {}
    this.root = from?.root ?? { owner: this.owner, keys: [], values: [], children: undefined }
    this.entries = from?.entries ?? 0
  }

  get size(): number {
    return this.entries
  }

  /** A copy that later changes of either do not touch. Costs one object. */
  snapshot(): SortedMap<V> {
    this.owner = {}
    return new SortedMap(this)
  }

  get(key: string): V | undefined {
    let node = this.root
    while (node.children !== undefined) node = node.children[childIndex(node.keys, key)]
    const at = lowerBound(node.keys, key)
    return at < node.keys.length && node.keys[at] === key ? node.values[at] : undefined
  }

  set(key: string, value: V): void {
    this.root = this.own(this.root)
    const split = this.insert(this.root, key, value)
    if (split === undefined) return
    this.root = { owner: this.owner, keys: ['', split.key], values: undefined, children: [this.root, split.node] }
  }

  /** True when the key was there. */
  delete(key: string): boolean {
    if (this.get(key) === undefined) return false
    this.root = this.own(this.root)
    this.remove(this.root, key)
    while (this.root.children !== undefined && this.root.children.length === 1)
      this.root = this.own(this.root.children[0])
    this.entries--
    return true
  }

  /** Calls `visit` for the entries of a span in order until it returns false. The map must not change meanwhile. */
  scan(span: Span, visit: (key: string, value: V) => boolean): void {
    if (this.entries === 0 || span.gte >= span.lt) return
    if (span.reverse) scanBackward(this.root, span, visit)
    else scanForward(this.root, span, visit)
  }

  private own(node: Node<V>): Node<V> {
    if (node.owner === this.owner) return node
    return node.children === undefined
      ? { owner: this.owner, keys: node.keys.slice(), values: node.values.slice(), children: undefined }
      : { owner: this.owner, keys: node.keys.slice(), values: undefined, children: node.children.slice() }
  }

  private insert(node: Node<V>, key: string, value: V): { key: string; node: Node<V> } | undefined {
    if (node.children === undefined) {
      const at = lowerBound(node.keys, key)
      if (at < node.keys.length && node.keys[at] === key) {
        node.values[at] = value
        return undefined
      }
      node.keys.splice(at, 0, key)
      node.values.splice(at, 0, value)
      this.entries++
      if (node.keys.length <= WIDTH) return undefined
      // Appending at the end is the common case (ids, change numbers): leaving the old leaf full halves the memory.
      const cut = at === node.keys.length - 1 ? WIDTH : WIDTH >> 1
      const keys = node.keys.splice(cut)
      return { key: keys[0], node: { owner: this.owner, keys, values: node.values.splice(cut), children: undefined } }
    }
    const at = childIndex(node.keys, key)
    const child = this.own(node.children[at])
    node.children[at] = child
    const split = this.insert(child, key, value)
    if (split === undefined) return undefined
    node.keys.splice(at + 1, 0, split.key)
    node.children.splice(at + 1, 0, split.node)
    if (node.keys.length <= WIDTH) return undefined
    const cut = at + 1 === node.keys.length - 1 ? WIDTH : WIDTH >> 1
    const keys = node.keys.splice(cut)
    return { key: keys[0], node: { owner: this.owner, keys, values: undefined, children: node.children.splice(cut) } }
  }

  private remove(node: Node<V>, key: string): void {
    if (node.children === undefined) {
      const at = lowerBound(node.keys, key)
      node.keys.splice(at, 1)
      node.values.splice(at, 1)
      return
    }
    const at = childIndex(node.keys, key)
    const child = this.own(node.children[at])
    node.children[at] = child
    this.remove(child, key)
    if (child.keys.length === 0) {
      node.keys.splice(at, 1)
      node.children.splice(at, 1)
      return
    }
    if (child.keys.length > WIDTH >> 2 || node.children.length === 1) return
    const left = at === 0 ? 0 : at - 1
    const other = node.children[at === 0 ? 1 : at - 1]
    if (child.keys.length + other.keys.length <= WIDTH - (WIDTH >> 2)) this.merge(node, left)
  }

  /** Joins the children at `left` and `left + 1`. */
  private merge(node: Branch<V>, left: number): void {
    const into = this.own(node.children[left])
    const from = node.children[left + 1]
    if (into.children === undefined && from.children === undefined) {
      into.values.push(...from.values)
      into.keys.push(...from.keys)
    } else if (into.children !== undefined && from.children !== undefined) {
      into.children.push(...from.children)
      into.keys.push(node.keys[left + 1], ...from.keys.slice(1))
    }
    node.children[left] = into
    node.keys.splice(left + 1, 1)
    node.children.splice(left + 1, 1)
  }
}

function scanForward<V>(node: Node<V>, span: Span, visit: (key: string, value: V) => boolean): boolean {
  const { keys } = node
  if (node.children === undefined) {
    for (let i = lowerBound(keys, span.gte); i < keys.length; i++) {
      if (keys[i] >= span.lt) return false
      if (!visit(keys[i], node.values[i])) return false
    }
    return true
  }
  for (let i = childIndex(keys, span.gte); i < keys.length; i++) {
    if (!scanForward(node.children[i], span, visit)) return false
  }
  return true
}

function scanBackward<V>(node: Node<V>, span: Span, visit: (key: string, value: V) => boolean): boolean {
  const { keys } = node
  if (node.children === undefined) {
    for (let i = lowerBound(keys, span.lt) - 1; i >= 0; i--) {
      if (keys[i] < span.gte) return false
      if (!visit(keys[i], node.values[i])) return false
    }
    return true
  }
  for (let i = childIndex(keys, span.lt); i >= 0; i--) {
    if (!scanBackward(node.children[i], span, visit)) return false
  }
  return true
}

/** Index of the first key that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle] < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the child that holds `key` if any does. */
function childIndex(keys: readonly string[], key: string): number {
  let low = 1
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle] <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}
