import { compileRead, compileSkip, type ReadFunction, type SkipFunction } from './compile-read.js'
import { compileSize, type SizeFunction } from './compile-size.js'
import { compileWrite, type WriteFunction } from './compile-write.js'
import { NO_FIELDS, readNode, readTop, writeTop } from './interpret.js'
import type { Layout, LayoutNode } from './layout.js'
import { BufferFull, MalformedBuffer } from './malformed-buffer.js'
import { COMPILED, type CodecContext, codecContext, IDLE, INTERPRETED, type Reader } from './reader.js'
import type { Writer } from './writer.js'

const DEFAULT_CONTEXT = codecContext()

/**
 * The layout behind every declaration: one class, so that a call through `Layout` stays monomorphic. Each direction is
 * compiled at its first use. Inside of an interpreted read or write it stays with the interpreter, so that the oracle
 * never leans on what it judges.
 */
export class DeclaredLayout<T> implements Layout<T> {
  readonly node: LayoutNode
  /** Names of flags or of enumeration values, where the layout has them. */
  readonly names: Readonly<Record<string, number>>
  private readCompiled: ReadFunction
  private writeCompiled: WriteFunction
  private sizeCompiled: SizeFunction
  private skipCompiled: SkipFunction

  constructor(node: LayoutNode) {
    this.node = node
    this.names = node.kind === 'scalar' && node.names !== undefined ? node.names : NO_FIELDS
    this.readCompiled = reader => {
      this.readCompiled = compileRead(node)
      return this.readCompiled(reader)
    }
    this.writeCompiled = (writer, value) => {
      this.writeCompiled = compileWrite(node)
      this.writeCompiled(writer, value)
    }
    this.sizeCompiled = (value, context) => {
      this.sizeCompiled = compileSize(node)
      return this.sizeCompiled(value, context)
    }
    this.skipCompiled = reader => {
      this.skipCompiled = compileSkip(node)
      this.skipCompiled(reader)
    }
  }

  read(reader: Reader): T {
    if (reader.mode === COMPILED) return this.readCompiled(reader) as T
    if (reader.mode === INTERPRETED) return readNode(this.node, reader, NO_FIELDS) as T
    const { position, end } = reader
    reader.mode = COMPILED
    try {
      const value = this.readCompiled(reader) as T
      reader.mode = IDLE
      return value
    } catch (error) {
      return this.explain(reader, position, end, error)
    }
  }

  skip(reader: Reader): void {
    if (reader.mode === COMPILED) {
      this.skipCompiled(reader)
      return
    }
    if (reader.mode === INTERPRETED) {
      readNode(this.node, reader, NO_FIELDS)
      return
    }
    const { position, end } = reader
    reader.mode = COMPILED
    try {
      this.skipCompiled(reader)
      reader.mode = IDLE
    } catch (error) {
      this.explain(reader, position, end, error)
    }
  }

  /** Reads again by the interpreter, which fails at the same place and knows its name. */
  private explain(reader: Reader, position: number, end: number, error: unknown): never {
    reader.mode = IDLE
    reader.depth = 0
    reader.position = position
    reader.end = end
    if (error instanceof MalformedBuffer) {
      readTop(this.node, reader)
      reader.position = position
      throw new Error('a compiled layout refuses what the interpreter reads')
    }
    throw error
  }

  write(writer: Writer, value: T): void {
    if (writer.mode === INTERPRETED) {
      writeTop(this.node, writer, value)
      return
    }
    const { position, mode } = writer
    writer.mode = COMPILED
    try {
      this.writeCompiled(writer, value)
      writer.mode = mode
    } catch (error) {
      writer.mode = mode
      writer.position = position
      throw error instanceof BufferFull ? new BufferFull(position + this.size(value, writer.context)) : error
    }
  }

  size(value: T, context: CodecContext = DEFAULT_CONTEXT): number {
    return this.sizeCompiled(value, context)
  }
}
