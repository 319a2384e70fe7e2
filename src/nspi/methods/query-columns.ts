import type { PropertyTag } from '../../oxcdata/property-tag.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { tagInWidth } from '../properties/entry-cells.js'
import { entryProperties } from '../properties/entry-properties.js'

/** [MS-OXNSPI] 2.2.1.13: text is Unicode. */
const UNICODE_PROPTYPES = 0x80000000

/** Properties of containers and servers that no entry has, and the text forms of properties that are tables. */
const OTHERS: readonly PropertyTag[] = [
  tags.PidTagDepth,
  tags.PidTagAddressBookIsMaster,
  tags.PidTagAddressBookParentEntryId,
  tags.PidTagAddressBookNetworkAddress,
  tags.PidTagAddressBookManagerDistinguishedName
]

const all = [...entryProperties.map(({ tag }) => tag), ...OTHERS]

/** [MS-OXNSPI] 3.1.4.1.5: all properties that the server knows. */
export function queryColumns(request: { flags: number }): { columns: PropertyTag[] } {
  const unicode = (request.flags & UNICODE_PROPTYPES) !== 0
  return { columns: all.map(tag => tagInWidth(tag, unicode)) }
}
