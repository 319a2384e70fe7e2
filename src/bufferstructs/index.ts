export {
  decodeString8,
  encodeString8,
  encodingOf,
  isKnownCodePage,
  latin1Slice,
  utf16Fill,
  utf16Slice
} from './code-page.js'
export { readSource } from './compile-read.js'
export { writeSource } from './compile-write.js'
export { dump } from './dump.js'
export { generate, NotGenerated } from './generate.js'
export { interpret } from './interpret.js'
export type {
  AnyLayout,
  Condition,
  CustomCodec,
  Fields,
  Infer,
  Layout,
  LayoutNode,
  Padding,
  RandomSource,
  Selector,
  StructValue
} from './layout.js'
export { BufferFull, MalformedBuffer } from './malformed-buffer.js'
export { Random } from './random.js'
export {
  type CodecContext,
  codecContext,
  formatGuid,
  globcntOf,
  MAX_NESTING,
  MAX_REPLID,
  makeId,
  Reader,
  replidOf,
  UNKNOWN_ID
} from './reader.js'
export {
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
  lazy,
  type NamedLayout,
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
} from './vocabulary.js'
export { parseGuid, Writer } from './writer.js'
