import t from 'tap'
import { broken, mutationsOf } from './mutations.js'

/** Each mutation of a function body, as the text that it makes of it. */
function mutants(body: string): string[] {
  const source = `function f() { ${body} }`
  return mutationsOf(source).map(mutation => broken(source, mutation).slice('function f() { '.length, -2))
}

t.test('each kind of mutation, and what it makes of a source', async t => {
  t.strictSame(mutants('if (a) b()'), ['if (!(a)) b()'])
  t.strictSame(mutants('return a ? b : c'), ['return !(a) ? b : c'])
  t.strictSame(mutants('if (a < b) c()'), ['if (!(a < b)) c()', 'if (a <= b) c()'])
  t.strictSame(mutants('if (a === b) c()'), ['if (a !== b) c()'], 'an equality is broken once')
  t.strictSame(mutants('return a >= b'), ['return a > b'])
  t.strictSame(mutants('x = a && b || c'), ['x = ((a && b) && (c))', 'x = ((a) || (b)) || c'])
  t.strictSame(mutants('x = flags & OPEN'), ['x = 0'])
  t.strictSame(mutants('x = f(a) & g(b)'), [], 'a mask has a name or a number')
  t.strictSame(mutants('return true'), ['return false'])
  t.strictSame(mutants('for (let i = 0; i < n; i++) x()'), [], 'loops go as far as they do')
  t.strictSame(mutants('while (i < n) x()'), [])
  t.strictSame(mutants('for (let i = 0; i < n; i++) if (i !== 2) x()').length, 1)
  t.strictSame(mutants('x = () => false'), ['x = () => true'])
  t.strictSame(mutants('throw new MapiError(ErrorCode.ecTooBig)'), ['throw new MapiError(ErrorCode.ecNotFound)'])
  t.strictSame(mutants('throw new MapiError(ErrorCode.ecNotFound)'), ['throw new MapiError(ErrorCode.ecAccessDenied)'])
  t.strictSame(mutants('this.demandVisible()'), ['void 0;'])
  t.strictSame(mutants('await folder.demandRight(a)'), ['void 0;'])
  t.strictSame(mutants('x = demandVisible()'), [], 'what is needed afterwards stays')
})

t.test('logs, assertions and errors for programmers are spared', async t => {
  t.strictSame(mutants('this.#around.log.error("x", a < b)'), [])
  t.strictSame(mutants('assert(a < b)'), [])
  t.strictSame(mutants('if (a < b) throw new TypeError("x")'), [])
  t.strictSame(mutants('if (a < b) { throw new AssertionError({ a }) }'), [])
  t.equal(mutants('if (a < b) throw new MapiError(c)').length, 2)
})

t.test('a mutation says where it stands', async t => {
  const source = 'class A {\n  b(c) { return c > 1 && [d => d > 1, e => e > 1] }\n  constructor() { if (x) y() }\n}\n'
  const found = mutationsOf(`${source}const f = () => { const g = function () { return true } }\n`)
  t.strictSame(
    found.map(({ within, was, occurrence }) => [within, was, occurrence]),
    [
      ['A.b', 'c > 1 && [d => d > 1, e => e > 1]', 0],
      ['A.b', 'c > 1', 0],
      ['A.b', 'd > 1', 0],
      ['A.b', 'e > 1', 0],
      ['A.constructor', 'x', 0],
      ['f.g', 'true', 0]
    ]
  )
  const twice = mutationsOf('function f() { if (a) b(); if (a) c() }')
  t.strictSame(
    twice.map(({ occurrence }) => occurrence),
    [0, 1]
  )
  t.equal(mutationsOf('function f() { return a &&\n    b }')[0].was, 'a && b')
})
