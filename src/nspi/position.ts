import type { Stat } from './nspi.js'
import { MID_BEGINNING_OF_TABLE, MID_CURRENT, MID_END_OF_TABLE } from './stat.js'
import { fail } from './status.js'

/** What positioning needs to know of a table. */
export interface PlacedRows {
  readonly size: number
  midAt(index: number): number
  /** -1 for an object that is not in the table. */
  indexOf(mid: number): number
}

/**
 * The row that a STAT names by its CurrentRec ([MS-OXNSPI] 3.1.4.5.1, steps 4 and 5), Delta not counted; the number of rows
 * stands for the place behind the last one. NotFound for an object that is not in the table.
 */
export function absolutePlace(rows: PlacedRows, currentRecord: number): number {
  if (currentRecord === MID_BEGINNING_OF_TABLE) return 0
  if (currentRecord === MID_END_OF_TABLE) return rows.size
  const index = rows.indexOf(currentRecord)
  return index < 0 ? fail('notFound', `no row ${currentRecord}`) : index
}

/**
 * The row that NumPos and TotalRecs name by the part of the table before it ([MS-OXNSPI] 3.1.4.5.2, steps 4 and 5). A client
 * that says of a table that it has no rows is at its beginning.
 */
export function fractionalPlace(rows: PlacedRows, { position, totalRecords }: Stat): number {
  if (totalRecords === 0) return 0
  return Math.min(rows.size, Math.floor((rows.size * position) / totalRecords))
}

/** Either of them: only NspiUpdateStat knows MID_CURRENT ([MS-OXNSPI] 2.2.1.8). */
export function anyPlace(rows: PlacedRows, stat: Stat): number {
  return stat.currentRecord === MID_CURRENT ? fractionalPlace(rows, stat) : absolutePlace(rows, stat.currentRecord)
}

/** Moves a place, not beyond the first row nor the place behind the last one ([MS-OXNSPI] 3.1.4.5.1, steps 6 to 8). */
export function movedPlace(rows: PlacedRows, place: number, delta: number): number {
  return Math.max(0, Math.min(rows.size, place + delta))
}

/** A STAT that stands at a place. */
export function statAt(rows: PlacedRows, place: number, stat: Stat): Stat {
  return {
    ...stat,
    currentRecord: place < rows.size ? rows.midAt(place) : MID_END_OF_TABLE,
    delta: 0,
    position: place,
    totalRecords: rows.size
  }
}
