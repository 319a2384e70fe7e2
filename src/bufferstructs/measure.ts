import { type LayoutNode, SCALAR_SIZE } from './layout.js'

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
