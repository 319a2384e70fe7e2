/** Bodies of MAPI/HTTP, request and answer, by request type ([MS-OXCMAPIHTTP] 2.2.2.2, 2.2.4, 2.2.5). */
import type { AnyLayout, Layout } from '../../bufferstructs/index.js'
import { addressBookBodies } from '../../fronts/mapi-http/grammar/address-book-bodies.js'
import {
  connectRequest,
  connectResponse,
  disconnectRequest,
  disconnectResponse,
  executeRequest,
  executeResponse,
  failureResponse,
  notificationWaitRequest,
  notificationWaitResponse
} from '../../fronts/mapi-http/grammar/bodies.js'
import { listExtendedBuffers } from './list-extended-buffers.js'
import { listRopRequests, RopAnswers } from './list-rops.js'
import type { RopBatchMemory } from './rop-batch-memory.js'
import { sayBytes, sayText } from './value-text.js'
import type { Walk } from './walk.js'
import { walkFields } from './walk-layout.js'

/** How the two bodies of a request type are listed. */
export interface BodyForm {
  readonly endpoint: 'mailbox' | 'addressBook'
  readonly request: (walk: Walk, batch: RopBatchMemory) => void
  readonly response: (walk: Walk, batch: RopBatchMemory) => void
}

function declared(endpoint: BodyForm['endpoint'], request: AnyLayout, response: AnyLayout): BodyForm {
  return {
    endpoint,
    request: walk => void walkFields(walk, request),
    response: walk => void walkFields(walk, statusOf(walk) === 0 ? response : (failureResponse as Layout<unknown>))
  }
}

/** A StatusCode that is not zero is followed by the auxiliary buffer only. */
function statusOf({ reader }: Walk): number {
  return reader.remaining < 4 ? 0 : reader.view.getUint32(reader.position, true)
}

const connect = declared('mailbox', connectRequest, connectResponse)
const execute = declared('mailbox', executeRequest, executeResponse)

/** Fields of the request stay with the session: the code page in which its 8-bit text is. */
function listConnectRequest(walk: Walk): void {
  const value = walkFields(walk, connectRequest) as { defaultCodePage: number }
  walk.around.memory.codePage = value.defaultCodePage
  walk.around.memory.forgetHandles()
}

/** The `rop` field of an Execute body has an inside that depends on the direction. */
function withRops(list: (walk: Walk, payload: number) => void, body: (walk: Walk) => void): (walk: Walk) => void {
  return walk =>
    walk.withInside(
      'rop',
      inner => listExtendedBuffers(inner, (payload, _bytes, at) => list(payload, at)),
      () => body(walk)
    )
}

const PING: BodyForm = { endpoint: 'mailbox', request: () => {}, response: () => {} }

const mailboxForms: Readonly<Record<string, BodyForm>> = {
  Connect: { ...connect, request: listConnectRequest },
  Disconnect: declared('mailbox', disconnectRequest, disconnectResponse),
  NotificationWait: declared('mailbox', notificationWaitRequest, notificationWaitResponse),
  PING,
  Execute: {
    endpoint: 'mailbox',
    request: (walk, batch) =>
      withRops(
        (inner, at) => listRopRequests(inner, batch, at),
        body => named(body, 'Execute', () => execute.request(body, batch))
      )(walk),
    response: (walk, batch) => {
      const answers = new RopAnswers(batch)
      withRops(
        inner => answers.list(inner),
        body => execute.response(body, batch)
      )(walk)
    }
  }
}

/** Some fields of a request type mean what they mean nowhere else. */
function named(walk: Walk, type: string, work: () => void): void {
  walk.around.ropName = type
  work()
  walk.around.ropName = ''
}

const addressBookForms: Readonly<Record<string, BodyForm>> = Object.fromEntries(
  Object.entries(addressBookBodies).map(([type, { request, response }]) => {
    const form = declared('addressBook', request as AnyLayout, response as AnyLayout)
    const answer: BodyForm['response'] = (walk, batch) => named(walk, type, () => form.response(walk, batch))
    return [type, { ...form, response: answer }]
  })
)

/** By the name that X-RequestType has for them. */
export const bodyForms: Readonly<Record<string, BodyForm>> = { ...mailboxForms, ...addressBookForms }

/** The request type of a name in any case: `execute`, `dntomid`. */
export function requestTypeOf(name: string): string | undefined {
  const lower = name.toLowerCase()
  return Object.keys(bodyForms).find(type => type.toLowerCase() === lower)
}

/** Lists a request body; bytes of a type that nobody knows are shown as they are. */
export function listRequestBody(walk: Walk, type: string, batch: RopBatchMemory): void {
  const form = bodyForms[type]
  if (form === undefined) listUnknown(walk)
  else {
    walk.around.addressBook = form.endpoint === 'addressBook'
    form.request(walk, batch)
  }
}

/** Lists a response body: meta-tags and additional headers where it has them, then what the request type says. */
export function listResponseBody(walk: Walk, type: string, batch: RopBatchMemory): void {
  listEnvelope(walk)
  const form = bodyForms[type]
  if (form === undefined) listUnknown(walk)
  else {
    walk.around.addressBook = form.endpoint === 'addressBook'
    form.response(walk, batch)
  }
}

function listUnknown(walk: Walk): void {
  const { reader } = walk
  if (reader.remaining > 0) walk.leaf('body', () => reader.subarray(reader.remaining), sayBytes)
}

const META_TAG = /^(PROCESSING|PENDING|DONE)$/

/** Meta-tags and additional headers; recordings may lack them. */
function listEnvelope(walk: Walk): void {
  const { reader } = walk
  if (!META_TAG.test(peekLine(walk) ?? '')) return
  walk.group('envelope', () => {
    let done = false
    for (let line = peekLine(walk); ; line = peekLine(walk)) {
      if (line === undefined) return reader.fail('envelope without its empty line')
      const size = line.length + 2
      if (done && line === '') {
        walk.quietly(() => walk.leaf('end', () => reader.subarray(size), sayBytes))
        return
      }
      if (!done) {
        if (!META_TAG.test(line)) reader.fail(`no meta-tag: ${line.slice(0, 40)}`)
        walk.leaf(
          'metaTag',
          () => take(walk, size),
          text => ({ text, kind: 'text' })
        )
        done = line === 'DONE'
      } else {
        const colon = line.indexOf(':')
        const name = colon > 0 ? line.slice(0, colon) : 'header'
        walk.leaf(
          name,
          () =>
            take(walk, size)
              .slice(colon + 1)
              .trim(),
          sayText
        )
      }
    }
  })
}

function take({ reader }: Walk, size: number): string {
  const bytes = reader.subarray(size)
  return Buffer.from(bytes.subarray(0, size - 2)).toString('latin1')
}

const LONGEST_LINE = 4096

/** The next line, without moving; undefined where there is none. */
function peekLine({ reader }: Walk): string | undefined {
  const rest = Buffer.from(
    reader.bytes.buffer,
    reader.bytes.byteOffset + reader.position,
    Math.min(reader.remaining, LONGEST_LINE)
  )
  const end = rest.indexOf('\r\n', 0, 'latin1')
  return end < 0 ? undefined : rest.toString('latin1', 0, end)
}
