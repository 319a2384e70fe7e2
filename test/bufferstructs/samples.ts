import {
  array,
  ascii0,
  ascii16,
  bool8,
  bool16,
  bytes,
  bytes8,
  bytes16,
  bytes32,
  custom,
  empty,
  enumeration,
  f32,
  f64,
  filetime,
  flags,
  globcnt48,
  guid,
  i16,
  i32,
  i64,
  id,
  type Layout,
  lazy,
  optional,
  rawId,
  reserved,
  rest,
  restOf,
  sized,
  string8z,
  struct,
  u8,
  u16,
  u32,
  u64,
  union,
  utf16OrString8z,
  utf16z,
  when,
  zeros
} from '../../src/bufferstructs/index.js'

/** A tree: the smallest layout that contains itself. */
export interface Tree {
  label: number
  children: Tree[]
}

export const tree: Layout<Tree> = struct({
  label: u8,
  children: array(
    u16,
    lazy(() => tree)
  )
})

/** Length of a text in a byte that counts characters, the shape for which `custom` exists. */
export const counted = custom<{ text: string; deep: Tree }>({
  read(reader) {
    const size = reader.u8()
    const at = reader.take(size)
    return { text: Buffer.from(reader.bytes.subarray(at, at + size)).toString('latin1'), deep: tree.read(reader) }
  },
  write(writer, value) {
    writer.u8(value.text.length)
    writer.copy(Buffer.from(value.text, 'latin1'))
    tree.write(writer, value.deep)
  },
  generate: random => ({ text: 'x'.repeat(random.below(9)), deep: { label: random.below(256), children: [] } }),
  minSize: 4,
  why: 'The byte in front counts characters, and the test needs a codec that reads other layouts.'
})

export const everyScalar = struct({
  a: u8,
  b: u16,
  c: u32,
  d: i16,
  e: i32,
  f: u64,
  g: i64,
  h: f32,
  i: f64,
  j: bool8,
  k: bool16,
  l: guid,
  m: filetime,
  n: id,
  o: globcnt48,
  p: rawId,
  q: reserved(u16)
})

/** The layouts that the fuzzer runs over: every word of the vocabulary, in every position that compiles differently. */
export const samples: Readonly<Record<string, Layout<unknown>>> = {
  scalar: u32,
  empty,
  everyScalar,
  padding: struct({ a: u8, pad: zeros(3), b: u8, more: zeros(40), c: u16 }),
  named: struct({ f: flags(u8, { one: 1, four: 4 }), e: enumeration(u32, { low: 1, high: 0xfffffff0 }) }),
  byteStrings: struct({
    a: bytes8,
    b: bytes16,
    c: bytes32,
    size: u8,
    d: bytes('size'),
    e: bytes(5),
    f: bytes(0),
    g: rest
  }),
  texts: struct({ a: ascii0, b: string8z, c: utf16z, d: ascii16, e: u8 }),
  eitherText: struct({ unicode: bool8, name: utf16OrString8z('unicode'), comment: utf16OrString8z('unicode') }),
  arrays: struct({
    ids: array(u16, id),
    count: u8,
    cheap: u8,
    names: array('count', ascii0),
    three: array(3, u16),
    pairs: array(u32, struct({ a: u8, b: array(2, struct({ c: u16, d: bytes(3) })) })),
    mixed: array(u8, struct({ a: u32, b: bytes16, c: guid }))
  }),
  tail: struct({ a: u16, elements: restOf(struct({ tag: u32, value: bytes16 })) }),
  windows: struct({
    data: sized(u16, struct({ a: u8, list: restOf(u16) })),
    size: u8,
    inner: sized('size', struct({ x: sized(u8, rest), y: u8, z: rest })),
    after: u8
  }),
  choices: struct({
    ghost: optional(bool8, struct({ servers: array(u16, ascii0), cheap: u16 })),
    counted: optional(u16, u32),
    kind: u8,
    small: when(({ kind }: { kind: number }) => kind < 0x80, u16),
    publicOnly: when((_fields, context) => context.publicLogon, bytes(24)),
    body: union(({ kind }: { kind: number }) => kind & 3, {
      0: empty,
      1: struct({ a: u32, b: optional(bool8, utf16z) }),
      2: array(u8, id),
      3: guid
    }),
    text: union(({ kind }: { kind: number }) => (kind > 9 ? 'wide' : 'other'), { wide: utf16z, default: ascii0 }),
    end: u8
  }),
  keyed: struct({ type: u8, body: union(({ type }: { type: number }) => type, { 7: u8, 9: struct({ a: u16 }) }) }),
  tree,
  counted: struct({ a: u8, b: counted, c: array(u8, counted), d: u16 }),
  unionOfArray: array(
    u8,
    union(() => 'x', { x: struct({ a: u8, b: ascii0 }) })
  ),
  optionalScalar: optional(bool8, f64)
}
