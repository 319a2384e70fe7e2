import fc from 'fast-check'
import t from 'tap'
import { findJsonFault } from '../../../src/fronts/admin/find-json-fault.js'

t.test('faults, each with its place', async t => {
  const cases: [string, number, number, RegExp][] = [
    ['', 1, 1, /the text ends where a value/],
    ['{', 1, 2, /the name of a member/],
    ['{"a" 1}', 1, 6, /a colon/],
    ['{"a":1,}', 1, 8, /the name of a member/],
    ['{"a":1\n "b":2}', 2, 2, /a comma or }/],
    ['[1,\r\n2,\r\n]', 3, 1, /a value/],
    ['[1 2]', 1, 4, /a comma or ]/],
    ['{"a":tru}', 1, 6, /"t" stands where a value/],
    ['01', 1, 2, /the end/],
    ['"a', 1, 3, /does not end/],
    ['"a\nb"', 1, 3, /character or an escape/],
    ['"\\x"', 1, 2, /character or an escape/],
    ['{} x', 1, 4, /the end/],
    ["{'a':1}", 1, 2, /double quotes/],
    ['\ufeff{}', 1, 1, /a value/],
    ['[[[[', 1, 5, /a value/]
  ]
  for (const [text, line, column, message] of cases) {
    t.match(findJsonFault(text), { line, column, message }, JSON.stringify(text))
    t.throws(() => JSON.parse(text), 'the engine refuses it, too')
  }
})

t.test('it agrees with the engine on what is JSON', async t => {
  fc.assert(fc.property(fc.json(), text => findJsonFault(text) === undefined))
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '{', ']', '"', '\\', '1', 'x', ' ', '\u0001'),
      (text, at, part) => {
        const place = at % (text.length + 1)
        const damaged = text.slice(0, place) + part + text.slice(place + 1)
        let isJson = true
        try {
          JSON.parse(damaged)
        } catch {
          isJson = false
        }
        return (findJsonFault(damaged) === undefined) === isJson
      }
    ),
    { numRuns: 2000 }
  )
  t.pass()
})

t.test('long and deep texts take neither stack nor long', async t => {
  t.match(findJsonFault('['.repeat(1_000_000)), { column: 1_000_001 })
  t.match(findJsonFault(`"${'x'.repeat(5_000_000)}`), { message: /does not end/ })
})
