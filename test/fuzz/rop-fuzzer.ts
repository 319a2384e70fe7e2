import { RopGetContentsTable } from '../../rops/folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from '../../rops/folder/rop-get-hierarchy-table.js'
import { RopOpenFolder } from '../../rops/folder/rop-open-folder.js'
import { allRops } from '../../rops/index.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { RopOpenAttachment } from '../../rops/message/rop-open-attachment.js'
import { RopOpenMessage } from '../../rops/message/rop-open-message.js'
import type { Logon, ObjectKind, Rop } from '../../rops/rop.js'
import { RopOpenStream } from '../../rops/stream/rop-open-stream.js'
import { RopSetColumns } from '../../rops/table/rop-set-columns.js'
import { BufferFull, codecContext, type Random, Writer } from '../../src/bufferstructs/index.js'
import { logonRequest } from '../../src/client/mailbox-session.js'
import { NO_HANDLE, RopBatch } from '../../src/client/rop-batch.js'
import type { EmsmdbSession, ExecuteResponse } from '../../src/emsmdb/index.js'
import { specialFid } from '../../src/mailbox/folders/special-folders.js'
import { publicFid } from '../../src/mailbox/public-store/public-folders.js'
import type { Fid } from '../../src/oxcdata/ids.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import { within } from './fuzz-settings.js'
import { alice, bob, type FuzzWorld } from './fuzz-world.js'
import { RandomRequest } from './random-request.js'

const NOTHING = new Uint8Array(0)
const PUBLIC_LOGON = 2
const publicLogon = { logonFlags: 0, openFlags: 0x2, storeState: 0, essdn: '' }
const requests = allRops.filter(row => row.serverOriginated !== true)
const isBuilt = (row: Rop): boolean => row.noResponse === true || (row.execute ?? row.stream) !== undefined
const built = requests.filter(row => isBuilt(row) && row.id !== RopLogon.id)
/** ROPs that make the objects which the others need. */
const openers = built.filter(row => row.output !== undefined)
/** No Execute of a few ROPs may take longer than this, however odd. */
const HANG_MS = 20_000

interface Known {
  handle: number
  kind: ObjectKind
  logonId: number
}

/** The output of an earlier ROP of the list. */
interface Produced {
  slot: number
  kind: ObjectKind
}

/** What one round sent, as a vector that can be sent again. */
export interface Sent {
  rops: string[]
  payload: Uint8Array
  maxRopOut: number
  flags: number
}

/** One session that sends lists of random ROPs on the objects that it has open, and opens more of them as it goes. */
export class RopFuzzer {
  private readonly known: Known[] = []
  private readonly request: RandomRequest
  private session!: EmsmdbSession
  last: Sent | undefined
  executed = 0
  slowest = { ms: 0, rops: [] as string[] }

  constructor(
    private readonly world: FuzzWorld,
    private readonly random: Random
  ) {
    this.request = new RandomRequest(random, { fids: [], mids: [], essdns: [], replicaGuid: '' })
  }

  /** A new session with a logon to each mailbox and to the public folders. */
  async connect(): Promise<void> {
    const { emsmdb } = this.world
    if (this.session !== undefined) await emsmdb.disconnect(this.session)
    const connected = await emsmdb.connect({
      ...{ actor: alice, userDn: alice.legacyDn, flags: 0, codePage: this.request.pick([1252, 65001, 932]) },
      ...{ sortLocaleId: 1033, stringLocaleId: 1033, clientVersion: [16, 0, 9000] as const, auxiliary: NOTHING }
    })
    if (connected.session === null) throw new Error(`no session: ${connected.errorCode}`)
    this.session = connected.session
    this.known.length = 0
    const { fids, mids } = await this.world.ids()
    const replicaGuid = [...this.world.mailboxes.opened()][0].replicaGuid
    this.request.facts = {
      fids,
      mids,
      essdns: [alice.legacyDn, alice.legacyDn, bob.legacyDn, '/o=no/cn=body'],
      replicaGuid
    }
    const batch = new RopBatch()
    batch.add(RopLogon, { output: batch.slot() }, logonRequest(alice.legacyDn), { logonId: 0 })
    batch.add(RopLogon, { output: batch.slot() }, logonRequest(bob.legacyDn), { logonId: 1 })
    batch.add(RopLogon, { output: batch.slot() }, publicLogon, { logonId: PUBLIC_LOGON })
    await this.execute({ rops: ['RopLogon'], payload: batch.write(), maxRopOut: 0x8000, flags: 3 })
    for (const logonId of [0, 1]) await this.furnish(logonId, specialFid('inbox'))
    await this.furnish(PUBLIC_LOGON, publicFid('ipmSubtree'))
  }

  /** Opens some of everything, so that the first lists already find objects of each kind. */
  private async furnish(logonId: number, folderId: Fid): Promise<void> {
    const batch = new RopBatch([this.known.find(({ kind, logonId: of }) => kind === 'logon' && of === logonId)!.handle])
    const at = { logonId }
    const open = { codePageId: 0x0fff, folderId, openModeFlags: 1 }
    const inbox = batch.slot()
    batch.add(RopOpenFolder, { input: 0, output: inbox }, { folderId, openModeFlags: 0 }, at)
    for (const tableFlags of [0, 2]) {
      const contents = batch.slot()
      batch.add(RopGetContentsTable, { input: inbox, output: contents }, { tableFlags }, at)
      const propertyTags = [tags.PidTagMid, tags.PidTagSubject, tags.PidTagBody, 0x8003301f, tags.PidTagHasAttachments]
      batch.add(RopSetColumns, { input: contents }, { setColumnsFlags: 0, propertyTags }, at)
    }
    const hierarchy = batch.slot()
    batch.add(RopGetHierarchyTable, { input: inbox, output: hierarchy }, { tableFlags: 4 }, at)
    const shown = [tags.PidTagFolderId, tags.PidTagDisplayName, tags.PidTagContentCount]
    batch.add(RopSetColumns, { input: hierarchy }, { setColumnsFlags: 0, propertyTags: shown }, at)
    for (const messageId of this.request.facts.mids.slice(0, 24)) {
      const message = batch.slot()
      const attachment = batch.slot()
      batch.add(RopOpenMessage, { input: 0, output: message }, { ...open, messageId }, at)
      batch.add(
        RopOpenAttachment,
        { input: message, output: attachment },
        { openAttachmentFlags: 1, attachmentId: 0 },
        at
      )
      const body = { propertyTag: tags.PidTagBody, openModeFlags: this.random.below(3) }
      batch.add(RopOpenStream, { input: message, output: batch.slot() }, body, at)
      const data = { propertyTag: tags.PidTagAttachDataBinary, openModeFlags: this.random.below(3) }
      batch.add(RopOpenStream, { input: attachment, output: batch.slot() }, data, at)
    }
    await this.execute({ rops: ['furnishing'], payload: batch.write(), maxRopOut: 0x8000, flags: 3 })
  }

  /** Sends one list; what comes back must be an answer or a documented failure of the call. */
  async round(): Promise<void> {
    if (this.session.ended !== undefined || this.session.logons[0] === undefined || this.known.length > 400) {
      await this.connect()
    }
    const sent = this.build()
    if (sent !== undefined) await this.execute(sent)
  }

  private build(): Sent | undefined {
    const { random, request } = this
    const count = 1 + random.below(request.chance(90) ? 4 : 20)
    const logonId = request.chance(70) ? 0 : request.chance(97) ? 1 + random.below(2) : random.below(256)
    const handles: number[] = []
    const context = codecContext({ codePage: this.session.codePage, publicLogon: logonId === PUBLIC_LOGON })
    const writer = new Writer(4096, 32_000, context)
    writer.u16(0)
    const rops: string[] = []
    let produced: Produced | undefined
    for (let i = 0; i < count; i++) {
      const row = this.row(logonId)
      const at = writer.position
      const slot = this.inputSlot(row, logonId, handles, produced)
      if (!this.write(writer, row, logonId, slot, handles)) {
        writer.position = at
        continue
      }
      if (row.output !== undefined) produced = { slot: handles.length - 1, kind: row.output }
      rops.push(row.name)
    }
    if (rops.length === 0) return undefined
    writer.patchU16(0, writer.position)
    const list = writer.written().slice()
    if (request.chance(12))
      for (let i = random.below(4); i >= 0; i--) list[2 + random.below(list.length - 2)] = random.u32()
    const payload = new Uint8Array(list.byteLength + handles.length * 4)
    payload.set(list)
    const view = new DataView(payload.buffer)
    for (let i = 0; i < handles.length; i++) view.setUint32(list.byteLength + i * 4, handles[i], true)
    const maxRopOut = request.chance(70) ? 0x8000 : request.chance(50) ? 0x40000 : random.below(3000)
    return { rops, payload, maxRopOut, flags: random.below(8) }
  }

  /** Mostly a ROP that is built and for which an object is open; few logons, because a new one releases all objects. */
  private row(logonId: number): Rop {
    const { request } = this
    if (request.chance(1)) return request.pick([RopLogon as unknown as Rop, ...requests])
    if (request.chance(10)) return request.pick(requests)
    for (let tries = 0; tries < 8; tries++) {
      const row = request.pick(this.known.length < 60 && request.chance(30) ? openers : built)
      if (this.known.some(({ kind, logonId: of }) => of === logonId && row.input.includes(kind))) return row
    }
    return request.pick(built)
  }

  /** Puts a handle for the row's input into the table: mostly one of the right kind, sometimes any, sometimes none at all. */
  private inputSlot(row: Rop, logonId: number, handles: number[], produced: Produced | undefined): number {
    const { random, request } = this
    const suits = produced !== undefined && row.input.includes(produced.kind)
    if (produced !== undefined && request.chance(suits ? 40 : 1)) return produced.slot
    if (request.chance(2)) return random.below(256)
    const fitting = this.known.filter(({ kind, logonId: of }) => of === logonId && row.input.includes(kind))
    const candidates = fitting.length > 0 && request.chance(92) ? fitting : this.known
    const handle = candidates.length > 0 && request.chance(97) ? request.pick(candidates).handle : random.below(400)
    handles.push(handle)
    return handles.length - 1
  }

  private write(writer: Writer, row: Rop, logonId: number, slot: number, handles: number[]): boolean {
    const value = this.request.of(row)
    if (value === undefined) return false
    writer.u8(row.id)
    writer.u8(logonId)
    if (row.handles === 'output') writer.u8(handles.push(NO_HANDLE) - 1)
    else if (row.handles !== 'none') writer.u8(slot)
    if (row.handles === 'input output') writer.u8(handles.push(NO_HANDLE) - 1)
    if (row.handles === 'response input') writer.u8(slot)
    if (row.handles === 'source destination') {
      const fitting = this.known.filter(({ kind }) => (row.destination ?? row.input).includes(kind))
      const handle = fitting.length > 0 && this.request.chance(95) ? this.request.pick(fitting).handle : NO_HANDLE
      writer.u8(handles.push(handle) - 1)
    }
    try {
      row.request.write(writer, value)
      return writer.position < 31_000
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError || error instanceof BufferFull) return false
      throw error
    }
  }

  async execute(sent: Sent): Promise<ExecuteResponse> {
    this.last = sent
    const rop = Buffer.alloc(8 + sent.payload.byteLength)
    rop.writeUInt16LE(4, 2)
    rop.writeUInt16LE(sent.payload.byteLength, 4)
    rop.writeUInt16LE(sent.payload.byteLength, 6)
    rop.set(sent.payload, 8)
    const began = performance.now()
    const request = { flags: sent.flags, rop, maxRopOut: sent.maxRopOut, auxiliary: NOTHING }
    const answer = await within(HANG_MS, () => sent.rops.join(' '), this.world.emsmdb.execute(this.session, request))
    const ms = performance.now() - began
    if (ms > this.slowest.ms) this.slowest = { ms, rops: sent.rops }
    this.executed++
    this.learn()
    return answer
  }

  /** What the session has open now. */
  private learn(): void {
    const logons = this.session.logons.filter((logon): logon is Logon => logon !== undefined)
    const before = new Set(this.known.map(({ handle }) => handle))
    const still = this.known.filter(({ handle, logonId }) => {
      const logon = this.session.logons[logonId]
      return logon !== undefined && typeof this.session.handles.resolve(handle, logon) !== 'number'
    })
    this.known.length = 0
    this.known.push(...still)
    const from = Math.max(-1, ...before)
    for (let handle = from + 1; handle < from + 60; handle++) {
      for (const logon of logons) {
        const found = this.session.handles.resolve(handle, logon)
        if (typeof found !== 'number') this.known.push({ handle, kind: found.kind, logonId: logon.id })
      }
    }
  }

  async disconnect(): Promise<void> {
    await this.world.emsmdb.disconnect(this.session)
  }
}
