import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Node, type YAMLMap } from 'yaml'
import { MOST_PROBLEMS } from './world-error.js'

/** Values that a text may stand for when every alias is written out: aliases of aliases grow without bound. */
const MOST_VALUES = 2_000_000

interface Value {
  readonly value: unknown
  /** Values that it is made of, itself included. */
  readonly size: number
}

/**
 * What the nodes of a document are in JavaScript. An alias is the same object as what it stands for, so that nothing grows
 * here; whoever goes through all of it is kept from growth by a bound on what it would be.
 */
export class YamlValues {
  private readonly known = new Map<Node, Value>()
  /** What is being made: an alias of it would have no end. */
  private readonly open = new Set<Node>()
  private problems = 0

  constructor(
    private readonly targets: ReadonlyMap<Alias, Node>,
    private readonly report: (message: string, offset: number) => void
  ) {}

  of(node: unknown): unknown {
    const { value, size } = this.make(node)
    if (size > MOST_VALUES) this.fault(`stands for more than ${MOST_VALUES} values`, node)
    return value
  }

  private make(node: unknown): Value {
    if (isAlias(node)) return this.aliased(node)
    if (!isNode(node)) return { value: null, size: 1 }
    const known = this.known.get(node)
    if (known !== undefined) return known
    this.open.add(node)
    const made = isMap(node) ? this.mapping(node) : isSeq(node) ? this.list(node.items) : scalar(node)
    this.open.delete(node)
    this.known.set(node, made)
    return made
  }

  private aliased(alias: Alias): Value {
    const target = this.targets.get(alias)
    if (target !== undefined && !this.open.has(target)) return this.make(target)
    this.fault(target === undefined ? `there is no anchor ${alias.source}` : 'an alias stands for itself', alias)
    return { value: null, size: 1 }
  }

  private list(items: readonly unknown[]): Value {
    let size = 1
    const value = items.map(item => {
      const made = this.make(item)
      size += made.size
      return made.value
    })
    return { value, size }
  }

  private mapping(map: YAMLMap): Value {
    const value: Record<string, unknown> = {}
    let size = 1
    for (const { key, value: node } of map.items) {
      if (!isScalar(key)) {
        this.fault('a key must be text', isNode(key) ? key : map)
        continue
      }
      const name = String(key.value)
      if (Object.hasOwn(value, name)) this.fault(`there is the key ${name} already`, key)
      const made = this.make(node)
      size += made.size
      // A key such as __proto__ is a key like others.
      Object.defineProperty(value, name, { value: made.value, enumerable: true, configurable: true, writable: true })
    }
    return { value, size }
  }

  private fault(message: string, node: unknown): void {
    if (this.problems++ < MOST_PROBLEMS) this.report(message, isNode(node) ? (node.range?.[0] ?? 0) : 0)
  }
}

function scalar(node: Node): Value {
  return { value: isScalar(node) ? node.value : null, size: 1 }
}
