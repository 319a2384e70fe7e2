import type { DirectoryEntry } from '../directory/index.js'
import { type PropertyTag, withType } from '../oxcdata/property-tag.js'
import { PtypString8 } from '../oxcdata/property-type.js'
import * as tags from '../oxprops/property-tags.generated.js'
import type { Book } from './book.js'
import type { NspiCaller, NspiRow, NspiValue } from './nspi.js'
import { containerProperties, pickProperties, serverProperties } from './other-objects.js'
import { entryCell, missingValue } from './properties/entry-cells.js'
import { RetrieveFlag } from './stat.js'
import { fail } from './status.js'

/** Columns that a client asks for at most ([MS-OXNSPI] 3.1.4.1.7, constraint 6); there are some 150 properties. */
export const COLUMN_LIMIT = 2000
/** Values and bytes in one answer; a client asks again for more rows. */
const ANSWER_VALUES = 100_000
const ANSWER_BYTES = 4 << 20

/** Columns of a client that names none ([MS-OXNSPI] 3.1.4.1.8, constraint 6). */
export const defaultColumns: readonly PropertyTag[] = [
  tags.PidTagAddressBookContainerId,
  tags.PidTagObjectType,
  tags.PidTagDisplayType,
  withType(tags.PidTagDisplayName, PtypString8),
  withType(tags.PidTagPrimaryTelephoneNumber, PtypString8),
  withType(tags.PidTagDepartmentName, PtypString8),
  withType(tags.PidTagOfficeLocation, PtypString8)
]

export interface RowForm {
  columns: readonly PropertyTag[]
  flags: number
  codePage: number
}

/** TableTooBig for more columns than anybody needs. */
export function demandColumns(columns: readonly PropertyTag[]): void {
  if (columns.length > COLUMN_LIMIT) fail('tableTooBig', `${columns.length} columns`)
}

/** Makes rows of entries, of containers and servers by their minimal entry ids, and of ids that stand for nothing. */
export class RowMaker {
  private readonly cells: readonly ((entry: DirectoryEntry) => NspiValue)[]

  constructor(
    private readonly book: Book,
    caller: NspiCaller,
    private readonly form: RowForm
  ) {
    demandColumns(form.columns)
    const view = book.view(caller, (form.flags & RetrieveFlag.ephemeralIds) !== 0)
    this.cells = form.columns.map(tag => entryCell(tag, view, form.codePage))
  }

  ofEntry(entry: DirectoryEntry): NspiRow {
    return this.cells.map(cell => cell(entry))
  }

  /** An id that stands for nothing has a row without values ([MS-OXNSPI] 3.1.4.1.7, constraint 11). */
  ofMid(mid: number): NspiRow {
    const entry = this.book.identity.entryOf(mid)
    if (entry !== undefined) return this.ofEntry(entry)
    const properties = otherProperties(this.book, mid)
    if (properties !== undefined) return pickProperties(properties, this.form.columns)
    return this.form.columns.map(missingValue)
  }

  /** Rows for the first ids of a list, as many as one answer holds, at least one. */
  some<T>(list: Iterable<T>, rowOf: (item: T) => NspiRow): NspiRow[] {
    const rows: NspiRow[] = []
    let values = 0
    let bytes = 0
    for (const item of list) {
      const row = rowOf(item)
      values += row.length + 1
      for (const value of row) bytes += value.bytes.byteLength
      if (rows.length > 0 && (values > ANSWER_VALUES || bytes > ANSWER_BYTES)) break
      rows.push(row)
    }
    return rows
  }

  /** Rows for all of a list; TableTooBig when one answer does not hold them. */
  all<T>(list: readonly T[], rowOf: (item: T) => NspiRow): NspiRow[] {
    const rows = this.some(list, rowOf)
    return rows.length === list.length ? rows : fail('tableTooBig', `${list.length} rows`)
  }
}

/** What a container or a server is, by its minimal entry id. */
export function otherProperties(book: Book, mid: number): NspiRow | undefined {
  const container = mid === 0 ? undefined : book.containers.find(mid)
  if (container !== undefined) return containerProperties(container)
  const principal = book.identity.serverOf(mid)
  return principal === undefined ? undefined : serverProperties(principal, book.directory.serverDn(principal))
}
