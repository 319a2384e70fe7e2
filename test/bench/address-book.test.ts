import tap from 'tap'
import { AddressBookBench } from '../../bench/nspi/address-book-bench.js'

tap.test('the bench of the address book runs, with tiny parameters', async t => {
  const bench = await AddressBookBench.open(60, 3)
  const figures = await bench.run()
  t.equal(figures.length, 13)
  for (const { name, ms } of figures) t.ok(ms >= 0, name)
  bench.keep(await bench.preparedBook())
})
