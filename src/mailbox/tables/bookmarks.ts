import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'

const SIZE_BYTES = 4

/**
 * The bookmarks of one table ([MS-OXCTABL] 2.2.2.1.2). To clients they are numbers that are never given twice, so that one which was
 * freed or has become invalid finds nothing.
 */
export class Bookmarks<Place> {
  private readonly places = new Map<number, Place>()
  private last = 0

  /** Errors: ecOutOfMemory when the table has as many as it may have. */
  create(place: Place): Uint8Array {
    if (this.places.size >= limits.bookmarksPerTable) throw new MapiError(ErrorCode.ecOutOfMemory, 'too many bookmarks')
    this.places.set(++this.last, place)
    const bookmark = new Uint8Array(SIZE_BYTES)
    new DataView(bookmark.buffer).setUint32(0, this.last, true)
    return bookmark
  }

  /** Where a bookmark points; ecInvalidBookmark for one that is not or no longer there. */
  place(bookmark: Uint8Array): Place {
    return this.places.get(this.number(bookmark))!
  }

  /** Lets a bookmark point to where its row has gone. */
  move(bookmark: Uint8Array, place: Place): void {
    this.places.set(this.number(bookmark), place)
  }

  all(): IterableIterator<Place> {
    return this.places.values()
  }

  free(bookmark: Uint8Array): void {
    this.places.delete(this.number(bookmark))
  }

  /** All become invalid: by another order, another restriction, a reset ([MS-OXCTABL] 3.2.5.3, 3.2.5.4, 3.2.5.16). */
  clear(): void {
    this.places.clear()
  }

  private number(bookmark: Uint8Array): number {
    const isOne = bookmark.byteLength === SIZE_BYTES
    const number = isOne ? new DataView(bookmark.buffer, bookmark.byteOffset, SIZE_BYTES).getUint32(0, true) : 0
    if (!this.places.has(number)) throw new MapiError(ErrorCode.ecInvalidBookmark)
    return number
  }
}
