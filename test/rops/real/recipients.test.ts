/** Recipients of messages through the real processor over a real mailbox. */
import t from 'tap'
import { RopModifyRecipients } from '../../../rops/message/rop-modify-recipients.js'
import { RopReadRecipients } from '../../../rops/message/rop-read-recipients.js'
import { RopRemoveAllRecipients } from '../../../rops/message/rop-remove-all-recipients.js'
import { newRecipientRow, RecipientAddressType, type RecipientRow } from '../../../src/oxcdata/recipient-row.js'
import { storedString, stringOf } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { MessageClient, smtpRow } from './message-actions.js'

const ecNotFound = 0x8004010f
const ecNullObject = 0x4b9
const ecAccessDenied = 0x80070005
const ecInvalidParam = 0x80070057
const NO_COLUMNS: number[] = []

async function read(client: MessageClient, message: number, rowId = 0, maxRopOut?: number, columns = NO_COLUMNS) {
  const options = maxRopOut === undefined ? { columns } : { maxRopOut, columns }
  return client.call(RopReadRecipients, { rowId, reserved: 0 }, message, options)
}

async function rowIds(client: MessageClient, message: number): Promise<number[]> {
  return (await read(client, message)).value?.recipientRows.map(({ rowId }) => rowId) ?? []
}

t.test('rows are added, replaced and removed in one handle, and seen by others after the save', async t => {
  const client = await MessageClient.logOn()
  const { real } = client
  const message = await client.create()
  t.equal((await read(client, message)).returnValue, ecNotFound)
  requirement('MS-OXCMSG_R403')
  const added = await client.addRecipients(message, [
    [0, 1, 'Ann'],
    [5, 1, 'Ben'],
    [3, 2, 'Cat'],
    [9, 3, 'Dan'],
    [4, 0x11, 'Eve']
  ])
  t.equal(added.returnValue, 0)
  t.same(await rowIds(client, message), [0, 3, 4, 5, 9])
  requirement('MS-OXCMSG_R389', 'MS-OXCMSG_R737', 'MS-OXCMSG_R753', 'MS-OXCMSG_R400', 'MS-OXCMSG_R1495')
  const mid = await client.save(message)
  t.equal(await real.one(message, tags.PidTagDisplayTo), 'Ann; Eve; Ben')
  t.equal(await real.one(message, tags.PidTagDisplayCc), 'Cat')
  t.equal(await real.one(message, tags.PidTagDisplayBcc), 'Dan')
  const opened = await client.tryOpen(mid)
  t.same(
    opened.value!.recipientRows.map(({ recipientType }) => recipientType),
    [1, 2, 0x11, 1, 3]
  )
  requirement('MS-OXCMSG_R686', 'MS-OXCMSG_R977', 'MS-OXCMSG_R978', 'MS-OXCMSG_R979', 'MS-OXCMSG_R1298')
  const other = await client.open(mid)
  const changes = [
    { rowId: 3, recipientType: 0, row: null },
    { rowId: 0, recipientType: 2, row: { ...smtpRow('Amy'), noRichText: true } },
    { rowId: 77, recipientType: 0, row: null }
  ]
  const changed = await client.call(RopModifyRecipients, { recipientColumns: [], recipientRows: changes }, message)
  t.equal(changed.returnValue, 0)
  t.same(await rowIds(client, message), [0, 4, 5, 9])
  const [first] = (await read(client, message)).value!.recipientRows
  t.same([first.recipientType, first.row.displayName, first.row.noRichText], [2, 'Amy', true])
  requirement('MS-OXCMSG_R390', 'MS-OXCMSG_R391', 'MS-OXCMSG_R393', 'MS-OXCMSG_R394')
  t.same(await rowIds(client, other), [0, 3, 4, 5, 9])
  requirement('MS-OXCMSG_R395')
  t.equal((await client.call(RopRemoveAllRecipients, { reserved: 0 }, message)).returnValue, 0)
  t.equal((await client.call(RopRemoveAllRecipients, { reserved: 0 }, message)).returnValue, 0)
  t.same(await rowIds(client, message), [])
  t.same(await rowIds(client, other), [0, 3, 4, 5, 9])
  requirement('MS-OXCMSG_R381', 'MS-OXCMSG_R382', 'MS-OXCMSG_R729', 'MS-OXCMSG_R1491')
  await client.save(message)
  t.equal(await real.one(message, tags.PidTagDisplayTo), '')
  t.equal((await client.tryOpen(mid)).value!.recipientCount, 0)
})

t.test('every form of an address comes back as it went in', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  const kinds: Partial<RecipientRow>[] = [
    {
      ...newRecipientRow(RecipientAddressType.noType, true),
      addressType: 'NOTES',
      email: 'Ann/Org',
      displayName: 'Ann'
    },
    { ...newRecipientRow(RecipientAddressType.x500Dn, true), prefixUsed: 0, displayType: 0, x500Dn: '/o=Org/cn=Ann' },
    { ...newRecipientRow(RecipientAddressType.x500Dn, true), prefixUsed: 0, displayType: 1, x500Dn: '/o=Org/cn=All' },
    { ...newRecipientRow(RecipientAddressType.msMail, true), email: 'NET/PO/ANN', displayName: 'Ann' },
    { ...newRecipientRow(RecipientAddressType.smtp, true), email: 'ann@ropewalk.example', displayName: 'Ann \u0416' },
    { ...newRecipientRow(RecipientAddressType.fax, true), email: '+1 555', displayName: 'Fax' },
    { ...newRecipientRow(RecipientAddressType.professionalOfficeSystem, true), email: 'NODE(ANN)', displayName: 'Ann' },
    {
      ...newRecipientRow(RecipientAddressType.personalDistributionList1, true),
      entryId: Uint8Array.of(1, 2, 3),
      searchKey: Uint8Array.of(4, 5),
      displayName: 'Friends'
    },
    { ...smtpRow('Same'), sameName: true, simpleDisplayName: 'same7', responsible: true },
    { ...smtpRow('Other'), transmittableDisplayName: 'Another' },
    newRecipientRow(RecipientAddressType.noType, true)
  ]
  const recipientRows = kinds.map((row, rowId) => ({ rowId, recipientType: 1, row: row as RecipientRow }))
  const set = await client.call(RopModifyRecipients, { recipientColumns: [], recipientRows }, message)
  t.equal(set.returnValue, 0)
  const mid = await client.save(message)
  const { recipientRows: back } = (await read(client, await client.open(mid))).value!
  t.equal(back.length, kinds.length)
  back.forEach(({ row }, at) => {
    const { cells: _, ...sent } = kinds[at] as RecipientRow
    const { cells: __, ...got } = row
    for (const [field, value] of Object.entries(sent)) t.same(got[field as keyof typeof got], value, `${at} ${field}`)
  })
  requirement('MS-OXCDATA_R112', 'MS-OXCDATA_R114', 'MS-OXCDATA_R117', 'MS-OXCDATA_R120', 'MS-OXCDATA_R122')
  requirement('MS-OXCDATA_R142', 'MS-OXCDATA_R145', 'MS-OXCDATA_R150', 'MS-OXCDATA_R153', 'MS-OXCDATA_R158')
  requirement('MS-OXCDATA_R161', 'MS-OXCDATA_R165', 'MS-OXCDATA_R169')
})

t.test('columns beyond the fixed ones', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  const recipientColumns = [tags.PidTagSmtpAddress, tags.PidTagRecipientOrder, tags.PidTagRecipientDisplayName]
  const order = Uint8Array.of(7, 0, 0, 0)
  const row = {
    ...smtpRow('Ann'),
    cells: [storedString('ann@other.example'), order, storedString('Ann as shown')]
  }
  const fewer = { ...smtpRow('Ben'), cells: [storedString('ben@other.example'), ecNotFound, ecNotFound] }
  const recipientRows = [
    { rowId: 0, recipientType: 1, row },
    { rowId: 1, recipientType: 1, row: fewer }
  ]
  t.equal((await client.call(RopModifyRecipients, { recipientColumns, recipientRows }, message)).returnValue, 0)
  const opened = (await client.tryOpen(await client.save(message))).value!
  for (const column of recipientColumns) t.ok(opened.recipientColumns.includes(column))
  requirement('MS-OXCMSG_R680', 'MS-OXCMSG_R681', 'MS-OXCMSG_R683', 'MS-OXCDATA_R177')
  const cell = (at: number, tag: number) => opened.recipientRows[at].row.cells[opened.recipientColumns.indexOf(tag)]
  t.equal(stringOf(cell(0, tags.PidTagSmtpAddress) as Uint8Array), 'ann@other.example')
  t.same(cell(0, tags.PidTagRecipientOrder), order)
  t.equal(stringOf(cell(0, tags.PidTagRecipientDisplayName) as Uint8Array), 'Ann as shown')
  requirement('MS-OXCMSG_R1205', 'MS-OXCMSG_R2046', 'MS-OXCMSG_R2047')
  t.equal(cell(1, tags.PidTagRecipientOrder), ecNotFound)
  const odd = { recipientColumns: [0x39fe0000], recipientRows: [] }
  t.equal((await client.call(RopModifyRecipients, odd, message)).returnValue, ecInvalidParam)
})

t.test('as many as fit, and the others by row number', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create()
  const all = Array.from({ length: 600 }, (_, at) => [at * 2, 1, `Recipient number ${at}`] as const)
  for (let at = 0; at < all.length; at += 100) await client.addRecipients(message, all.slice(at, at + 100))
  const mid = await client.save(message)
  const opened = await client.tryOpen(mid)
  const { recipientCount, recipientRows, recipientColumns } = opened.value!
  t.equal(recipientCount, 600)
  t.ok(recipientRows.length > 100 && recipientRows.length < 0xff)
  requirement('MS-OXCMSG_R328', 'MS-OXCMSG_R679', 'MS-OXCMSG_R684')
  const seen = recipientRows.map(({ row }) => row.displayName)
  while (seen.length < 600) {
    const page = await read(client, opened.handle, seen.length * 2, 0x10000, recipientColumns)
    t.equal(page.returnValue, 0)
    const rows = page.value!.recipientRows
    t.ok(rows.length > 0 && rows.length < 0xff)
    t.equal(rows[0].rowId, seen.length * 2)
    seen.push(...rows.map(({ row }) => row.displayName))
  }
  t.same(
    seen,
    all.map(([, , name]) => name)
  )
  requirement('MS-OXCMSG_R762', 'MS-OXCMSG_R763', 'MS-OXCMSG_R765')
  t.equal((await read(client, opened.handle, 1)).returnValue, ecNotFound)
  t.equal((await read(client, opened.handle, 5000)).returnValue, ecNotFound)
  requirement('MS-OXCMSG_R1055')
})

t.test('what is no message, and what is only read', async t => {
  const client = await MessageClient.logOn()
  const mid = await client.save(await client.create())
  const readOnly = await client.open(mid, 0)
  t.equal((await client.addRecipients(readOnly, [[0, 1, 'Ann']])).returnValue, ecAccessDenied)
  t.equal((await client.call(RopRemoveAllRecipients, { reserved: 0 }, readOnly)).returnValue, ecAccessDenied)
  for (const handle of [0, await client.real.folder('inbox')]) {
    t.equal((await client.addRecipients(handle, [[0, 1, 'Ann']])).returnValue, ecNullObject)
    t.equal((await client.call(RopRemoveAllRecipients, { reserved: 0 }, handle)).returnValue, ecNullObject)
    t.equal((await read(client, handle)).returnValue, ecNullObject)
  }
  requirement('MS-OXCMSG_R1982', 'MS-OXCMSG_R1493', 'MS-OXCMSG_R1057')
})

t.test('8-bit strings are in the code page of the message', async t => {
  const client = await MessageClient.logOn()
  const message = await client.create([], { codePageId: 1251 })
  const row = { ...newRecipientRow(RecipientAddressType.smtp, false), email: 'a@b', displayName: 'Анна' }
  const recipientRows = [{ rowId: 0, recipientType: 1, row }]
  const request = { recipientColumns: [], recipientRows }
  t.equal((await client.call(RopModifyRecipients, request, message, { codePage: 1251 })).returnValue, 0)
  await client.save(message)
  t.equal(await client.real.one(message, tags.PidTagDisplayTo), 'Анна')
})
