import type { DirectoryEntry } from '../../directory/index.js'
import { TimeSlice } from '../../mailbox/time-slice.js'
import { type PropertyTag, tagId } from '../../oxcdata/property-tag.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Book, BookTable } from '../book.js'
import { nameOrder } from '../name-keys.js'
import type { NspiCaller, NspiRow, Stat } from '../nspi.js'
import { entryProperty } from '../properties/entry-properties.js'
import { RestrictionPlan } from '../restriction-plan.js'
import { RowMaker } from '../rows.js'
import { demandStat, RetrieveFlag, SortType } from '../stat.js'
import { fail } from '../status.js'
import { sorted } from '../tables.js'

/** Ids in one answer, whatever the client asked for ([MS-OXNSPI] 2.2.2.2). */
const MATCH_LIMIT = 100_000
/** Rows that are tested in one go; longer tables are tested in slices. */
const IMMEDIATE_ROWS = 1000

export interface MatchesRequest {
  stat: Stat | null
  filter: Restriction | null
  propertyName: { guid: string; id: number } | null
  rowCount: number
  columns: readonly PropertyTag[] | null
}

export interface MatchesAnswer {
  stat: Stat
  mids: number[]
  columns: readonly PropertyTag[] | null
  rows: readonly NspiRow[]
}

/** Properties whose tables clients can change ([MS-OXNSPI] 3.1.4.1.15). */
const WRITABLE: ReadonlySet<number> = new Set(
  [tags.PidTagAddressBookMember, tags.PidTagAddressBookPublicDelegates].map(tagId)
)

/** [MS-OXNSPI] 3.1.4.1.10: rows of a table that meet a restriction, or the objects that a property refers to, as a list of ids. */
export function getMatches(
  book: Book,
  caller: NspiCaller,
  request: MatchesRequest
): MatchesAnswer | Promise<MatchesAnswer> {
  const stat = demandStat(request.stat)
  if (request.filter === null) return answer(book, caller, request, stat, linked(book, caller, request, stat))
  if (stat.sortType !== SortType.displayName && stat.sortType !== SortType.phoneticDisplayName) {
    fail('generalFailure', `restricting by sort type ${stat.sortType}`)
  }
  const table = book.table(stat)
  const plan = planOf(book, caller, table, request.filter, stat)
  if (plan.candidates !== null || table.size <= IMMEDIATE_ROWS) {
    return answer(book, caller, request, stat, matchesAtOnce(table, plan, request))
  }
  return matchesInSlices(book, table, plan, request).then(found => answer(book, caller, request, stat, found))
}

function planOf(book: Book, caller: NspiCaller, table: BookTable, filter: Restriction, stat: Stat): RestrictionPlan {
  const container = book.containers.find(stat.containerId)
  const scope = { container: container ?? book.containers.all()[0], principal: caller.principal }
  const view = book.view(caller, true)
  return new RestrictionPlan(filter, view, table.order.localeId, function* (name) {
    for (const entry of book.names.matches(name, scope)) {
      if (container !== undefined || table.rows.indexOf(entry) >= 0) yield entry
    }
  })
}

/** Matches in the order of the table. Names find some that tables hide: the caller, and whoever is named by his address. */
function matchesAtOnce(table: BookTable, plan: RestrictionPlan, request: MatchesRequest): DirectoryEntry[] {
  const found: DirectoryEntry[] = []
  for (const entry of plan.candidates ?? table.rows.entries()) {
    if (!plan.matches(entry)) continue
    found.push(entry)
    demandFewer(found, request)
  }
  return plan.candidates === null ? found : [...sorted(found, table.order).entries()]
}

async function matchesInSlices(
  book: Book,
  table: BookTable,
  plan: RestrictionPlan,
  request: MatchesRequest
): Promise<DirectoryEntry[]> {
  const slice = new TimeSlice(book.runtime)
  const found: DirectoryEntry[] = []
  const entries = [...table.rows.entries()]
  for (let i = 0; i < entries.length; i++) {
    if (i % 64 === 0 && slice.isDue) await slice.pause()
    if (!plan.matches(entries[i])) continue
    found.push(entries[i])
    demandFewer(found, request)
  }
  return found
}

/** Never more rows than the client asked for, nor than one answer holds (constraints 16 and 17). */
function demandFewer(found: readonly DirectoryEntry[], { rowCount }: MatchesRequest): void {
  if (found.length > Math.min(rowCount, MATCH_LIMIT)) fail('tableTooBig', `more than ${found.length - 1} rows`)
}

/**
 * Objects that a property of one object refers to (constraints 9 to 14). The object stands in CurrentRec, the property in the
 * property name or, as a tag, in ContainerID. A client that names no property (tag 0) gets an empty list.
 */
function linked(book: Book, caller: NspiCaller, request: MatchesRequest, stat: Stat): DirectoryEntry[] {
  const { propertyName } = request
  const byContainer = stat.sortType === SortType.displayName || stat.sortType === SortType.phoneticDisplayName
  if (byContainer && propertyName === null) book.container(stat.containerId)
  const entry = book.identity.entryOf(stat.currentRecord) ?? fail('generalFailure', `no object ${stat.currentRecord}`)
  const named = propertyName === null ? stat.containerId : propertyName.id
  const id = named > 0xffff ? tagId(named) : named
  if (id === 0) return []
  const property = entryProperty(id * 0x10000)
  if (property?.links === undefined) fail('notSupported', `property ${id} refers to nothing`)
  if (stat.sortType === SortType.displayNameWritable && !WRITABLE.has(id)) fail('notSupported', 'read-only property')
  const found = property.links(entry, book.view(caller, true))
  demandFewer(found, request)
  const order = nameOrder({ ...stat, sortType: SortType.displayName })
  return [...sorted(found, order).entries()]
}

function answer(
  book: Book,
  caller: NspiCaller,
  { columns }: MatchesRequest,
  stat: Stat,
  found: readonly DirectoryEntry[]
): MatchesAnswer {
  const mids = found.map(entry => book.identity.midOf(entry))
  const next = { ...stat, containerId: stat.currentRecord }
  if (columns === null) return { stat: next, mids, columns: null, rows: [] }
  const form = { columns, flags: RetrieveFlag.ephemeralIds, codePage: stat.codePage }
  const maker = new RowMaker(book, caller, form)
  return { stat: next, mids, columns, rows: maker.all(found, entry => maker.ofEntry(entry)) }
}
