import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Engine } from '../../store/engine.js'
import { FaultyEngine } from '../../store/faulty-engine.js'
import { LevelEngine } from '../../store/level-engine.js'
import { MemoryEngine } from '../../store/memory-engine.js'
import { SortedMap } from '../../store/sorted-map.js'
import { engineContract } from './contract.js'
import { Random } from './random.js'

const root = mkdtempSync(join(tmpdir(), 'ropewalk-store-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))
let directories = 0

t.test('memory', t =>
  engineContract(t, {
    open: async () => new MemoryEngine(),
    again: async engine => new MemoryEngine(engine as MemoryEngine)
  })
)

t.test('faulty, with nothing planned', t =>
  engineContract(t, {
    open: async () => new FaultyEngine(),
    again: async (engine: Engine) => new FaultyEngine({}, (engine as FaultyEngine).survivors())
  })
)

t.test('level', t =>
  engineContract(t, {
    open: () => LevelEngine.open(join(root, String(directories++))),
    async again(engine: Engine) {
      await engine.close()
      return LevelEngine.open((engine as LevelEngine).directory)
    }
  })
)

t.test('the sorted map agrees with a plain one through growth, shrinking and snapshots', async t => {
  for (const seed of [1, 2, 3, 4]) {
    const random = new Random(seed)
    const map = new SortedMap<number>()
    const plain = new Map<string, number>()
    const kept: { map: SortedMap<number>; plain: Map<string, number> }[] = []
    const sorted = (of: Map<string, number>): [string, number][] => [...of].sort(([a], [b]) => (a < b ? -1 : 1))
    const entries = (of: SortedMap<number>, reverse = false): [string, number][] => {
      const found: [string, number][] = []
      of.scan({ gte: '', lt: '\xff', reverse }, (key, value) => found.push([key, value]) > 0)
      return found
    }
    for (let step = 0; step < 30000; step++) {
      // Grows for a while, then shrinks, so that nodes split and merge.
      const grows = Math.floor(step / 7500) % 2 === 0
      const key = random
        .below(9000)
        .toString(16)
        .padStart(random.below(2) * 4, '0')
      if (random.below(10) < (grows ? 8 : 1)) {
        map.set(key, step)
        plain.set(key, step)
      } else if (map.delete(key) !== plain.delete(key)) t.fail(`deletion of ${key} at step ${step}`)
      if (step % 5000 === 4999) kept.push({ map: map.snapshot(), plain: new Map(plain) })
    }
    for (const key of [...plain.keys()].slice(0, -3)) {
      map.delete(key)
      plain.delete(key)
    }
    t.equal(map.size, plain.size)
    t.same(entries(map), sorted(plain))
    for (const one of kept) {
      t.equal(one.map.size, one.plain.size)
      t.same(entries(one.map), sorted(one.plain))
      t.same(entries(one.map, true), sorted(one.plain).reverse())
    }
    for (const key of plain.keys()) map.delete(key)
    t.same(entries(map), [])
    map.set('a', 1)
    t.same(entries(map), [['a', 1]])
  }
})
