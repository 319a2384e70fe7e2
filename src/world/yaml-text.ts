import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { type PathProblem, WorldError, type WorldProblem } from './world-error.js'
import { YamlValues } from './yaml-values.js'

/** Largest text of a world: far beyond what anybody writes; content in bulk is generated, or lies in files. */
const MOST_CHARS = 16 << 20

/** A text in YAML (or JSON) that knows where each of its values stands. Throws WorldError for one that cannot be read. */
export class YamlText {
  readonly value: unknown
  private readonly root: Node | null
  private readonly lines = new LineCounter()
  /** What each alias stands for, found in one pass: the library would search the whole document for each. */
  private readonly targets: Map<Alias, Node>

  constructor(text: string, file: string) {
    const problems: WorldProblem[] = []
    const report = (message: string, offset: number): void => {
      problems.push({ path: '', message: worded(message), ...this.at(offset) })
    }
    if (text.length > MOST_CHARS)
      throw new WorldError([{ path: '', message: `is larger than ${MOST_CHARS} characters` }], file)
    try {
      // The library compares each key with all before it; YamlValues looks them up.
      const document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: false })
      for (const { message, pos } of document.errors) report(message, pos[0])
      this.root = document.contents
      this.targets = targetsOf(this.root)
      if (problems.length === 0) this.value = new YamlValues(this.targets, report).of(this.root)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new WorldError([{ path: '', message: 'is nested too deeply' }], file)
    }
    if (problems.length > 0) throw new WorldError(problems, file)
  }

  /** The problem with the place where its value, its key, or its nearest ancestor that is there stands. */
  place({ path, message, isKey }: PathProblem): WorldProblem {
    return { path: path.map(String).join('.'), message, ...this.at(this.offsetOf(path, isKey === true)) }
  }

  private at(offset: number): { line: number; column: number } {
    const { line, col } = this.lines.linePos(offset)
    return { line, column: col }
  }

  private offsetOf(path: readonly PropertyKey[], wantsKey: boolean): number {
    let node = this.resolved(this.root)
    let offset = node?.range?.[0] ?? 0
    for (const [depth, step] of path.entries()) {
      let next: unknown
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step))
        if (pair !== undefined && wantsKey && depth === path.length - 1) {
          return isNode(pair.key) && pair.key.range ? pair.key.range[0] : offset
        }
        next = pair?.value
      } else if (isSeq(node)) next = node.items[Number(step)]
      if (!isNode(next)) return offset
      offset = next.range?.[0] ?? offset
      node = this.resolved(next)
    }
    return offset
  }

  private resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return this.targets.get(node)
    return isNode(node) ? node : undefined
  }
}

function targetsOf(root: Node | null): Map<Alias, Node> {
  const targets = new Map<Alias, Node>()
  const anchors = new Map<string, Node>()
  visit(root, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source)
        if (target !== undefined) targets.set(node, target)
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
    }
  })
  return targets
}

/** The library's own words, but for what it says when it runs out of stack. */
function worded(message: string): string {
  return /call stack/.test(message) ? 'is nested too deeply' : message
}
