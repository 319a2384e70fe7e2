import type { Book } from '../book.js'
import { fail } from '../status.js'

/** [MS-OXNSPI] 3.1.4.1.13: minimal entry ids for DNs, in their order; 0 for a DN that nobody has. Hidden entries have theirs, too. */
export function dnToMid(book: Book, request: { names: readonly string[] | null }): { mids: number[] } {
  if (request.names === null) fail('invalidParameter', 'no names')
  return { mids: request.names.map(dn => midOf(book, dn)) }
}

function midOf({ directory, identity, containers }: Book, dn: string): number {
  const entry = directory.entryByLegacyDn(dn)
  if (entry !== undefined) return identity.midOf(entry)
  const server = identity.serverByDn(dn)
  if (server !== undefined) return identity.serverMidOf(server)
  return dn.startsWith('/guid=') || dn.startsWith('/GUID=') ? (containers.byDn(dn)?.mid ?? 0) : 0
}
