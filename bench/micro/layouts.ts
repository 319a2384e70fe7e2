import {
  array,
  ascii0,
  bool8,
  bytes16,
  flags,
  generate,
  guid,
  type Infer,
  id,
  interpret,
  type Layout,
  makeId,
  optional,
  Random,
  Reader,
  struct,
  u8,
  u16,
  u32,
  utf16z,
  Writer
} from '../../src/bufferstructs/index.js'
import { type BenchCase, type BenchOptions, sink } from './bench-case.js'

const record = struct({
  folderId: id,
  openFlags: flags(u8, { softDeleted: 4 }),
  a: u32,
  b: u32,
  c: u16,
  d: u8,
  e: bool8,
  f: u32,
  g: u16,
  h: u32
})
type TenFields = Infer<typeof record>

/** What a person would write who knows the layout: the mark that generated code has to reach. */
function readByHand(r: Reader): TenFields {
  const at = r.take(31)
  const v = r.view
  const b = r.bytes
  return {
    folderId: makeId(v.getUint16(at, true), v.getUint16(at + 2, false) * 0x100000000 + v.getUint32(at + 4, false)),
    openFlags: b[at + 8],
    a: v.getUint32(at + 9, true),
    b: v.getUint32(at + 13, true),
    c: v.getUint16(at + 17, true),
    d: b[at + 19],
    e: b[at + 20] !== 0,
    f: v.getUint32(at + 21, true),
    g: v.getUint16(at + 25, true),
    h: v.getUint32(at + 27, true)
  }
}

function writeByHand(w: Writer, x: TenFields): void {
  const at = w.reserve(31)
  const v = w.view
  const globcnt = x.folderId % 2 ** 48
  v.setUint16(at, Math.floor(x.folderId / 2 ** 48), true)
  v.setUint16(at + 2, Math.floor(globcnt / 2 ** 32), false)
  v.setUint32(at + 4, globcnt >>> 0, false)
  w.bytes[at + 8] = x.openFlags
  v.setUint32(at + 9, x.a, true)
  v.setUint32(at + 13, x.b, true)
  v.setUint16(at + 17, x.c, true)
  w.bytes[at + 19] = x.d
  w.bytes[at + 20] = x.e ? 1 : 0
  v.setUint32(at + 21, x.f, true)
  v.setUint16(at + 25, x.g, true)
  v.setUint32(at + 27, x.h, true)
}

/** Reads and writes of one value by compiler and interpreter. */
export function layoutCases<T>(name: string, layout: Layout<T>, value: T): BenchCase[] {
  const writer = new Writer(1 << 16)
  layout.write(writer, value)
  const reader = new Reader(writer.written().slice())
  const readFrom = (read: (r: Reader) => unknown) => () => {
    reader.position = 0
    sink.value = read(reader)
  }
  const writeTo = (write: (w: Writer, v: T) => void) => () => {
    writer.position = 0
    write(writer, value)
  }
  return [
    { name: `${name}: read, compiled`, run: readFrom(r => layout.read(r)) },
    { name: `${name}: read, interpreted`, run: readFrom(r => interpret.read(layout, r)) },
    { name: `${name}: skip, compiled`, run: readFrom(r => layout.skip(r)) },
    { name: `${name}: write, compiled`, run: writeTo((w, v) => layout.write(w, v)) },
    { name: `${name}: write, interpreted`, run: writeTo((w, v) => interpret.write(layout, w, v)) },
    {
      name: `${name}: size, compiled`,
      run: () => {
        sink.value = layout.size(value)
      }
    }
  ]
}

/** Compiled layouts beside interpreted ones and code written by hand. */
export function cases({ scale }: BenchOptions): BenchCase[] {
  const many = Math.max(1, Math.round(100 * scale))
  const random = new Random(3)
  const fields = { ...generate(record, random), e: true }
  const writer = new Writer(64)
  record.write(writer, fields)
  const reader = new Reader(writer.written().slice())
  const ids = array(u16, id)
  const servers = struct({ count: u16, ghost: optional(bool8, struct({ names: array(u16, ascii0), key: guid })) })
  const texts = struct({ name: utf16z, comment: utf16z, blob: bytes16 })
  return [
    {
      name: 'ten fields: read, by hand',
      run: () => {
        reader.position = 0
        sink.value = readByHand(reader)
      }
    },
    {
      name: 'ten fields: write, by hand',
      run: () => {
        writer.position = 0
        writeByHand(writer, fields)
      }
    },
    ...layoutCases('ten fields', record, fields),
    ...layoutCases(
      `${many} ids`,
      ids,
      Array.from({ length: many }, (_, i) => makeId(1, i * 7919))
    ),
    ...layoutCases('optional strings and GUID', servers, {
      count: 2,
      ghost: { names: ['server one', 'server two'], key: '6ed8da90-450b-101b-98da-00aa003f1305' }
    }),
    ...layoutCases('two UTF-16 texts and a blob', texts, {
      name: 'Inbox',
      comment: 'a longer comment of some fifty characters, or more',
      blob: new Uint8Array(64)
    })
  ]
}
