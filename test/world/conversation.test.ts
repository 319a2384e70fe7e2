import t from 'tap'
import { Threads } from '../../src/world/conversation.js'
import { globalObjectId } from '../../src/world/draft-appointments.js'
import { parseWorld } from '../../src/world/parse-world.js'
import { outsideMissing, vectors } from '../oxcdata/outside.js'

t.test('global object ids have the form of the document’s example', { skip: outsideMissing }, async t => {
  const [{ hex }] = vectors('MS-OXOCAL').filter(({ id }) => id === 'oxocal-4-globalobjectid-exception')
  const example = Buffer.from(hex, 'hex')
  const made = Buffer.from(globalObjectId('any', Date.UTC(2008, 1, 20, 17, 16, 51)))
  t.equal(made.length, example.length)
  t.same(made.subarray(0, 16), example.subarray(0, 16), 'how they are told')
  t.same([...made.subarray(16, 20)], [0, 0, 0, 0], 'no exception')
  t.equal(made.readUInt32LE(24), example.readUInt32LE(24), 'a FILETIME of the same minutes')
  t.same(made.subarray(28, 40), example.subarray(28, 40), 'zeros and the size')
})

t.test('threads follow the ids of messages, whatever the order', async t => {
  const world = parseWorld(`
ropewalk: 1
name: threads
domain: t.test
users:
  - address: a@t.test
    name: A
    password: p
    folders:
      - path: inbox
        messages:
          - { subject: "RE: AW: x", messageId: <3@t>, inReplyTo: <2@t> }
          - { subject: "AW: x", messageId: <2@t>, inReplyTo: <1@t> }
          - { subject: x, messageId: <1@t> }
          - { subject: "RE: other", inReplyTo: <outside@t> }
          - { subject: a, messageId: <a@t>, inReplyTo: <b@t> }
          - { subject: b, messageId: <b@t>, inReplyTo: <a@t> }
`)
  const threads = new Threads(world)
  const places = world.users[0].folders[0].messages.map((message, at) => threads.placeOf(message, `<made-up-${at}@t>`))
  t.same(
    places.slice(0, 4).map(({ messageId, topic, references, index }) => [messageId, topic, references, index.length]),
    [
      ['<3@t>', 'x', ['<1@t>', '<2@t>'], 32],
      ['<2@t>', 'x', ['<1@t>'], 27],
      ['<1@t>', 'x', [], 22],
      ['<made-up-3@t>', 'other', ['<outside@t>'], 22]
    ]
  )
  t.ok(places[4].index.length < 2000, 'a circle of answers ends')
})
