import { PtypBinary } from '../../oxcdata/property-type.js'
import { joinElements, splitElements } from '../../oxcdata/property-value.js'

/**
 * A new value of PidTagAdditionalRenEntryIds ([MS-OXOSFLD] 2.2.4) with what the old one holds behind its end. The list
 * begins with Conflicts, Sync Issues, Local Failures, Server Failures and Junk E-mail; Outlook desktop writes it back
 * with the first four only when it starts, and would lose its junk folder by that.
 */
export function withKeptFolders(before: Uint8Array | undefined, written: Uint8Array): Uint8Array {
  if (before === undefined) return written
  const kept = splitElements(PtypBinary, before)
  const given = splitElements(PtypBinary, written)
  return given.length < kept.length ? joinElements(PtypBinary, [...given, ...kept.slice(given.length)]) : written
}
