import { demandCase, demandValue, NO_FIELDS, scratchSize } from './interpret.js'
import { type LayoutNode, SCALAR_SIZE, type UnionNode } from './layout.js'
import { fixedSize } from './measure.js'
import type { CodecContext } from './reader.js'
import { caseLabels, Source } from './source.js'
import { textSize } from './text-form.js'

export type SizeFunction = (value: unknown, context: CodecContext) => number

const sizers = new WeakMap<LayoutNode, SizeFunction>()

/** The compiled size of a node: bytes that its write would take. */
export function compileSize(node: LayoutNode): SizeFunction {
  let compiled = sizers.get(node)
  if (compiled === undefined) {
    compiled = new SizeCompiler().size(node)
    sizers.set(node, compiled)
  }
  return compiled
}

/** Locals of the generated function: x value, g context, n the bytes counted so far. What is fixed is added up here. */
class SizeCompiler {
  private readonly out = new Source()
  private fixed = 0

  size(node: LayoutNode): SizeFunction {
    this.out.line('let n = 0')
    this.value(node, 'x', this.out.constant(NO_FIELDS))
    this.flush()
    this.out.line('return n')
    return this.out.build('x, g')
  }

  private flush(): void {
    if (this.fixed > 0) this.out.line(`n += ${this.fixed}`)
    this.fixed = 0
  }

  private add(expression: string): void {
    this.out.line(`n += ${expression}`)
  }

  private block(head: string, body: () => void): void {
    this.flush()
    this.out.line(`${head} {`)
    body()
    this.flush()
    this.out.line('}')
  }

  private value(node: LayoutNode, x: string, fields: string): void {
    const size = fixedSize(node)
    // A field that says how many bytes it has may still be given too few or too many: then its write fails, not its size.
    if (size !== undefined && node.kind !== 'bytes' && node.kind !== 'array') {
      this.fixed += size
      return
    }
    switch (node.kind) {
      case 'bytes':
      case 'rest':
        this.add(`${x}.byteLength`)
        break
      case 'countedBytes':
        this.fixed += SCALAR_SIZE[node.prefix.scalar]
        this.add(`${x}.byteLength`)
        break
      case 'text':
        this.add(`${this.out.constant(textSize)}(${JSON.stringify(node.form)}, ${x}, g)`)
        break
      case 'array':
        if (typeof node.count === 'object') this.fixed += SCALAR_SIZE[node.count.scalar]
        this.elements(node.element, x, fields)
        break
      case 'restOf':
        this.elements(node.element, x, fields)
        break
      case 'sized':
        if (typeof node.prefix === 'object') this.fixed += SCALAR_SIZE[node.prefix.scalar]
        this.value(node.inner, x, fields)
        break
      case 'struct': {
        const held = this.out.hold(x)
        for (const [name, field] of node.fields) this.value(field, `${held}.${name}`, held)
        break
      }
      case 'optional':
        this.fixed += SCALAR_SIZE[node.flag.scalar]
        this.block(`if (${x} !== null && ${x} !== undefined)`, () => this.value(node.inner, x, fields))
        break
      case 'when':
        this.block(`if (${this.out.constant(node.condition)}(${fields}, g))`, () => {
          this.out.line(`${this.out.constant(demandValue)}(${x})`)
          this.value(node.inner, x, fields)
        })
        break
      case 'union':
        this.union(node, x, fields)
        break
      case 'custom': {
        const codec = this.out.constant(node.codec)
        if (node.codec.size !== undefined) this.add(`${codec}.size(${x}, g, ${fields})`)
        else this.add(`${this.out.constant(scratchSize)}(${codec}, ${x}, ${fields}, g)`)
        break
      }
      case 'lazy': {
        const enter: SizeFunction = (value, context) => compileSize(node.target())(value, context)
        this.add(`${this.out.constant(enter)}(${x}, g)`)
        break
      }
    }
  }

  private elements(element: LayoutNode, x: string, fields: string): void {
    const size = fixedSize(element)
    if (size !== undefined && element.kind !== 'bytes' && element.kind !== 'array') {
      this.add(`${x}.length * ${size}`)
      return
    }
    const held = this.out.hold(x)
    const i = this.out.name()
    this.block(`for (let ${i} = 0; ${i} < ${held}.length; ${i}++)`, () => {
      this.value(element, this.out.hold(`${held}[${i}]`), fields)
    })
  }

  private union(node: UnionNode, x: string, fields: string): void {
    this.block(`switch (${this.out.constant(node.select)}(${fields}, g))`, () => {
      for (const [key, inner] of Object.entries(node.cases)) {
        if (key !== 'default') this.unionCase(caseLabels(key), inner, x, fields)
      }
      if (Object.hasOwn(node.cases, 'default')) this.unionCase('default:', node.cases.default, x, fields)
      else this.out.line(`default: ${this.out.constant(demandCase)}(${this.out.constant(node)}, ${fields}, g)`)
    })
  }

  private unionCase(label: string, inner: LayoutNode, x: string, fields: string): void {
    this.block(label, () => {
      this.value(inner, x, fields)
      this.flush()
      this.out.line('break')
    })
  }
}
