/** Drives the real table through the real processor, over whatever mailbox a test puts behind it. */
import { ropTable } from '../../rops/index.js'
import { RopLogon } from '../../rops/logon/rop-logon.js'
import type { ObjectKind, ServerObjects } from '../../rops/rop.js'
import type { Layout } from '../../src/bufferstructs/index.js'
import { NO_HANDLE, RopBatch, type RopResult, type RopSlots, type WireRop } from '../../src/client/rop-batch.js'
import { Emsmdb, type EmsmdbOptions, type EmsmdbSession } from '../../src/emsmdb/index.js'
import type { Actor, Mailbox } from '../../src/mailbox/domain.js'
import { exchange2016, type Personality } from '../../src/personality.js'
import { customRuntime } from '../../src/runtime.js'

export const alice: Actor = {
  legacyDn: '/o=Ropewalk/ou=Exchange Administrative Group/cn=Recipients/cn=alice',
  address: 'alice@ropewalk.example',
  displayName: 'Alice Archer',
  guid: '6f1d3d0a-35a7-4b2f-9d3e-000000000001'
}

/** Wednesday, 25 November 2026, 09:10:11 UTC. */
export const NOW_MS = Date.UTC(2026, 10, 25, 9, 10, 11)

const PLAIN = 0x00000003
const PRIVATE = 0x01
const USE_PER_MDB_REPLID_MAPPING = 0x01000000

export interface DriverOptions {
  personality?: Partial<Personality>
  codePage?: number
  actor?: Actor
  findMailbox?: EmsmdbOptions['findMailbox']
  redirect?: EmsmdbOptions['redirect']
  isAdministrator?: EmsmdbOptions['isAdministrator']
  publicFolders?: EmsmdbOptions['publicFolders']
  progressAfterMs?: number
  monotonic?: () => number
}

export interface CallOptions {
  /** Handle of the destination of a copy. */
  destination?: number
  /** Columns of the PropertyRows in the response. */
  columns?: readonly number[]
  maxRopOut?: number
  /** Code page of the client's 8-bit strings. */
  codePage?: number
}

/** What a call came to; `handle` is that of the output object, NO_HANDLE when there is none. */
export interface Outcome<S> {
  returnValue: number
  value: S | undefined
  handle: number
}

/** Stands in for a domain object: the members that a test needs, and no others. */
export function stub<T>(members: Partial<T>): T {
  return members as T
}

export function stubMailbox(members: Partial<Mailbox> = {}): Mailbox {
  const mailbox: { -readonly [K in keyof Mailbox]?: Mailbox[K] } = {
    kind: 'mailbox',
    guid: '11111111-2222-3333-4444-555555555555',
    replicaGuid: '99999999-2222-3333-4444-555555555555',
    owner: alice,
    specialFolders: folderIds(),
    access: () => ({ owner: true, full: true }),
    mayChange: () => true,
    value: () => 0x8004010f,
    durable: () => undefined,
    ...members
  }
  mailbox.mailbox = mailbox as Mailbox
  mailbox.seenBy = () => mailbox as Mailbox
  return mailbox as Mailbox
}

function folderIds() {
  const id = (n: number) => 2 ** 48 + 0x100 + n
  return {
    ...{ root: id(0), deferredAction: id(1), spoolerQueue: id(2), ipmSubtree: id(3), inbox: id(4), outbox: id(5) },
    ...{ sentItems: id(6), deletedItems: id(7), commonViews: id(8), schedule: id(9), finder: id(10), views: id(11) },
    shortcuts: id(12)
  }
}

export class Driver {
  readonly emsmdb: Emsmdb
  readonly session: EmsmdbSession
  readonly mailbox: Mailbox
  /** Error code of the last Execute as a whole. */
  errorCode = 0
  /** What the server sent in the last Execute beside the answers. */
  extra: RopResult[] = []

  private constructor(emsmdb: Emsmdb, session: EmsmdbSession, mailbox: Mailbox) {
    this.emsmdb = emsmdb
    this.session = session
    this.mailbox = mailbox
  }

  static async connect(mailbox: Mailbox = stubMailbox(), options: DriverOptions = {}): Promise<Driver> {
    const actor = options.actor ?? alice
    const emsmdb = new Emsmdb({
      personality: { ...exchange2016, ...options.personality },
      runtime: customRuntime({ now: () => NOW_MS, ...(options.monotonic && { monotonic: options.monotonic }) }),
      ropTable,
      findMailbox: options.findMailbox ?? (dn => (dn === mailbox.owner.legacyDn ? mailbox : undefined)),
      redirect: options.redirect,
      isAdministrator: options.isAdministrator,
      publicFolders: options.publicFolders,
      progressAfterMs: options.progressAfterMs
    })
    const connected = await emsmdb.connect({
      ...{ actor, userDn: actor.legacyDn, flags: 0, codePage: options.codePage ?? 1252 },
      ...{
        sortLocaleId: 1033,
        stringLocaleId: 1033,
        clientVersion: [16, 0, 9000] as const,
        auxiliary: new Uint8Array(0)
      }
    })
    if (connected.session === null) throw new Error(`not connected: ${connected.errorCode.toString(16)}`)
    return new Driver(emsmdb, connected.session, mailbox)
  }

  /** Connects and logs on; the logon's handle is 0. */
  static async logOn(mailbox?: Mailbox, options?: DriverOptions): Promise<Driver> {
    const driver = await Driver.connect(mailbox, options)
    const { returnValue } = await driver.logOn()
    if (returnValue !== 0) throw new Error(`no logon: ${returnValue.toString(16)}`)
    return driver
  }

  logOn(request: Partial<Parameters<typeof RopLogon.request.write>[1]> = {}) {
    const flags = { logonFlags: PRIVATE, openFlags: USE_PER_MDB_REPLID_MAPPING, storeState: 0 }
    return this.call(RopLogon, { ...flags, essdn: this.mailbox.owner.legacyDn, ...request })
  }

  /** Puts an object behind a new handle of logon 0. */
  put<K extends ObjectKind>(kind: K, object: Partial<ServerObjects[K]>): number {
    return this.session.handles.add(kind, object as ServerObjects[K], this.session.logons[0]!)
  }

  object(handle: number): ServerObjects[ObjectKind] {
    const found = this.session.handles.resolve(handle, this.session.logons[0]!)
    if (typeof found === 'number') throw new Error(`no object behind ${handle}`)
    return found.object
  }

  /** One ROP on the object behind a handle. */
  async call<Q, S>(
    rop: WireRop<Q, S> & { readonly output?: ObjectKind; readonly request: Layout<Q>; readonly response: Layout<S> },
    request: Q,
    handle = 0,
    options: CallOptions = {}
  ): Promise<Outcome<S>> {
    const publicLogon = this.session.logons[0]?.isPublic === true
    const { codePage } = options
    const batch = new RopBatch([], { publicLogon, ...(codePage !== undefined && { codePage }) })
    const slots: RopSlots = {}
    if (rop.handles === 'source destination') {
      slots.source = batch.slot(handle)
      slots.destination = batch.slot(options.destination ?? NO_HANDLE)
    } else if (rop.handles !== 'output') slots.input = batch.slot(handle)
    if (rop.output !== undefined) slots.output = batch.slot()
    const result = batch.add(rop, slots, request, options.columns === undefined ? {} : { columns: options.columns })
    await this.run(batch, options.maxRopOut)
    const slot = slots.output
    return {
      returnValue: result.returnValue,
      value: result.value,
      handle: slot === undefined ? NO_HANDLE : batch.handles[slot]
    }
  }

  /** One Execute. */
  async run(batch: RopBatch, maxRopOut = 0x10000): Promise<void> {
    const payload = batch.write()
    const header = Buffer.alloc(8)
    header.writeUInt16LE(4, 2)
    header.writeUInt16LE(payload.length, 4)
    header.writeUInt16LE(payload.length, 6)
    const rop = Buffer.concat([header, payload])
    const answer = await this.emsmdb.execute(this.session, {
      flags: PLAIN,
      rop,
      maxRopOut,
      auxiliary: new Uint8Array(0)
    })
    this.errorCode = answer.errorCode
    this.extra = []
    if (answer.errorCode !== 0) return
    const bytes = Buffer.concat(answer.rop)
    const payloads: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      const size = bytes.readUInt16LE(at + 4)
      payloads.push(bytes.subarray(at + 8, at + 8 + size))
      at += 8 + size
    }
    this.extra = batch.readResponses(payloads)
  }
}
