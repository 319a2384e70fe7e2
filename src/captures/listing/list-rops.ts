/** Lists of remote operations, request and answer, operation by operation ([MS-OXCROPS] 2.2.1). */
import { ropTable } from '../../../rops/index.js'
import type { Rop } from '../../../rops/rop.js'
import type { Layout } from '../../bufferstructs/index.js'
import { NO_HANDLE, type RopBatchMemory, type RopRequest } from './rop-batch-memory.js'
import { columnsOfAnswer, learnFromAnswer, learnFromRequest } from './rop-lessons.js'
import { sayError, sayHandle, sayId, sayNumber } from './value-text.js'
import type { Walk } from './walk.js'
import { walkFields } from './walk-layout.js'

const ROP_SIZE_BYTES = 2
const LOGON_PRIVATE = 0x01

/** Lists the requests of one payload, and the handle table behind them. */
export function listRopRequests(walk: Walk, batch: RopBatchMemory, payloadAt: number): void {
  const handlesAt = listRopSize(walk)
  // Handles first: they say what the slots of the operations stand for.
  if (payloadAt === 0) batch.handles = readHandles(walk, handlesAt)
  walk.attempt(handlesAt, () => {
    while (walk.reader.remaining > 0) listRequest(walk, batch, payloadAt > 0)
  })
  listHandles(walk, batch)
}

function listRopSize(walk: Walk): number {
  const { reader } = walk
  const start = reader.position
  const size = walk.quietly(() => walk.leaf('ropSize', () => reader.u16(), sayNumber))
  if (size < ROP_SIZE_BYTES || start + size > reader.end) reader.fail('RopSize outside the payload', start)
  return start + size
}

function readHandles({ reader }: Walk, at: number): number[] {
  const handles: number[] = []
  for (; at + 4 <= reader.end; at += 4) handles.push(reader.view.getUint32(at, true))
  return handles
}

function listRequest(walk: Walk, batch: RopBatchMemory, continues: boolean): void {
  const { reader } = walk
  const rop = peekRop(walk)
  walk.group(rop.name, () => {
    const { logonId, slots } = walk.quietly(() => {
      walk.leaf('ropId', () => reader.u8(), sayNumber)
      const logonId = walk.leaf('logonId', () => reader.u8(), sayNumber)
      const slots = placesOf(rop).map(place => walk.leaf(`${place}HandleIndex`, () => reader.u8(), sayNumber))
      return { logonId, slots }
    })
    walk.say({ text: describeSlots(rop, logonId, slots, batch) })
    const request = listFields(walk, rop, batch, { logonId, slots })
    batch.requests.push({ rop, logonId, slots, fields: request, continues })
    if (rop.name === 'RopLogon') batch.announceLogon(logonId, ((request.logonFlags as number) & LOGON_PRIVATE) === 0)
  })
}

function listFields(
  walk: Walk,
  rop: Rop,
  batch: RopBatchMemory,
  { logonId }: { logonId: number; slots: readonly number[] }
): Record<string, unknown> {
  const { around, reader } = walk
  const { context } = reader
  reader.context = { ...context, publicLogon: batch.isPublicLogon(logonId) }
  around.ropName = rop.name
  const fields = walkFields(walk, rop.request as Layout<unknown>) as Record<string, unknown>
  around.ropName = ''
  reader.context = context
  return fields
}

function peekRop({ reader }: Walk): Rop {
  const at = reader.position
  const id = reader.u8()
  reader.position = at
  const rop = ropTable[id]
  if (rop === undefined) return reader.fail(`no remote operation has the id 0x${id.toString(16).padStart(2, '0')}`)
  return rop
}

function placesOf(rop: Rop): string[] {
  return rop.handles === 'none' ? [] : rop.handles.split(' ')
}

/** `logon 0, input 1 (folder Inbox), output 2`. */
function describeSlots(rop: Rop, logonId: number, slots: readonly number[], batch: RopBatchMemory): string {
  const places = placesOf(rop).map((place, at) => {
    const isTarget = place === 'output' || place === 'response'
    const label = isTarget ? undefined : batch.label(slots[at])
    if (place === 'output') batch.promise(slots[at], rop.name)
    return `${place} ${slots[at]}${label === undefined ? '' : ` (${label})`}`
  })
  return [`logon ${logonId}`, ...places].join(', ')
}

function listHandles(walk: Walk, batch: RopBatchMemory): number[] {
  const { reader } = walk
  return walk.group('handles', () => {
    const handles: number[] = []
    while (reader.remaining >= 4) {
      const slot = handles.length
      const say = (handle: number) => ({ ...sayHandle(handle), text: describeHandle(handle, slot, batch) })
      handles.push(walk.leaf(`[${handles.length}]`, () => reader.u32(), say))
    }
    walk.say({ text: handles.length === 1 ? '1 slot' : `${handles.length} slots` })
    return handles
  })
}

function describeHandle(handle: number, slot: number, batch: RopBatchMemory): string {
  const { text } = sayHandle(handle)
  if (handle === NO_HANDLE) return `${text} none`
  if (batch.isReleased(slot)) return `${text} released`
  if (!batch.session.knows(handle)) return text
  const { kind, label } = batch.session.object(handle)
  return kind === 'object' ? text : `${text} ${label}`
}

/** Lists the answers of all payloads in turn; keeps track of what each belongs to. */
export class RopAnswers {
  private next = 0
  private last: RopRequest | undefined

  constructor(private readonly batch: RopBatchMemory) {}

  list(walk: Walk): void {
    const handlesAt = listRopSize(walk)
    const handles = readHandles(walk, handlesAt)
    walk.attempt(handlesAt, () => {
      while (walk.reader.remaining > 0) this.listOne(walk)
    })
    this.finish(handles)
    listHandles(walk, this.batch)
  }

  /** What stands behind the last answer has none, releases among it. */
  private finish(handles: readonly number[]): void {
    this.passUnanswered()
    this.batch.bind(handles)
  }

  /** Requests that are never answered, up to the next one that is. */
  private passUnanswered(): void {
    const { requests } = this.batch
    for (let request = requests[this.next]; request !== undefined; request = requests[this.next]) {
      if (!request.continues && !request.rop.noResponse) return
      if (request.rop.noResponse) learnFromRequest(this.batch, request)
      this.next++
    }
  }

  private listOne(walk: Walk): void {
    const { reader } = walk
    const rop = peekRop(walk)
    walk.group(rop.name, () => {
      walk.around.ropName = rop.name
      walk.quietly(() => walk.leaf('ropId', () => reader.u8(), sayNumber))
      if (rop.serverOriginated) this.listOwn(walk, rop)
      else this.listAnswer(walk, rop)
      walk.around.ropName = ''
    })
  }

  /** What the server says unasked. */
  private listOwn(walk: Walk, rop: Rop): void {
    const { reader } = walk
    walk.say({ text: 'from the server' })
    const { context } = reader
    const { columns } = this.notified(walk)
    reader.context = { ...context, columns: columns ?? [] }
    walk.columnsKnown = columns !== undefined
    walkFields(walk, rop.response as Layout<unknown>)
    walk.columnsKnown = true
    reader.context = context
  }

  /** The object whose handle stands first in RopNotify: a table, if the notification has a row. */
  private notified({ reader }: Walk): { columns?: readonly number[] } {
    if (reader.remaining < 4) return {}
    const handle = reader.view.getUint32(reader.position, true)
    return this.batch.session.knows(handle) ? this.batch.session.object(handle) : {}
  }

  private listAnswer(walk: Walk, answered: Rop): void {
    const { reader } = walk
    const request = this.requestOf(answered)
    const rop = request?.rop ?? answered
    const place = rop.handles === 'input output' ? 'output' : placesOf(rop)[0]
    const slot = walk.quietly(() => walk.leaf(`${place ?? 'input'}HandleIndex`, () => reader.u8(), sayNumber))
    const returnValue = walk.leaf('returnValue', () => reader.u32(), sayError)
    walk.say({ text: `${place} ${slot}` })
    const body = bodyOf(rop, returnValue)
    const value = body === undefined ? {} : this.listBody(walk, body, request)
    if (request !== undefined && returnValue === 0) learnFromAnswer(this.batch, request, value)
    if (rop.name === 'RopLogon' && returnValue === 0) nameLogonFolders(walk)
  }

  private listBody(walk: Walk, body: Layout<unknown>, request: RopRequest | undefined): Record<string, unknown> {
    const { reader } = walk
    const columns = request === undefined ? undefined : columnsOfAnswer(this.batch, request)
    const { context } = reader
    reader.context = { ...context, columns: columns ?? [] }
    walk.columnsKnown = columns !== undefined
    const value = walkFields(walk, body) as Record<string, unknown>
    walk.columnsKnown = true
    reader.context = context
    return value
  }

  /** The request that is answered: the next one, or the last once more where an answer goes on in further payloads. */
  private requestOf(answered: Rop): RopRequest | undefined {
    this.passUnanswered()
    const request = this.batch.requests[this.next]
    if (request !== undefined && (request.rop.responseId ?? request.rop.id) === answered.id) {
      this.next++
      this.last = request
      return request
    }
    return this.last?.rop.id === answered.id ? this.last : undefined
  }
}

/** The ids of a logon get the names that stand for their places. */
function nameLogonFolders(walk: Walk): void {
  const folderIds = walk.node.children.find(child => child.name === 'folderIds')
  for (const child of folderIds?.children ?? []) child.text = sayId(child.value as number, walk).text
}

function bodyOf(rop: Rop, returnValue: number): Layout<unknown> | undefined {
  const special = rop.responseOn?.[returnValue]
  if (special !== undefined) return special
  return returnValue === 0 || rop.responseAlways !== undefined ? (rop.response as Layout<unknown>) : undefined
}

/** Takes in what requests teach that have no recorded answer. */
export function learnUnanswered(batch: RopBatchMemory): void {
  for (const request of batch.requests) learnFromRequest(batch, request)
}
