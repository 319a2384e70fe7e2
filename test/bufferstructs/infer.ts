import {
  array,
  bool8,
  bytes16,
  enumeration,
  flags,
  type Infer,
  id,
  optional,
  reserved,
  sized,
  struct,
  u8,
  u16,
  u32,
  union,
  utf16z,
  when,
  zeros
} from '../../src/bufferstructs/index.js'

const f = flags(u8, { softDeleted: 4 })
const s = struct({
  a: u8,
  pad: zeros(2),
  f,
  e: enumeration(u8, { x: 1 }),
  r: reserved(u8),
  ids: array(u16, id),
  o: optional(bool8, struct({ n: utf16z })),
  w: when(({ a }: { a: number }) => a > 1, u32),
  un: union(x => x.a, { 1: u8, 2: bytes16 }),
  sz: sized(u16, array(u16, u8))
})
type V = Infer<typeof s>
export const v: V = { a: 1, f: f.names.softDeleted, e: 2, ids: [1], o: { n: 'x' }, un: 3, sz: [] }
// @ts-expect-error pad is no part of the value
export const bad: V = { a: 1, pad: 1, f: 0, e: 2, ids: [1], o: { n: 'x' }, un: 3, sz: [] }
const n: number = s.read(null as never).ids[0]
export const m = n
