import { propertyNames } from './property-tags.generated.js'

let namesById: Map<number, string> | undefined

function byId(propertyId: number): string | undefined {
  if (namesById === undefined) {
    namesById = new Map()
    for (const [tag, name] of propertyNames) {
      const known = namesById.get(tag >>> 16)
      if (known === undefined || (!known.startsWith('PidTag') && name.startsWith('PidTag')))
        namesById.set(tag >>> 16, name)
    }
  }
  return namesById.get(propertyId)
}

/**
 * Canonical name of a property tag for dumps and logs: `PidTagSubject`; a known id under another type as
 * `PidTagSubject:001e` (below 0x8000 only: above, each mailbox gives ids of its own); else eight hexadecimal digits.
 */
export function propertyName(tag: number): string {
  const exact = propertyNames.get(tag)
  if (exact !== undefined) return exact
  const name = tag >>> 16 < 0x8000 ? byId(tag >>> 16) : undefined
  if (name === undefined) return `0x${tag.toString(16).padStart(8, '0')}`
  return `${name}:${(tag & 0xffff).toString(16).padStart(4, '0')}`
}
