import { type Attributes, type DirectoryEntry, DirectoryError } from '../../directory/index.js'
import { type PropertyTag, tagId, tagType } from '../../oxcdata/property-tag.js'
import { PtypMultipleBinary } from '../../oxcdata/property-type.js'
import { splitElements } from '../../oxcdata/property-value.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Book } from '../book.js'
import { DisplayType, displayTypesOf } from '../display-types.js'
import type { NspiCaller, NspiRow, NspiValue, Stat } from '../nspi.js'
import { mayChangeSelf } from '../rights.js'
import { demandStat } from '../stat.js'
import { fail } from '../status.js'

/** What clients may change ([MS-OXNSPI] 3.1.4.1.14): the certificates that others encrypt for. */
const CERTIFICATES: ReadonlyMap<number, 'certificates' | 'smimeCertificates'> = new Map([
  [tagId(tags.PidTagAddressBookX509Certificate), 'certificates'],
  [tagId(tags.PidTagUserX509Certificate), 'smimeCertificates']
])

interface ModPropsRequest {
  stat: Stat | null
  remove: readonly PropertyTag[] | null
  values: NspiRow | null
}

/** [MS-OXNSPI] 3.1.4.1.14: changes properties of one object. All or nothing is changed. */
export async function modProps(book: Book, caller: NspiCaller, request: ModPropsRequest): Promise<void> {
  const { currentRecord } = demandStat(request.stat)
  if (request.remove === null) fail('invalidParameter', 'no properties to remove')
  const entry = book.identity.entryOf(currentRecord) ?? fail('invalidParameter', `no object ${currentRecord}`)
  if (displayTypesOf(entry).displayType !== DisplayType.mailUser) fail('invalidObject', `a ${entry.kind}`)
  if (!mayChangeSelf(book, caller, entry)) fail('accessDenied', `not ${entry.address}`)
  const attributes = changedAttributes(entry, request.remove, request.values ?? [], book)
  try {
    await book.directory.change(entry.guid, { attributes })
  } catch (error) {
    if (error instanceof DirectoryError) fail('accessDenied', error.message)
    throw error
  }
}

function changedAttributes(
  entry: DirectoryEntry,
  remove: readonly PropertyTag[],
  values: NspiRow,
  { personality }: Book
): Attributes {
  const changed: Record<string, unknown> = { ...entry.attributes }
  for (const tag of [...remove, ...values.map(value => value.tag)]) delete changed[attributeOf(tag)]
  for (const value of values) {
    const list = certificatesOf(value)
    if (list.length > 0 && !personality.certificatesAreOnlyRemoved) changed[attributeOf(value.tag)] = list
  }
  return changed as Attributes
}

function attributeOf(tag: PropertyTag): string {
  return CERTIFICATES.get(tagId(tag)) ?? fail('accessDenied', `property ${tagId(tag)} cannot be changed`)
}

function certificatesOf({ tag, bytes }: NspiValue): Uint8Array[] {
  if (tagType(tag) !== PtypMultipleBinary) fail('accessDenied', 'certificates are binary')
  return splitElements(PtypMultipleBinary, bytes).map(one => one.slice())
}
