/** The message family over messages that tests make up. */
import t from 'tap'
import { RopCreateAttachment } from '../../rops/message/rop-create-attachment.js'
import { RopCreateMessage } from '../../rops/message/rop-create-message.js'
import { RopDeleteAttachment } from '../../rops/message/rop-delete-attachment.js'
import { RopGetAttachmentTable } from '../../rops/message/rop-get-attachment-table.js'
import { RopGetValidAttachments } from '../../rops/message/rop-get-valid-attachments.js'
import { RopModifyRecipients } from '../../rops/message/rop-modify-recipients.js'
import { RopOpenAttachment } from '../../rops/message/rop-open-attachment.js'
import { RopOpenEmbeddedMessage } from '../../rops/message/rop-open-embedded-message.js'
import { RopOpenMessage } from '../../rops/message/rop-open-message.js'
import { RopReadRecipients } from '../../rops/message/rop-read-recipients.js'
import { RopReloadCachedInformation } from '../../rops/message/rop-reload-cached-information.js'
import { RopRemoveAllRecipients } from '../../rops/message/rop-remove-all-recipients.js'
import { RopSaveChangesAttachment } from '../../rops/message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from '../../rops/message/rop-save-changes-message.js'
import { RopSetMessageReadFlag } from '../../rops/message/rop-set-message-read-flag.js'
import { NO_HANDLE } from '../../src/client/rop-batch.js'
import type { Attachment, Message, TableView } from '../../src/mailbox/domain.js'
import { makeId } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { completeRecipient, type Recipient } from '../../src/oxcdata/recipient.js'
import { newRecipientRow, RecipientAddressType } from '../../src/oxcdata/recipient-row.js'
import { storedString, stringOf } from '../../src/oxcdata/stored-string.js'
import { requirement } from '../conformance/ledger.js'
import { Driver, stub, stubMailbox } from './driver.js'

const FID = makeId(1, 0x200)
const MID = makeId(1, 0x300)
const NOT_FOUND = 0x8004010f
const NOT_SUPPORTED = 0x80040102
const NULL_OBJECT = 0x4b9
const OBJECT_MODIFIED = 0x80040109
const PidTagSmtpAddress = 0x39fe001f
const PidTagSubjectPrefix = 0x003d001f

function recipient(rowId: number, name: string): Recipient {
  const properties = new PropertyBag()
  properties.set(0x3002001f, storedString('SMTP'))
  properties.set(0x3003001f, storedString(`${name}@ropewalk.example`))
  properties.set(0x3001001f, storedString(name))
  properties.set(PidTagSmtpAddress, storedString(`${name}@ropewalk.example`))
  return completeRecipient({ rowId, type: 1, codePage: 1252, properties })
}

function fakeMessage(members: Partial<Message> = {}): Message {
  return stub<Message>({
    kind: 'message',
    mid: MID,
    writable: true,
    codePage: 1252,
    hasNamedProperties: true,
    recipients: [],
    recipientColumns: () => [PidTagSmtpAddress],
    value: tag => (tag === PidTagSubjectPrefix ? NOT_FOUND : storedString('A subject')),
    release() {},
    ...members
  } as Partial<Message>)
}

const openRequest = { codePageId: 0x0fff, folderId: FID, openModeFlags: 0, messageId: MID }

t.test('RopOpenMessage', async t => {
  const asked: object[] = []
  const mailbox = stubMailbox({
    async openMessage(_fid, mid, options) {
      asked.push({ ...options })
      if (mid !== MID) throw new MapiError(NOT_FOUND)
      return fakeMessage({ recipients: [recipient(7, 'seven'), recipient(2, 'two')] })
    }
  })
  const driver = await Driver.logOn(mailbox, { codePage: 1250 })
  const { value, handle } = await driver.call(RopOpenMessage, openRequest)
  t.not(handle, NO_HANDLE)
  t.equal(value!.hasNamedProperties, true)
  requirement('MS-OXCMSG_R1668')
  t.equal(value!.subjectPrefix, null)
  t.equal(value!.normalizedSubject, 'A subject')
  requirement('MS-OXCMSG_R678')
  t.equal(value!.recipientCount, 2)
  t.same(value!.recipientColumns, [PidTagSmtpAddress])
  requirement('MS-OXCMSG_R327', 'MS-OXCMSG_R679')
  t.same(
    value!.recipientRows.map(({ row }) => row.displayName),
    ['two', 'seven'],
    'in the order of their row numbers'
  )
  t.equal(stringOf(value!.recipientRows[0].row.cells[0] as Uint8Array), 'two@ropewalk.example')
  requirement('MS-OXCMSG_R328', 'MS-OXCMSG_R330', 'MS-OXCMSG_R685')
  t.same(
    asked[0],
    { access: 'read', softDeleted: false, codePage: 1250 },
    '0x0FFF stands for the code page of the logon'
  )
  for (const openModeFlags of [1, 3, 4, 2, 0xf8]) await driver.call(RopOpenMessage, { ...openRequest, openModeFlags })
  t.same(
    asked.slice(1).map(options => Object.values(options).slice(0, 2)),
    [
      ...[
        ['readWrite', false],
        ['best', false],
        ['read', true]
      ],
      ...[
        ['read', false],
        ['read', false]
      ]
    ]
  )
  requirement('MS-OXCMSG_R661', 'MS-OXCMSG_R663', 'MS-OXCMSG_R1293', 'MS-OXCMSG_R1838')
  const missing = await driver.call(RopOpenMessage, { ...openRequest, messageId: 1 })
  t.equal(missing.returnValue, NOT_FOUND)
  requirement('MS-OXCMSG_R323', 'MS-OXCMSG_R333')
  t.equal(
    (await driver.call(RopOpenMessage, openRequest, driver.put('table', { release() {} }))).returnValue,
    NULL_OBJECT
  )
  requirement('MS-OXCMSG_R1478')
})

t.test('more recipients than an answer holds', async t => {
  const recipients = Array.from({ length: 400 }, (_, i) => recipient(i * 2, `${'n'.repeat(60)}${i}`))
  const driver = await Driver.logOn(stubMailbox({ openMessage: () => fakeMessage({ recipients }) }))
  const { returnValue, value, handle } = await driver.call(RopOpenMessage, openRequest)
  t.equal(returnValue, 0)
  t.equal(value!.recipientCount, 400)
  const first = value!.recipientRows.length
  t.ok(first > 20 && first < 255, `${first} rows fit`)
  requirement('MS-OXCMSG_R684')
  const columns = [PidTagSmtpAddress]
  const seen: number[] = []
  for (let rowId = 0; seen.length < 400; ) {
    const page = await driver.call(RopReadRecipients, { rowId }, handle, { columns })
    t.equal(page.returnValue, 0)
    seen.push(...page.value!.recipientRows.map(row => row.rowId))
    rowId = seen.at(-1)! + 2
  }
  t.same(
    seen,
    recipients.map(({ rowId }) => rowId),
    'RopReadRecipients gives them all'
  )
  requirement('MS-OXCMSG_R400', 'MS-OXCMSG_R401', 'MS-OXCMSG_R1054', 'MS-OXCMSG_R1495')
  t.equal((await driver.call(RopReadRecipients, { rowId: 3 }, handle, { columns })).returnValue, NOT_FOUND)
  requirement('MS-OXCMSG_R1055')
  const none = driver.put('message', fakeMessage())
  t.equal((await driver.call(RopReadRecipients, { rowId: 0 }, none)).returnValue, NOT_FOUND)
  requirement('MS-OXCMSG_R403')
  const tight = await driver.call(RopReadRecipients, { rowId: 0 }, handle, { columns, maxRopOut: 8 + 2 + 4 + 6 + 40 })
  t.equal(tight.returnValue, 0x47d)
  requirement('MS-OXCMSG_R1056')
  const again = await driver.call(RopReloadCachedInformation, {}, handle)
  t.same(again.value, value)
  requirement('MS-OXCMSG_R1498')
})

t.test('RopCreateMessage', async t => {
  const asked: object[] = []
  const mailbox = stubMailbox({
    createMessage(_fid, options) {
      asked.push({ ...options })
      return fakeMessage()
    }
  })
  const driver = await Driver.logOn(mailbox)
  const created = await driver.call(RopCreateMessage, { codePageId: 1251, folderId: FID, associatedFlag: true })
  t.same(created.value, { messageId: null })
  t.same(asked, [{ associated: true, codePage: 1251 }])
  t.not(created.handle, NO_HANDLE)
})

t.test('changing recipients', async t => {
  const changes: unknown[] = []
  let removed = false
  const driver = await Driver.logOn()
  const message = driver.put(
    'message',
    fakeMessage({
      modifyRecipients: (columns, rows) => void changes.push({ columns, rows }),
      removeAllRecipients() {
        removed = true
      }
    })
  )
  const row = { ...newRecipientRow(RecipientAddressType.smtp, true), email: 'bob@x', displayName: 'Bob' }
  row.cells = [storedString('bob@ropewalk.example')]
  const recipientRows = [
    { rowId: 0, recipientType: 2, row },
    { rowId: 5, recipientType: 1, row: null }
  ]
  const request = { recipientColumns: [PidTagSmtpAddress], recipientRows }
  t.equal((await driver.call(RopModifyRecipients, request, message)).returnValue, 0)
  const [{ columns, rows }] = changes as { columns: number[]; rows: { rowId: number; recipient: Recipient | null }[] }[]
  t.same(columns, [PidTagSmtpAddress])
  t.same([rows[0].rowId, rows[0].recipient!.type], [0, 2])
  t.equal(stringOf(rows[0].recipient!.properties.get(PidTagSmtpAddress)!), 'bob@ropewalk.example')
  t.equal(stringOf(rows[0].recipient!.properties.get(0x3001001f)!), 'Bob')
  t.same(rows[1], { rowId: 5, recipient: null }, 'a row without bytes deletes')
  requirement('MS-OXCMSG_R391')
  const odd = { recipientColumns: [0x39fe0000], recipientRows: [] }
  t.equal((await driver.call(RopModifyRecipients, odd, message)).returnValue, 0x80070057)
  t.equal((await driver.call(RopRemoveAllRecipients, { reserved: 9 }, message)).returnValue, 0)
  t.ok(removed, 'whatever Reserved is')
  requirement('MS-OXCMSG_R379')
  const folder = driver.put('folder', {})
  t.equal((await driver.call(RopModifyRecipients, request, folder)).returnValue, NULL_OBJECT)
  t.equal((await driver.call(RopRemoveAllRecipients, {}, folder)).returnValue, NULL_OBJECT)
  t.equal((await driver.call(RopReadRecipients, { rowId: 0 }, folder)).returnValue, NULL_OBJECT)
  t.equal((await driver.call(RopReloadCachedInformation, {}, folder)).returnValue, NULL_OBJECT)
  requirement('MS-OXCMSG_R1982', 'MS-OXCMSG_R1493', 'MS-OXCMSG_R1057', 'MS-OXCMSG_R1498')
})

t.test('RopSaveChangesMessage', async t => {
  const saves: unknown[] = []
  let conflict = false
  const save: Message['save'] = async options => {
    saves.push(options)
    if (conflict && !options.force) throw new MapiError(OBJECT_MODIFIED)
    return MID
  }
  const driver = await Driver.logOn()
  const message = driver.put('message', fakeMessage({ save }))
  const saved = await driver.call(RopSaveChangesMessage, { saveFlags: 0x0a }, message)
  t.equal(saved.value!.messageId, MID)
  requirement('MS-OXCMSG_R372', 'MS-OXCMSG_R728')
  for (const saveFlags of [0x09, 0x0c, 0xf0]) await driver.call(RopSaveChangesMessage, { saveFlags }, message)
  t.same(saves, [
    { force: false, keepOpen: 'readWrite' },
    { force: false, keepOpen: 'readWrite' },
    { force: true, keepOpen: 'readWrite' },
    { force: false, keepOpen: 'readWrite' }
  ])
  requirement('MS-OXCMSG_R719', 'MS-OXCMSG_R723', 'MS-OXCMSG_R1906')
  conflict = true
  t.equal((await driver.call(RopSaveChangesMessage, { saveFlags: 0x0a }, message)).returnValue, 0)
  requirement('MS-OXCMSG_R1643')
  t.equal((await driver.call(RopSaveChangesMessage, { saveFlags: 0x0c }, message)).returnValue, 0)
  requirement('MS-OXCMSG_R724')
  const reading = driver.put('message', fakeMessage({ save, writable: false }))
  const before = saves.length
  t.equal((await driver.call(RopSaveChangesMessage, { saveFlags: 0x0a }, reading)).returnValue, 0)
  t.equal(saves.length, before, 'nothing is saved')
  requirement('MS-OXCMSG_R3020')
  t.equal((await driver.call(RopSaveChangesMessage, { saveFlags: 0x0a }, 0)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCMSG_R373')

  const older = await Driver.logOn(stubMailbox(), {
    personality: { saveConflictSucceeds: false, savingReadOnlySucceeds: false, keepOpenReadOnlyIsIgnored: false }
  })
  const theirs = older.put('message', fakeMessage({ save }))
  t.equal((await older.call(RopSaveChangesMessage, { saveFlags: 0x09 }, theirs)).returnValue, OBJECT_MODIFIED)
  t.same(saves.at(-1), { force: false, keepOpen: 'readOnly' })
  requirement('MS-OXCMSG_R705', 'MS-OXCMSG_R1053')
  const closed = older.put('message', fakeMessage({ save, writable: false }))
  t.equal((await older.call(RopSaveChangesMessage, { saveFlags: 0x0a }, closed)).returnValue, 0x80004005)
  requirement('MS-OXCMSG_R1699')
})

t.test('RopSetMessageReadFlag in a private mailbox', async t => {
  const flags: number[] = []
  const driver = await Driver.logOn()
  const message = driver.put('message', fakeMessage({ setReadFlag: async bits => flags.push(bits) > 0 }))
  const answer = await driver.call(RopSetMessageReadFlag, { readFlags: 0x05 }, message)
  t.same(answer.value, { changed: null }, 'only public folders tell of the change')
  t.same(flags, [5])
  requirement('MS-OXCMSG_R1841', 'MS-OXCMSG_R849', 'MS-OXCMSG_R852')
  t.equal(
    (await driver.call(RopSetMessageReadFlag, { readFlags: 0 }, driver.put('folder', {}))).returnValue,
    NULL_OBJECT
  )
  requirement('MS-OXCMSG_R1520')
})

t.test('attachments', async t => {
  const asked: unknown[] = []
  const attachment = stub<Attachment>({
    kind: 'attachment',
    number: 3,
    writable: true,
    save: options => void asked.push(options),
    openEmbedded: async (mode, codePage) => {
      asked.push([mode, codePage])
      return fakeMessage({ mid: 0 })
    }
  })
  const table = stub<TableView>({ source: 'attachments', release() {} })
  const driver = await Driver.logOn()
  const message = driver.put(
    'message',
    fakeMessage({
      createAttachment: () => attachment,
      openAttachment(number, options) {
        asked.push([number, options])
        if (number !== 3) throw new MapiError(NOT_FOUND)
        return attachment
      },
      deleteAttachment(number) {
        if (number !== 3) throw new MapiError(NOT_FOUND)
      },
      async attachmentTable(options) {
        asked.push(options)
        return table
      }
    })
  )
  const created = await driver.call(RopCreateAttachment, {}, message)
  t.same(created.value, { attachmentId: 3 })
  for (const openAttachmentFlags of [0, 1, 3, 9]) {
    await driver.call(RopOpenAttachment, { openAttachmentFlags, attachmentId: 3 }, message)
  }
  const accesses = asked.splice(0) as [number, { access: string }][]
  t.same(
    accesses.map(([, { access }]) => access),
    ['read', 'readWrite', 'best', 'read']
  )
  const lost = await driver.call(RopOpenAttachment, { openAttachmentFlags: 0, attachmentId: 4 }, message)
  t.equal(lost.returnValue, NOT_FOUND)
  t.equal((await driver.call(RopDeleteAttachment, { attachmentId: 4 }, message)).returnValue, NOT_FOUND)
  t.equal((await driver.call(RopDeleteAttachment, { attachmentId: 3 }, message)).returnValue, 0)
  requirement('MS-OXCMSG_R440', 'MS-OXCMSG_R1063')
  asked.length = 0
  const listed = await driver.call(RopGetAttachmentTable, { tableFlags: 0x40 }, message)
  t.equal(driver.object(listed.handle), table)
  t.same(asked, [{ unicode: true, codePage: 1252 }])
  asked.length = 0
  t.equal((await driver.call(RopSaveChangesAttachment, { saveFlags: 0x0a }, created.handle)).returnValue, 0)
  t.same(asked, [{ keepOpen: 'readWrite' }])
  t.equal((await driver.call(RopSaveChangesAttachment, { saveFlags: 0x0a }, message)).returnValue, NOT_SUPPORTED)
  requirement('MS-OXCMSG_R467')
  asked.length = 0
  for (const openModeFlags of [0, 1, 2]) {
    const open = await driver.call(RopOpenEmbeddedMessage, { codePageId: 1251, openModeFlags }, created.handle)
    t.equal(open.value!.messageId, 0)
    t.equal(open.value!.summary.normalizedSubject, 'A subject')
  }
  t.same(asked, [
    ['readWrite', 1251],
    ['readWrite', 1251],
    ['create', 1251]
  ])
  requirement('MS-OXCMSG_R3013', 'MS-OXCMSG_R1363')
  const unknown = { codePageId: 4321, openModeFlags: 0 }
  t.equal((await driver.call(RopOpenEmbeddedMessage, unknown, created.handle)).returnValue, 0x3ef)
  requirement('MS-OXCMSG_R1068')
  const wrong = driver.put('folder', {})
  t.equal((await driver.call(RopCreateAttachment, {}, wrong)).returnValue, NULL_OBJECT)
  t.equal((await driver.call(RopDeleteAttachment, { attachmentId: 0 }, wrong)).returnValue, NULL_OBJECT)
  t.equal((await driver.call(RopGetAttachmentTable, { tableFlags: 0 }, wrong)).returnValue, NULL_OBJECT)
  t.equal((await driver.call(RopOpenEmbeddedMessage, unknown, wrong)).returnValue, NULL_OBJECT)
  const open = { openAttachmentFlags: 0, attachmentId: 0 }
  t.equal((await driver.call(RopOpenAttachment, open, wrong)).returnValue, NULL_OBJECT)
  requirement('MS-OXCMSG_R1712', 'MS-OXCMSG_R1524', 'MS-OXCMSG_R1526', 'MS-OXCMSG_R1525', 'MS-OXCMSG_R1620')
  t.equal((await driver.call(RopGetValidAttachments, {}, message)).returnValue, 0x80040fff, 'Exchange 2007 only')
})
