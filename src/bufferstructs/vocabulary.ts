import { DeclaredLayout } from './declared-layout.js'
import type {
  AnyLayout,
  Condition,
  CustomCodec,
  Infer,
  Layout,
  LayoutNode,
  Padding,
  ScalarKind,
  ScalarNode,
  Selector,
  StructNode,
  StructValue
} from './layout.js'
import { namedCounts } from './measure.js'

function scalar<T>(kind: ScalarKind): Layout<T> {
  return new DeclaredLayout<T>({ kind: 'scalar', scalar: kind, role: 'plain' })
}

function declare<T>(node: LayoutNode): Layout<T> {
  return new DeclaredLayout<T>(node)
}

/** The scalar of a layout that may stand in front of something as its count, flag or base. */
function scalarOf(layout: AnyLayout, what: string): ScalarNode {
  if (layout.node.kind !== 'scalar') throw new TypeError(`${what} must be a number layout, not ${layout.node.kind}`)
  return layout.node
}

const COUNTS = new Set<ScalarKind>(['u8', 'u16', 'u32'])

function countOf(layout: Layout<number>): ScalarNode {
  const node = scalarOf(layout, 'a count')
  if (!COUNTS.has(node.scalar)) throw new TypeError(`a count must be u8, u16 or u32, not ${node.scalar}`)
  return node
}

export const u8 = scalar<number>('u8')
export const u16 = scalar<number>('u16')
export const u32 = scalar<number>('u32')
export const i16 = scalar<number>('i16')
export const i32 = scalar<number>('i32')
export const u64 = scalar<bigint>('u64')
export const i64 = scalar<bigint>('i64')
export const f32 = scalar<number>('f32')
export const f64 = scalar<number>('f64')
/** One byte; every value but zero is true. */
export const bool8 = scalar<boolean>('bool8')
/** Two bytes; every value but zero is true. */
export const bool16 = scalar<boolean>('bool16')
/** 16 bytes ([MS-DTYP] 2.3.4.2) as a lower-case hyphenated string. */
export const guid = scalar<string>('guid')
/** 100-nanosecond intervals since 1601 ([MS-DTYP] 2.3.3). */
export const filetime = scalar<bigint>('filetime')
/** FID or MID ([MS-OXCDATA] 2.2.1) as REPLID * 2^48 + GLOBCNT; a REPLID that no mailbox knows reads as UNKNOWN_ID. */
export const id = scalar<number>('id')
/** GLOBCNT: six bytes, big-endian, as a number below 2^48. */
export const globcnt48 = scalar<number>('globcnt48')
/** The eight bytes of an id as they are. */
export const rawId = bytes(8)

/** Padding: `size` bytes that are written as zero, read whatever they are, and are no part of the value. */
export function zeros(size: number): Layout<Padding> {
  return declare({ kind: 'zeros', size })
}

/** A number that clients should send as zero: kept as read, written as zero where a value does not mention it. */
export function reserved(base: Layout<number>): Layout<number | undefined> {
  return declare({ kind: 'scalar', scalar: scalarOf(base, 'a reserved field').scalar, role: 'reserved' })
}

/** A number layout with named values. */
export type NamedLayout<N extends Record<string, number>> = Layout<number> & { readonly names: Readonly<N> }

/** A number of flag bits. The value is the plain number with unknown bits kept; `names` holds the masks. */
export function flags<const N extends Record<string, number>>(base: Layout<number>, names: N): NamedLayout<N> {
  const { scalar } = scalarOf(base, 'a flag field')
  return declare({ kind: 'scalar', scalar, role: 'flags', names: Object.freeze(names) }) as NamedLayout<N>
}

/** A number with named values. Other values are kept: the handler decides what they mean. */
export function enumeration<const N extends Record<string, number>>(base: Layout<number>, names: N): NamedLayout<N> {
  const { scalar } = scalarOf(base, 'an enumeration')
  return declare({ kind: 'scalar', scalar, role: 'enumeration', names: Object.freeze(names) }) as NamedLayout<N>
}

/** A fixed number of bytes, or as many as an earlier field says; the value is a view of the buffer read. */
export function bytes(count: number | string): Layout<Uint8Array> {
  return declare({ kind: 'bytes', count })
}

/** A u8, u16 or u32 count, then as many bytes; the value is a view of the buffer read. */
export const bytes8: Layout<Uint8Array> = declare({ kind: 'countedBytes', prefix: countOf(u8) })
export const bytes16: Layout<Uint8Array> = declare({ kind: 'countedBytes', prefix: countOf(u16) })
export const bytes32: Layout<Uint8Array> = declare({ kind: 'countedBytes', prefix: countOf(u32) })
/** The bytes up to the end of the buffer, or of the enclosing `sized`. */
export const rest: Layout<Uint8Array> = declare({ kind: 'rest' })

/** 8-bit string, NUL-ended, Latin-1. */
export const ascii0: Layout<string> = declare({ kind: 'text', form: 'ascii0' })
/** 8-bit string in the code page of the context, NUL-ended (PtypString8). */
export const string8z: Layout<string> = declare({ kind: 'text', form: 'string8z' })
/** UTF-16LE string, ended by a two-byte zero (PtypString). */
export const utf16z: Layout<string> = declare({ kind: 'text', form: 'utf16z' })
/** 8-bit string behind a u16 size that counts its NUL; an empty string has size 0. */
export const ascii16: Layout<string> = declare({ kind: 'text', form: 'ascii16' })

/** UTF-16LE where an earlier field of the struct says so, else 8-bit in the context's code page; NUL-ended. */
export function utf16OrString8z(flagField: string): Layout<string> {
  return union(fields => Boolean(fields[flagField]), { true: utf16z, false: string8z })
}

/**
 * Elements behind a count: a prefix (`array(u16, id)`), a fixed number, or an earlier field of the struct by its name.
 * A count that the bytes left cannot hold is refused before anything is allocated.
 */
export function array<T>(count: Layout<number> | number | string, element: Layout<T>): Layout<T[]> {
  return declare({ kind: 'array', count: typeof count === 'object' ? countOf(count) : count, element: element.node })
}

/** Elements up to the end of the buffer, or of the enclosing `sized`. */
export function restOf<T>(element: Layout<T>): Layout<T[]> {
  return declare({ kind: 'restOf', element: element.node })
}

/** A byte count (a prefix, or an earlier field by its name), then a value that fills exactly as many bytes. */
export function sized<T>(prefix: Layout<number> | string, inner: Layout<T>): Layout<T> {
  const count = typeof prefix === 'string' ? prefix : countOf(prefix)
  return declare({ kind: 'sized', prefix: count, inner: inner.node })
}

/** Fields in wire order. The value is a plain object with the same keys; padding is left out. */
export function struct<F extends Record<string, AnyLayout>>(fields: F): Layout<StructValue<F>> {
  const entries = Object.entries(fields).map(([name, layout]) => {
    if (!/^[A-Za-z_$][\w$]*$/.test(name) || name === '__proto__') throw new TypeError(`not a field name: ${name}`)
    return [name, layout.node] as const
  })
  demandCounts(entries)
  return declare({ kind: 'struct', fields: entries })
}

/** A field that others count by must be an unsigned number in front of them: anything else could be negative, or no count. */
function demandCounts(entries: StructNode['fields']): void {
  const counts = new Set<string>()
  for (const [name, node] of entries) {
    for (const count of namedCounts(node)) {
      if (!counts.has(count)) throw new TypeError(`${name} counts by ${count}, which is no earlier u8, u16 or u32`)
    }
    if (node.kind === 'scalar' && COUNTS.has(node.scalar)) counts.add(name)
  }
}

/** A flag, then the value if the flag is not zero; null otherwise. */
export function optional<T>(flag: Layout<boolean> | Layout<number>, inner: Layout<T>): Layout<T | null> {
  return declare({ kind: 'optional', flag: scalarOf(flag, 'the flag of an optional'), inner: inner.node })
}

/** A value that is there only if the condition over earlier fields and context holds; undefined otherwise. */
export function when<T>(condition: Condition, inner: Layout<T>): Layout<T | undefined> {
  return declare({ kind: 'when', condition, inner: inner.node })
}

/** One of several layouts, chosen by a key over earlier fields and context; the case `default` takes what no other does. */
export function union<C extends Record<string, AnyLayout>>(select: Selector, cases: C): Layout<Infer<C[keyof C]>> {
  const nodes: Record<string, LayoutNode> = {}
  for (const [key, layout] of Object.entries(cases)) nodes[key] = layout.node
  return declare({ kind: 'union', select, cases: nodes })
}

/** A byte form that the vocabulary cannot say; `why` explains it. */
export function custom<T>(codec: CustomCodec<T>): Layout<T> {
  if (codec.why === '') throw new TypeError('a custom codec says why it is needed')
  return declare({ kind: 'custom', codec: codec as CustomCodec<unknown> })
}

/** A layout that is declared later, or that contains itself; nesting is limited to MAX_NESTING levels. */
export function lazy<T>(target: () => Layout<T>): Layout<T> {
  return declare({ kind: 'lazy', target: () => target().node })
}

/** No bytes: the body of a ROP without fields, with an empty object as its value. */
export const empty: Layout<Record<never, never>> = struct({})
