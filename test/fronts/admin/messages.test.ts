import t from 'tap'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { decodeCell, idOf, LogonFolder, type MailboxSession, succeeded } from '../../../src/client/mailbox-session.js'
import { listMessages, readAttachment, readMessage } from '../../../src/client/message-actions.js'
import { RopBatch } from '../../../src/client/rop-batch.js'
import type { PropertyTag } from '../../../src/oxcdata/property-tag.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { fromFiletime } from '../../../src/runtime.js'
import { AdminServer } from './admin-server.js'

async function folderCounts(session: MailboxSession, folderId: number): Promise<unknown[]> {
  const columns = [tags.PidTagContentCount, tags.PidTagContentUnreadCount]
  const batch = new RopBatch([session.logonHandle])
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId, openModeFlags: 0 })
  const read = batch.add(
    RopGetPropertiesSpecific,
    { input: 1 },
    { propertySizeLimit: 0, wantUnicode: true, propertyTags: columns }
  )
  await session.client.execute(batch)
  const { row } = succeeded(read)
  return row.map((cell, index) => decodeCell(columns[index], cell))
}

async function setUp(test: typeof t) {
  const admin = await AdminServer.start(test as never)
  for (const [address, name] of [
    ['kim@example.com', 'Kim Kay'],
    ['lee@example.com', 'Lee Low']
  ]) {
    await admin.demand(201, 'POST', '/admin/users', { body: { address, name, password: 'x' } })
  }
  return { admin, session: await admin.logOn('kim@example.com', 'x') }
}

t.test('a delivered message is in the inbox, unread, with all that its arrival adds', async t => {
  const { admin, session } = await setUp(t as never)
  const inbox = session.folderIds[LogonFolder.inbox]
  t.strictSame(await folderCounts(session, inbox), [0, 0])
  const { body } = await admin.demand(201, 'POST', '/admin/mailboxes/KIM@example.com/messages', {
    body: {
      ...{
        from: 'Lee <lee@example.com>',
        to: ['kim@example.com', 'Max <max@elsewhere.example>'],
        cc: ['lee@example.com']
      },
      ...{
        subject: 'Re: Lunch',
        body: 'At noon?',
        html: '<p>At <b>noon</b>?</p>',
        importance: 'high',
        sensitivity: 'private'
      },
      ...{
        received: '2026-03-01T09:30:00Z',
        sent: '2026-03-01T09:29:00Z',
        inReplyTo: '<1@x>',
        replyTo: ['max@elsewhere.example']
      },
      headers: { 'X-Ropewalk': 'yes' },
      attachments: [
        { name: 'menu.txt', text: 'Soup', contentType: 'text/plain' },
        { name: 'bytes.bin', base64: Buffer.alloc(100_000, 7).toString('base64') }
      ]
    }
  })
  t.match(body, { mailbox: 'kim@example.com', isKept: true, folder: 'Inbox', internetMessageId: /^<.+@example\.com>$/ })
  t.strictSame(await folderCounts(session, inbox), [1, 1], 'it counts as new and unread')
  const [[mid]] = await listMessages(session, inbox, [tags.PidTagMid])
  t.equal(`0x${(mid as bigint).toString(16).padStart(16, '0')}`, body.messageId, 'under the id that was answered')
  const read = async (...wanted: PropertyTag[]) => readMessage(session, inbox, idOf(mid), wanted)
  const [entryId] = (await read(tags.PidTagEntryId)) as [Uint8Array]
  t.equal(Buffer.from(entryId).toString('hex'), body.entryId)

  const kim = admin.server.directory.byAddress('kim@example.com')!
  const lee = admin.server.directory.byAddress('lee@example.com')!
  t.strictSame(
    await read(
      tags.PidTagSubject,
      tags.PidTagNormalizedSubject,
      tags.PidTagConversationTopic,
      tags.PidTagBody,
      tags.PidTagMessageClass
    ),
    ['Re: Lunch', 'Lunch', 'Lunch', 'At noon?', 'IPM.Note']
  )
  const [flags, importance, sensitivity, toMe, ccMe, recipientMe, hasAttachments] = await read(
    ...[tags.PidTagMessageFlags, tags.PidTagImportance, tags.PidTagSensitivity, tags.PidTagMessageToMe],
    ...[tags.PidTagMessageCcMe, tags.PidTagMessageRecipientMe, tags.PidTagHasAttachments]
  )
  t.equal(Number(flags) & ~0x10, 0x2, 'unread, never read, not unsent: as Exchange was seen to have it')
  t.strictSame([importance, sensitivity, toMe, ccMe, recipientMe, hasAttachments], [2, 2, true, false, true, true])
  t.strictSame(
    await read(
      tags.PidTagSenderAddressType,
      tags.PidTagSenderEmailAddress,
      tags.PidTagSenderName,
      tags.PidTagSenderSmtpAddress
    ),
    ['EX', lee.legacyDn, 'Lee Low', 'lee@example.com'],
    'a sender of the directory has its DN and name'
  )
  t.strictSame(
    await read(
      tags.PidTagReceivedByAddressType,
      tags.PidTagReceivedByEmailAddress,
      tags.PidTagReceivedRepresentingName
    ),
    ['EX', kim.legacyDn, 'Kim Kay']
  )
  const [delivered, sent] = (await read(tags.PidTagMessageDeliveryTime, tags.PidTagClientSubmitTime)) as bigint[]
  t.equal(fromFiletime(delivered), Date.UTC(2026, 2, 1, 9, 30))
  t.equal(fromFiletime(sent), Date.UTC(2026, 2, 1, 9, 29))
  const [head, to, cc, replyTo] = await read(
    ...[tags.PidTagTransportMessageHeaders, tags.PidTagDisplayTo, tags.PidTagDisplayCc, tags.PidTagReplyRecipientNames]
  )
  t.match(head, /^From: "Lee" <lee@example\.com>\r\n/)
  t.match(head, /\r\nX-Ropewalk: yes\r\n/)
  t.strictSame([to, cc, replyTo], ['Kim Kay; Max', 'Lee Low', 'max@elsewhere.example'])
  const [index] = (await read(tags.PidTagConversationIndex)) as [Uint8Array]
  t.strictSame([index.length, index[0]], [22, 1])
  t.equal((await readAttachment(session, inbox, idOf(mid), 0)).toString(), 'Soup')
  t.same(await readAttachment(session, inbox, idOf(mid), 1), Buffer.alloc(100_000, 7))
})

t.test('message/rfc822 is a message, with the messages inside it', async t => {
  const { admin, session } = await setUp(t as never)
  const inner = 'From: Ann <ann@elsewhere.example>\r\nSubject: Inside\r\n\r\ninner text\r\n'
  const raw = [
    'From: =?utf-8?Q?J=C3=BCrgen?= <juergen@elsewhere.example>',
    'To: Kim <kim@example.com>',
    'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
    'Message-ID: <42@elsewhere.example>',
    'X-Priority: 1 (Highest)',
    'X-MS-Exchange-Organization-SCL: -1',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Gr\u00fc\u00dfe',
    '--b',
    'Content-Type: message/rfc822',
    '',
    inner,
    '--b--',
    ''
  ].join('\r\n')
  const { body } = await admin.demand(201, 'POST', '/admin/mailboxes/kim@example.com/messages', {
    ...{ type: 'message/rfc822', body: Buffer.from(raw, 'latin1') }
  })
  t.equal(body.internetMessageId, '<42@elsewhere.example>')
  const inbox = session.folderIds[LogonFolder.inbox]
  const [[mid]] = await listMessages(session, inbox, [tags.PidTagMid])
  const values = await readMessage(session, inbox, idOf(mid), [
    ...[tags.PidTagSubject, tags.PidTagBody, tags.PidTagSenderName, tags.PidTagSenderAddressType, tags.PidTagImportance]
  ])
  t.strictSame(values, ['Grüße', 'Grüße', 'Jürgen', 'SMTP', 2])
  const [head] = await readMessage(session, inbox, idOf(mid), [tags.PidTagTransportMessageHeaders])
  t.notMatch(head, /Exchange-Organization/, 'reserved head lines stay out')
})

t.test('large messages come in on a thread of their own', async t => {
  const { admin, session } = await setUp(t as never)
  const content = Buffer.alloc(3 << 20, 'ropewalk')
  const base64 = content.toString('base64').replace(/(.{76})/g, '$1\r\n')
  const raw = `From: a@b.example\r\nTo: kim@example.com\r\nSubject: large\r\nContent-Type: application/octet-stream; name=l.bin\r\nContent-Disposition: attachment; filename=l.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`
  await admin.demand(201, 'POST', '/admin/mailboxes/kim@example.com/messages', { type: 'message/rfc822', body: raw })
  const inbox = session.folderIds[LogonFolder.inbox]
  const [[mid]] = await listMessages(session, inbox, [tags.PidTagMid])
  t.same(await readAttachment(session, inbox, idOf(mid), 0), content)
})

t.test('the class decides the folder', async t => {
  const { admin } = await setUp(t as never)
  const { body } = await admin.demand(201, 'POST', '/admin/mailboxes/kim@example.com/messages', {
    body: { from: 'lee@example.com', messageClass: 'IPC.Something' }
  })
  t.not(body.folder, 'Inbox', 'IPC goes to the root folder of a fresh mailbox')
})

t.test('limits are kept, and refusals say what a sender would be told', async t => {
  const { admin, session } = await setUp(t as never)
  const path = '/admin/mailboxes/kim@example.com/messages'
  const message = { from: 'lee@example.com', subject: 'x', body: 'y'.repeat(5000) }
  const set = (limits: object) => admin.demand(200, 'PATCH', '/admin/users/kim@example.com', { body: { limits } })
  await set({ receiveMessageBytes: 1000 })
  const large = await admin.demand(413, 'POST', path, { body: message })
  t.match(large.body, { enhancedStatus: '5.2.3', error: 'ecMaxSubmissionExceeded' })
  await set({ receiveMessageBytes: null, receiveBytes: 0 })
  const full = await admin.demand(507, 'POST', path, { body: message })
  t.match(full.body, { enhancedStatus: '5.2.2', error: 'ecShutoffQuotaExceeded' })
  t.strictSame(await folderCounts(session, session.folderIds[LogonFolder.inbox]), [0, 0], 'nothing came in')
  await set({ receiveBytes: 1 })
  await admin.demand(201, 'POST', path, { body: message })
  await admin.demand(507, 'POST', path, { body: message })
  await admin.demand(404, 'POST', '/admin/mailboxes/nobody@example.com/messages', { body: message })
  await admin.demand(201, 'POST', '/admin/users', {
    body: { address: 'folders@example.com', kind: 'publicFolderMailbox' }
  })
  const notForMail = await admin.demand(409, 'POST', '/admin/mailboxes/folders@example.com/messages', { body: message })
  t.equal(notForMail.body.enhancedStatus, '5.2.1')
})

t.test('messages that cannot be are refused with their place', async t => {
  const { admin } = await setUp(t as never)
  const refused = (places: string[], body: object) =>
    admin.refused(422, places, 'POST', '/admin/mailboxes/kim@example.com/messages', { body })
  await refused(['from'], { subject: 'x' })
  await refused(['from'], { from: 'nobody' })
  await refused(['from'], { from: 'a@b.example, c@d.example' })
  await refused(['to.1'], { from: 'a@b.example', to: ['kim@example.com', 'x'] })
  await refused(['received'], { from: 'a@b.example', received: 'soon' })
  await refused(['attachments.0'], { from: 'a@b.example', attachments: [{ name: 'x' }] })
  await refused(['attachments.0'], { from: 'a@b.example', attachments: [{ name: 'x', text: '', base64: '' }] })
  await refused(['attachments.0.base64'], { from: 'a@b.example', attachments: [{ name: 'x', base64: 'AA=A' }] })
  await refused(['attachments.0.contentType'], {
    from: 'a@b.example',
    attachments: [{ name: 'x', text: '', contentType: 'x' }]
  })
  await refused(['internetMessageId'], { from: 'a@b.example', internetMessageId: 'x' })
  await refused(['headers.a b'], { from: 'a@b.example', headers: { 'a b': 'x' } })
  await refused(['headers.X-A'], { from: 'a@b.example', headers: { 'X-A': 'x\r\nBcc: y' } })
  await refused(['colour'], { from: 'a@b.example', colour: 'red' })
})
