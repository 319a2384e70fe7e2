import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { mimeToMessage, parsePeople } from '../../src/mime/mime-to-message.js'
import { MimeError } from '../../src/mime/parse-mime-here.js'
import { readMime } from '../../src/mime/read-mime.js'
import type { PropertyTag } from '../../src/oxcdata/property-tag.js'
import { tagType } from '../../src/oxcdata/property-tag.js'
import { decodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { fromFiletime } from '../../src/runtime.js'
import type { TransportMessage } from '../../src/transport/transport-message.js'

const read = (lines: readonly string[]) => mimeToMessage(Buffer.from(lines.join('\r\n'), 'utf8'))

function value({ properties }: Pick<TransportMessage, 'properties'>, tag: PropertyTag): PropertyValue | undefined {
  const bytes = properties.get(tag)
  return bytes === undefined ? undefined : decodeValue(tagType(tag), bytes)
}

t.test('people, subject and times', async t => {
  const message = await read([
    'From: "Lee, Low" <lee@example.com>',
    'Sender: Ann <ann@example.com>',
    'Reply-To: help@example.com',
    'To: Team: kim@example.com, Max <max@example.com>;, =?iso-8859-1?Q?J=FCrgen?= <j@example.com>',
    'Cc: cc@example.com',
    'Bcc: bcc@example.com',
    'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
    'Date: Sun, 1 Mar 2026 10:30:00 +0100',
    'Message-ID: <1@example.com>',
    'In-Reply-To: <0@example.com>',
    'References: <a@example.com> <0@example.com>',
    'Thread-Topic: Topic',
    '',
    'text',
    ''
  ])
  t.strictSame(message.from, { name: 'Lee, Low', address: 'lee@example.com' })
  t.strictSame(message.sender, { name: 'Ann', address: 'ann@example.com' })
  t.strictSame(message.replyTo, [{ name: '', address: 'help@example.com' }])
  t.strictSame(
    message.recipients.map(({ kind, address, name }) => [kind, address, name]),
    [
      ['to', 'kim@example.com', ''],
      ['to', 'max@example.com', 'Max'],
      ['to', 'j@example.com', 'Jürgen'],
      ['cc', 'cc@example.com', ''],
      ['bcc', 'bcc@example.com', '']
    ]
  )
  t.equal(value(message, tags.PidTagSubject), 'Grüße')
  t.equal(fromFiletime(value(message, tags.PidTagClientSubmitTime) as bigint), Date.UTC(2026, 2, 1, 9, 30))
  t.equal(value(message, tags.PidTagInternetMessageId), '<1@example.com>')
  t.equal(value(message, tags.PidTagInReplyToId), '<0@example.com>')
  t.equal(value(message, tags.PidTagInternetReferences), '<a@example.com> <0@example.com>')
  t.equal(value(message, tags.PidTagConversationTopic), 'Topic')
  t.equal(value(message, tags.PidTagBody), 'text\r\n')
})

t.test('importance, sensitivity, priority, receipts, thread index', async t => {
  const of = async (...lines: string[]) => read(['From: a@b.example', ...lines, '', 'x'])
  // [MS-OXCMAIL] 2.2.3.2.5: Importance wins, then Priority, X-Priority, X-MSMail-Priority.
  const importance: [string[], number | undefined][] = [
    [['Importance: low', 'X-Priority: 1'], 0],
    [['Importance: HIGH'], 2],
    [['Priority: urgent'], 2],
    [['Priority: Non-Urgent'], 0],
    [['X-Priority: 5'], 0],
    [['X-Priority: 2 (High)'], 2],
    [['X-MSMail-Priority: High'], 2],
    [['X-Priority: 9', 'X-MSMail-Priority: Low'], 0],
    [['Importance: constructor'], undefined]
  ]
  for (const [lines, expected] of importance) {
    t.equal(value(await of(...lines), tags.PidTagImportance), expected, lines.join('; '))
  }
  t.equal(value(await of('Sensitivity: Company-Confidential'), tags.PidTagSensitivity), 3)
  t.equal(value(await of('Priority: non-urgent'), tags.PidTagPriority), -1)
  t.equal(value(await of('Disposition-Notification-To: a@b.example'), tags.PidTagReadReceiptRequested), true)
  const index = Buffer.concat([Buffer.from([1]), Buffer.alloc(21, 5), Buffer.alloc(5, 6)])
  t.same(value(await of(`Thread-Index: ${index.toString('base64')}`), tags.PidTagConversationIndex), index)
  t.equal(value(await of('Thread-Index: AAAA'), tags.PidTagConversationIndex), undefined, 'what is none is passed over')
})

t.test('head lines of one’s own become named properties, reserved ones stay out', async t => {
  const message = await read([
    'X-One: =?utf-8?Q?=C3=A4?=',
    'X-MS-Exchange-Organization-SCL: 1',
    'X-MS-Exchange-Forest-X: 1',
    'X-Priority: 3',
    'Content-Class: urn:x',
    'Received: from x',
    'X-One: again',
    ' folded',
    '',
    'x'
  ])
  t.strictSame(
    message.headers.map(({ name, value: text }) => [name, text]),
    [
      ['X-One', 'ä'],
      ['Content-Class', 'urn:x']
    ]
  )
  t.equal(
    value(message, tags.PidTagTransportMessageHeaders),
    'X-One: =?utf-8?Q?=C3=A4?=\r\nX-Priority: 3\r\nContent-Class: urn:x\r\nReceived: from x\r\nX-One: again\r\n folded\r\n'
  )
})

t.test('bodies and attachments', async t => {
  const message = await read([
    'Content-Type: multipart/mixed; boundary=m',
    '',
    '--m',
    'Content-Type: multipart/related; boundary=r',
    '',
    '--r',
    'Content-Type: multipart/alternative; boundary=a',
    '',
    '--a',
    'Content-Type: text/plain',
    '',
    'plain',
    '--a',
    'Content-Type: text/html',
    '',
    '<img src="cid:pic@x">',
    '--a--',
    '--r',
    'Content-Type: image/png; name=pic.png',
    'Content-ID: <pic@x>',
    'Content-Transfer-Encoding: base64',
    '',
    'AAEC',
    '--r--',
    '--m',
    'Content-Type: application/pdf',
    "Content-Disposition: attachment; filename*=utf-8''%C3%A4.pdf",
    'Content-Transfer-Encoding: base64',
    '',
    'AwQF',
    '--m',
    'Content-Type: message/rfc822',
    '',
    'Subject: inside',
    '',
    'inner',
    '--m--',
    ''
  ])
  t.equal(value(message, tags.PidTagBody), 'plain')
  t.equal(Buffer.from(value(message, tags.PidTagHtml) as Uint8Array).toString(), '<img src="cid:pic@x">')
  t.equal(value(message, tags.PidTagNativeBody), 3)
  t.equal(value(message, tags.PidTagInternetCodepage), 65001)
  const [picture, pdf, inner] = message.attachments
  t.strictSame(
    [tags.PidTagAttachContentId, tags.PidTagAttachFlags, tags.PidTagAttachmentHidden, tags.PidTagAttachMimeTag].map(
      tag => value(picture, tag)
    ),
    ['pic@x', 4, true, 'image/png']
  )
  t.strictSame(
    [tags.PidTagAttachLongFilename, tags.PidTagAttachExtension, tags.PidTagAttachMethod, tags.PidTagAttachFlags].map(
      tag => value(pdf, tag)
    ),
    ['ä.pdf', '.pdf', 1, undefined]
  )
  t.same(value(pdf, tags.PidTagAttachDataBinary), Buffer.from([3, 4, 5]))
  t.equal(value(inner, tags.PidTagDisplayName), 'inside')
  t.match(value(inner.embedded!, tags.PidTagBody), /^inner/)
  t.equal(value(inner, tags.PidTagAttachDataBinary), undefined)
})

t.test('messages inside messages end somewhere', async t => {
  let raw = 'Subject: innermost\r\n\r\nx\r\n'
  for (let n = 0; n < 30; n++) raw = `Subject: ${n}\r\nContent-Type: message/rfc822\r\n\r\n${raw}`
  let message: TransportMessage | undefined = await mimeToMessage(Buffer.from(raw))
  let depth = 0
  while (message?.attachments[0]?.embedded !== undefined) {
    message = message.attachments[0].embedded
    depth++
  }
  t.equal(depth, 10)
  t.equal(value(message!.attachments[0], tags.PidTagAttachMethod), 1, 'deeper ones are files')
  const parts = Array.from(
    { length: 500 },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`
  ).join('')
  await t.rejects(mimeToMessage(Buffer.from(parts)), MimeError)
  await t.rejects(mimeToMessage(Buffer.from(`X: ${'y'.repeat(2 << 20)}\r\n\r\n`)), MimeError)
})

t.test('a large message is taken apart on another thread, and the bytes stay the caller’s', async t => {
  const bytes = Buffer.from(`Subject: large\r\n\r\n${'text\r\n'.repeat(100_000)}`)
  const [a, b] = await Promise.all([readMime(bytes), readMime(bytes)])
  t.equal(a.subject, 'large')
  t.equal(a.text?.length, b.text?.length)
  t.equal(bytes.toString('latin1', 0, 8), 'Subject:')
  await t.rejects(readMime(Buffer.from(`X: ${'y'.repeat(2 << 20)}\r\n\r\n`)), MimeError)
})

t.test('bytes that are no message are a message all the same, or a MimeError', async t => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
      await mimeToMessage(bytes).catch(error => {
        if (!(error instanceof MimeError)) throw error
      })
    }),
    { numRuns: 300 }
  )
  t.same(parsePeople('"A" <a@b.example>, c@d.example'), [
    { name: 'A', address: 'a@b.example' },
    { name: '', address: 'c@d.example' }
  ])
})

const captures = join('..', 'shared', 'captures', '16-mime')
t.test(
  'messages that other programs made',
  { skip: !existsSync(captures) && 'no ../shared beside the checkout' },
  async t => {
    for (const folder of ['mimekit', 'tika']) {
      for (const name of readdirSync(join(captures, folder))) {
        const message = await mimeToMessage(readFileSync(join(captures, folder, name)))
        t.ok(value(message, tags.PidTagTransportMessageHeaders), name)
      }
    }
    const japanese = await mimeToMessage(readFileSync(join(captures, 'mimekit', 'japanese.txt')))
    t.equal(value(japanese, tags.PidTagSubject), '日本語メールテスト (testing Japanese emails)')
    const bounce = await mimeToMessage(readFileSync(join(captures, 'mimekit', 'bounce.txt')))
    t.ok(bounce.attachments[1].embedded)
  }
)
