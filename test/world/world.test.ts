import t from 'tap'
import { derivedGuid } from '../../src/directory/index.js'
import { countsOfWorld } from '../../src/world/count-world.js'
import { generateMessages } from '../../src/world/generate-messages.js'
import { readWorld } from '../../src/world/parse-world.js'
import { generateSchema } from '../../src/world/schema-items.js'
import { SeededRandom } from '../../src/world/seeded-random.js'

t.test('the demo world is valid, and shows every kind of entry', async t => {
  const world = readWorld('src/world/demo.yaml')
  t.same(
    world.users.map(user => user.address.split('@')[0]),
    ['alice', 'bob', 'chloe', 'dirk', 'erika', 'hana', 'omar', 'vera']
  )
  for (const [what, count] of Object.entries(countsOfWorld(world))) t.ok(count > 0, what)
})

t.test('the same seed gives the same messages, another seed others', async t => {
  const owner = { name: 'A', address: 'a@w.example' }
  const now = Date.parse('2026-01-05T09:00:00Z')
  const around = { owner, now, colleagues: [], isSent: false }
  const make = (seed: number) => [...generateMessages(generateSchema.parse({ seed, messages: 50 }), around)]
  t.same(make(42), make(42))
  t.notSame(make(42), make(43))
  const times = make(42).map(message => message.received)
  t.same(times, [...times].sort(), 'delivery times rise')
  t.ok(
    make(42).some(message => message.subject.startsWith('RE: ')),
    'there are threads'
  )
})

t.test('the random sequence and derived GUIDs are pinned, so that worlds never change under their users', async t => {
  const random = new SeededRandom('42')
  t.same([random.u32(), random.u32(), random.u32()], [525357159, 3402160022, 1011003302])
  t.equal(derivedGuid('demo/alice'), '16ac9c62-9185-85cd-ba92-c619ac61171f')
})
