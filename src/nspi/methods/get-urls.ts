import type { Principal } from '../../directory/index.js'
import type { Book } from '../book.js'
import type { NspiCaller } from '../nspi.js'
import { fail } from '../status.js'

/** [MS-OXCMAPIHTTP] 2.2.5.18: where the mailbox is whose server has a DN. */
export function getMailboxUrl(book: Book, caller: NspiCaller, request: { serverDn: string }): { serverUrl: string } {
  const principal = book.identity.serverByDn(request.serverDn) ?? book.directory.byLegacyDn(request.serverDn)
  if (principal === undefined) fail('notFound', 'no such server')
  return { serverUrl: urlOf(book, caller, 'emsmdb', principal) }
}

/** [MS-OXCMAPIHTTP] 2.2.5.19: where a user finds the address book; the caller himself when no user is named. */
export function getAddressBookUrl(book: Book, caller: NspiCaller, request: { userDn: string }): { serverUrl: string } {
  const principal = request.userDn === '' ? caller.principal : book.directory.byLegacyDn(request.userDn)
  if (principal === undefined) fail('notFound', 'no such user')
  return { serverUrl: urlOf(book, caller, 'nspi', principal) }
}

function urlOf(
  { directory }: Book,
  { baseUrl }: NspiCaller,
  endpoint: 'emsmdb' | 'nspi',
  principal: Principal
): string {
  const { mailboxGuid, domain } = principal
  return `${directory.otherHome(principal) ?? baseUrl}/mapi/${endpoint}/?MailboxId=${mailboxGuid}@${domain}`
}
