import { readFileSync } from 'node:fs'
import t from 'tap'
import { derivedGuid } from '../../src/directory/index.js'
import { generateMessages } from '../../src/world/generate-messages.js'
import { parseWorld, WorldError } from '../../src/world/parse-world.js'
import { generateSchema } from '../../src/world/schema.js'
import { SeededRandom } from '../../src/world/seeded-random.js'

const MINIMAL = `
ropewalk: 1
name: w
domain: w.example
users:
  - address: a@w.example
    name: A
    password: p
`

t.test('the demo world is valid', async t => {
  const world = parseWorld(readFileSync('src/world/demo.yaml', 'utf8'), 'demo.yaml')
  t.same(
    world.users.map(user => user.address),
    ['alice@ropewalk.example', 'bob@ropewalk.example', 'team@ropewalk.example']
  )
})

t.test('errors name file, line and column of what is wrong', async t => {
  const problemsOf = (text: string): readonly string[] => {
    try {
      parseWorld(text, 'x.yaml')
    } catch (error) {
      if (error instanceof WorldError) return error.problems
      throw error
    }
    return []
  }
  t.same(problemsOf(MINIMAL), [])
  t.match(
    problemsOf(MINIMAL.replace('a@w.example', 'nobody'))[0],
    /^x\.yaml:6:14: users\.0\.address: must be an address/
  )
  t.match(problemsOf(`${MINIMAL}    colour: red\n`)[0], /^x\.yaml:6:5: users\.0: Unrecognized key: "colour"/)
  t.match(problemsOf(`${MINIMAL}    opens: [b@w.example]\n`)[0], /^x\.yaml:9:13: no user has the address b@w\.example/)
  t.match(problemsOf(MINIMAL.replace('name: w\n', ''))[0], /^x\.yaml:2:1: name: is missing/)
  t.match(problemsOf('ropewalk: [1\nname: x')[0], /^x\.yaml:2:\d+: /)
  const twice = `${MINIMAL}  - { address: A@W.example, name: B, password: q }\n`
  t.match(problemsOf(twice)[0], /A@W\.example already belongs to users\.0/)
})

t.test('the same seed gives the same messages, another seed others', async t => {
  const owner = { name: 'A', address: 'a@w.example' }
  const now = Date.parse('2026-01-05T09:00:00Z')
  const make = (seed: number) => [...generateMessages(generateSchema.parse({ seed, messages: 50 }), owner, now)]
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
