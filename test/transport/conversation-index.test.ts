import t from 'tap'
import { beginConversation, continueConversation } from '../../src/transport/conversation-index.js'
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
