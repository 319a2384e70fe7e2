import { isKnownCodePage } from '../bufferstructs/index.js'
import type { Stat } from './nspi.js'
import { fail } from './status.js'

/** [MS-OXNSPI] 2.2.1.8: places in a table that stand for minimal entry ids. */
export const MID_BEGINNING_OF_TABLE = 0x00000000
export const MID_CURRENT = 0x00000001
export const MID_END_OF_TABLE = 0x00000002

/** [MS-OXNSPI] 2.2.1.9: what became of a name. */
export const MID_UNRESOLVED = 0x00000000
export const MID_AMBIGUOUS = 0x00000001
export const MID_RESOLVED = 0x00000002

/** [MS-OXNSPI] 2.2.1.10. */
export const SortType = {
  displayName: 0x00000000,
  phoneticDisplayName: 0x00000003,
  displayNameReadOnly: 0x000003e8,
  displayNameWritable: 0x000003e9
} as const

/** [MS-OXNSPI] 2.2.1.11. */
export const RetrieveFlag = { skipObjects: 0x00000001, ephemeralIds: 0x00000002 } as const

/** [MS-OXNSPI] 2.2.1.4. */
export const NSPI_DEFAULT_LOCALE = 0x0409

/** [MS-OXNSPI] 2.2.1.5: the code page of Unicode, in which there are no 8-bit strings. */
export const CP_WINUNICODE = 1200
/** The code page of the system, which clients name that do not care. */
const CP_ACP = 0

/** The STAT of a client that stands at the beginning of the global address list, in English and code page 1252 unless said otherwise. */
export function statAtBeginning(overrides: Partial<Stat> = {}): Stat {
  return {
    ...{ sortType: SortType.displayName, containerId: 0, currentRecord: MID_BEGINNING_OF_TABLE, delta: 0 },
    ...{ position: 0, totalRecords: 0, codePage: 1252 },
    ...{ templateLocale: NSPI_DEFAULT_LOCALE, sortLocale: NSPI_DEFAULT_LOCALE },
    ...overrides
  }
}

/** Every method takes the STAT as a reference that may not be null ([MS-OXNSPI] 3.1.4.1); one of an unknown code page is refused. */
export function demandStat(stat: Stat | null): Stat {
  if (stat === null) fail('invalidParameter', 'no STAT')
  if (stat.codePage !== CP_WINUNICODE) demandCodePage(stat.codePage)
  return stat
}

/** InvalidCodepage for a code page that the server cannot convert 8-bit strings to and from. */
export function demandCodePage(codePage: number): void {
  if (codePage !== CP_ACP && !isKnownCodePage(codePage)) fail('invalidCodepage', `code page ${codePage}`)
}
