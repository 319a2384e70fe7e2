import assert from 'node:assert/strict'
import tap from 'tap'
import {
  array,
  ascii0,
  bytes16,
  custom,
  type Layout,
  lazy,
  MalformedBuffer,
  Reader,
  struct,
  u8,
  u16,
  u32,
  Writer
} from '../../src/bufferstructs/index.js'
import { fuzz } from './fuzz.js'
import { samples, tree } from './samples.js'

tap.test('compiler and interpreter agree on value, position, size and error', async t => {
  for (const [name, layout] of Object.entries(samples)) {
    t.doesNotThrow(() => fuzz(layout, 4711, 150), name)
  }
})

tap.test('canary: the fuzzer finds a codec whose two derivations differ', async t => {
  const broken = struct({ a: u8, b: array(u16, u32) })
  const sound = broken.read.bind(broken)
  broken.read = reader => {
    const value = sound(reader)
    if (value.b.length === 3) value.b[2]++
    return value
  }
  t.throws(() => fuzz(broken, 4711, 150), 'a wrong value')
  const late = struct({ a: u8, b: bytes16 })
  const soundLate = late.read.bind(late)
  late.read = reader => {
    try {
      return soundLate(reader)
    } catch (error) {
      throw error instanceof MalformedBuffer ? new MalformedBuffer(error.reason, error.offset + 1, error.path) : error
    }
  }
  t.throws(() => fuzz(late, 4711, 150), 'a wrong offset')
})

function refusal(layout: Layout<unknown>, bytes: number[]): { offset: number; path: string; reason: string } {
  const reader = new Reader(Uint8Array.from(bytes))
  try {
    layout.read(reader)
  } catch (error) {
    if (error instanceof MalformedBuffer) {
      assert.equal(reader.position, 0, 'the reader stays where it stood')
      return { offset: error.offset, path: error.path, reason: error.reason }
    }
    throw error
  }
  throw new Error('accepted')
}

tap.test('an error names the field and its offset', async t => {
  const layout = struct({ kind: u8, servers: array(u16, struct({ cheap: u8, name: ascii0 })), end: u32 })
  t.match(refusal(layout, [1, 2, 0, 9, 0x41, 0, 9, 0x42]), { offset: 7, path: 'servers[1].name' })
  t.match(refusal(layout, [1, 0, 0, 9, 0x41]), { offset: 3, path: 'end' })
  t.match(refusal(layout, [1, 0]), { offset: 1, path: 'servers' })
})

tap.test('counts that the bytes cannot hold are refused before anything is allocated', async t => {
  const before = process.memoryUsage().heapTotal
  const many = [0xff, 0xff, 0xff, 0xff, 1, 2, 3]
  for (const element of [
    u8,
    ascii0,
    struct({}),
    struct({ a: u32, b: ascii0 }),
    custom({ read: () => 1, write: () => {}, why: 'x' })
  ]) {
    t.match(refusal(array(u32, element as Layout<unknown>), many), { offset: 4, reason: /4294967295 elements/ })
  }
  t.ok(process.memoryUsage().heapTotal - before < 64 << 20)
})

tap.test('nesting is limited', async t => {
  const deep: number[] = []
  for (let i = 0; i < 5000; i++) deep.push(1, 1, 0)
  t.match(refusal(tree, deep), { reason: 'nested deeper than 256 levels' })
  const reader = new Reader(Uint8Array.from([1, 1, 0, 2, 0, 0]))
  t.same(tree.read(reader), { label: 1, children: [{ label: 2, children: [] }] })
  t.equal(reader.depth, 0)
})

tap.test('a failed read costs once, however deep codecs call each other', async t => {
  let reads = 0
  const level: Layout<number> = custom<number>({
    read(reader) {
      reads++
      return reader.u8() === 0 ? 0 : lazy(() => level).read(reader) + 1
    },
    write: () => {},
    why: 'counts its own calls'
  })
  const layout = struct({ a: level, b: u16 })
  t.match(refusal(layout, [...Array.from({ length: 100 }, () => 1), 0, 7]), { offset: 101, path: 'b' })
  t.equal(reads, 202, 'once compiled, once interpreted')
})

tap.test('mistakes of the caller are thrown as such and never written', async t => {
  const writer = new Writer()
  t.throws(() => struct({ n: u8, a: array('n', u8) }).write(writer, { n: 2, a: [1] }), RangeError)
  t.throws(() => bytes16.write(writer, new Uint8Array(0x10000)), RangeError)
  t.equal(writer.position, 0)
  t.throws(() => struct({ a: array('n', u8), n: u8 }), TypeError)
  t.throws(() => struct({ 'no name': u8 }), TypeError)
  t.throws(() => custom({ read: () => 1, write: () => {}, why: '' }), TypeError)
})

tap.test('a value is a view of the buffer read, and zeros and unknown bits are kept apart', async t => {
  const bytes = Uint8Array.from([2, 0, 7, 8, 9])
  const value = bytes16.read(new Reader(bytes))
  t.equal(value.buffer, bytes.buffer)
  t.same([...value], [7, 8])
  t.equal(u16.read(new Reader(Buffer.from([1, 2]))), 0x0201)
})
