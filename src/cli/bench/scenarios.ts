import { RopGetContentsTable } from '../../../rops/folder/rop-get-contents-table.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopLogon } from '../../../rops/logon/rop-logon.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopOpenMessage } from '../../../rops/message/rop-open-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopRelease } from '../../../rops/other/rop-release.js'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { RopQueryRows } from '../../../rops/table/rop-query-rows.js'
import { RopSeekRow } from '../../../rops/table/rop-seek-row.js'
import { RopSetColumns } from '../../../rops/table/rop-set-columns.js'
import { RopSortTable } from '../../../rops/table/rop-sort-table.js'
import { RopGetAddressTypes } from '../../../rops/transport/rop-get-address-types.js'
import { logonRequest } from '../../client/mailbox-session.js'
import { property } from '../../client/property-values.js'
import { RopBatch } from '../../client/rop-batch.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { type BenchConnection, prepare } from './bench-connection.js'
import type { Worker } from './load.js'

/** What a scenario needs to know of the mailbox: found once before anything is measured. */
export interface BenchMailbox {
  legacyDn: string
  /** A folder per size, by number of messages. */
  folders: ReadonlyMap<number, number>
  /** Messages of the smallest folder. */
  messageIds: readonly number[]
  draftsFolder: number
}

export interface Scenario {
  id: string
  title: string
  makeWorker(connection: BenchConnection, mailbox: BenchMailbox, index: number): Promise<Worker>
}

/** Ten columns that mail clients show. */
const COLUMNS = [
  ...[tags.PidTagMid, tags.PidTagFolderId, tags.PidTagSubject, tags.PidTagSentRepresentingName],
  ...[tags.PidTagMessageDeliveryTime, tags.PidTagMessageFlags, tags.PidTagMessageSize, tags.PidTagMessageClass],
  ...[tags.PidTagHasAttachments, tags.PidTagImportance]
]

const MESSAGE_PROPERTIES = [
  ...[tags.PidTagSubject, tags.PidTagBody, tags.PidTagSenderName, tags.PidTagSenderEmailAddress],
  ...[tags.PidTagMessageDeliveryTime, tags.PidTagMessageFlags, tags.PidTagMessageSize, tags.PidTagMessageClass],
  ...[tags.PidTagDisplayTo, tags.PidTagImportance]
]

const PAGE_ROWS = 50
const NEXT_PAGE = { queryRowsFlags: 0, forwardRead: true, rowCount: PAGE_ROWS }
const RELEASED = {}
const KEEP_OPEN_READ_WRITE = 0x02
const DESCENDING = 0x01

export const scenarios: readonly Scenario[] = [
  table('a1', 1_000, false),
  table('a10', 10_000, false),
  table('a1s', 1_000, true),
  table('a10s', 10_000, true),
  { id: 'b', title: 'next page of 50 rows x 10 columns of an open table', makeWorker: pageWorker },
  { id: 'c', title: 'open a message, read 10 properties with its body, release', makeWorker: messageWorker },
  { id: 'd', title: 'connect, log on, disconnect', makeWorker: sessionWorker },
  { id: 'e', title: 'create, set 13 properties with a 4 KB body, save, release', makeWorker: createWorker },
  { id: 'f', title: 'a ROP that touches no store (RopGetAddressTypes)', makeWorker: plainWorker }
]

function table(id: string, size: number, sorted: boolean): Scenario {
  const how = sorted ? ', sorted by delivery time' : ''
  return {
    id,
    title: `open folder, table, 50 rows x 10 columns, release twice; ${size.toLocaleString('en')} messages${how}`,
    async makeWorker(connection, mailbox) {
      const logon = await logOn(connection, mailbox)
      const batch = new RopBatch([logon])
      batch.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: mailbox.folders.get(size)!, openModeFlags: 0 })
      batch.add(RopGetContentsTable, { input: 1, output: 2 }, { tableFlags: 0 })
      batch.add(RopSetColumns, { input: 2 }, { setColumnsFlags: 0, propertyTags: COLUMNS })
      if (sorted) batch.add(RopSortTable, { input: 2 }, byDeliveryTime())
      batch.add(RopQueryRows, { input: 2 }, NEXT_PAGE, { columns: COLUMNS })
      batch.add(RopRelease, { input: 2 }, RELEASED)
      batch.add(RopRelease, { input: 1 }, RELEASED)
      return executeWorker(connection, batch)
    }
  }
}

function byDeliveryTime() {
  const sortOrders = [{ tag: tags.PidTagMessageDeliveryTime, order: DESCENDING as 0 | 1 }]
  return { sortTableFlags: 0, sortOrderCount: 1, categoryCount: 0, expandedCount: 0, sortOrders }
}

async function pageWorker(connection: BenchConnection, mailbox: BenchMailbox): Promise<Worker> {
  const logon = await logOn(connection, mailbox)
  const size = Math.max(...mailbox.folders.keys())
  const open = new RopBatch([logon])
  open.add(RopOpenFolder, { input: 0, output: 1 }, { folderId: mailbox.folders.get(size)!, openModeFlags: 0 })
  open.add(RopGetContentsTable, { input: 1, output: 2 }, { tableFlags: 0 })
  open.add(RopSetColumns, { input: 2 }, { setColumnsFlags: 0, propertyTags: COLUMNS })
  const handle = await run(connection, open, 2)
  const next = new RopBatch([handle])
  next.add(RopQueryRows, { input: 0 }, NEXT_PAGE, { columns: COLUMNS })
  const rewind = new RopBatch([handle])
  rewind.add(RopSeekRow, { input: 0 }, { origin: 0, rowCount: 0, wantRowMovedCount: false })
  rewind.add(RopQueryRows, { input: 0 }, NEXT_PAGE, { columns: COLUMNS })
  const [nextRequest, firstRequest] = [prepare(next), prepare(rewind)]
  const pages = Math.floor(size / PAGE_ROWS)
  let page = 0
  return {
    async once() {
      await connection.run(page % pages === 0 ? firstRequest : nextRequest)
      page++
    },
    close: () => connection.close()
  }
}

async function messageWorker(connection: BenchConnection, mailbox: BenchMailbox, index: number): Promise<Worker> {
  const logon = await logOn(connection, mailbox)
  const folderId = mailbox.folders.get(Math.min(...mailbox.folders.keys()))!
  const requests = mailbox.messageIds.map(messageId => {
    const batch = new RopBatch([logon])
    batch.add(RopOpenMessage, { input: 0, output: 1 }, { codePageId: 0x0fff, folderId, openModeFlags: 0, messageId })
    const wanted = { propertySizeLimit: 0, wantUnicode: true, propertyTags: MESSAGE_PROPERTIES }
    batch.add(RopGetPropertiesSpecific, { input: 1 }, wanted)
    batch.add(RopRelease, { input: 1 }, RELEASED)
    return prepare(batch)
  })
  const sizes = new AnswerSizes()
  let at = index * 7
  return {
    async once() {
      const which = at++ % requests.length
      sizes.check(which, await connection.run(requests[which]))
    },
    close: () => connection.close()
  }
}

async function sessionWorker(connection: BenchConnection, mailbox: BenchMailbox): Promise<Worker> {
  const batch = new RopBatch()
  batch.add(RopLogon, { output: batch.slot() }, logonRequest(mailbox.legacyDn))
  const request = prepare(batch)
  return {
    async once() {
      await connection.connect()
      await connection.run(request)
      await connection.disconnect()
    },
    close: () => connection.close()
  }
}

async function createWorker(connection: BenchConnection, mailbox: BenchMailbox): Promise<Worker> {
  const logon = await logOn(connection, mailbox)
  const batch = new RopBatch([logon])
  const created = { codePageId: 0x0fff, folderId: mailbox.draftsFolder, associatedFlag: false }
  batch.add(RopCreateMessage, { input: 0, output: 1 }, created)
  batch.add(RopSetProperties, { input: 1 }, { propertyValues: draftProperties() })
  batch.add(RopSaveChangesMessage, { response: 1, input: 1 }, { saveFlags: KEEP_OPEN_READ_WRITE })
  batch.add(RopRelease, { input: 1 }, RELEASED)
  return executeWorker(connection, batch)
}

const BODY_BYTES = 4096

/** Thirteen properties, the body being 4 KB of UTF-16. */
function draftProperties() {
  const time = 133_500_000_000_000_000n
  return [
    property(tags.PidTagMessageClass, 'IPM.Note'),
    property(tags.PidTagSubject, 'Benchmark message'),
    property(tags.PidTagBody, 'All work and no play. '.repeat(200).slice(0, BODY_BYTES / 2)),
    property(tags.PidTagImportance, 1),
    property(tags.PidTagPriority, 0),
    property(tags.PidTagSensitivity, 0),
    property(tags.PidTagSenderName, 'Bench'),
    property(tags.PidTagSenderEmailAddress, 'bench@ropewalk.example'),
    property(tags.PidTagSentRepresentingName, 'Bench'),
    property(tags.PidTagSentRepresentingEmailAddress, 'bench@ropewalk.example'),
    property(tags.PidTagMessageDeliveryTime, time),
    property(tags.PidTagClientSubmitTime, time),
    property(tags.PidTagInternetMessageId, '<bench@ropewalk.example>')
  ]
}

async function plainWorker(connection: BenchConnection, mailbox: BenchMailbox): Promise<Worker> {
  const logon = await logOn(connection, mailbox)
  const batch = new RopBatch([logon])
  batch.add(RopGetAddressTypes, { input: 0 }, {})
  return executeWorker(connection, batch)
}

/** Connects and logs on; returns the logon's handle. */
async function logOn(connection: BenchConnection, mailbox: BenchMailbox): Promise<number> {
  await connection.connect()
  const batch = new RopBatch()
  batch.add(RopLogon, { output: batch.slot() }, logonRequest(mailbox.legacyDn))
  return run(connection, batch, 0)
}

/** Executes a batch once with every result checked; returns the handle in `slot`. */
async function run(connection: BenchConnection, batch: RopBatch, slot: number): Promise<number> {
  await connection.executeChecked(batch)
  return batch.handles[slot]
}

/** A ROP that fails answers with fewer bytes than one that succeeds: what is repeated must be answered in the same size. */
class AnswerSizes {
  private readonly sizes: (number | undefined)[] = []

  check(request: number, size: number): void {
    const first = this.sizes[request]
    if (first === undefined) this.sizes[request] = size
    else if (first !== size) throw new Error(`an answer of ${size} bytes where one of ${first} came before`)
  }
}

/** Repeats one batch. The first time every ROP's result is checked; later ones must have an answer of the same size. */
async function executeWorker(connection: BenchConnection, batch: RopBatch): Promise<Worker> {
  const request = prepare(batch)
  await connection.executeChecked(batch)
  const sizes = new AnswerSizes()
  return {
    async once() {
      sizes.check(0, await connection.run(request))
    },
    close: () => connection.close()
  }
}
