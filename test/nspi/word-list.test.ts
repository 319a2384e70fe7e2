import { test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import { WordList } from '../../src/nspi/word-list.js'

const inOrder = (words: Iterable<string>) => [...words].sort((a, b) => (a < b ? -1 : 1))
const randomWord = (random: Random) =>
  String.fromCodePoint(97 + random.below(3), 97 + random.below(26), 0x4e00 + random.below(40))

test('words stay in order, whichever come and go, in ones or many at once', async t => {
  const random = new Random(11)
  const list = new WordList()
  const here = new Set<string>()
  for (let round = 0; round < 120; round++) {
    const kind = random.below(10)
    if (kind === 0) {
      const fresh = new Set(Array.from({ length: random.below(900) }, () => randomWord(random)))
      const unknown = [...fresh].filter(word => !here.has(word))
      list.load(unknown)
      while (list.step(true));
      for (const word of unknown) here.add(word)
    } else if (kind < 6) {
      const word = randomWord(random)
      if (!here.has(word)) list.insert(word)
      here.add(word)
    } else {
      const word = kind === 6 ? randomWord(random) : ([...here][random.below(here.size)] ?? 'x')
      list.remove(word)
      here.delete(word)
    }
    const start = ['', 'a', 'b', 'cz', `a${String.fromCodePoint(97 + random.below(26))}`, 'zz'][random.below(6)]
    t.same(
      [...list.startingWith(start)],
      inOrder(here).filter(word => word.startsWith(start))
    )
  }
  list.clear()
  t.same([...list.startingWith('')], [])
  list.remove('a')
  list.insert('a')
  t.same([...list.startingWith('')], ['a'])
})

test('words that came in chunks are merged in steps', async t => {
  const random = new Random(12)
  const list = new WordList()
  const here = new Set<string>()
  for (let chunk = 0; chunk < 9; chunk++) {
    const fresh = new Set(Array.from({ length: 900 }, () => `${randomWord(random)}${random.below(20)}`))
    const unknown = [...fresh].filter(word => !here.has(word))
    list.load(unknown)
    for (const word of unknown) here.add(word)
    while (list.step(false));
  }
  while (list.step(true));
  t.same([...list.startingWith('')], inOrder(here))
})
