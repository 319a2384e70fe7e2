import tap from 'tap'
import { runSuites, suites, tableHead } from '../../bench/micro/index.js'
import { measure } from '../../bench/micro/measure.js'

tap.test('every micro benchmark runs, with tiny parameters', async t => {
  const lines: string[] = []
  const names = Object.keys(suites).filter(name => name !== 'rops')
  const measured = runSuites(names, '', { scale: 0.02, maxTimeMs: 1 }, line => lines.push(line))
  t.ok(measured.length > 20)
  for (const { name, nsPerOp } of measured) t.ok(nsPerOp > 0, name)
  t.equal(lines[1], tableHead)
  t.equal(lines.length, measured.length + 2)
})

tap.test('the cases of every ROP run', async t => {
  const cases = suites.rops({ scale: 1 })
  for (const { run } of cases) run()
  t.ok(cases.length > 400, `${cases.length} cases`)
})

tap.test('a case that throws fails the measurement', async t => {
  const broken = {
    name: 'broken',
    run: () => {
      throw new Error('broken')
    }
  }
  t.throws(() => measure(broken, { maxTimeMs: 1 }), /broken/)
})
