import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { RopRelease } from '../../rops/other/rop-release.js'
import { RopQueryRows } from '../../rops/table/rop-query-rows.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import type { RowCell } from '../oxcdata/property-row.js'
import { type PropertyTag, tagType } from '../oxcdata/property-tag.js'
import { decodeValue, type PropertyValue } from '../oxcdata/property-value.js'
import { PidTagDisplayName, PidTagFolderId, PidTagParentFolderId } from '../oxprops/property-tags.generated.js'
import type { MapiClient } from './mapi-client.js'
import { RopBatch, type RopResult } from './rop-batch.js'

/** A ROP of a batch that had to succeed and did not. */
export class RopError extends Error {
  readonly returnValue: number

  constructor(rop: string, returnValue: number) {
    super(`${rop} failed with 0x${returnValue.toString(16).padStart(8, '0')}`)
    this.name = 'RopError'
    this.returnValue = returnValue
  }
}

/** The response of a ROP that had to succeed; throws RopError when it did not. */
export function succeeded<T>(result: RopResult<T>): T {
  if (result.returnValue !== 0) throw new RopError(result.name, result.returnValue)
  return result.value as T
}

/** A folder as the hierarchy table shows it. */
export interface ListedFolder {
  folderId: number
  parentFolderId: number
  displayName: string
}

/** Order of the folder ids in a private logon ([MS-OXCSTOR] 2.2.1.1.3). */
export const LogonFolder = { root: 0, ipmSubtree: 3, inbox: 4, outbox: 5, sentItems: 6, deletedItems: 7 } as const

const PRIVATE = 0x01
const USE_PER_MDB_REPLID_MAPPING = 0x01000000
const DEPTH = 0x04
const ROWS_PER_PAGE = 100

/** A logon to a private mailbox with the steps that every client takes. */
export class MailboxSession {
  private constructor(
    readonly client: MapiClient,
    readonly logonHandle: number,
    readonly folderIds: readonly number[]
  ) {}

  /** Logs on to the mailbox of `essdn`, by default the discovered one. The session must be connected. */
  static async logOn(client: MapiClient, essdn = client.mailbox!.legacyDn): Promise<MailboxSession> {
    const batch = new RopBatch()
    const logon = batch.add(RopLogon, { output: batch.slot() }, logonRequest(essdn))
    await client.execute(batch)
    const { folderIds } = succeeded(logon)
    return new MailboxSession(client, batch.handles[0], folderIds)
  }

  /** Every folder below the root, parents before children or not as the server has it. */
  async listFolders(fid = this.folderIds[LogonFolder.ipmSubtree]): Promise<ListedFolder[]> {
    const batch = new RopBatch([this.logonHandle])
    const folder = batch.slot()
    const table = batch.slot()
    batch.add(RopOpenFolder, { input: 0, output: folder }, { folderId: fid, openModeFlags: 0 })
    const opened = batch.add(RopGetHierarchyTable, { input: folder, output: table }, { tableFlags: DEPTH })
    await this.client.execute(batch)
    succeeded(opened)
    const rows = await this.readRows(batch.handles[table], [PidTagFolderId, PidTagParentFolderId, PidTagDisplayName])
    await this.release(batch.handles[table], batch.handles[folder])
    return rows.map(([folderId, parentFolderId, displayName]) => ({
      folderId: idOf(folderId),
      parentFolderId: idOf(parentFolderId),
      displayName: String(displayName)
    }))
  }

  /** All rows of an open table from its cursor on, decoded. An error cell is undefined. */
  async readRows(table: number, columns: readonly PropertyTag[]): Promise<(PropertyValue | undefined)[][]> {
    const rows: (PropertyValue | undefined)[][] = []
    const first = new RopBatch([table])
    first.add(RopSetColumns, { input: 0 }, { setColumnsFlags: 0, propertyTags: [...columns] })
    await this.client.execute(first)
    for (;;) {
      const batch = new RopBatch([table])
      const request = { queryRowsFlags: 0, forwardRead: true, rowCount: ROWS_PER_PAGE }
      const page = batch.add(RopQueryRows, { input: 0 }, request, { columns })
      await this.client.execute(batch)
      const { rows: cells } = succeeded(page)
      for (const row of cells) rows.push(row.map((cell, index) => decodeCell(columns[index], cell)))
      if (cells.length === 0) return rows
    }
  }

  async release(...handles: number[]): Promise<void> {
    const batch = new RopBatch(handles)
    for (let slot = 0; slot < handles.length; slot++) batch.add(RopRelease, { input: slot }, {})
    await this.client.execute(batch)
  }
}

export function logonRequest(essdn: string) {
  return { logonFlags: PRIVATE, openFlags: USE_PER_MDB_REPLID_MAPPING, storeState: 0, essdn }
}

/** A cell of a row as a JavaScript value; undefined for an error. */
export function decodeCell(tag: PropertyTag, cell: RowCell): PropertyValue | undefined {
  return cell instanceof Uint8Array ? decodeValue(tagType(tag), cell) : undefined
}

const TWO_48 = 1n << 48n

/** PidTagFolderId and PidTagMid are 64-bit numbers whose bytes are an id ([MS-OXCDATA] 2.2.1). */
export function idOf(value: PropertyValue | undefined): number {
  const bits = value as bigint
  const replid = bits & 0xffffn
  let globcnt = 0n
  for (let shift = 16n; shift < 64n; shift += 8n) globcnt = (globcnt << 8n) | ((bits >> shift) & 0xffn)
  return Number(replid * TWO_48 + globcnt)
}
