import type { Tree } from './tree.js'

/** A node of a listing as JSON says it. */
export interface JsonTree {
  name: string
  text?: string
  kind?: string
  /** 64-bit numbers as decimal text, bytes as hexadecimal text. */
  value?: unknown
  offset: number
  size: number
  /** Bytes as hexadecimal text, of nodes without children. */
  hex?: string
  fault?: string
  /** The buffer that `offset` counts in begins here: a payload that was compressed or obfuscated. */
  ownBuffer?: true
  children?: JsonTree[]
}

/** A tree for JSON; `hex` adds the bytes of each field. */
export function treeJson(tree: Tree, hex: boolean, outer = tree.buffer): JsonTree {
  const { name, text, kind, value, start, end, buffer, fault, children } = tree
  return {
    name,
    ...(text !== '' && { text }),
    ...(kind !== undefined && { kind }),
    ...(value !== undefined && { value: plain(value) }),
    ...{ offset: start, size: end - start },
    ...(hex && children.length === 0 && { hex: Buffer.from(buffer.subarray(start, end)).toString('hex') }),
    ...(fault !== undefined && { fault }),
    ...(buffer !== outer && { ownBuffer: true as const }),
    ...(children.length > 0 && { children: children.map(child => treeJson(child, hex, buffer)) })
  }
}

/** What JSON cannot say, said otherwise. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
  return value
}
