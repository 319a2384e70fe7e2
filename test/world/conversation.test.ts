import t from 'tap'
import { beginConversation, continueConversation, Threads } from '../../src/world/conversation.js'
import { globalObjectId } from '../../src/world/draft-appointments.js'
import { parseWorld } from '../../src/world/parse-world.js'
import { outsideMissing, vectors } from '../oxcdata/outside.js'

const FILETIME_EPOCH_MS = 11_644_473_600_000n

t.test('conversation indexes are laid out as those of real messages', { skip: outsideMissing }, async t => {
  const examples = vectors('MAPI-BLOBS').filter(({ id }) => id.startsWith('mapiblob-conversationindex'))
  t.ok(examples.length > 2)
  for (const { id, hex } of examples) {
    const index = Buffer.from(hex, 'hex')
    const began = BigInt(`0x${hex.slice(0, 12)}`) << 16n
    const toMs = (filetime: bigint): number => Number(filetime / 10_000n - FILETIME_EPOCH_MS)
    // Moments are milliseconds here: the bits below are checked by the parts that they cannot change.
    const header = beginConversation(toMs(began) + 1, index.subarray(6, 22))
    t.same(Buffer.from(header), index.subarray(0, 22), `${id}: header`)
    for (let at = 22; at < index.length; at += 5) {
      const delta = index.readUInt32BE(at)
      const isFar = delta >= 2 ** 31
      const elapsed = BigInt(delta % 2 ** 31) << (isFar ? 23n : 18n)
      if (isFar) continue
      const level = continueConversation(header, toMs(began + elapsed) + 1, index[at + 4] >> 4).subarray(22)
      t.same(
        Buffer.from(level),
        Buffer.from([...index.subarray(at, at + 4), index[at + 4] & 0xf0]),
        `${id}: level at ${at}`
      )
    }
  }
})

t.test('an answer after years is written more coarsely', async t => {
  const began = Date.UTC(2020, 0, 1)
  const header = beginConversation(began, new Uint8Array(16))
  const near = Buffer.from(continueConversation(header, began + 365 * 86_400_000, 5))
  const far = Buffer.from(continueConversation(header, began + 1000 * 86_400_000, 5))
  t.equal(near[22] >> 7, 0)
  t.equal(far[22] >> 7, 1)
  const days = (bits: number, shift: number): number => Math.round((bits * 2 ** shift) / 1e7 / 86_400)
  t.equal(days(near.readUInt32BE(22), 18), 365)
  t.equal(days(far.readUInt32BE(22) - 2 ** 31, 23), 1000)
})

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
