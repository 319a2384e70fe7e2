/**
 * Requests of the recorded scenarios whose bytes could not be had. Some are told exactly by the answers around them and
 * by their size; of others only the kind is known, and a stand-in keeps the numbers of handles and the state going.
 */
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopIdFromLongTermId } from '../../rops/logon/rop-id-from-long-term-id.js'
import { RopCreateAttachment } from '../../rops/message/rop-create-attachment.js'
import { RopCreateMessage } from '../../rops/message/rop-create-message.js'
import { RopGetAttachmentTable } from '../../rops/message/rop-get-attachment-table.js'
import { RopModifyRecipients } from '../../rops/message/rop-modify-recipients.js'
import { RopOpenAttachment } from '../../rops/message/rop-open-attachment.js'
import { RopOpenMessage } from '../../rops/message/rop-open-message.js'
import { RopSaveChangesAttachment } from '../../rops/message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from '../../rops/message/rop-save-changes-message.js'
import { RopRelease } from '../../rops/other/rop-release.js'
import { RopGetNamesFromPropertyIds } from '../../rops/property/rop-get-names-from-property-ids.js'
import { RopGetPropertiesSpecific } from '../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../rops/property/rop-set-properties.js'
import { RopCommitStream } from '../../rops/stream/rop-commit-stream.js'
import { RopOpenStream } from '../../rops/stream/rop-open-stream.js'
import { RopReadStream } from '../../rops/stream/rop-read-stream.js'
import { RopWriteStream } from '../../rops/stream/rop-write-stream.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { unwrapPayloads } from '../../src/client/extended-buffer.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import type { Mid } from '../../src/oxcdata/ids.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { PidTagAttachDataBinary, PidTagSubject } from '../../src/oxprops/property-tags.generated.js'
import { type Exchange, executeBody, rewrite } from './exchange-scenario.js'

const ENTRY_ID_BYTES = 46
const drafts = specialFid('drafts')
/** Content of the recorded attachment: 24,000 bytes, each its number modulo 251. */
const CONTENT = Buffer.from(Array.from({ length: 24_000 }, (_, at) => at % 251))

/** Not the recorded requests: what they hold is not known. */
const STAND_INS: Record<string, string> = {
  'session/17-execute-folder-properties': 'nine properties of a folder, not known which',
  'acts/07-execute-replace-recipients': 'the recipients are not known',
  'acts/08-execute-read-recipients': 'the recipients are not known',
  'acts/11-execute-remove-recipients': 'what it reads back is not known',
  'writes/10-execute-read-draft': 'the recipients are not known',
  'writes/11-execute-draft-properties': 'the properties are not known',
  'writes/12-execute-attachment-table': 'the columns are not known'
}

export class MissingRequests {
  private readonly answers = new Map<string, Buffer>()
  private mid: Mid = 0

  constructor(private readonly kind: string) {}

  isStandIn({ name }: Exchange): boolean {
    return STAND_INS[`${this.kind}/${name}`] !== undefined
  }

  /** Takes from an answer what later requests need. */
  learn(name: string, answer: Buffer): void {
    if (!name.includes('execute')) return
    this.answers.set(name, answer)
    const payload = this.payload(name)
    if (payload.length > 2 && payload[2] === RopSaveChangesMessage.id) this.mid = readId(payload, 2 + 7)
    // The one row of the table that the moved message is looked for in.
    if (name.startsWith('14-execute-find-moved')) this.mid = readId(payload, 37)
  }

  /** A recorded request with the id of our message where that of the recorded one was set to zero. */
  withOurIds(request: Buffer): Buffer {
    return rewrite(request, (_rop, fields) => ({
      ...fields,
      ...(fields.messageId === 0 && { messageId: this.mid }),
      ...(Array.isArray(fields.messageIds) && { messageIds: [this.mid] })
    }))
  }

  /** Undefined when even a stand-in would say nothing: ten properties of the logon, of which only some are known. */
  requestFor(exchange: Exchange): Buffer | undefined {
    const { name, requestBytes } = exchange
    if (exchange.type === 'PING') return Buffer.alloc(0)
    const request =
      this.kind === 'session' ? this.ofSession(name) : this.kind === 'acts' ? this.ofActs(name) : this.ofWrites(name)
    const isKnown = !this.isStandIn(exchange) && exchange.response === undefined
    if (isKnown && request !== undefined && request.length !== requestBytes)
      throw new Error(`${name}: ${request.length} bytes instead of ${requestBytes}`)
    return request
  }

  private ofSession(name: string): Buffer | undefined {
    switch (name) {
      case '08-execute-named-properties-inverse':
        return askNames(this.payload('06-execute-named-properties'))
      case '16-execute-special-folders':
        return askIds(this.payload('15-execute-special-folders'))
      case '17-execute-folder-properties':
        return askFolder()
      default:
        return undefined
    }
  }

  private ofActs(name: string): Buffer | undefined {
    switch (name) {
      case '04-execute-drafts-folder':
        return askIds(this.payload('03-execute-drafts-folder'))
      case '05-execute-create-message':
        return createMessage('mapi-client-rs acts scenario')
      default:
        return this.open()
    }
  }

  private ofWrites(name: string): Buffer | undefined {
    switch (name) {
      case '04-execute-drafts-folder':
        return askIds(this.payload('03-execute-drafts-folder'))
      case '05-execute-create-draft':
        return createMessage('mapi-client-rs writes scenario')
      case '06-execute-create-draft':
        return createAttachment()
      case '08-execute-create-draft':
        return saveAttachment()
      case '12-execute-attachment-table':
        return this.attachmentTable()
      case '14-execute-attachment-content':
        return this.readAttachment()
      case '16-execute-attachment-content':
        return release(0x0b, 0x0a, 0x09)
      default:
        return this.open()
    }
  }

  private payload(name: string): Buffer {
    const answer = this.answers.get(name)!
    return unwrapPayloads(answer.subarray(16, 16 + answer.readUInt32LE(12)))[0]
  }

  private opening(): { batch: RopBatch; message: number } {
    const batch = new RopBatch([0])
    const message = batch.slot()
    const request = { codePageId: 0x0fff, folderId: drafts, openModeFlags: 0, messageId: this.mid }
    batch.add(RopOpenMessage, { input: 0, output: message }, request)
    return { batch, message }
  }

  private open(): Buffer {
    const { batch, message } = this.opening()
    batch.add(RopRelease, { input: message }, {})
    return executeBody(batch)
  }

  private attachmentTable(): Buffer {
    const { batch, message } = this.opening()
    const table = batch.slot()
    batch.add(RopGetAttachmentTable, { input: message, output: table }, { tableFlags: 0 })
    const propertyTags = [0x0e210003, 0x3704001f, 0x3705_0003, 0x0e200003, 0x370e001f]
    batch.add(RopSetColumns, { input: table }, { setColumnsFlags: 0, propertyTags })
    batch.add(RopQueryRows, { input: table }, { queryRowsFlags: 0, forwardRead: true, rowCount: 50 })
    batch.add(RopRelease, { input: message }, {})
    return executeBody(batch)
  }

  private readAttachment(): Buffer {
    const { batch, message } = this.opening()
    const [attachment, stream] = [batch.slot(), batch.slot()]
    batch.add(RopOpenAttachment, { input: message, output: attachment }, { openAttachmentFlags: 0, attachmentId: 0 })
    const request = { propertyTag: PidTagAttachDataBinary, openModeFlags: 0 }
    batch.add(RopOpenStream, { input: attachment, output: stream }, request)
    batch.add(RopReadStream, { input: stream }, { byteCount: 16_384, maximumByteCount: undefined })
    return executeBody(batch)
  }
}

function readId(bytes: Buffer, at: number): Mid {
  return bytes.readUInt16LE(at) * 2 ** 48 + bytes.readUIntBE(at + 2, 6)
}

/** The names of all ids just given, of one below 0x8000 and of one that is not there. */
function askNames(payload: Buffer): Buffer {
  const count = payload.readUInt16LE(8)
  const propertyIds = Array.from({ length: count }, (_, at) => payload.readUInt16LE(10 + at * 2))
  const batch = new RopBatch([0])
  batch.add(RopGetNamesFromPropertyIds, { input: 0 }, { propertyIds: [...propertyIds, 0x0037, 0xfffe] })
  return executeBody(batch)
}

/** Short ids for the seven folder entry ids of a flagged row. */
function askIds(payload: Buffer): Buffer {
  const batch = new RopBatch([0])
  // Behind RopSize and RopOpenFolder: frame, kind of row, and the cell of the archive folder, which is an error.
  const first = 2 + 8 + 6 + 1 + 5
  for (let n = 0; n < 7; n++) {
    const entryId = payload.subarray(first + n * (3 + ENTRY_ID_BYTES) + 3).subarray(0, ENTRY_ID_BYTES)
    const databaseGuid = guidOf(entryId.subarray(22, 38))
    batch.add(RopIdFromLongTermId, { input: 0 }, { longTermId: { databaseGuid, globcnt: entryId.readUIntBE(38, 6) } })
  }
  return executeBody(batch)
}

function guidOf(bytes: Buffer): string {
  const swapped = Buffer.concat([
    ...[Buffer.from(bytes.subarray(0, 4)).reverse(), Buffer.from(bytes.subarray(4, 6)).reverse()],
    ...[Buffer.from(bytes.subarray(6, 8)).reverse(), bytes.subarray(8)]
  ])
  return swapped.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Nine properties of a folder. */
function askFolder(): Buffer {
  const tags = [0x3001001f, 0x3613001f, 0x36020003, 0x36030003, 0x360a000b, 0x67480014, 0x67490014, 0x36010003]
  const propertyTags = [...tags, 0x3004001f]
  const batch = new RopBatch([0])
  batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: specialFid('inbox'), openModeFlags: 0 })
  batch.add(RopGetPropertiesSpecific, { input: 1 }, { propertySizeLimit: 0, wantUnicode: true, propertyTags })
  batch.add(RopRelease, { input: 1 }, {})
  return executeBody(batch)
}

function createMessage(subject: string): Buffer {
  const batch = new RopBatch([0])
  const message = batch.slot()
  const request = { codePageId: 0x0fff, folderId: drafts, associatedFlag: false }
  batch.add(RopCreateMessage, { input: 0, output: message }, request)
  const propertyValues = [{ tag: PidTagSubject, bytes: storedString(subject) }]
  batch.add(RopSetProperties, { input: message }, { propertyValues })
  batch.add(RopModifyRecipients, { input: message }, { recipientColumns: [], recipientRows: [] })
  return executeBody(batch)
}

function createAttachment(): Buffer {
  const batch = new RopBatch([2])
  const [attachment, stream] = [batch.slot(), batch.slot()]
  batch.add(RopCreateAttachment, { input: 0, output: attachment }, {})
  const propertyValues = [{ tag: 0x3704001f, bytes: storedString('data.bin') }]
  batch.add(RopSetProperties, { input: attachment }, { propertyValues })
  const request = { propertyTag: PidTagAttachDataBinary, openModeFlags: 2 }
  batch.add(RopOpenStream, { input: attachment, output: stream }, request)
  batch.add(RopWriteStream, { input: stream }, { data: CONTENT.subarray(0, 16_384) })
  return executeBody(batch)
}

function saveAttachment(): Buffer {
  const batch = new RopBatch([4, 3])
  batch.add(RopCommitStream, { input: 0 }, {})
  batch.add(RopRelease, { input: 0 }, {})
  batch.add(RopSaveChangesAttachment, { response: 1, input: 1 }, { saveFlags: 2 })
  batch.add(RopRelease, { input: 1 }, {})
  return executeBody(batch)
}

function release(...handles: number[]): Buffer {
  const batch = new RopBatch(handles)
  handles.forEach((_, input) => {
    batch.add(RopRelease, { input }, {})
  })
  return executeBody(batch)
}
