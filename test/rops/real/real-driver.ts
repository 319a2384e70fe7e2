/** The real table through the real processor over real mailboxes, in memory: what a client meets, without the network. */
import { RopCreateFolder } from '../../../rops/folder/rop-create-folder.js'
import { RopGetContentsTable } from '../../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../../rops/folder/rop-open-folder.js'
import { RopLogon } from '../../../rops/logon/rop-logon.js'
import { RopCreateMessage } from '../../../rops/message/rop-create-message.js'
import { RopSaveChangesMessage } from '../../../rops/message/rop-save-changes-message.js'
import { RopRelease } from '../../../rops/other/rop-release.js'
import { RopGetPropertiesSpecific } from '../../../rops/property/rop-get-properties-specific.js'
import { RopSetProperties } from '../../../rops/property/rop-set-properties.js'
import { RopQueryRows } from '../../../rops/table/rop-query-rows.js'
import { RopSetColumns } from '../../../rops/table/rop-set-columns.js'
import { NO_HANDLE, RopBatch } from '../../../src/client/rop-batch.js'
import type { Actor } from '../../../src/mailbox/domain.js'
import { specialFid } from '../../../src/mailbox/folders/special-folders.js'
import type { MailboxCore } from '../../../src/mailbox/mailbox-core.js'
import type { Fid, Mid } from '../../../src/oxcdata/ids.js'
import { cellType, type RowCell } from '../../../src/oxcdata/property-row.js'
import { PtypString, PtypString8 } from '../../../src/oxcdata/property-type.js'
import { decodeValue, encodeValue, type PropertyValue } from '../../../src/oxcdata/property-value.js'
import { alice, bob, Fixture } from '../../mailbox/mailbox-fixture.js'
import { Driver, type DriverOptions } from '../driver.js'

export { alice, bob }

export const ecNotFound = 0x8004010f

/** Properties by tag, as plain values. */
export type Values = readonly (readonly [tag: number, value: PropertyValue])[]

/** A cell as a plain value; an error stands as `{ error }`. */
export type Cell = PropertyValue | { error: number }

export interface RealOptions extends Omit<DriverOptions, 'actor' | 'findMailbox'> {
  actor?: Actor
  localeId?: number
  /** Mailboxes of an earlier world, for a second client. */
  world?: RealWorld
}

/** The mailboxes of Alice and Bob. */
export class RealWorld {
  private constructor(
    readonly fixture: Fixture,
    public alices: MailboxCore,
    public bobs: MailboxCore
  ) {}

  static async open(localeId?: number): Promise<RealWorld> {
    const fixture = await Fixture.open()
    return new RealWorld(fixture, await fixture.create(1, localeId), await fixture.create(2, localeId))
  }

  find(legacyDn: string): MailboxCore | undefined {
    return [this.alices, this.bobs].find(({ owner }) => owner.legacyDn.toLowerCase() === legacyDn.toLowerCase())
  }

  /** Loses everything in memory and opens what is on disk. */
  async restart(): Promise<void> {
    this.alices = await this.fixture.restart(1)
    this.bobs = (await this.fixture.mailboxes.find(2))!
  }
}

/** A client of Alice's mailbox; the logon has handle 0. */
export class RealClient {
  private constructor(
    readonly world: RealWorld,
    readonly driver: Driver
  ) {}

  /** Connects without a logon. */
  static async connect({ localeId, world, ...options }: RealOptions = {}): Promise<RealClient> {
    const around = world ?? (await RealWorld.open(localeId))
    const settings = { actor: alice, ...options, findMailbox: (dn: string) => around.find(dn) }
    return new RealClient(around, await Driver.connect(around.alices, settings))
  }

  static async logOn(options?: RealOptions): Promise<RealClient> {
    const client = await RealClient.connect(options)
    const { returnValue } = await client.driver.logOn()
    if (returnValue !== 0) throw new Error(`no logon: ${returnValue.toString(16)}`)
    return client
  }

  get call(): Driver['call'] {
    return this.driver.call.bind(this.driver)
  }

  /** Handle of a folder of a mailbox to which the session has a second logon, opened now; without `essdn` the public folders. */
  async folderElsewhere(folderId: Fid, essdn = '', logonId = 1): Promise<number> {
    const batch = new RopBatch()
    const openFlags = essdn === '' ? 0x02 : 0x01000000
    const request = { logonFlags: essdn === '' ? 0 : 1, openFlags, storeState: 0, essdn }
    const logon = batch.add(RopLogon, { output: batch.slot() }, request, { logonId })
    const folder = batch.slot()
    batch.add(RopOpenFolder, { input: 0, output: folder }, { folderId, openModeFlags: 0 }, { logonId })
    await this.driver.run(batch)
    if (batch.handles[folder] === NO_HANDLE) throw new Error(`no folder there: ${logon.returnValue.toString(16)}`)
    return batch.handles[folder]
  }

  get mailbox(): MailboxCore {
    return this.world.alices
  }

  /** Handle of a folder, by its id or its name among the special ones. */
  async folder(folder: Fid | Parameters<typeof specialFid>[0], logon = 0): Promise<number> {
    const folderId = typeof folder === 'number' ? folder : specialFid(folder)
    const opened = await this.call(RopOpenFolder, { folderId, openModeFlags: 0 }, logon)
    if (opened.returnValue !== 0) throw new Error(`folder ${folder}: ${opened.returnValue.toString(16)}`)
    return opened.handle
  }

  async createFolder(parent: number, displayName: string, spec: Partial<NewFolder> = {}) {
    const request = { folderType: 1, useUnicodeStrings: true, openExisting: false, displayName, comment: '', ...spec }
    const { returnValue, value, handle } = await this.call(RopCreateFolder, { ...request, reserved: undefined }, parent)
    return { returnValue, folderId: value?.folderId ?? 0, handle, value }
  }

  /** Saves a new message in a folder and returns its id. */
  async createMessage(folderId: Fid, values: Values = [], associated = false): Promise<Mid> {
    const { handle } = await this.call(RopCreateMessage, {
      codePageId: 0x0fff,
      folderId,
      associatedFlag: associated
    })
    await this.set(handle, values)
    const saved = await this.call(RopSaveChangesMessage, { saveFlags: 0 }, handle)
    await this.release(handle)
    if (saved.returnValue !== 0) throw new Error(`not saved: ${saved.returnValue.toString(16)}`)
    return saved.value!.messageId
  }

  async release(handle: number): Promise<void> {
    const batch = new RopBatch([handle])
    batch.add(RopRelease, { input: 0 }, {})
    await this.driver.run(batch)
  }

  /** Sets properties and returns the problems. */
  async set(handle: number, values: Values) {
    const propertyValues = values.map(([tag, value]) => ({ tag, bytes: encodeValue(tag & 0xffff, value) }))
    const { returnValue, value } = await this.call(RopSetProperties, { propertyValues }, handle)
    if (returnValue !== 0) return returnValue
    return value!.propertyProblems.map(({ index, tag, error }) => ({ index, tag, error }))
  }

  /** Values of properties, errors in their place. */
  async get(handle: number, tags: readonly number[]): Promise<Cell[]> {
    const request = { propertySizeLimit: 0, wantUnicode: true, propertyTags: [...tags] }
    const { value } = await this.call(RopGetPropertiesSpecific, request, handle)
    return cellsOf(value!.row, tags)
  }

  async one(handle: number, tag: number): Promise<Cell> {
    return (await this.get(handle, [tag]))[0]
  }

  /** Handle of a folder's contents table, with columns set when there are any. */
  async contents(folder: number, columns: readonly number[] = [], tableFlags = 0): Promise<number> {
    return this.table(await this.call(RopGetContentsTable, { tableFlags }, folder), columns)
  }

  async hierarchy(folder: number, columns: readonly number[] = [], tableFlags = 0): Promise<number> {
    return this.table(await this.call(RopGetHierarchyTable, { tableFlags }, folder), columns)
  }

  private async table(opened: { returnValue: number; handle: number }, columns: readonly number[]): Promise<number> {
    if (opened.returnValue !== 0) throw new Error(`no table: ${opened.returnValue.toString(16)}`)
    if (columns.length > 0) await this.setColumns(opened.handle, columns)
    return opened.handle
  }

  async setColumns(table: number, columns: readonly number[]): Promise<number> {
    const request = { setColumnsFlags: 0, propertyTags: [...columns] }
    return (await this.call(RopSetColumns, request, table)).returnValue
  }

  /** Reads rows from the cursor on. */
  async rows(table: number, columns: readonly number[], query: Partial<Query> = {}) {
    const request = { queryRowsFlags: 0, forwardRead: true, rowCount: 1000, ...query }
    const { returnValue, value } = await this.call(RopQueryRows, request, table, { columns })
    return {
      returnValue,
      origin: value?.origin,
      rows: value?.rows.map(row => cellsOf(row, columns)) ?? []
    }
  }

  /** The first column of all rows from the cursor on. */
  async column(table: number, columns: readonly number[], query: Partial<Query> = {}): Promise<Cell[]> {
    return (await this.rows(table, columns, query)).rows.map(row => row[0])
  }
}

interface NewFolder {
  folderType: number
  useUnicodeStrings: boolean
  openExisting: boolean
  comment: string
}

interface Query {
  queryRowsFlags: number
  forwardRead: boolean
  rowCount: number
}

export function cellsOf(row: readonly RowCell[], tags: readonly number[]): Cell[] {
  return row.map((cell, at) => {
    if (typeof cell === 'number') return { error: cell }
    if (cell === null) return { error: 0 }
    return cell instanceof Uint8Array ? plain(cellType(tags[at]), cell) : plain(cell.type, cell.bytes)
  })
}

function plain(type: number, stored: Uint8Array): PropertyValue {
  const value = decodeValue(type === PtypString8 ? PtypString : type, stored)
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

/** The ROP output buffer of one Execute as it is on the wire: RopSize, responses, handle table. */
export async function rawAnswer({ driver }: RealClient, batch: RopBatch, maxRopOut = 0x10000): Promise<Buffer> {
  const payload = batch.write()
  const header = Buffer.alloc(8)
  header.writeUInt16LE(4, 2)
  header.writeUInt16LE(payload.length, 4)
  header.writeUInt16LE(payload.length, 6)
  const request = { flags: 3, rop: Buffer.concat([header, payload]), maxRopOut, auxiliary: new Uint8Array(0) }
  const answer = await driver.emsmdb.execute(driver.session, request)
  return Buffer.from(answer.rop[0].subarray(8))
}
