/** Random requests and responses of every ROP: both codecs write the same bytes and read the same values, and cut bytes are refused alike. */
import { deepStrictEqual } from 'node:assert'
import t from 'tap'
import { allRops } from '../../rops/index.js'
import { type AnyLayout, generate, MalformedBuffer, NotGenerated, Random } from '../../src/bufferstructs/index.js'
import { type Codec, codecs, readerOf, writerOf } from './rop-codec.js'

const ROUNDS = 20
const SEED = 20161125
const [compiled, interpreted] = codecs

/** The bytes of a value, undefined when the codec refuses it (a generated text too long for its count, for one). */
function written(codec: Codec, layout: AnyLayout, value: unknown): Uint8Array | undefined {
  const writer = writerOf()
  try {
    codec.write(layout, writer, value)
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined
    throw error
  }
  return writer.written()
}

/** What a codec makes of bytes: the value with its position, or the offset of the error. */
function readBack(codec: Codec, layout: AnyLayout, bytes: Uint8Array): unknown {
  const reader = readerOf(bytes)
  try {
    return { value: codec.read(layout, reader), position: reader.position }
  } catch (error) {
    if (error instanceof MalformedBuffer) return { refusedAt: error.offset, reason: error.reason }
    throw error
  }
}

function exercise(layout: AnyLayout, random: Random): number {
  let done = 0
  for (let round = 0; round < ROUNDS; round++) {
    const value = generate(layout, random)
    const bytes = written(compiled, layout, value)
    deepStrictEqual(written(interpreted, layout, value), bytes)
    if (bytes === undefined) continue
    deepStrictEqual(readBack(interpreted, layout, bytes), readBack(compiled, layout, bytes))
    const cut = bytes.subarray(0, random.below(bytes.byteLength + 1))
    deepStrictEqual(readBack(interpreted, layout, cut), readBack(compiled, layout, cut))
    done++
  }
  return done
}

t.test('requests and responses', async t => {
  const random = new Random(SEED)
  const without: string[] = []
  let done = 0
  for (const row of allRops) {
    for (const [what, layout] of [
      ['request', row.request],
      ['response', row.response]
    ] as const) {
      try {
        done += exercise(layout, random)
      } catch (error) {
        if (!(error instanceof NotGenerated)) throw error
        without.push(`${row.name} ${what}`)
      }
    }
  }
  t.comment(`${done} values; nothing is generated for: ${without.join(', ')}`)
  t.ok(without.length <= 6, 'recipient rows alone are not generated')
  t.ok(done > 4000, 'most values are written')
})

t.test('what is built and what is open', async t => {
  const answers = allRops.filter(row => row.serverOriginated !== true && row.noResponse !== true)
  const open = answers.filter(row => row.execute === undefined && row.stream === undefined)
  t.comment(
    `${answers.length - open.length} of ${answers.length} are built; open: ${open.map(row => row.name).join(' ')}`
  )
  t.ok(answers.length - open.length >= 62)
})
