import t from 'tap'
import { TableBench } from '../../bench/tables/table-bench.js'
import { HEAD_ROWS } from '../../src/mailbox/tables/order-index.js'
import { MemoryEngine, Store } from '../../store/index.js'

t.test('what a page reads does not depend on the size of the folder', async t => {
  for (const messages of [60, 3000]) {
    const figures = await new TableBench(new Store(new MemoryEngine()), messages).run(5)
    const keysRead = (name: string) => figures.find(figure => figure.name.startsWith(name))!.keysRead
    for (const name of ['open warm', 'page of', 'newest page', 'seek to', 'sort by subject, next']) {
      t.equal(keysRead(name), 0, `${name} with ${messages} messages`)
    }
    t.equal(keysRead('open cold'), Math.min(messages, HEAD_ROWS) + 50, 'an end of the order, and the rows of the page')
    // The first of five changes reads the directories of the two orders where nobody has asked for them.
    t.ok(keysRead('change one') * 5 <= 2, `${keysRead('change one')} with ${messages} messages`)
  }
})
