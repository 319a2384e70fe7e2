/** Prints the bench of the address book: `node <build>/bench/nspi/main.js [--people 1000,100000] [--rounds 2000]`. */

import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AddressBookBench } from './address-book-bench.js'

const { values } = parseArgs({
  options: { people: { type: 'string', default: '1000,100000' }, rounds: { type: 'string', default: '2000' } }
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapMib(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / (1 << 20)
}

for (const people of values.people.split(',').map(Number)) {
  const bench = await AddressBookBench.open(people, Number(values.rounds))
  for (const { name, ms, longestDelayMs } of await bench.run()) {
    const delay = longestDelayMs === undefined ? '' : `${longestDelayMs.toFixed(1).padStart(10)} ms longest delay`
    process.stdout.write(`${String(people).padStart(9)} ${name.padEnd(34)} ${ms.toFixed(3).padStart(12)} ms${delay}\n`)
  }
  const before = heapMib()
  const book = await bench.preparedBook()
  process.stdout.write(`${String(people).padStart(9)} ${'memory of order and names'.padEnd(34)} `)
  process.stdout.write(`${(heapMib() - before).toFixed(1).padStart(12)} MiB\n`)
  bench.keep(book)
}
