import type { DirectoryEntry } from '../directory/index.js'
import type { Book } from './book.js'
import type { NspiCaller } from './nspi.js'

function isAdministrator(book: Book, { principal }: NspiCaller): boolean {
  return book.self(principal).roles.includes('organizationAdministrator')
}

/** Whether somebody may change what an entry says of itself: it is his own, or he administers the organization. */
export function mayChangeSelf(book: Book, caller: NspiCaller, entry: DirectoryEntry): boolean {
  return entry.guid === caller.principal.guid || isAdministrator(book, caller)
}

/** Whether somebody may change the members of a distribution list: he manages it, or he administers the organization. */
export function mayChangeMembers(book: Book, caller: NspiCaller, list: DirectoryEntry): boolean {
  return (list.kind === 'group' && list.owners.includes(caller.principal.guid)) || isAdministrator(book, caller)
}
