/**
 * The address book service as every transport sees it ([MS-OXNSPI] 3.1.4.1): MAPI over HTTP today, RPC beside it. Values
 * are stored bytes ([MS-OXCDATA] 2.11 without counts, strings as UTF-16LE with their terminating zero); a transport
 * frames them, applies the code page and checks its own limits of counts. Expected failures are the `errorCode` of a result:
 * on any but success and ErrorsReturned all other fields are those of an empty answer ([MS-OXNSPI] 3.1.4.1).
 */
import type { Principal } from '../directory/index.js'
import type { PropertyEntry, PropertyTag } from '../oxcdata/property-tag.js'
import type { Restriction } from '../oxcdata/restriction.js'

/** STAT ([MS-OXNSPI] 2.2.8): the client's place in a table. `delta` is signed, all else unsigned. */
export interface Stat {
  sortType: number
  containerId: number
  /** Minimal entry id of the row, or one of the reserved positions ([MS-OXNSPI] 2.2.1.8). */
  currentRecord: number
  delta: number
  /** Approximate number of rows before the current one, and of all rows. */
  position: number
  totalRecords: number
  codePage: number
  templateLocale: number
  sortLocale: number
}

/**
 * A property of an address book row; a value that is not there has the type PtypErrorCode and its code. A string, binary or
 * multivalue without bytes (a string without even its zero) is the null pointer of [MS-OXNSPI], as the name of the Global
 * Address List in the hierarchy table. Type PtypNull in a row is a value that is not there without an error.
 */
export type NspiValue = PropertyEntry

export type NspiRow = readonly NspiValue[]

/** Who asks. The caller is authenticated; anonymous requests never come here. */
export interface NspiCaller {
  readonly principal: Principal
  /** Scheme, host and port by which the client reached the server, for GetMailboxUrl and GetAddressBookUrl. */
  readonly baseUrl: string
}

export interface NspiResult {
  /** One of the codes of [MS-OXNSPI] 2.2.1.2. */
  errorCode: number
}

export interface NspiRows extends NspiResult {
  stat: Stat | null
  /** The columns of the rows; null where the answer has no rows. */
  columns: readonly PropertyTag[] | null
  rows: readonly NspiRow[]
}

/** The methods by their names in [MS-OXNSPI] 3.1.4.1 without the prefix; reserved parameters are not passed on. */
export interface Nspi {
  bind(caller: NspiCaller, request: { flags: number; stat: Stat | null }): NspiResult & { serverGuid: string }
  compareMids(
    caller: NspiCaller,
    request: { stat: Stat | null; mid1: number; mid2: number }
  ): NspiResult & { result: number }
  dnToMid(caller: NspiCaller, request: { names: readonly string[] | null }): NspiResult & { mids: number[] | null }
  getMatches(
    caller: NspiCaller,
    request: {
      stat: Stat | null
      /** Explicit minimal entry ids, which MAPI over HTTP may carry ([MS-OXCMAPIHTTP] 2.2.5.5.1). */
      mids: readonly number[] | null
      interfaceFlags: number
      /** The value of a content or property restriction has the type PtypNull where the request has none. */
      filter: Restriction | null
      propertyName: { guid: string; id: number } | null
      rowCount: number
      columns: readonly PropertyTag[] | null
    }
  ): (NspiRows & { mids: number[] | null }) | Promise<NspiRows & { mids: number[] | null }>
  getPropList(
    caller: NspiCaller,
    request: { flags: number; mid: number; codePage: number }
  ): NspiResult & { tags: PropertyTag[] | null }
  getProps(
    caller: NspiCaller,
    request: { flags: number; stat: Stat | null; tags: readonly PropertyTag[] | null }
  ): NspiResult & { codePage: number; row: NspiRow | null }
  getSpecialTable(
    caller: NspiCaller,
    request: { flags: number; stat: Stat | null; version: number | null }
  ): NspiResult & { codePage: number; version: number | null; rows: readonly NspiRow[] | null }
  getTemplateInfo(
    caller: NspiCaller,
    request: { flags: number; displayType: number; templateDn: string | null; codePage: number; localeId: number }
  ): NspiResult & { codePage: number; row: NspiRow | null }
  modLinkAtt(
    caller: NspiCaller,
    request: { flags: number; tag: PropertyTag; mid: number; entryIds: readonly Uint8Array[] | null }
  ): NspiResult | Promise<NspiResult>
  modProps(
    caller: NspiCaller,
    request: { stat: Stat | null; remove: readonly PropertyTag[] | null; values: NspiRow | null }
  ): NspiResult | Promise<NspiResult>
  queryRows(
    caller: NspiCaller,
    request: {
      flags: number
      stat: Stat | null
      mids: readonly number[]
      rowCount: number
      columns: readonly PropertyTag[] | null
    }
  ): NspiRows
  queryColumns(caller: NspiCaller, request: { flags: number }): NspiResult & { columns: PropertyTag[] | null }
  /** NspiResolveNamesW; `names` are Unicode. */
  resolveNames(
    caller: NspiCaller,
    request: { stat: Stat | null; columns: readonly PropertyTag[] | null; names: readonly string[] | null }
  ): NspiRows & { codePage: number; mids: number[] | null }
  resortRestriction(
    caller: NspiCaller,
    request: { stat: Stat | null; mids: readonly number[] | null }
  ): NspiResult & { stat: Stat | null; mids: number[] | null }
  seekEntries(
    caller: NspiCaller,
    request: {
      stat: Stat | null
      target: NspiValue | null
      mids: readonly number[] | null
      columns: readonly PropertyTag[] | null
    }
  ): NspiRows
  updateStat(
    caller: NspiCaller,
    request: { stat: Stat | null; wantsDelta: boolean }
  ): NspiResult & { stat: Stat | null; delta: number | null }
  /** [MS-OXCMAPIHTTP] 2.2.5.18, 3.2.5.x: URL of the mailbox endpoint by the server's DN. */
  getMailboxUrl(caller: NspiCaller, request: { serverDn: string }): NspiResult & { serverUrl: string }
  /** [MS-OXCMAPIHTTP] 2.2.5.19: URL of the address book endpoint by the user's DN. */
  getAddressBookUrl(caller: NspiCaller, request: { userDn: string }): NspiResult & { serverUrl: string }
}
