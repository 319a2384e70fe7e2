import { type PropertyTag, tagType } from '../../oxcdata/property-tag.js'
import { PtypObject } from '../../oxcdata/property-type.js'
import type { Book } from '../book.js'
import type { NspiCaller } from '../nspi.js'
import { tagInWidth, tagsOfEntry } from '../properties/entry-cells.js'
import { otherProperties } from '../rows.js'
import { CP_WINUNICODE, demandCodePage, RetrieveFlag } from '../stat.js'
import { fail } from '../status.js'

/**
 * [MS-OXNSPI] 3.1.4.1.6: the properties that an object has. Its text is 8-bit text, except for a client whose code page
 * has none. [MS-NSPI] 3.1.4.6 says what becomes of an unknown code page or object.
 */
export function getPropList(
  book: Book,
  caller: NspiCaller,
  request: { flags: number; mid: number; codePage: number }
): { tags: PropertyTag[] } {
  const unicode = request.codePage === CP_WINUNICODE
  if (!unicode) demandCodePage(request.codePage)
  const skipObjects = (request.flags & RetrieveFlag.skipObjects) !== 0
  const entry = book.identity.entryOf(request.mid)
  if (entry !== undefined) return { tags: tagsOfEntry(entry, book.view(caller, false), { unicode, skipObjects }) }
  const properties = otherProperties(book, request.mid) ?? fail('generalFailure', `no object ${request.mid}`)
  const shown = properties.filter(({ tag }) => !skipObjects || tagType(tag) !== PtypObject)
  return { tags: shown.map(({ tag }) => tagInWidth(tag, unicode)) }
}
