/** The responses of the message, property and stream ROPs, byte by byte, against the tables of [MS-OXCROPS] 2.2.6, 2.2.8, 2.2.9. */
import t, { type Test } from 'tap'
import { RopCreateAttachment } from '../../../rops/message/rop-create-attachment.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopDeleteAttachment } from '../../../rops/message/rop-delete-attachment.js'
import { RopGetAttachmentTable } from '../../../rops/message/rop-get-attachment-table.js'
import { RopGetMessageStatus } from '../../../rops/message/rop-get-message-status.js'
import { RopModifyRecipients } from '../../../rops/message/rop-modify-recipients.js'
import { RopOpenAttachment } from '../../../rops/message/rop-open-attachment.js'
import { RopOpenEmbeddedMessage } from '../../../rops/message/rop-open-embedded-message.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopReadRecipients } from '../../../rops/message/rop-read-recipients.js'
import { RopReloadCachedInformation } from '../../../rops/message/rop-reload-cached-information.js'
import { RopRemoveAllRecipients } from '../../../rops/message/rop-remove-all-recipients.js'
import { RopSaveChangesAttachment } from '../../../rops/message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopSetMessageReadFlag } from '../../../rops/message/rop-set-message-read-flag.js'
import { RopSetMessageStatus } from '../../../rops/message/rop-set-message-status.js'
import { RopSetReadFlags } from '../../../rops/message/rop-set-read-flags.js'
import { RopDeleteProperties } from '../../../rops/property/rop-delete-properties.js'
import { RopDeletePropertiesNoReplicate } from '../../../rops/property/rop-delete-properties-no-replicate.js'
import { RopGetNamesFromPropertyIds } from '../../../rops/property/rop-get-names-from-property-ids.js'
import { RopGetPropertiesAll } from '../../../rops/property/rop-get-properties-all.js'
import { RopGetPropertiesList } from '../../../rops/property/rop-get-properties-list.js'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { RopGetPropertyIdsFromNames } from '../../../rops/property/rop-get-property-ids-from-names.js'
import { RopQueryNamedProperties } from '../../../rops/property/rop-query-named-properties.js'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { RopSetPropertiesNoReplicate } from '../../../rops/property/rop-set-properties-no-replicate.js'
import { RopCommitStream } from '../../../rops/stream/rop-commit-stream.js'
import { RopCopyToStream } from '../../../rops/stream/rop-copy-to-stream.js'
import { RopGetStreamSize } from '../../../rops/stream/rop-get-stream-size.js'
import { RopOpenStream } from '../../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../../rops/stream/rop-read-stream.js'
import { RopSeekStream } from '../../../rops/stream/rop-seek-stream.js'
import { RopSetStreamSize } from '../../../rops/stream/rop-set-stream-size.js'
import { RopWriteStream } from '../../../rops/stream/rop-write-stream.js'
import { RopWriteStreamExtended } from '../../../rops/stream/rop-write-stream-extended.js'
import { RopBatch, type WireRop } from '../../../src/client/rop-batch.js'
import { storedString } from '../../../src/oxcdata/stored-string.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { requirement } from '../../conformance/ledger.js'
import { requirementDocuments } from '../../conformance/requirements.js'
import { CREATE, inbox, MessageClient, pattern, READ_WRITE, smtpRow } from './message-actions.js'
import { rawAnswer } from './real-driver.js'
import { holdResponse } from './response-forms.js'

const absent = requirementDocuments().includes('MS-OXCROPS') ? false : 'no requirements beside this checkout'
const BINARY = 0x6789_0102
const TEXT = 0x678a_001f
/** Places in the handle table that no ROP would take by chance. */
const [INPUT, OUTPUT, RESPONSE] = [2, 5, 7]

/** Runs one ROP and gives its response as it is on the wire. */
async function raw<Q, S>(client: MessageClient, rop: WireRop<Q, S>, request: NoInfer<Q>, handle: number, other = 0) {
  const handles = new Array<number>(8).fill(0xffffffff)
  handles[INPUT] = handle
  if (rop.handles === 'source destination') handles[OUTPUT] = other
  const batch = new RopBatch(handles)
  const slots = { input: INPUT, output: OUTPUT, response: RESPONSE, source: INPUT, destination: OUTPUT }
  batch.add(rop, slots, request)
  const payload = await rawAnswer(client.real, batch)
  return payload.subarray(2, payload.readUInt16LE(0))
}

const indexes = {
  InputHandleIndex: INPUT,
  OutputHandleIndex: OUTPUT,
  ResponseHandleIndex: RESPONSE,
  SourceHandleIndex: INPUT
}

/** Runs a ROP where it succeeds and where it fails, and holds both responses. */
function holder(t: Test, client: MessageClient) {
  return async <Q, S>(
    rop: WireRop<Q, S>,
    request: NoInfer<Q>,
    handle: number,
    section: string,
    failure?: { section?: string; handle?: number; request?: NoInfer<Q>; columns?: readonly number[]; other?: number }
  ) => {
    const columns = failure?.columns ?? []
    const bytes = await raw(client, rop, request, handle, failure?.other)
    t.equal(bytes.readUInt32LE(2), 0, `${rop.name} succeeds`)
    holdResponse(t, { section, bytes, indexes, columns })
    if (failure?.section === undefined) return
    const failed = await raw(client, rop, failure.request ?? request, failure.handle ?? handle, failure.other)
    t.not(failed.readUInt32LE(2), 0, `${rop.name} fails`)
    holdResponse(t, { section: failure.section, bytes: failed, indexes })
  }
}

async function prepare() {
  const client = await MessageClient.logOn()
  const message = await client.create([
    [tags.PidTagSubject, 'RE: plan Ж'],
    [TEXT, 'text']
  ])
  const recipientRows = ['Ann', 'Ben'].map((name, rowId) => ({
    rowId,
    recipientType: rowId + 1,
    row: { ...smtpRow(name), cells: [storedString(name)] }
  }))
  await client.call(RopModifyRecipients, { recipientColumns: [tags.PidTagSmtpAddress], recipientRows }, message)
  const { handle: attachment } = await client.attach(message)
  await client.saveAttachment(attachment)
  const mid = await client.save(message)
  return { client, message, attachment, mid, folder: await client.real.folder('inbox') }
}

t.test('messages', { skip: absent }, async t => {
  const { client, message, mid, folder } = await prepare()
  const hold = holder(t, client)
  const open = { codePageId: 0x0fff, folderId: inbox, openModeFlags: READ_WRITE, messageId: mid }
  await hold(RopOpenMessage, open, 0, '2.2.6.1.2', {
    section: '2.2.6.1.3',
    request: { ...open, messageId: mid + 999 }
  })
  requirement('MS-OXCROPS_R1718')
  const create = { codePageId: 0x0fff, folderId: inbox, associatedFlag: false }
  await hold(RopCreateMessage, create, 0, '2.2.6.2.2', {
    section: '2.2.6.2.3',
    request: { ...create, folderId: mid }
  })
  requirement('MS-OXCROPS_R1778')
  await hold(RopSaveChangesMessage, { saveFlags: 2 }, message, '2.2.6.3.2', { section: '2.2.6.3.3', handle: folder })
  await hold(RopReadRecipients, { rowId: 0, reserved: 0 }, message, '2.2.6.6.2', {
    section: '2.2.6.6.3',
    request: { rowId: 99, reserved: 0 }
  })
  await hold(RopReloadCachedInformation, { reserved: 0 }, message, '2.2.6.7.2', {
    section: '2.2.6.7.3',
    handle: folder
  })
  const flags = { wantAsynchronous: false, readFlags: 4, messageIds: [mid] }
  await hold(RopSetReadFlags, flags, folder, '2.2.6.10.2')
  await hold(RopSetMessageReadFlag, { readFlags: 0, clientData: undefined }, message, '2.2.6.11.2', {
    section: '2.2.6.11.3',
    handle: folder
  })
  requirement('MS-OXCROPS_R2110', 'MS-OXCROPS_R2114')
  const status = { messageId: mid, messageStatusFlags: 0x1000, messageStatusMask: 0x1000 }
  await hold(RopSetMessageStatus, status, folder, '2.2.6.8.2', { section: '2.2.6.8.3', handle: message })
  const got = await raw(client, RopGetMessageStatus, { messageId: mid }, folder)
  holdResponse(t, { section: '2.2.6.8.2', bytes: got, indexes })
  t.equal(got.readUInt32LE(6), 0x1000)
  requirement('MS-OXCROPS_R20004', 'MS-OXCROPS_R2024', 'MS-OXCMSG_R794', 'MS-OXCMSG_R807')
  const rows = { recipientColumns: [], recipientRows: [{ rowId: 4, recipientType: 1, row: smtpRow('Cat') }] }
  await hold(RopModifyRecipients, rows, message, '2.2.6.5.2')
  await hold(RopRemoveAllRecipients, { reserved: 0 }, message, '2.2.6.4.2')
  await hold(RopRemoveAllRecipients, { reserved: 0x01020304 }, message, '2.2.6.4.2')
  requirement('MS-OXCROPS_R2005')
})

t.test('attachments', { skip: absent }, async t => {
  const { client, message, attachment, folder } = await prepare()
  const hold = holder(t, client)
  await hold(RopOpenAttachment, { openAttachmentFlags: 1, attachmentId: 0 }, message, '2.2.6.12.2')
  await hold(RopCreateAttachment, {}, message, '2.2.6.13.2', { section: '2.2.6.13.3', handle: folder })
  await hold(RopGetAttachmentTable, { tableFlags: 0 }, message, '2.2.6.17.2')
  const { handle: holderOfMessage, number } = await client.attach(message)
  t.equal(await client.real.one(holderOfMessage, tags.PidTagAttachNumber), number)
  requirement('MS-OXCROPS_R2175')
  const embed = { codePageId: 0x0fff, openModeFlags: CREATE }
  await hold(RopOpenEmbeddedMessage, embed, holderOfMessage, '2.2.6.16.2', { section: '2.2.6.16.3', handle: folder })
  await hold(RopSaveChangesAttachment, { saveFlags: 2 }, attachment, '2.2.6.15.2')
  await hold(RopDeleteAttachment, { attachmentId: 0 }, message, '2.2.6.14.2')
})

t.test('properties', { skip: absent }, async t => {
  const { client, message, folder } = await prepare()
  const hold = holder(t, client)
  const table = await client.real.contents(folder)
  const name = { guid: '5f3b9d1c-0000-4000-8000-0123456789ab', name: 'Colour' }
  const names = { flags: 2, propertyNames: [name, { guid: name.guid, lid: 7 }] }
  await hold(RopGetPropertyIdsFromNames, names, message, '2.2.8.1.2', { section: '2.2.8.1.3', handle: table })
  const [first, second] = (await client.call(RopGetPropertyIdsFromNames, names)).value!.propertyIds
  const ids = { propertyIds: [first, second, 0x0037, 0xfff0] }
  await hold(RopGetNamesFromPropertyIds, ids, message, '2.2.8.2.2', { section: '2.2.8.2.3', handle: table })
  const columns = [tags.PidTagSubject, tags.PidTagMessageSize, 0x66660003, (TEXT & 0xffff0000) >>> 0, BINARY]
  const specific = { propertySizeLimit: 0, wantUnicode: true, propertyTags: columns }
  await hold(RopGetPropertiesSpecific, specific, message, '2.2.8.3.2', {
    section: '2.2.8.3.3',
    handle: table,
    columns
  })
  requirement('MS-OXCROPS_R2704')
  const everything = { propertySizeLimit: 0, wantUnicode: false }
  await hold(RopGetPropertiesAll, everything, message, '2.2.8.4.2', { section: '2.2.8.4.3', handle: table })
  await hold(RopGetPropertiesList, {}, message, '2.2.8.5.2', { section: '2.2.8.5.3', handle: table })
  const set = {
    propertyValues: [
      { tag: tags.PidTagChangeKey, bytes: Uint8Array.of(1) },
      { tag: ((first << 16) | 0x001f) >>> 0, bytes: storedString('red') },
      { tag: tags.PidTagSearchKey, bytes: Uint8Array.of(2) }
    ]
  }
  await hold(RopSetProperties, set, message, '2.2.8.6.2', { section: '2.2.8.6.3', handle: table })
  await hold(RopSetPropertiesNoReplicate, set, message, '2.2.8.7.2', { section: '2.2.8.7.3', handle: table })
  await hold(RopQueryNamedProperties, { queryFlags: 0, propertyGuid: null }, message, '2.2.8.10.2', {
    section: '2.2.8.10.3',
    handle: table
  })
  const gone = { propertyTags: [TEXT, tags.PidTagSearchKey] }
  await hold(RopDeleteProperties, gone, message, '2.2.8.8.2', { section: '2.2.8.8.3', handle: table })
  await hold(RopDeletePropertiesNoReplicate, gone, message, '2.2.8.9.2', { section: '2.2.8.9.3', handle: table })
  requirement('MS-OXCROPS_R2857', 'MS-OXCROPS_R2940')
})

t.test('streams', { skip: absent }, async t => {
  const { client, message } = await prepare()
  const hold = holder(t, client)
  await client.setStreamed(message, BINARY, pattern(1000))
  const open = { propertyTag: BINARY, openModeFlags: READ_WRITE }
  await hold(RopOpenStream, open, message, '2.2.9.1.2', {
    section: '2.2.9.1.3',
    request: { ...open, propertyTag: 0x66660102 }
  })
  const stream = await client.stream(message, BINARY, READ_WRITE)
  await hold(RopReadStream, { byteCount: 100, maximumByteCount: undefined }, stream, '2.2.9.2.2')
  await hold(RopReadStream, { byteCount: 0xbabe, maximumByteCount: 50 }, stream, '2.2.9.2.2')
  requirement('MS-OXCROPS_R3227', 'MS-OXCROPS_R3228')
  await hold(RopWriteStream, { data: pattern(10) }, stream, '2.2.9.3.2')
  await hold(RopWriteStreamExtended, { data: pattern(10) }, stream, '2.2.9.4.2')
  await hold(RopCommitStream, {}, stream, '2.2.9.5.2')
  await hold(RopGetStreamSize, {}, stream, '2.2.9.6.2', { section: '2.2.9.6.3', handle: message })
  await hold(RopSetStreamSize, { streamSize: 500n }, stream, '2.2.9.7.2')
  await hold(RopSeekStream, { origin: 0, offset: 10n }, stream, '2.2.9.8.2', {
    section: '2.2.9.8.3',
    request: { origin: 0, offset: -1n }
  })
  const other = await client.stream(message, 0x678b0102, CREATE)
  await hold(RopCopyToStream, { byteCount: 100n }, stream, '2.2.9.9.2', { other })
})
