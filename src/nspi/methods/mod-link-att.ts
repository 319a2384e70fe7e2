import { type DirectoryEntry, DirectoryError, type EntryChange } from '../../directory/index.js'
import { type PropertyTag, tagId } from '../../oxcdata/property-tag.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Book } from '../book.js'
import { DisplayType, displayTypesOf } from '../display-types.js'
import type { NspiCaller } from '../nspi.js'
import { entryProperty } from '../properties/entry-properties.js'
import { mayChangeMembers, mayChangeSelf } from '../rights.js'
import { fail, NspiStatus } from '../status.js'

/** [MS-OXNSPI] 2.2.1.15. */
const DELETE = 0x00000001

interface ModLinkAttRequest {
  flags: number
  tag: PropertyTag
  mid: number
  entryIds: readonly Uint8Array[] | null
}

/** Makes the change of a list of links to entries. */
type LinkChange = (update: (guids: readonly string[]) => readonly string[]) => EntryChange

/**
 * [MS-OXNSPI] 3.1.4.1.15: adds objects to a property that refers to objects, or takes them out: members of distribution lists, and who
 * may send on behalf of a mailbox.
 */
export async function modLinkAtt(
  book: Book,
  caller: NspiCaller,
  request: ModLinkAttRequest
): Promise<{ errorCode: number }> {
  if (entryProperty(request.tag) === undefined) fail('notFound', `property ${request.tag}`)
  const entry = book.identity.entryOf(request.mid) ?? fail('invalidParameter', `no object ${request.mid}`)
  if (request.entryIds === null) fail('invalidParameter', 'no entry ids')
  const change = linkChange(book, caller, entry, request.tag)
  const guids = linkGuids(book, request.entryIds, (request.flags & DELETE) !== 0)
  const changed = change(old =>
    (request.flags & DELETE) !== 0 ? old.filter(guid => !guids.includes(guid)) : [...new Set([...old, ...guids])]
  )
  try {
    await book.directory.change(entry.guid, changed)
  } catch (error) {
    if (error instanceof DirectoryError) fail('accessDenied', error.message)
    throw error
  }
  const { linkChangesAnswerFailure } = book.personality
  return { errorCode: linkChangesAnswerFailure ? NspiStatus.generalFailure : NspiStatus.success }
}

/** AccessDenied where the kind of object, its property or the caller's rights do not allow it (constraints 5 and 8). */
function linkChange(book: Book, caller: NspiCaller, entry: DirectoryEntry, tag: PropertyTag): LinkChange {
  const id = tagId(tag)
  if (id === tagId(tags.PidTagAddressBookMember) && entry.kind === 'group') {
    if (!mayChangeMembers(book, caller, entry)) fail('accessDenied', `${entry.address} has other managers`)
    return update => ({ members: update(entry.members) })
  }
  if (
    id === tagId(tags.PidTagAddressBookPublicDelegates) &&
    displayTypesOf(entry).displayType === DisplayType.mailUser
  ) {
    if (!mayChangeSelf(book, caller, entry)) fail('accessDenied', `not ${entry.address}`)
    return update => ({ delegates: update(entry.delegates) })
  }
  return fail('accessDenied', `property ${id} of a ${entry.kind}`)
}

/** The entries that ids name. An id of nobody cannot be added; taking it out changes nothing. */
function linkGuids({ identity }: Book, entryIds: readonly Uint8Array[], isRemoval: boolean): string[] {
  const guids: string[] = []
  for (const bytes of entryIds) {
    const entry = identity.entryByEntryId(bytes)
    if (entry !== undefined) guids.push(entry.guid)
    else if (!isRemoval) fail('accessDenied', 'an entry id of nobody')
  }
  return guids
}
