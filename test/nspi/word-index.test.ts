import { test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import type { DirectoryEntry } from '../../src/directory/index.js'
import { hasWordsStarting } from '../../src/nspi/entry-names.js'
import { WordIndex } from '../../src/nspi/word-index.js'

const names = ['anna', 'anja', 'bert', 'berta', 'carl', 'carla', 'dora', 'doro']

/** A person of three words, the last of which most people have. */
function person(id: number, random: Random): DirectoryEntry {
  const word = () => `${names[random.below(names.length)]}${random.below(3) === 0 ? random.below(40) : ''}`
  const displayName = `${word()} ${word()} ${random.below(10) === 0 ? 'staff' : 'people'}`
  const address = `p${id}@example.com`
  return { id, displayName, address, aliases: [], proxyAddresses: [], attributes: {} } as unknown as DirectoryEntry
}

const ids = (entries: Iterable<DirectoryEntry>) => Array.from(entries, ({ id }) => id).sort((a, b) => a - b)

test('the index finds whom a look at everybody finds', async t => {
  const random = new Random(21)
  const index = new WordIndex()
  const here = new Map<number, DirectoryEntry>()
  let next = 1
  const fresh = (count: number) => {
    const people = Array.from({ length: count }, () => person(next++, random))
    for (const one of people) here.set(one.id, one)
    return people
  }
  for (let chunk = 0; chunk < 4; chunk++) {
    index.load(fresh(300))
    while (index.step(false));
  }
  while (index.step(true));
  for (let round = 0; round < 40; round++) {
    const kind = random.below(8)
    if (kind === 0) index.take(fresh(250))
    else if (kind < 4) index.take(fresh(random.below(5)))
    else {
      const gone = [...here.values()].filter(() => random.below(kind === 4 ? 4 : 200) === 0)
      index.drop([...gone, person(999_999, random)])
      for (const { id } of gone) here.delete(id)
    }
    const word = () => names[random.below(names.length)].slice(0, 1 + random.below(5))
    for (const texts of [[word()], [word(), word()], ['people', word()], ['p', 's'], ['p', 'people'], []]) {
      const found = ids(index.starting(texts))
      const expected = texts.length === 0 ? [] : ids([...here.values()].filter(one => hasWordsStarting(one, texts)))
      t.same(found, expected, texts.join(' '))
    }
  }
  index.clear()
  t.same(ids(index.starting(['a'])), [])
})
