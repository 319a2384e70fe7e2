import { NO_FIELDS } from './interpret.js'
import {
  type LayoutNode,
  SCALAR_SIZE,
  type ScalarKind,
  type ScalarNode,
  type StructNode,
  type UnionNode
} from './layout.js'
import { MalformedBuffer } from './malformed-buffer.js'
import { elementFloor, fixedSize, needsFields, usesFields } from './measure.js'
import { formatGuid, MAX_REPLID, type Reader, TWO_32, TWO_48, UNKNOWN_ID } from './reader.js'
import { caseLabels, Source } from './source.js'
import { textReaders, textSkippers } from './text-form.js'

export type ReadFunction = (reader: Reader) => unknown
export type SkipFunction = (reader: Reader) => void

/** Where the fields of the innermost struct are found: each in a local, and all in an object once something asks for it. */
interface Scope {
  readonly locals: Map<string, string>
  object: string
}

/** Thrown by compiled code; the layout then reads again by the interpreter, which says what is wrong and where. */
const OVERRUN = new MalformedBuffer('overrun', 0)

function overrun(): never {
  throw OVERRUN
}

function idAt(view: DataView, at: number): number {
  const replid = view.getUint16(at, true)
  if (replid > MAX_REPLID) return UNKNOWN_ID
  return replid * TWO_48 + view.getUint16(at + 2, false) * TWO_32 + view.getUint32(at + 4, false)
}

function globcntAt(view: DataView, at: number): number {
  return view.getUint16(at, false) * TWO_32 + view.getUint32(at + 2, false)
}

function viewAt(bytes: Uint8Array, at: number, size: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, size)
}

/** Compiled functions by node, for layouts that refer to each other. */
const readers = new WeakMap<LayoutNode, ReadFunction>()
const skippers = new WeakMap<LayoutNode, SkipFunction>()

/** The compiled read of a node: sees `reader.position`, leaves it behind the value, throws OVERRUN where bytes are missing. */
export function compileRead(node: LayoutNode): ReadFunction {
  let compiled = readers.get(node)
  if (compiled === undefined) {
    compiled = new ReadCompiler().read(node)
    readers.set(node, compiled)
  }
  return compiled
}

/** The compiled skip of a node: as the read, without making values where the layout allows. */
export function compileSkip(node: LayoutNode): SkipFunction {
  let compiled = skippers.get(node)
  if (compiled === undefined) {
    compiled = new ReadCompiler().skip(node)
    skippers.set(node, compiled)
  }
  return compiled
}

/** Text of the compiled read, for people. */
export function readSource(node: LayoutNode): string {
  return new ReadCompiler().source(node)
}

/**
 * Locals of the generated function: r reader, b bytes, v view, p position, e end. Scalars that follow each other make one
 * run: one bounds check in front of it, fixed offsets from p in it, one addition to p behind it.
 */
class ReadCompiler {
  private readonly out = new Source()
  private readonly overrun = this.out.constant(overrun)
  private runCheck = -1
  private runSize = 0
  /** True within elements whose bytes the count's check has already covered. */
  private covered = false

  read(node: LayoutNode): ReadFunction {
    this.open()
    const value = this.value(node, this.topScope())
    this.close()
    this.out.line(`return ${value}`)
    return this.out.build('r')
  }

  skip(node: LayoutNode): SkipFunction {
    this.open()
    this.pass(node, this.topScope())
    this.close()
    return this.out.build('r')
  }

  source(node: LayoutNode): string {
    this.read(node)
    return this.out.text()
  }

  private topScope(): Scope {
    return { locals: new Map(), object: this.out.constant(NO_FIELDS) }
  }

  private open(): void {
    this.out.line('const b = r.bytes, v = r.view')
    this.out.line('let p = r.position, e = r.end')
  }

  private close(): void {
    this.flush()
    this.out.line('r.position = p')
  }

  /** Takes the next `size` bytes into the current run and returns the expression of their offset. */
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
    if (!this.covered) this.out.fill(this.runCheck, `if (e - p < ${this.runSize}) ${this.overrun}()`)
    if (this.runSize > 0) this.out.line(`p += ${this.runSize}`)
    this.runCheck = -1
  }

  /** A check and code that calls elsewhere: the reader's own position is true before, and p behind. */
  private call(expression: string): string {
    this.flush()
    this.out.line('r.position = p')
    const value = this.out.hold(expression)
    this.out.line('p = r.position')
    return value
  }

  private demand(size: string): void {
    this.out.line(`if (${size} > e - p) ${this.overrun}()`)
  }

  /** Code whose bounds nothing outside it has checked, in a block of its own. */
  private block(head: string, body: () => void): void {
    this.flush()
    this.out.line(`${head} {`)
    body()
    this.flush()
    this.out.line('}')
  }

  private scalar(scalar: ScalarKind): string {
    const at = this.take(SCALAR_SIZE[scalar])
    switch (scalar) {
      case 'u8':
        return this.out.hold(`b[${at}]`)
      case 'u16':
        return this.out.hold(`v.getUint16(${at}, true)`)
      case 'u32':
        return this.out.hold(`v.getUint32(${at}, true)`)
      case 'i16':
        return this.out.hold(`v.getInt16(${at}, true)`)
      case 'i32':
        return this.out.hold(`v.getInt32(${at}, true)`)
      case 'u64':
      case 'filetime':
        return this.out.hold(`v.getBigUint64(${at}, true)`)
      case 'i64':
        return this.out.hold(`v.getBigInt64(${at}, true)`)
      case 'f32':
        return this.out.hold(`v.getFloat32(${at}, true)`)
      case 'f64':
        return this.out.hold(`v.getFloat64(${at}, true)`)
      case 'bool8':
        return this.out.hold(`b[${at}] !== 0`)
      case 'bool16':
        return this.out.hold(`v.getUint16(${at}, true) !== 0`)
      case 'guid':
        return this.out.hold(`${this.out.constant(formatGuid)}(b, ${at})`)
      case 'id':
        return this.out.hold(`${this.out.constant(idAt)}(v, ${at})`)
      case 'globcnt48':
        return this.out.hold(`${this.out.constant(globcntAt)}(v, ${at})`)
    }
  }

  private view(at: string, size: string): string {
    return this.out.hold(`${this.out.constant(viewAt)}(b, ${at}, ${size})`)
  }

  private count(count: number | string | ScalarNode, scope: Scope): string {
    if (typeof count === 'number') return String(count)
    if (typeof count === 'object') return this.scalar(count.scalar)
    const local = scope.locals.get(count)
    if (local === undefined) throw new TypeError(`no earlier field ${count}`)
    return local
  }

  /** Emits the reading of a value and returns the expression that holds it. */
  private value(node: LayoutNode, scope: Scope): string {
    switch (node.kind) {
      case 'scalar':
        return this.scalar(node.scalar)
      case 'zeros':
        this.take(node.size)
        return 'undefined'
      case 'bytes':
        if (typeof node.count === 'number') return this.view(this.take(node.count), String(node.count))
        return this.bytes(this.count(node.count, scope))
      case 'countedBytes':
        return this.bytes(this.scalar(node.prefix.scalar))
      case 'rest':
        return this.bytes('e - p')
      case 'text':
        return this.call(`${this.out.constant(textReaders[node.form])}(r)`)
      case 'array':
        return this.array(this.count(node.count, scope), node.element, scope)
      case 'restOf':
        return this.restOf(node.element, scope)
      case 'sized':
        return this.sized(this.count(node.prefix, scope), () => this.value(node.inner, scope))
      case 'struct':
        return this.struct(node)
      case 'optional':
        return this.choice('null', this.scalar(node.flag.scalar), () => this.value(node.inner, scope))
      case 'when':
        return this.choice('undefined', this.condition(node.condition, scope), () => this.value(node.inner, scope))
      case 'union':
        return this.union(node, scope, inner => this.value(inner, scope))
      case 'custom':
        return this.call(`${this.out.constant(node.codec)}.read(r, ${scope.object})`)
      case 'lazy':
        return this.lazy(() => compileRead(node.target()))
    }
  }

  private bytes(size: string): string {
    this.flush()
    const held = this.out.hold(size)
    this.demand(held)
    const value = this.view('p', held)
    this.out.line(`p += ${held}`)
    return value
  }

  private array(count: string, element: LayoutNode, scope: Scope): string {
    this.flush()
    this.demand(`${count} * ${elementFloor(element)}`)
    const values = this.out.hold(`new Array(${count})`)
    this.elements(count, element, i => {
      const value = this.value(element, scope)
      this.out.line(`${values}[${i}] = ${value}`)
    })
    return values
  }

  /** A loop over elements; where they are of fixed size the check of their count covers them all. */
  private elements(count: string, element: LayoutNode, body: (index: string) => void): void {
    const i = this.out.name()
    const outer = this.covered
    this.flush()
    this.covered = outer || (fixedSize(element) ?? 0) > 0
    this.block(`for (let ${i} = 0; ${i} < ${count}; ${i}++)`, () => body(i))
    this.covered = outer
  }

  private restOf(element: LayoutNode, scope: Scope): string {
    this.flush()
    const values = this.out.hold('[]')
    this.block('while (p < e)', () => {
      const start = this.out.hold('p')
      const value = this.value(element, scope)
      this.flush()
      this.out.line(`${values}.push(${value})`)
      this.out.line(`if (p === ${start}) ${this.overrun}()`)
    })
    return values
  }

  private sized(size: string, inner: () => string): string {
    this.flush()
    this.demand(size)
    const outerEnd = this.out.hold('e')
    this.out.line(`r.end = e = p + ${size}`)
    const value = inner()
    this.flush()
    this.out.line(`if (p !== e) ${this.overrun}()`)
    this.out.line(`r.end = e = ${outerEnd}`)
    return value
  }

  private struct(node: StructNode): string {
    const scope: Scope = { locals: new Map(), object: '' }
    const names = node.fields.filter(([, field]) => field.kind !== 'zeros').map(([name]) => name)
    for (const [name, field] of node.fields) {
      if (scope.object === '' && needsFields(field)) scope.object = this.object(names, scope)
      const value = this.value(field, scope)
      if (field.kind === 'zeros') continue
      scope.locals.set(name, value)
      if (scope.object !== '') this.out.line(`${scope.object}.${name} = ${value}`)
    }
    return scope.object === '' ? this.object(names, scope) : scope.object
  }

  /** The value of a struct; fields that are not read yet are there from the start, so that all values have one shape. */
  private object(names: readonly string[], scope: Scope): string {
    const fields = names.map(name => `${name}: ${scope.locals.get(name) ?? 'undefined'}`)
    return this.out.hold(`{ ${fields.join(', ')} }`)
  }

  private condition(condition: unknown, scope: Scope): string {
    return `${this.out.constant(condition)}(${scope.object}, r.context)`
  }

  private choice(otherwise: string, condition: string, inner: () => string): string {
    this.flush()
    const held = this.out.name()
    this.out.line(`let ${held} = ${otherwise}`)
    this.block(`if (${condition})`, () => {
      const value = inner()
      this.out.line(`${held} = ${value}`)
    })
    return held
  }

  private union(node: UnionNode, scope: Scope, inner: (node: LayoutNode) => string): string {
    this.flush()
    const held = this.out.name()
    this.out.line(`let ${held}`)
    this.block(`switch (${this.condition(node.select, scope)})`, () => {
      for (const [key, layout] of Object.entries(node.cases)) {
        if (key !== 'default') this.unionCase(caseLabels(key), held, layout, inner)
      }
      if (Object.hasOwn(node.cases, 'default')) this.unionCase('default:', held, node.cases.default, inner)
      else this.out.line(`default: ${this.overrun}()`)
    })
    return held
  }

  private unionCase(label: string, held: string, node: LayoutNode, inner: (node: LayoutNode) => string): void {
    this.block(label, () => {
      const value = inner(node)
      this.flush()
      this.out.line(`${held} = ${value}`)
      this.out.line('break')
    })
  }

  private lazy(compile: () => (reader: Reader) => unknown): string {
    let compiled: ((reader: Reader) => unknown) | undefined
    const enter = (reader: Reader): unknown => {
      compiled ??= compile()
      reader.enter()
      const value = compiled(reader)
      reader.leave()
      return value
    }
    return this.call(`${this.out.constant(enter)}(r)`)
  }

  /** Emits the skipping of a value. */
  private pass(node: LayoutNode, scope: Scope): string {
    const size = fixedSize(node)
    if (size !== undefined && size < 0x10000) {
      this.take(size)
      return 'undefined'
    }
    switch (node.kind) {
      case 'array':
        this.passArray(this.count(node.count, scope), node.element, scope)
        break
      case 'sized':
        this.sized(this.count(node.prefix, scope), () => this.pass(node.inner, scope))
        break
      case 'countedBytes':
        this.passBytes(this.scalar(node.prefix.scalar))
        break
      case 'text':
        this.call(`${this.out.constant(textSkippers[node.form])}(r)`)
        break
      case 'struct':
        if (usesFields(node)) this.value(node, scope)
        else for (const [, field] of node.fields) this.pass(field, scope)
        break
      case 'optional':
        this.choice('null', this.scalar(node.flag.scalar), () => this.pass(node.inner, scope))
        break
      case 'custom':
        if (node.codec.skip === undefined) this.value(node, scope)
        else this.call(`${this.out.constant(node.codec)}.skip(r, ${scope.object})`)
        break
      case 'lazy':
        this.lazy(() => compileSkip(node.target()))
        break
      default:
        this.value(node, scope)
    }
    return 'undefined'
  }

  private passBytes(size: string): void {
    this.flush()
    this.demand(size)
    this.out.line(`p += ${size}`)
  }

  private passArray(count: string, element: LayoutNode, scope: Scope): void {
    this.flush()
    const floor = elementFloor(element)
    this.demand(`${count} * ${floor}`)
    if (fixedSize(element) === floor) this.out.line(`p += ${count} * ${floor}`)
    else {
      this.elements(count, element, () => {
        this.pass(element, scope)
      })
    }
  }
}
