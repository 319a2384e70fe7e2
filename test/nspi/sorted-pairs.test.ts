import { test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import type { DirectoryEntry } from '../../src/directory/index.js'
import { SortedPairs } from '../../src/nspi/sorted-pairs.js'

interface Item {
  id: number
  word: string
}

const keyOf = (entry: DirectoryEntry): string => (entry as unknown as Item).word
const entry = (id: number, word: string) => ({ id, word }) as unknown as DirectoryEntry

function model(items: Iterable<DirectoryEntry>): [string, number][] {
  const pairs = Array.from(items, (item): [string, number] => [keyOf(item), item.id])
  return pairs.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1))
}

function pairsIn(pairs: SortedPairs): [string, number][] {
  return [...pairs.from(0)].map(([key, { id }]) => [key, id])
}

test('pairs stay in order, whoever comes and goes, few or many', async t => {
  const random = new Random(7)
  const pairs = new SortedPairs(keyOf)
  const here = new Map<number, DirectoryEntry>()
  let next = 1
  for (let round = 0; round < 60; round++) {
    const many = random.below(4) === 0
    if (random.below(3) > 0 || here.size === 0) {
      const fresh = Array.from({ length: many ? 600 : random.below(20) }, () => entry(next++, `k${random.below(300)}`))
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
    for (const one of [...here.values()].slice(0, 5)) {
      const own = expected.findIndex(([, id]) => id === one.id)
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
  t.equal(pairs.indexOf(entry(1, 'k1')), -1)
})

test('pairs are loaded in chunks and merged in steps', async t => {
  const random = new Random(8)
  for (const sizes of [[], [0], [1], [3, 3, 3], [512, 512, 512, 512, 512, 200], [7000, 12, 9000]]) {
    const pairs = new SortedPairs(keyOf)
    const all: DirectoryEntry[] = []
    for (const size of sizes) {
      const chunk = Array.from({ length: size }, (_, i) => entry(all.length + i + 1, `k${random.below(900)}`))
      all.push(...chunk)
      pairs.load(chunk)
      while (pairs.step(false));
    }
    let steps = 0
    while (pairs.step(true)) steps++
    t.same(pairsIn(pairs), model(all), `chunks of ${sizes.join(', ')}`)
    t.ok(steps <= 2 * sizes.length + all.length / 2000, 'no pair is moved often')
    pairs.take([entry(100_000, 'k5')])
    t.equal(pairs.size, all.length + 1)
  }
})
