import { createHash } from 'node:crypto'
import type { Book } from '../book.js'
import type { NspiRow, NspiValue, Stat } from '../nspi.js'
import { containerRow } from '../other-objects.js'
import { tagInWidth } from '../properties/entry-cells.js'
import { CP_WINUNICODE, demandStat } from '../stat.js'
import { fail } from '../status.js'

/** [MS-OXNSPI] 2.2.1.12. */
const ADDRESS_CREATION_TEMPLATES = 0x00000002
const UNICODE_STRINGS = 0x00000004

interface SpecialTable {
  codePage: number
  version: number | null
  rows: readonly NspiRow[]
}

/** [MS-OXNSPI] 3.1.4.1.3: the containers of the address book, or the templates for addresses that it does not know. */
export function getSpecialTable(
  book: Book,
  request: { flags: number; stat: Stat | null; version: number | null }
): SpecialTable {
  const { codePage } = demandStat(request.stat)
  // There is no address creation table for any locale, which is a table without rows (constraint 11), not an error.
  if ((request.flags & ADDRESS_CREATION_TEMPLATES) !== 0) return { codePage, version: request.version, rows: [] }
  const unicode = (request.flags & UNICODE_STRINGS) !== 0
  if (!unicode && codePage === CP_WINUNICODE) fail('invalidCodepage', 'Unicode for 8-bit strings')
  const rows = book.containers.all().map(container => containerRow(container).map(value => inWidth(value, unicode)))
  if (book.personality.hierarchyVersionIsIgnored) return { codePage, version: request.version, rows }
  const version = versionOf(rows)
  return { codePage, version, rows: request.version === version ? [] : rows }
}

function inWidth({ tag, bytes }: NspiValue, unicode: boolean): NspiValue {
  return { tag: tagInWidth(tag, unicode), bytes }
}

/** A number made of what the table says, so that it stays while nothing changes, over restarts too; never 0, which a client without a table says. */
function versionOf(rows: readonly NspiRow[]): number {
  const hash = createHash('sha256')
  for (const row of rows) for (const { bytes } of row) hash.update(`${bytes.byteLength} `).update(bytes)
  return hash.digest().readUInt32LE(0) || 1
}
