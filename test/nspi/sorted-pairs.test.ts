import { test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import type { DirectoryEntry } from '../../src/directory/index.js'
import { mergedRuns, RunMerge, SortedPairs, sortedRun } from '../../src/nspi/sorted-pairs.js'

interface Item {
  id: number
  words: string[]
}

const keysOf = (entry: DirectoryEntry): string[] => (entry as unknown as Item).words
const entry = (id: number, ...words: string[]) => ({ id, words }) as unknown as DirectoryEntry

function model(items: Iterable<DirectoryEntry>): [string, number][] {
  const pairs = [...items].flatMap(item => keysOf(item).map((key): [string, number] => [key, item.id]))
  return pairs.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1))
}

function pairsIn(pairs: SortedPairs): [string, number][] {
  return [...pairs.from(0)].map(([key, { id }]) => [key, id])
}

test('pairs stay in order, whoever comes and goes, few or many', async t => {
  const random = new Random(7)
  const pairs = new SortedPairs(keysOf)
  const here = new Map<number, DirectoryEntry>()
  let next = 1
  for (let round = 0; round < 60; round++) {
    const many = random.below(4) === 0
    if (random.below(3) > 0 || here.size === 0) {
      const fresh = Array.from({ length: many ? 600 : random.below(20) }, () =>
        entry(next++, `k${random.below(300)}`, `w${random.below(50)}`)
      )
      pairs.take(fresh)
      for (const one of fresh) here.set(one.id, one)
    } else {
      const gone = [...here.values()].filter(() => random.below(many ? 2 : 20) === 0)
      pairs.drop([...gone, entry(999_999, 'k1')])
      for (const { id } of gone) here.delete(id)
    }
    const expected = model(here.values())
    t.same(pairsIn(pairs), expected)
    t.equal(pairs.size, expected.length)
    const at = random.below(Math.max(1, expected.length))
    if (expected.length > 0) t.equal(pairs.at(at).id, expected[at][1])
    const key = `k${random.below(300)}`
    t.equal(pairs.lowerBound(key), expected.filter(([other]) => other < key).length)
    t.equal(pairs.prefixEnd('k1') - pairs.lowerBound('k1'), expected.filter(([other]) => other.startsWith('k1')).length)
    for (const one of [...here.values()].slice(0, 5)) {
      const own = expected.findIndex(([other, id]) => other === keysOf(one)[0] && id === one.id)
      t.equal(pairs.indexOf(one), own)
    }
    t.equal(pairs.indexOf(entry(5_000_000, 'k1')), -1)
  }
  t.same(
    [...pairs.entries(3, 5)].map(({ id }) => id),
    model(here.values())
      .slice(3, 5)
      .map(([, id]) => id)
  )
  pairs.clear()
  t.same([pairs.size, pairsIn(pairs), pairs.lowerBound('a'), [...pairs.entries()]], [0, [], 0, []])
  t.equal(pairs.indexOf(entry(1)), -1)
})

test('runs are merged in steps of any size', async t => {
  const a = sortedRun([entry(1, 'b', 'd'), entry(2, 'a')], keysOf)
  const b = sortedRun([entry(3, 'b', 'c'), entry(4, 'e')], keysOf)
  const whole = mergedRuns(a, b)
  t.same(whole.keys, ['a', 'b', 'b', 'c', 'd', 'e'])
  t.same(
    whole.entries.map(({ id }) => id),
    [2, 1, 3, 3, 1, 4]
  )
  for (const size of [1, 2, 5, 6, 7]) {
    const merge = new RunMerge(a, b)
    let steps = 1
    while (!merge.step(size)) steps++
    t.same(merge.merged, whole)
    t.equal(steps, Math.floor(6 / size) + 1)
  }
})
