/** The bench runs with tiny parameters, so that it never rots. */

import t from 'tap'
import { benchStore, calibrate, tinyParameters } from '../../bench/store/store-bench.js'

t.test('every case of the store bench runs and measures something', async t => {
  const results = await benchStore(tinyParameters, calibrate(1e6))
  t.ok(results.length > 20)
  for (const { name, perSecond } of results) t.ok(perSecond > 0, name)
})
