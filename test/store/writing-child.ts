/** Run by a test as a process of its own: writes pairs of keys without end and prints each number once it is durable. */

import { Batch } from '../../store/batch.js'
import { keys } from '../../store/keys.js'
import { openStoreDirectory } from '../../store/open-store.js'
import type { Durability } from '../../store/store.js'

const [directory, mode] = process.argv.slice(2)
const { store, counters } = await openStoreDirectory(
  directory,
  mode === 'hold' ? {} : { durability: mode as Durability }
)
if (mode === 'hold') {
  process.stdout.write('open\n')
  setInterval(() => {}, 1000)
} else {
  await Promise.all(Array.from({ length: 8 }, write))
}

async function write(): Promise<void> {
  const value = Buffer.alloc(300, 7)
  for (;;) {
    const n = counters.take(1, 'id')
    const batch = new Batch().put(keys.message.of(1, n), value).put(keys.change.of(1, 1, 0, n), value)
    await store.whenDurable(store.commit(batch))
    process.stdout.write(`${n}\n`)
  }
}
