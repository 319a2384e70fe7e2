import assert from 'node:assert/strict'
import {
  BufferFull,
  type CodecContext,
  codecContext,
  generate,
  interpret,
  type Layout,
  MalformedBuffer,
  Random,
  Reader,
  Writer
} from '../../src/bufferstructs/index.js'

interface Outcome {
  readonly value?: unknown
  readonly error?: string
  readonly position: number
  readonly end: number
}

function attempt(reader: Reader, read: () => unknown): Outcome {
  try {
    const value = read()
    return { value, position: reader.position, end: reader.end }
  } catch (error) {
    if (!(error instanceof MalformedBuffer)) throw error
    return { error: `${error.reason} @${error.offset} ${error.path}`, position: reader.position, end: reader.end }
  }
}

/** Reads by compiler and by interpreter, skips by both, and demands equal value, position and error. */
function compareReads(layout: Layout<unknown>, bytes: Uint8Array, context: CodecContext, start: number): void {
  const reader = () => {
    const fresh = new Reader(bytes, context)
    fresh.position = start
    return fresh
  }
  const [byCompiler, byInterpreter, skipping] = [reader(), reader(), reader()]
  const compiled = attempt(byCompiler, () => layout.read(byCompiler))
  const interpreted = attempt(byInterpreter, () => interpret.read(layout, byInterpreter))
  assert.deepStrictEqual(compiled, interpreted)
  const skipped = attempt(skipping, () => layout.skip(skipping))
  assert.deepStrictEqual({ ...skipped, value: undefined }, { ...interpreted, value: undefined })
}

function writeBoth(layout: Layout<unknown>, value: unknown, context: CodecContext, start: number): Uint8Array {
  const [compiled, interpreted] = [1, 4].map(capacity => {
    const writer = new Writer(capacity, undefined, context)
    writer.bytes.fill(0xee)
    for (let i = 0; i < start; i++) writer.u8(0xcc)
    return writer
  })
  layout.write(compiled, value)
  interpret.write(layout, interpreted, value)
  assert.deepStrictEqual(compiled.written(), interpreted.written())
  assert.equal(layout.size(value, context), compiled.position - start)
  assert.equal(interpret.size(layout, value, context), compiled.position - start)
  return compiled.written()
}

/** A write into too little room: BufferFull with the same need from both, and the writer where it stood. */
function compareFull(layout: Layout<unknown>, value: unknown, context: CodecContext, size: number, room: number): void {
  const outcomes = [0, 1].map(by => {
    const writer = new Writer(2, room + 1, context)
    writer.u8(1)
    try {
      if (by === 0) layout.write(writer, value)
      else interpret.write(layout, writer, value)
      return 'written'
    } catch (error) {
      assert.ok(error instanceof BufferFull)
      return `${error.needed} ${writer.position} ${writer.mode}`
    }
  })
  assert.deepStrictEqual(outcomes, room >= size ? ['written', 'written'] : [`${size + 1} 1 0`, `${size + 1} 1 0`])
}

/** Runs a layout through `rounds` random values and damaged forms of their bytes; throws where the derivations differ. */
export function fuzz(layout: Layout<unknown>, seed: number, rounds: number): void {
  const random = new Random(seed)
  for (let round = 0; round < rounds; round++) {
    const context = codecContext({ publicLogon: random.below(2) === 1, codePage: [1252, 932, 65001][random.below(3)] })
    const value = generate(layout, random, context)
    const start = random.below(3)
    const bytes = writeBoth(layout, value, context, start).slice()
    compareReads(layout, bytes, context, start)
    const size = bytes.byteLength - start
    compareFull(layout, value, context, size, random.below(size + 2))
    compareReads(layout, bytes.subarray(0, start + random.below(size + 1)), context, start)
    for (let hits = 0; hits < 3 && bytes.byteLength > 0; hits++) {
      bytes[random.below(bytes.byteLength)] = random.below(3) === 0 ? 0xff : random.below(256)
      compareReads(layout, bytes, context, start)
    }
    const noise = Uint8Array.from({ length: random.below(64) }, () => random.below(random.below(2) === 0 ? 4 : 256))
    compareReads(layout, noise, context, 0)
  }
}
