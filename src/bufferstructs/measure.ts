import { type LayoutNode, SCALAR_SIZE, type StructNode } from './layout.js'

/** Bytes of every value of the node, or undefined where they vary. */
export function fixedSize(node: LayoutNode): number | undefined {
  switch (node.kind) {
    case 'scalar':
      return SCALAR_SIZE[node.scalar]
    case 'zeros':
      return node.size
    case 'bytes':
      return typeof node.count === 'number' ? node.count : undefined
    case 'struct': {
      let total = 0
      for (const [, field] of node.fields) {
        const size = fixedSize(field)
        if (size === undefined) return undefined
        total += size
      }
      return total
    }
    case 'array': {
      if (typeof node.count !== 'number') return undefined
      const size = fixedSize(node.element)
      return size === undefined ? undefined : size * node.count
    }
    default:
      return undefined
  }
}

/** The fewest bytes that a value of the node takes. */
export function minSize(node: LayoutNode): number {
  switch (node.kind) {
    case 'scalar':
      return SCALAR_SIZE[node.scalar]
    case 'zeros':
      return node.size
    case 'bytes':
      return typeof node.count === 'number' ? node.count : 0
    case 'countedBytes':
      return SCALAR_SIZE[node.prefix.scalar]
    case 'text':
      return node.form === 'utf16z' || node.form === 'ascii16' ? 2 : 1
    case 'array':
      if (typeof node.count === 'number') return node.count * minSize(node.element)
      return typeof node.count === 'string' ? 0 : SCALAR_SIZE[node.count.scalar]
    case 'sized':
      return typeof node.prefix === 'string' ? 0 : SCALAR_SIZE[node.prefix.scalar]
    case 'struct':
      return node.fields.reduce((total, [, field]) => total + minSize(field), 0)
    case 'optional':
      return SCALAR_SIZE[node.flag.scalar]
    case 'union':
      return Math.min(...Object.values(node.cases).map(minSize))
    case 'custom':
      return node.codec.minSize ?? 0
    default:
      return 0
  }
}

/**
 * Bytes that one element of a counted array is taken to need at least, so that a count can be refused before anything is
 * allocated. An element that may be empty counts as one byte: no protocol counts nothings, and bad input would.
 */
export function elementFloor(element: LayoutNode): number {
  return Math.max(1, minSize(element))
}

/** Whether reading the node asks for the object of the fields in front of it. */
export function needsFields(node: LayoutNode): boolean {
  switch (node.kind) {
    case 'when':
    case 'union':
    case 'custom':
      return true
    case 'optional':
    case 'sized':
      return needsFields(node.inner)
    case 'array':
    case 'restOf':
      return needsFields(node.element)
    default:
      return false
  }
}

/** Whether a struct has fields that the reading of later ones depends on. */
export function usesFields(node: StructNode): boolean {
  return node.fields.some(([, field]) => needsFields(field) || namedCounts(field).length > 0)
}

/** Names of the fields by which the node counts, of the struct that it is a field of. */
export function namedCounts(node: LayoutNode): string[] {
  switch (node.kind) {
    case 'bytes':
      return typeof node.count === 'string' ? [node.count] : []
    case 'array':
      return [...(typeof node.count === 'string' ? [node.count] : []), ...namedCounts(node.element)]
    case 'restOf':
      return namedCounts(node.element)
    case 'sized':
      return [...(typeof node.prefix === 'string' ? [node.prefix] : []), ...namedCounts(node.inner)]
    case 'optional':
    case 'when':
      return namedCounts(node.inner)
    case 'union':
      return Object.values(node.cases).flatMap(namedCounts)
    default:
      return []
  }
}
