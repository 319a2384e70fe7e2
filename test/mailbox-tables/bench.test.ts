import t from 'tap'
import { TableBench } from '../../bench/tables/table-bench.js'
import { MemoryEngine, Store } from '../../store/index.js'

t.test('what a page reads does not depend on the size of the folder', async t => {
  for (const messages of [60, 3000]) {
    const figures = await new TableBench(new Store(new MemoryEngine()), messages).run(5)
    const keysRead = (name: string) => figures.find(figure => figure.name.startsWith(name))!.keysRead
    for (const name of ['open warm', 'page of', 'newest page', 'seek to', 'change one', 'sort by subject, next']) {
      t.equal(keysRead(name), 0, `${name} with ${messages} messages`)
    }
    t.ok(keysRead('open cold') < 1024 + 50 + messages / 256)
  }
})
