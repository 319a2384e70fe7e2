/** Prints the bench of contents tables: `node <build>/bench/tables/main.js [--messages 1000,100000] [--rounds 2000]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { LevelEngine, Store } from '../../store/index.js'
import { TableBench } from './table-bench.js'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000,100000,1000000' },
    rounds: { type: 'string', default: '2000' }
  }
})

for (const messages of values.messages.split(',').map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-tables-'))
  const store = new Store(await LevelEngine.open(folder), { durability: 'process' })
  for (const { name, cpuUs, keysRead, longestDelayMs, memoryMiB } of await new TableBench(store, messages).run(
    Number(values.rounds)
  )) {
    process.stdout.write(
      `${String(messages).padStart(9)} ${name.padEnd(30)} ${cpuUs.toFixed(1).padStart(12)} us CPU ` +
        `${keysRead.toFixed(1).padStart(10)} keys ${longestDelayMs.toFixed(1).padStart(8)} ms longest delay ` +
        `${memoryMiB.toFixed(0).padStart(5)} MiB\n`
    )
  }
  await store.close()
  rmSync(folder, { recursive: true })
}
