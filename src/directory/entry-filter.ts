import { type AttributeName, attributeSpecs } from './attributes.js'
import type { DirectoryEntry, EntryKind } from './directory-entry.js'

/** Attributes that a filter may look at: those that are one text. */
export type FilterAttribute = {
  [Name in AttributeName]: (typeof attributeSpecs)[Name]['type'] extends 'text' ? Name : never
}[AttributeName]

/**
 * A condition on entries, for dynamic groups and address lists: of one of these kinds and domains, and with these texts,
 * compared without case. What is not said is not asked for.
 */
export interface EntryFilter {
  readonly kinds?: readonly EntryKind[]
  readonly domains?: readonly string[]
  readonly attributes?: Readonly<Partial<Record<FilterAttribute, string>>>
}

export const filterAttributes = (Object.keys(attributeSpecs) as AttributeName[]).filter(
  (name): name is FilterAttribute => attributeSpecs[name].type === 'text'
)

export function matchesFilter(filter: EntryFilter, entry: DirectoryEntry): boolean {
  if (filter.kinds !== undefined && !filter.kinds.includes(entry.kind)) return false
  if (filter.domains !== undefined && !filter.domains.some(domain => domain.toLowerCase() === entry.domain))
    return false
  for (const [name, wanted] of Object.entries(filter.attributes ?? {})) {
    const value = entry.attributes[name as FilterAttribute]
    if (value === undefined || value.toLowerCase() !== wanted.toLowerCase()) return false
  }
  return true
}
