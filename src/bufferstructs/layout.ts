import type { CodecContext, Reader } from './reader.js'
import type { Writer } from './writer.js'

/** What a layout declares, as plain data: interpreter, compiler, dump and generator all walk these nodes. */
export type LayoutNode =
  | ScalarNode
  | { readonly kind: 'zeros'; readonly size: number }
  | { readonly kind: 'bytes'; readonly count: number | string }
  | { readonly kind: 'countedBytes'; readonly prefix: ScalarNode }
  | { readonly kind: 'rest' }
  | { readonly kind: 'text'; readonly form: TextForm }
  | { readonly kind: 'array'; readonly count: number | string | ScalarNode; readonly element: LayoutNode }
  | { readonly kind: 'restOf'; readonly element: LayoutNode }
  | { readonly kind: 'sized'; readonly prefix: string | ScalarNode; readonly inner: LayoutNode }
  | StructNode
  | { readonly kind: 'optional'; readonly flag: ScalarNode; readonly inner: LayoutNode }
  | { readonly kind: 'when'; readonly condition: Condition; readonly inner: LayoutNode }
  | UnionNode
  | { readonly kind: 'custom'; readonly codec: CustomCodec<unknown> }
  | { readonly kind: 'lazy'; readonly target: () => LayoutNode }

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly scalar: ScalarKind
  /** `reserved` scalars may be undefined in a value and are then written as zero. */
  readonly role: 'plain' | 'flags' | 'enumeration' | 'reserved'
  readonly names?: Readonly<Record<string, number>>
}

export interface StructNode {
  readonly kind: 'struct'
  readonly fields: readonly (readonly [name: string, node: LayoutNode])[]
}

export interface UnionNode {
  readonly kind: 'union'
  readonly select: Selector
  readonly cases: Readonly<Record<string, LayoutNode>>
}

export const SCALAR_SIZE = {
  u8: 1,
  u16: 2,
  u32: 4,
  i16: 2,
  i32: 4,
  u64: 8,
  i64: 8,
  f32: 4,
  f64: 8,
  bool8: 1,
  bool16: 2,
  guid: 16,
  filetime: 8,
  id: 8,
  globcnt48: 6
} as const

export type ScalarKind = keyof typeof SCALAR_SIZE

/**
 * `ascii0`: 8-bit Latin-1, NUL-ended. `string8z`: 8-bit in the context's code page, NUL-ended. `utf16z`: UTF-16LE, ended by a two-byte zero.
 * `ascii16`: a u16 size that counts the NUL, then the bytes; an empty string is size 0.
 */
export type TextForm = 'ascii0' | 'string8z' | 'utf16z' | 'ascii16'

/** The fields of the innermost enclosing struct that stand before the one in question (all of them while writing). */
// biome-ignore lint/suspicious/noExplicitAny: a predicate names the fields it needs in its own parameter type, which no inference can check
export type Fields = any

export type Condition = (fields: Fields, context: CodecContext) => boolean
export type Selector = (fields: Fields, context: CodecContext) => string | number | boolean

/** A byte form that the vocabulary cannot say. `why` is the sentence that explains it. */
export interface CustomCodec<T> {
  read(reader: Reader, fields: Fields): T
  write(writer: Writer, value: T, fields: Fields): void
  /** Bytes that `write` would take; without it the value is written to a scratch buffer and measured. */
  size?(value: T, context: CodecContext, fields: Fields): number
  /** Moves past a value; without it the value is read and dropped. */
  skip?(reader: Reader, fields: Fields): void
  /** A random value, for fuzzing; without it nothing that contains the codec can be generated. */
  generate?(random: RandomSource, fields: Fields, context: CodecContext): T
  /** The fewest bytes that a value takes; 0 unless said. Lets counts be refused before anything is allocated. */
  readonly minSize?: number
  readonly why: string
}

/** Seeded random numbers, as `Random` makes them. */
export interface RandomSource {
  /** An unsigned 32-bit number. */
  u32(): number
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number
}

/**
 * A declared byte layout. `read` and `skip` leave the reader behind the value, or throw MalformedBuffer with the reader
 * where it stood. `write` leaves the writer behind the value, or throws BufferFull with the writer where it stood.
 */
export interface Layout<T> {
  readonly node: LayoutNode
  read(reader: Reader): T
  write(writer: Writer, value: T): void
  /** Bytes that `write` would take. The context matters only where 8-bit strings or conditions depend on it. */
  size(value: T, context?: CodecContext): number
  skip(reader: Reader): void
}

// biome-ignore lint/suspicious/noExplicitAny: the value type of a layout that is only passed on
export type AnyLayout = Layout<any>

/** The type of the values of a layout: `Infer<typeof RopOpenFolderRequest>`. */
export type Infer<L extends AnyLayout> = ReturnType<L['read']>

declare const paddingBrand: unique symbol

/** The type of layouts that have bytes but no value; structs leave such fields out of theirs. */
export type Padding = { readonly [paddingBrand]: never }

type ValueKeys<F extends Record<string, AnyLayout>> = {
  [K in keyof F]: Infer<F[K]> extends Padding ? never : K
}[keyof F]

type OptionalKeys<F extends Record<string, AnyLayout>> = {
  [K in ValueKeys<F>]: undefined extends Infer<F[K]> ? K : never
}[ValueKeys<F>]

type Flatten<T> = { [K in keyof T]: T[K] }

/** Value of a struct: padding left out, fields that may be undefined optional. */
export type StructValue<F extends Record<string, AnyLayout>> = Flatten<
  { [K in Exclude<ValueKeys<F>, OptionalKeys<F>>]: Infer<F[K]> } & { [K in OptionalKeys<F>]?: Infer<F[K]> }
>
