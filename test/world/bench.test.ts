/** The bench runs with tiny parameters, so that it never rots. */
import t from 'tap'
import { benchWorld } from '../../bench/world/world-bench.js'

t.test('worlds are brought in and measured', async t => {
  const results = await benchWorld(300, 100)
  t.equal(results.length, 4)
  for (const { name, perSecond, perUnit } of results) t.ok(perSecond > 0 && perUnit > 0, name)
})
