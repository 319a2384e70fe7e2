/**
 * Lists of random ROPs against sessions with real objects, three at a time on the same mailboxes: no defect, no error of the
 * store, no hang, bounded memory, and mailboxes that check clean.
 */
import t from 'tap'
import { allRops, ropTable } from '../../rops/index.js'
import { Random } from '../../src/bufferstructs/index.js'
import { fuzzRounds, fuzzSeed, heapAfterCollection } from './fuzz-settings.js'
import { FuzzWorld } from './fuzz-world.js'
import { RopFuzzer } from './rop-fuzzer.js'

const EPISODES = 4 * fuzzRounds
const ROUNDS = 400
const SESSIONS = 3
/** What may stay behind in memory when all worlds have gone. */
const HEAP_GROWTH_BYTES = 48 << 20

async function episode(
  seed: number,
  table = ropTable
): Promise<{ problems: string[]; executed: number; slowest: string }> {
  const world = await FuzzWorld.open({ ropTable: table })
  const fuzzers = Array.from({ length: SESSIONS }, (_, i) => new RopFuzzer(world, new Random(seed * 16 + i)))
  for (const fuzzer of fuzzers) await fuzzer.connect()
  const problems: string[] = []
  for (let round = 0; round < ROUNDS && problems.length === 0; round++) {
    await Promise.all(fuzzers.map(fuzzer => fuzzer.round()))
    if (world.log.events.length > 0) {
      for (const { last } of fuzzers) {
        problems.push(
          `round ${round}: ${last!.rops.join(' ')} ${Buffer.from(last!.payload).toString('hex').slice(0, 2000)}`
        )
      }
      problems.push(...world.log.events)
    }
  }
  for (const fuzzer of fuzzers) await fuzzer.disconnect()
  if (problems.length === 0) problems.push(...(await world.check()))
  const slowest = fuzzers.map(({ slowest: { ms, rops } }) => `${ms.toFixed(0)} ms (${rops.join(' ')})`).join(', ')
  const executed = fuzzers.reduce((sum, fuzzer) => sum + fuzzer.executed, 0)
  return { problems, executed, slowest }
}

t.test('random ROPs on real objects', async t => {
  await episode(fuzzSeed - 1)
  const before = heapAfterCollection()
  let executed = 0
  for (let i = 0; i < EPISODES; i++) {
    const found = await episode(fuzzSeed + i)
    executed += found.executed
    t.same(found.problems, [], `seed ${fuzzSeed + i}; slowest ${found.slowest}`)
  }
  t.ok(executed > EPISODES * ROUNDS, `${executed} Executes`)
  t.ok(heapAfterCollection() - before < HEAP_GROWTH_BYTES, 'memory is given back')
})

t.test('canary: a handler that throws is found', async t => {
  const broken = allRops.map(row => {
    if (row.name !== 'RopGetPropertiesList') return row
    const execute = (): never => {
      throw new TypeError('planted')
    }
    return { ...row, execute }
  })
  const table = ropTable.map(row => broken.find(({ id }) => id === row?.id))
  const { problems } = await episode(fuzzSeed, table)
  t.match(problems.join('\n'), /emsmdb\.defect RopGetPropertiesList .*planted/)
})
