import { interpret, NO_FIELDS, readTop, sizeNode, writeTop } from './interpret.js'
import type { Layout, LayoutNode } from './layout.js'
import { type CodecContext, codecContext, type Reader } from './reader.js'
import type { Writer } from './writer.js'

const DEFAULT_CONTEXT = codecContext()

/** The layout behind every declaration: one class, so that a call through `Layout` stays monomorphic. */
export class DeclaredLayout<T> implements Layout<T> {
  readonly node: LayoutNode
  /** Names of flags or of enumeration values, where the layout has them. */
  readonly names: Readonly<Record<string, number>>

  constructor(node: LayoutNode) {
    this.node = node
    this.names = node.kind === 'scalar' && node.names !== undefined ? node.names : NO_FIELDS
  }

  read(reader: Reader): T {
    return readTop(this.node, reader) as T
  }

  write(writer: Writer, value: T): void {
    writeTop(this.node, writer, value)
  }

  size(value: T, context: CodecContext = DEFAULT_CONTEXT): number {
    return sizeNode(this.node, value, NO_FIELDS, context)
  }

  skip(reader: Reader): void {
    interpret.skip(this, reader)
  }
}
