import { demandCase, demandCount, demandValue, NO_FIELDS } from './interpret.js'
import { type LayoutNode, SCALAR_SIZE, type ScalarKind, type ScalarNode, type UnionNode } from './layout.js'
import { fixedSize } from './measure.js'
import { TWO_32, TWO_48 } from './reader.js'
import { caseLabels, Source } from './source.js'
import { demandFit, writeText } from './text-form.js'
import { parseGuid, type Writer } from './writer.js'

export type WriteFunction = (writer: Writer, value: unknown) => void

/** Subtraction instead of `%`, which is a call of fmod for numbers of this size. */
function putId(view: DataView, at: number, value: number): void {
  const replid = Math.floor(value / TWO_48)
  view.setUint16(at, replid, true)
  putGlobcnt(view, at + 2, value - replid * TWO_48)
}

function putGlobcnt(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  view.setUint16(at, high, false)
  view.setUint32(at + 2, value - high * TWO_32, false)
}

/** Below this many bytes a loop is cheaper than the call into native code. */
const SHORT = 24

function putBytes(into: Uint8Array, at: number, source: Uint8Array, size: number): void {
  if (size > SHORT) into.set(source, at)
  else for (let i = 0; i < size; i++) into[at + i] = source[i]
}

const writers = new WeakMap<LayoutNode, WriteFunction>()

/** The compiled write of a node: sees `writer.position` and leaves it behind the value. */
export function compileWrite(node: LayoutNode): WriteFunction {
  let compiled = writers.get(node)
  if (compiled === undefined) {
    compiled = new WriteCompiler().write(node)
    writers.set(node, compiled)
  }
  return compiled
}

/** Text of the compiled write, for people. */
export function writeSource(node: LayoutNode): string {
  return new WriteCompiler().source(node)
}

/**
 * Locals of the generated function: w writer, x value, b bytes, v view, p position, c the capacity up to which b may be
 * filled. Scalars that follow each other make one run: one check of the room in front of it, fixed offsets in it.
 */
class WriteCompiler {
  private readonly out = new Source()
  private runCheck = -1
  private runSize = 0
  /** True within elements for all of which room was made before the loop. */
  private covered = false

  write(node: LayoutNode): WriteFunction {
    this.out.line('let b = w.bytes, v = w.view, p = w.position, c = w.capacity')
    this.value(node, 'x', this.out.constant(NO_FIELDS))
    this.flush()
    this.out.line('w.position = p')
    return this.out.build('w, x')
  }

  source(node: LayoutNode): string {
    this.write(node)
    return this.out.text()
  }

  private take(size: number): string {
    if (this.runCheck < 0) {
      this.runCheck = this.out.placeholder()
      this.runSize = 0
    }
    const offset = this.runSize
    this.runSize += size
    return offset === 0 ? 'p' : `p + ${offset}`
  }

  private flush(): void {
    if (this.runCheck < 0) return
    if (!this.covered) this.out.fill(this.runCheck, this.roomFor(String(this.runSize)))
    if (this.runSize > 0) this.out.line(`p += ${this.runSize}`)
    this.runCheck = -1
  }

  private roomFor(size: string): string {
    return `if (p + ${size} > c) { w.position = p; w.ensure(${size}); b = w.bytes; v = w.view; c = w.capacity }`
  }

  /** Code that writes elsewhere: the writer's own position is true before, and everything is fetched anew behind. */
  private call(expression: string): void {
    this.flush()
    this.out.line(`w.position = p; ${expression}; b = w.bytes; v = w.view; p = w.position; c = w.capacity`)
  }

  private block(head: string, body: () => void): void {
    this.flush()
    this.out.line(`${head} {`)
    body()
    this.flush()
    this.out.line('}')
  }

  private scalar(scalar: ScalarKind, x: string): void {
    this.put(scalar, this.take(SCALAR_SIZE[scalar]), x)
  }

  private put(scalar: ScalarKind, at: string, x: string): void {
    this.out.line(this.putting(scalar, at, x))
  }

  private putting(scalar: ScalarKind, at: string, x: string): string {
    switch (scalar) {
      case 'u8':
        return `b[${at}] = ${x}`
      case 'u16':
        return `v.setUint16(${at}, ${x}, true)`
      case 'u32':
        return `v.setUint32(${at}, ${x}, true)`
      case 'i16':
        return `v.setInt16(${at}, ${x}, true)`
      case 'i32':
        return `v.setInt32(${at}, ${x}, true)`
      case 'u64':
      case 'filetime':
        return `v.setBigUint64(${at}, ${x}, true)`
      case 'i64':
        return `v.setBigInt64(${at}, ${x}, true)`
      case 'f32':
        return `v.setFloat32(${at}, ${x}, true)`
      case 'f64':
        return `v.setFloat64(${at}, ${x}, true)`
      case 'bool8':
        return `b[${at}] = ${x} ? 1 : 0`
      case 'bool16':
        return `v.setUint16(${at}, ${x} ? 1 : 0, true)`
      case 'guid':
        return `${this.out.constant(parseGuid)}(${x}, b, ${at})`
      case 'id':
        return `${this.out.constant(putId)}(v, ${at}, ${x})`
      case 'globcnt48':
        return `${this.out.constant(putGlobcnt)}(v, ${at}, ${x})`
    }
  }

  private count(prefix: ScalarNode, count: string): void {
    this.demandFit(prefix, count)
    this.scalar(prefix.scalar, count)
  }

  private demandFit(prefix: ScalarNode, count: string): void {
    const size = SCALAR_SIZE[prefix.scalar]
    this.out.line(`if (${count} >= ${2 ** (size * 8)}) ${this.out.constant(demandFit)}(${size}, ${count})`)
  }

  private demandCount(actual: string, count: number | string, fields: string): void {
    const wanted = typeof count === 'number' ? String(count) : `${fields}.${count}`
    const demand = `${this.out.constant(demandCount)}(${actual}, ${JSON.stringify(count)}, ${fields})`
    this.out.line(`if (${actual} !== ${wanted}) ${demand}`)
  }

  /** Emits the writing of the value that the expression `x` names; `fields` names the innermost struct's value. */
  private value(node: LayoutNode, x: string, fields: string): void {
    switch (node.kind) {
      case 'scalar':
        this.scalar(node.scalar, x)
        break
      case 'zeros':
        this.zeros(node.size)
        break
      case 'bytes':
        this.bytes(x, size => this.demandCount(size, node.count, fields))
        break
      case 'countedBytes':
        this.bytes(x, size => this.count(node.prefix, size))
        break
      case 'rest':
        this.bytes(x)
        break
      case 'text':
        this.call(`${this.out.constant(writeText)}(${JSON.stringify(node.form)}, w, ${x})`)
        break
      case 'array':
        this.array(node.count, node.element, x, fields)
        break
      case 'restOf':
        this.elements(node.element, this.out.hold(x), fields)
        break
      case 'sized':
        this.sized(node.prefix, node.inner, x, fields)
        break
      case 'struct': {
        const held = this.out.hold(x)
        for (const [name, field] of node.fields) {
          const member = field.kind === 'zeros' ? 'undefined' : this.out.hold(`${held}.${name}`)
          this.value(field, member, held)
        }
        break
      }
      case 'optional':
        this.scalar(node.flag.scalar, `(${x} === null || ${x} === undefined ? 0 : 1)`)
        this.block(`if (${x} !== null && ${x} !== undefined)`, () => this.value(node.inner, x, fields))
        break
      case 'when':
        this.block(`if (${this.out.constant(node.condition)}(${fields}, w.context))`, () => {
          this.out.line(`if (${x} === undefined) ${this.out.constant(demandValue)}(${x})`)
          this.value(node.inner, x, fields)
        })
        break
      case 'union':
        this.union(node, x, fields)
        break
      case 'custom':
        this.call(`${this.out.constant(node.codec)}.write(w, ${x}, ${fields})`)
        break
      case 'lazy':
        this.lazy(node.target, x)
        break
    }
  }

  private zeros(size: number): void {
    if (size > 32) {
      const at = this.take(size)
      this.out.line(`b.fill(0, ${at}, ${at} + ${size})`)
      return
    }
    for (let left = size; left > 0; left -= 4) {
      if (left >= 4) this.scalar('u32', '0')
      else for (let i = 0; i < left; i++) this.scalar('u8', '0')
    }
  }

  private bytes(x: string, count?: (size: string) => void): void {
    const size = this.out.hold(`${x}.byteLength`)
    count?.(size)
    this.flush()
    this.out.line(this.roomFor(size))
    this.out.line(`${this.out.constant(putBytes)}(b, p, ${x}, ${size})`)
    this.out.line(`p += ${size}`)
  }

  private array(count: number | string | ScalarNode, element: LayoutNode, x: string, fields: string): void {
    const held = this.out.hold(x)
    if (typeof count === 'object') this.count(count, `${held}.length`)
    else this.demandCount(`${held}.length`, count, fields)
    this.elements(element, held, fields)
  }

  private elements(element: LayoutNode, values: string, fields: string): void {
    this.flush()
    const size = fixedSize(element)
    const outer = this.covered
    if (size !== undefined && !outer) {
      this.out.line(this.roomFor(`${values}.length * ${size}`))
      this.covered = true
    }
    const i = this.out.name()
    this.block(`for (let ${i} = 0; ${i} < ${values}.length; ${i}++)`, () => {
      this.value(element, this.out.hold(`${values}[${i}]`), fields)
    })
    this.covered = outer
  }

  private sized(prefix: string | ScalarNode, inner: LayoutNode, x: string, fields: string): void {
    this.flush()
    const start = this.out.hold('p')
    const prefixSize = typeof prefix === 'string' ? 0 : SCALAR_SIZE[prefix.scalar]
    if (prefixSize > 0) this.take(prefixSize)
    this.value(inner, x, fields)
    this.flush()
    const size = this.out.hold(`p - ${start} - ${prefixSize}`)
    if (typeof prefix === 'string') this.demandCount(size, prefix, fields)
    else {
      this.demandFit(prefix, size)
      this.put(prefix.scalar, start, size)
    }
  }

  private union(node: UnionNode, x: string, fields: string): void {
    this.block(`switch (${this.out.constant(node.select)}(${fields}, w.context))`, () => {
      for (const [key, inner] of Object.entries(node.cases)) {
        if (key !== 'default') this.unionCase(caseLabels(key), inner, x, fields)
      }
      if (Object.hasOwn(node.cases, 'default')) this.unionCase('default:', node.cases.default, x, fields)
      else this.out.line(`default: ${this.out.constant(demandCase)}(${this.out.constant(node)}, ${fields}, w.context)`)
    })
  }

  private unionCase(label: string, inner: LayoutNode, x: string, fields: string): void {
    this.block(label, () => {
      this.value(inner, x, fields)
      this.flush()
      this.out.line('break')
    })
  }

  private lazy(target: () => LayoutNode, x: string): void {
    let compiled: WriteFunction | undefined
    const enter = (writer: Writer, value: unknown): void => {
      compiled ??= compileWrite(target())
      compiled(writer, value)
    }
    this.call(`${this.out.constant(enter)}(w, ${x})`)
  }
}
