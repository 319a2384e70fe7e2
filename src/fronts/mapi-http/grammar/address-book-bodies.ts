/**
 * Bodies of the address book endpoint ([MS-OXCMAPIHTTP] 2.2.5), by the names that X-RequestType gives the request types.
 * 8-bit text is in the code page that the body itself names: in CodePage, else in the STAT before the text.
 */
import {
  ascii0,
  bytes32,
  custom,
  guid,
  type Infer,
  i32,
  type Layout,
  reserved,
  struct,
  u32,
  utf16z
} from '../../../bufferstructs/index.js'
import type { NspiRow, NspiValue } from '../../../nspi/nspi.js'
import type { PropertyTag } from '../../../oxcdata/property-tag.js'
import type { Restriction } from '../../../oxcdata/restriction.js'
import { filterSize, readFilter, writeFilter } from './address-book-restriction.js'
import {
  flag,
  inCodePage,
  limitedArray,
  present,
  readLimitedCount,
  readRow,
  readTagged,
  readValueList,
  rowSize,
  stat,
  taggedSize,
  u32Array,
  valueListSize,
  writeNumbers,
  writeRow,
  writeTagged,
  writeValueList
} from './address-book-values.js'

const DEFAULT_CODE_PAGE = 1252
const TRUE = 0xff

interface TextFields {
  codePage?: number
  state?: { codePage: number } | null
}

/** The code page of the 8-bit text in a body whose fields so far are these. */
function codePageOf({ codePage, state }: TextFields): number {
  return codePage ?? state?.codePage ?? DEFAULT_CODE_PAGE
}

interface TextCodec<T> {
  read(reader: Parameters<typeof readTagged>[0]): T
  write(writer: Parameters<typeof writeTagged>[0], value: T): void
  size(value: T, codePage: number): number
}

/** A Boolean byte and, if it is not zero, something that holds property values. */
function presentInCodePage<T>(codec: TextCodec<T>): Layout<T | null> {
  return custom<T | null>({
    read: (reader, fields) => {
      if (reader.u8() === 0) return null
      return inCodePage(reader, codePageOf(fields), () => codec.read(reader))
    },
    write: (writer, value, fields) => {
      writer.u8(value === null ? 0 : TRUE)
      if (value !== null) inCodePage(writer, codePageOf(fields), () => codec.write(writer, value))
    },
    size: (value, _context, fields) => 1 + (value === null ? 0 : codec.size(value, codePageOf(fields))),
    minSize: 1,
    why: 'the length of values follows from the types in their tags, their text from the code page in a field before'
  })
}

/** Rows with their columns, as query results carry them. */
export interface ColumnsAndRows {
  columns: readonly PropertyTag[]
  rows: readonly NspiRow[]
}

const columnsAndRows = presentInCodePage<ColumnsAndRows>({
  read: reader => {
    const columns = u32Array.read(reader)
    const rows: NspiRow[] = []
    for (let left = readLimitedCount(reader, 1); left > 0; left--) rows.push(readRow(reader, columns))
    return { columns, rows }
  },
  write: (writer, { columns, rows }) => {
    writeNumbers(writer, columns)
    writer.u32(rows.length)
    for (const row of rows) writeRow(writer, columns, row)
  },
  size: ({ columns, rows }, codePage) =>
    rows.reduce((sum, row) => sum + rowSize(columns, row, codePage), 8 + columns.length * 4)
})

const valueList = presentInCodePage<NspiRow>({ read: readValueList, write: writeValueList, size: valueListSize })

const valueLists = presentInCodePage<readonly NspiRow[]>({
  read: reader => {
    const rows: NspiValue[][] = []
    for (let left = readLimitedCount(reader, 4); left > 0; left--) rows.push(readValueList(reader))
    return rows
  },
  write: (writer, rows) => {
    writer.u32(rows.length)
    for (const row of rows) writeValueList(writer, row)
  },
  size: (rows, codePage) => rows.reduce((sum, row) => sum + valueListSize(row, codePage), 4)
})

const taggedValue = presentInCodePage<NspiValue>({ read: readTagged, write: writeTagged, size: taggedSize })
const filter = presentInCodePage<Restriction>({ read: readFilter, write: writeFilter, size: filterSize })

const state = present(stat)
const tags = present(u32Array)
const minimalIds = present(u32Array)
const status = { statusCode: u32, errorCode: u32 }
const auxiliary = bytes32
/** Request types without an answer of their own beside the return status. */
const bareResponse = struct({ ...status, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.1. */
export const bindRequest = struct({ flags: u32, state, auxiliary })
export const bindResponse = struct({ ...status, serverGuid: guid, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.2. */
export const unbindRequest = struct({ reserved: reserved(u32), auxiliary })
export const unbindResponse = bareResponse

/** [MS-OXCMAPIHTTP] 2.2.5.3. */
export const compareMidsRequest = struct({
  reserved: reserved(u32),
  state,
  minimalId1: u32,
  minimalId2: u32,
  auxiliary
})
export const compareMidsResponse = struct({ ...status, result: i32, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.4. */
export const dnToMidRequest = struct({ reserved: reserved(u32), names: present(limitedArray(ascii0, 1)), auxiliary })
export const dnToMidResponse = struct({ ...status, minimalIds, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.5. */
export const getMatchesRequest = struct({
  reserved: reserved(u32),
  state,
  minimalIds,
  interfaceOptionFlags: u32,
  filter,
  propertyName: present(struct({ guid, id: u32 })),
  rowCount: u32,
  columns: tags,
  auxiliary
})
export const getMatchesResponse = struct({ ...status, state, minimalIds, table: columnsAndRows, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.6. */
export const getPropListRequest = struct({ flags: u32, minimalId: u32, codePage: u32, auxiliary })
export const getPropListResponse = struct({ ...status, propertyTags: tags, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.7. */
export const getPropsRequest = struct({ flags: u32, state, propertyTags: tags, auxiliary })
export const getPropsResponse = struct({ ...status, codePage: u32, propertyValues: valueList, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.8. */
export const getSpecialTableRequest = struct({ flags: u32, state, version: present(u32), auxiliary })
export const getSpecialTableResponse = struct({
  ...status,
  codePage: u32,
  version: present(u32),
  rows: valueLists,
  auxiliary
})

/** [MS-OXCMAPIHTTP] 2.2.5.9. */
export const getTemplateInfoRequest = struct({
  flags: u32,
  displayType: u32,
  templateDn: present(ascii0),
  codePage: u32,
  localeId: u32,
  auxiliary
})
export const getTemplateInfoResponse = struct({ ...status, codePage: u32, row: valueList, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.10; each entry id stands behind its size, as in Binary_r ([MS-OXNSPI] 2.2.2.3). */
export const modLinkAttRequest = struct({
  flags: u32,
  propertyTag: u32,
  minimalId: u32,
  entryIds: present(limitedArray(bytes32, 4)),
  auxiliary
})
export const modLinkAttResponse = bareResponse

/** [MS-OXCMAPIHTTP] 2.2.5.11. */
export const modPropsRequest = struct({
  reserved: reserved(u32),
  state,
  propertyTagsToRemove: tags,
  propertyValues: valueList,
  auxiliary
})
export const modPropsResponse = bareResponse

/** [MS-OXCMAPIHTTP] 2.2.5.12. The explicit table has a count and no Boolean before it. */
export const queryRowsRequest = struct({
  flags: u32,
  state,
  explicitTable: u32Array,
  rowCount: u32,
  columns: tags,
  auxiliary
})
export const queryRowsResponse = struct({ ...status, state, table: columnsAndRows, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.13. */
export const queryColumnsRequest = struct({ reserved: reserved(u32), mapiFlags: u32, auxiliary })
export const queryColumnsResponse = struct({ ...status, columns: tags, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.14: NspiResolveNamesW. */
export const resolveNamesRequest = struct({
  reserved: reserved(u32),
  state,
  propertyTags: tags,
  names: present(limitedArray(utf16z, 2)),
  auxiliary
})
export const resolveNamesResponse = struct({
  ...status,
  codePage: u32,
  minimalIds,
  table: columnsAndRows,
  auxiliary
})

/** [MS-OXCMAPIHTTP] 2.2.5.15. */
export const resortRestrictionRequest = struct({ reserved: reserved(u32), state, minimalIds, auxiliary })
export const resortRestrictionResponse = struct({ ...status, state, minimalIds, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.16. */
export const seekEntriesRequest = struct({
  reserved: reserved(u32),
  state,
  target: taggedValue,
  explicitTable: present(u32Array),
  columns: tags,
  auxiliary
})
export const seekEntriesResponse = struct({ ...status, state, table: columnsAndRows, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.17. */
export const updateStatRequest = struct({ reserved: reserved(u32), state, deltaRequested: flag, auxiliary })
export const updateStatResponse = struct({ ...status, state, delta: present(i32), auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.18. */
export const getMailboxUrlRequest = struct({ flags: reserved(u32), serverDn: utf16z, auxiliary })
export const getMailboxUrlResponse = struct({ ...status, serverUrl: utf16z, auxiliary })

/** [MS-OXCMAPIHTTP] 2.2.5.19. */
export const getAddressBookUrlRequest = struct({ flags: reserved(u32), userDn: utf16z, auxiliary })
export const getAddressBookUrlResponse = struct({ ...status, serverUrl: utf16z, auxiliary })

/** Both bodies of every request type. A body whose StatusCode is not zero is `failureResponse` of bodies.ts in all of them. */
export const addressBookBodies = {
  Bind: { request: bindRequest, response: bindResponse },
  Unbind: { request: unbindRequest, response: unbindResponse },
  CompareMIds: { request: compareMidsRequest, response: compareMidsResponse },
  DNToMId: { request: dnToMidRequest, response: dnToMidResponse },
  GetMatches: { request: getMatchesRequest, response: getMatchesResponse },
  GetPropList: { request: getPropListRequest, response: getPropListResponse },
  GetProps: { request: getPropsRequest, response: getPropsResponse },
  GetSpecialTable: { request: getSpecialTableRequest, response: getSpecialTableResponse },
  GetTemplateInfo: { request: getTemplateInfoRequest, response: getTemplateInfoResponse },
  ModLinkAtt: { request: modLinkAttRequest, response: modLinkAttResponse },
  ModProps: { request: modPropsRequest, response: modPropsResponse },
  QueryRows: { request: queryRowsRequest, response: queryRowsResponse },
  QueryColumns: { request: queryColumnsRequest, response: queryColumnsResponse },
  ResolveNames: { request: resolveNamesRequest, response: resolveNamesResponse },
  ResortRestriction: { request: resortRestrictionRequest, response: resortRestrictionResponse },
  SeekEntries: { request: seekEntriesRequest, response: seekEntriesResponse },
  UpdateStat: { request: updateStatRequest, response: updateStatResponse },
  GetMailboxUrl: { request: getMailboxUrlRequest, response: getMailboxUrlResponse },
  GetAddressBookUrl: { request: getAddressBookUrlRequest, response: getAddressBookUrlResponse }
} as const

export type AddressBookRequestType = keyof typeof addressBookBodies
export type AddressBookRequest<T extends AddressBookRequestType> = Infer<(typeof addressBookBodies)[T]['request']>
export type AddressBookResponse<T extends AddressBookRequestType> = Infer<(typeof addressBookBodies)[T]['response']>
