/** What the answers to remote operations teach for reading later ones. */
import type { PropertyName } from '../../oxcdata/property-name.js'
import type { RowCell } from '../../oxcdata/property-row.js'
import { PtypInteger64, PtypString } from '../../oxcdata/property-type.js'
import { stringOf } from '../../oxcdata/stored-string.js'
import { LOGON_FOLDERS, PUBLIC_LOGON_FOLDERS } from './field-meanings.js'
import { formatId } from './format-id.js'
import { propertyNameText } from './property-name-text.js'
import type { RopBatchMemory, RopRequest } from './rop-batch-memory.js'
import { idOfStored } from './say-stored.js'
import type { SessionObject } from './session-memory.js'

type Fields = Record<string, unknown>
type Lesson = (batch: RopBatchMemory, request: RopRequest, value: Fields) => void

const LOGON_PRIVATE = 0x01
const FOLDER_ID = 0x6748
const DISPLAY_NAME = 0x3001

function opensFolder(batch: RopBatchMemory, request: RopRequest, folderId: number): void {
  const label = `folder ${batch.session.folderLabel(folderId)}`
  batch.open(batch.slot(request, 'output'), { kind: 'folder', label, folderId })
}

function opensTable(what: string): Lesson {
  return (batch, request) => {
    const parent = batch.subject(request)
    const label = `${what} of ${parent?.label ?? 'an unknown object'}`
    batch.open(batch.slot(request, 'output'), { kind: 'table', label, folderId: parent?.folderId })
  }
}

function opensMessage(label: (request: RopRequest, parent: SessionObject | undefined) => string): Lesson {
  return (batch, request, value) => {
    const columns = (value.recipientColumns ?? (value.summary as Fields | undefined)?.recipientColumns) as number[]
    const object = { kind: 'message', label: label(request, batch.subject(request)), recipientColumns: columns }
    batch.open(batch.slot(request, 'output'), object)
  }
}

function namesFolders(columns: readonly number[], rows: readonly (readonly RowCell[])[], batch: RopBatchMemory): void {
  const id = columns.indexOf(((FOLDER_ID << 16) | PtypInteger64) >>> 0)
  const name = columns.indexOf(((DISPLAY_NAME << 16) | PtypString) >>> 0)
  if (id < 0 || name < 0) return
  for (const row of rows) {
    const [folderId, text] = [row[id], row[name]]
    if (folderId instanceof Uint8Array && text instanceof Uint8Array)
      batch.session.nameFolder(idOfStored(folderId), stringOf(text))
  }
}

function namesProperties(ids: unknown, names: unknown, batch: RopBatchMemory): void {
  const list = names as (PropertyName | undefined)[]
  for (const [at, id] of (ids as number[]).entries()) {
    const name = list[at]
    if (id !== 0 && name !== undefined) batch.session.nameProperty(id, propertyNameText(name))
  }
}

const LESSONS: Readonly<Record<string, Lesson>> = {
  RopLogon(batch, request, value) {
    const isPublic = ((value.logonFlags as number) & LOGON_PRIVATE) === 0
    batch.session.logOn(request.logonId, isPublic)
    const names = isPublic ? PUBLIC_LOGON_FOLDERS : LOGON_FOLDERS
    for (const [at, id] of (value.folderIds as number[]).entries()) {
      if (id !== 0 && names[at] !== undefined) batch.session.nameFolder(id, names[at])
    }
    const label = isPublic ? 'logon to the public folders' : `logon ${request.logonId}`
    batch.open(batch.slot(request, 'output'), { kind: 'logon', label })
  },
  RopOpenFolder: (batch, request) => opensFolder(batch, request, request.fields.folderId as number),
  RopCreateFolder(batch, request, value) {
    const id = value.folderId as number
    batch.session.nameFolder(id, String(request.fields.displayName))
    opensFolder(batch, request, id)
  },
  RopGetHierarchyTable: opensTable('hierarchy'),
  RopGetContentsTable: opensTable('contents'),
  RopGetAttachmentTable: opensTable('attachments'),
  RopGetPermissionsTable: opensTable('permissions'),
  RopGetRulesTable: opensTable('rules'),
  RopSetColumns(batch, request) {
    const table = batch.subject(request)
    if (table !== undefined) table.columns = request.fields.propertyTags as number[]
  },
  RopResetTable(batch, request) {
    const table = batch.subject(request)
    if (table !== undefined) table.columns = undefined
  },
  RopQueryRows(batch, request, value) {
    namesFolders(batch.subject(request)?.columns ?? [], value.rows as RowCell[][], batch)
  },
  RopFindRow(batch, request, value) {
    if (value.row !== null) namesFolders(batch.subject(request)?.columns ?? [], [value.row as RowCell[]], batch)
  },
  RopOpenMessage: opensMessage(({ fields }) => `message ${formatId(fields.messageId as number)}`),
  RopOpenEmbeddedMessage: opensMessage((_request, parent) => `message in ${parent?.label ?? 'an attachment'}`),
  RopReloadCachedInformation(batch, request, value) {
    const message = batch.subject(request)
    if (message !== undefined) message.recipientColumns = value.recipientColumns as number[]
  },
  RopModifyRecipients(batch, request) {
    const message = batch.subject(request)
    if (message !== undefined) message.recipientColumns = request.fields.recipientColumns as number[]
  },
  RopGetPropertyIdsFromNames: (batch, { fields }, value) =>
    namesProperties(value.propertyIds, fields.propertyNames, batch),
  RopGetNamesFromPropertyIds: (batch, { fields }, value) =>
    namesProperties(fields.propertyIds, value.propertyNames, batch),
  RopQueryNamedProperties: (batch, _request, value) => namesProperties(value.propertyIds, value.propertyNames, batch)
}

/** Takes in a successful answer. */
export function learnFromAnswer(batch: RopBatchMemory, request: RopRequest, value: Fields): void {
  const { rop } = request
  const lesson = LESSONS[rop.name]
  if (lesson !== undefined) lesson(batch, request, value)
  else if (rop.output !== undefined) {
    const parent = batch.subject(request)
    const label = `${wordsOf(rop.output)}${parent === undefined ? '' : ` of ${parent.label}`}`
    batch.open(batch.slot(request, 'output'), { kind: rop.output, label })
  }
}

/** Operations whose request alone teaches something, when no answer to them is recorded. */
const TAKEN_AS_DONE = new Set(['RopSetColumns', 'RopModifyRecipients', 'RopResetTable'])

export function learnFromRequest(batch: RopBatchMemory, request: RopRequest): void {
  if (request.rop.noResponse) batch.release(batch.slot(request, 'input'))
  else if (TAKEN_AS_DONE.has(request.rop.name)) LESSONS[request.rop.name](batch, request, {})
}

/** `fastTransferSource` as words. */
function wordsOf(kind: string): string {
  return kind.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}

/** Columns of the rows in the answer to an operation: none where it has no rows, undefined where nobody knows them. */
export function columnsOfAnswer(batch: RopBatchMemory, request: RopRequest): readonly number[] | undefined {
  switch (request.rop.name) {
    case 'RopGetPropertiesSpecific':
      return request.fields.propertyTags as number[]
    case 'RopQueryRows':
    case 'RopFindRow':
    case 'RopExpandRow':
      return batch.subject(request)?.columns
    case 'RopReadRecipients':
      return batch.subject(request)?.recipientColumns
    default:
      return []
  }
}
