import { type Rop, RopFailure, rop } from '../../rops/rop.js'
import {
  array,
  ascii16,
  bool8,
  bytes,
  bytes16,
  empty,
  struct,
  u8,
  u16,
  u32,
  when
} from '../../src/bufferstructs/index.js'
import { Emsmdb, type EmsmdbOptions, type EmsmdbSession, type ExecuteResponse } from '../../src/emsmdb/index.js'
import type { Actor, Folder, Mailbox, Message, Stream, TableView } from '../../src/mailbox/domain.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { exchange2016 } from '../../src/personality.js'
import { customRuntime } from '../../src/runtime.js'

/** A small table with one ROP for each rule of the processor, and what it acts on. */

export const alice: Actor = { legacyDn: '/o=x/cn=alice', address: 'alice@x', displayName: 'Alice', guid: 'a'.repeat(8) }
export const bob: Actor = { legacyDn: '/o=x/cn=bob', address: 'bob@x', displayName: 'Bob', guid: 'b'.repeat(8) }

export interface FakeMailbox extends Mailbox {
  flush: Promise<void> | undefined
}

export function fakeMailbox(owner: Actor): FakeMailbox {
  const mailbox = {
    kind: 'mailbox',
    owner,
    flush: undefined as Promise<void> | undefined,
    access: (actor: Actor) => ({ owner: actor.legacyDn === owner.legacyDn, full: actor.legacyDn === owner.legacyDn }),
    durable: () => mailbox.flush
  }
  return mailbox as unknown as FakeMailbox
}

/** What happened to the fake objects, in order. */
export const journal: string[] = []
let opened = 0

function fakeObject(kind: string): Record<string, unknown> {
  const name = `${kind}${opened++}`
  return { kind, name, release: () => void journal.push(`released ${name}`) }
}

export const ROWS_IN_TABLE = 3000
export const ROW = new Uint8Array(100).fill(0x72)
const STREAM_BYTES = 100000

const RopLogon = rop(0xfe, 'RopLogon', {
  input: [],
  output: 'logon',
  handles: 'output',
  request: struct({ logonFlags: u8, openFlags: u32, storeState: u32, essdn: ascii16 }),
  response: struct({ logonFlags: u8 }),
  responseOn: { 1144: struct({ logonFlags: u8, serverName: ascii16 }) },
  execute(call, { logonFlags, openFlags, essdn }) {
    if (essdn === 'elsewhere') throw new RopFailure(0x478, { logonFlags, serverName: 'there' })
    const mailbox = call.session.findMailbox(essdn)
    if (mailbox === undefined || mailbox instanceof Promise) throw new MapiError(0x3eb)
    call.openLogon({ mailbox, isPublic: (logonFlags & 1) === 0, actor: call.session.actor, logonFlags, openFlags })
    return { logonFlags }
  }
})

const RopRelease = rop(0x01, 'RopRelease', {
  input: ['logon', 'folder', 'table', 'message', 'stream'],
  noResponse: true,
  request: empty,
  response: empty
})

const RopOpenFolder = rop(0x02, 'RopOpenFolder', {
  input: ['logon', 'folder'],
  output: 'folder',
  request: struct({ which: u8 }),
  response: struct({ answer: u8 }),
  execute(call, { which }) {
    call.output('folder', fakeObject('folder') as unknown as Folder)
    if (which === 0xff) throw new MapiError(0x8004010f)
    journal.push(`opened folder${opened - 1}`)
    return which === 0xaa ? new Promise(resolve => setImmediate(() => resolve({ answer: which }))) : { answer: which }
  }
})

const RopOpenMessage = rop(0x03, 'RopOpenMessage', {
  input: ['logon', 'folder'],
  output: 'message',
  request: empty,
  response: empty,
  execute(call) {
    call.output('message', fakeObject('message') as unknown as Message)
    return {}
  }
})

const RopGetHierarchyTable = rop(0x04, 'RopGetHierarchyTable', {
  input: ['folder'],
  output: 'table',
  request: empty,
  response: empty,
  execute(call) {
    call.output('table', { ...fakeObject('table'), at: 0 } as unknown as TableView)
    return {}
  }
})

const RopQueryRows = rop(0x15, 'RopQueryRows', {
  input: ['table'],
  request: struct({ queryRowsFlags: u8, forwardRead: bool8, rowCount: u16 }),
  response: struct({ origin: u8, rows: array(u16, bytes(100)) }),
  stream(call, { rowCount }, body) {
    const table = call.input as unknown as { at: number }
    const fits = Math.floor((call.space - 3) / ROW.length)
    const rows = Math.min(rowCount, fits, ROWS_IN_TABLE - table.at)
    body.u8(table.at + rows === ROWS_IN_TABLE ? 2 : 1)
    body.u16(rows)
    for (let i = 0; i < rows; i++) body.copy(ROW)
    table.at += rows
  }
})

const RopOpenStream = rop(0x2b, 'RopOpenStream', {
  input: ['message'],
  output: 'stream',
  request: empty,
  response: struct({ streamSize: u32 }),
  execute(call) {
    call.output('stream', { ...fakeObject('stream'), position: 0 } as unknown as Stream)
    return { streamSize: STREAM_BYTES }
  }
})

const RopReadStream = rop(0x2c, 'RopReadStream', {
  input: ['stream'],
  request: struct({ byteCount: u16, maximumByteCount: when(f => f.byteCount === 0xbabe, u32) }),
  response: struct({ data: bytes16 }),
  responseAlways: { data: new Uint8Array(0) },
  stream(call, { byteCount, maximumByteCount }, body) {
    const size = Math.min(maximumByteCount ?? byteCount, call.space - 2, STREAM_BYTES - call.input.position)
    body.u16(size)
    for (let i = 0; i < size; i++) body.u8((call.input.position + i) & 0xff)
    call.input.position += size
  }
})

/** Answers as many bytes as it is asked for; it commits on folders. */
const RopAnswer = rop(0x0a, 'RopAnswer', {
  input: ['folder', 'message'],
  writes: ['folder'],
  request: struct({ size: u16, payload: bytes16 }),
  response: struct({ answer: bytes16 }),
  execute(call, { size }) {
    journal.push(`answered ${size} of ${(call.input as unknown as { name: string }).name}`)
    return { answer: new Uint8Array(size).fill(0x41) }
  }
})

const RopSetMessageReadFlag = rop(0x11, 'RopSetMessageReadFlag', {
  input: ['message'],
  handles: 'response input',
  request: struct({ readFlags: u8, clientData: when((_, context) => context.publicLogon, bytes(24)) }),
  response: struct({ inputHandleIndex: u8, publicLogon: when((_, context) => context.publicLogon, u8) }),
  execute: call => ({ inputHandleIndex: call.inputHandleIndex, publicLogon: 1 })
})

const RopMoveCopyMessages = rop(0x33, 'RopMoveCopyMessages', {
  input: ['folder'],
  destination: ['folder'],
  handles: 'source destination',
  request: empty,
  response: struct({ partialCompletion: bool8 }),
  responseAlways: { partialCompletion: false },
  responseOn: { 1283: struct({ destHandleIndex: u32, partialCompletion: bool8 }) },
  execute: () => ({ partialCompletion: false })
})

/** Breaks: an assertion, a rejected promise, a store error by name. */
const RopBreak = rop(0x50, 'RopBreak', {
  input: ['logon'],
  request: struct({ how: u8 }),
  response: empty,
  execute(_call, { how }) {
    if (how === 1) throw new TypeError('a defect')
    return Promise.reject(new RangeError('a later defect'))
  }
})

const RopGetMessageStatus = rop(0x1f, 'RopGetMessageStatus', {
  input: ['folder'],
  responseId: 0x20,
  request: empty,
  response: struct({ status: u32 }),
  execute: () => ({ status: 7 })
})

const RopNotBuilt = rop(0x60, 'RopNotBuilt', { input: ['logon'], request: u16, response: u16 })

const RopWriteStreamExtended = rop(0xa3, 'RopWriteStreamExtended', {
  input: ['stream'],
  request: struct({ data: bytes16 }),
  response: struct({ writtenSize: u32 }),
  execute: (_call, { data }) => ({ writtenSize: data.byteLength })
})

const RopPending = rop(0x6e, 'RopPending', {
  input: [],
  handles: 'none',
  serverOriginated: true,
  request: empty,
  response: u16
})

export const fakeTable: (Rop | undefined)[] = new Array(256).fill(undefined)
for (const row of [
  RopLogon,
  RopRelease,
  RopOpenFolder,
  RopOpenMessage,
  RopGetHierarchyTable,
  RopQueryRows,
  RopOpenStream,
  RopReadStream,
  RopAnswer,
  RopSetMessageReadFlag,
  RopMoveCopyMessages,
  RopBreak,
  RopGetMessageStatus,
  RopNotBuilt,
  RopWriteStreamExtended,
  RopPending
]) {
  fakeTable[row.id] = row as unknown as Rop
}

/** A clock that stands still until it is told, with its timers. */
export function fakeClock() {
  let now = 1000
  const timers = new Set<{ at: number; callback: () => void }>()
  const runtime = customRuntime({
    now: () => now,
    monotonic: () => now,
    timer(delayMs, callback) {
      const timer = { at: now + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    }
  })
  const advance = (ms: number) => {
    const until = now + ms
    for (;;) {
      const due = [...timers].filter(timer => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      timers.delete(due)
      now = due.at
      due.callback()
    }
    now = until
  }
  return { runtime, advance, timers }
}

export const mailboxes = { alice: fakeMailbox(alice), bob: fakeMailbox(bob) }

export function findMailbox(legacyDn: string): Mailbox | undefined {
  return [mailboxes.alice, mailboxes.bob].find(m => m.owner.legacyDn.toLowerCase() === legacyDn.toLowerCase())
}

export function fakeServer(overrides: Partial<EmsmdbOptions> = {}) {
  const clock = fakeClock()
  const emsmdb = new Emsmdb({
    personality: exchange2016,
    runtime: clock.runtime,
    ropTable: fakeTable,
    findMailbox,
    ...overrides
  })
  return { emsmdb, clock }
}

export const connectRequest = {
  actor: alice,
  userDn: alice.legacyDn,
  flags: 0,
  codePage: 1252,
  sortLocaleId: 1033,
  stringLocaleId: 1033,
  clientVersion: [0, 0, 0] as const,
  auxiliary: new Uint8Array(0)
}

export function connected(emsmdb: Emsmdb): EmsmdbSession {
  const answer = emsmdb.connect(connectRequest)
  if (answer instanceof Promise || answer.session === null) throw new Error('not connected at once')
  return answer.session
}

/** Flags of Execute: no compression, no obfuscation. */
export const PLAIN = 3

/** A payload: RopSize, the ROPs, the handle table. */
export function payloadOf(rops: readonly number[], handles: readonly number[]): Buffer {
  const payload = Buffer.alloc(2 + rops.length + handles.length * 4)
  payload.writeUInt16LE(2 + rops.length, 0)
  payload.set(rops, 2)
  handles.forEach((handle, i) => {
    payload.writeUInt32LE(handle, 2 + rops.length + i * 4)
  })
  return payload
}

export function extended(payload: Uint8Array, flags = 4): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16LE(flags, 2)
  header.writeUInt16LE(payload.byteLength, 4)
  header.writeUInt16LE(payload.byteLength, 6)
  return Buffer.concat([header, payload])
}

export interface Answer {
  readonly flags: number
  readonly rops: Buffer
  readonly handles: number[]
}

/** The plain extended buffers of an answer, taken apart by offsets that are written out here. */
export function answersOf(response: ExecuteResponse): Answer[] {
  const bytes = Buffer.concat(response.rop)
  const answers: Answer[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt16LE(at + 4)
    const payload = bytes.subarray(at + 8, at + 8 + size)
    const ropSize = payload.readUInt16LE(0)
    const handles: number[] = []
    for (let h = ropSize; h < payload.length; h += 4) handles.push(payload.readUInt32LE(h))
    answers.push({ flags: bytes.readUInt16LE(at + 2), rops: payload.subarray(2, ropSize), handles })
    at += 8 + size
  }
  return answers
}

export interface RunOptions {
  readonly flags?: number
  readonly maxRopOut?: number
}

/** Runs ROPs; fails when the answer is not there at once. */
export function run(
  emsmdb: Emsmdb,
  session: EmsmdbSession,
  rops: readonly number[],
  handles: readonly number[],
  options: RunOptions = {}
): ExecuteResponse {
  const response = emsmdb.execute(session, {
    flags: options.flags ?? PLAIN,
    rop: extended(payloadOf(rops, handles)),
    maxRopOut: options.maxRopOut ?? 0x10000,
    auxiliary: new Uint8Array(0)
  })
  if (response instanceof Promise) throw new Error('not answered at once')
  return response
}

export function logonRop(actor: Actor | string, logonId = 0, outputIndex = 0, logonFlags = 1): number[] {
  const dn = typeof actor === 'string' ? actor : actor.legacyDn
  const text = Buffer.from(`${dn}\0`, 'latin1')
  return [0xfe, logonId, outputIndex, logonFlags, 0, 0, 0, 1, 0, 0, 0, 0, text.length, 0, ...text]
}

export const NONE = 0xffffffff
