import { test } from 'tap'
import { isPrincipal } from '../../../src/directory/index.js'
import { sampleBook } from '../sample-book.js'

const NOT_FOUND = 0x8004010f

test('N10: where a mailbox and an address book are', async t => {
  const { book, caller, entry, directory } = await sampleBook()
  const bob = entry('bob')
  if (!isPrincipal(bob)) throw new Error('no principal')
  const id = `MailboxId=${bob.mailboxGuid}@contoso.example`
  const mailbox = { errorCode: 0, serverUrl: `https://mail.contoso.example/mapi/emsmdb/?${id}` }
  const ask = (serverDn: string) => book.getMailboxUrl(caller('alice'), { serverDn })
  t.same(ask(directory.serverDn(bob)), mailbox)
  t.same(ask(`${directory.serverDn(bob).toUpperCase()}/CN=MICROSOFT PRIVATE MDB`), mailbox)
  t.same(ask(bob.legacyDn), mailbox)
  const nobody = { errorCode: NOT_FOUND, serverUrl: '' }
  for (const dn of ['', '/', 'x', directory.serverDn({ ...bob, domain: 'other.example' }), entry('zoe').legacyDn]) {
    t.same(ask(dn), nobody, dn)
  }

  const book2 = (userDn: string) => book.getAddressBookUrl(caller('bob'), { userDn })
  const own = { errorCode: 0, serverUrl: `https://mail.contoso.example/mapi/nspi/?${id}` }
  t.same(book2(bob.legacyDn), own)
  t.same(book2(''), own)
  t.same(book2('/o=nobody'), nobody)

  await directory.change(bob.guid, { homeServer: 'mail2.contoso.example' })
  const elsewhere = { errorCode: 0, serverUrl: `https://mail2.contoso.example/mapi/emsmdb/?${id}` }
  t.same(ask(directory.serverDn(bob)), elsewhere, 'another server has the mailbox')
  t.match(book2(''), { serverUrl: /^https:\/\/mail2\./ })
})
