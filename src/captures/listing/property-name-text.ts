import type { PropertyName } from '../../oxcdata/property-name.js'
import { namedProperties } from '../../oxprops/named-properties.generated.js'
import { propertySetNames } from '../../oxprops/property-sets.js'

let canonical: Map<string, string> | undefined

/** The documents' name of a named property, by property set and number or string. */
function canonicalName(key: string): string | undefined {
  if (canonical === undefined) {
    canonical = new Map()
    for (const [name, { guid, lid, name: text }] of Object.entries(namedProperties)) {
      const property = `${guid}/${lid ?? text?.toLowerCase()}`
      if (!canonical.get(property)?.startsWith('Pid')) canonical.set(property, name)
    }
  }
  return canonical.get(key)
}

/** `PidLidReminderSet` where the documents name it, else property set and number or string. */
export function propertyNameText(name: PropertyName): string {
  const known = canonicalName(`${name.guid}/${'lid' in name ? name.lid : name.name.toLowerCase()}`)
  if (known !== undefined) return known
  const set = propertySetNames.get(name.guid) ?? name.guid
  return 'lid' in name ? `${set}/0x${name.lid.toString(16)}` : `${set}:${name.name}`
}
