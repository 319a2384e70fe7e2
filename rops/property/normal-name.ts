import { type PropertyName, PS_MAPI } from '../../src/oxcdata/property-name.js'

const PS_INTERNET_HEADERS = '00020386-0000-0000-c000-000000000046'

/** Names of Internet headers are told apart in lower case ([MS-OXCPRPT] R529). */
export function normalName(name: PropertyName): PropertyName {
  if (name.guid !== PS_INTERNET_HEADERS || 'lid' in name) return name
  return { guid: name.guid, name: name.name.toLowerCase() }
}

/** The id of a name in PS_MAPI, which is its number, 0 for a string; undefined for names of other sets ([MS-OXCPRPT] R642, R225). */
export function psMapiId(name: PropertyName): number | undefined {
  if (name.guid !== PS_MAPI) return undefined
  return 'lid' in name && name.lid < 0x8000 ? name.lid : 0
}
