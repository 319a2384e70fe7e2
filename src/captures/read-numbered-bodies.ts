import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bodyForms, requestTypeOf } from './listing/list-body.js'
import { BoundedFiles, demandExchanges } from './read-bounded.js'
import { CaptureError, type RecordedExchange, type RecordedMessage, type RecordedSession } from './recorded-session.js'

/** `execute_req19.bin`, `execute_resp19.bin`: type, direction and number of the exchange. */
export const NUMBERED_BODY = /^([a-z]+)_(req|resp)(\d+)\.bin$/i

/** Bodies named by type, direction and number; answers begin behind the envelope, or with it. */
export function readNumberedBodies(folder: string): RecordedSession {
  const files = new BoundedFiles()
  const byNumber = new Map<
    string,
    { type: string; number: number; request?: RecordedMessage; response?: RecordedMessage }
  >()
  for (const file of readdirSync(folder)) {
    const [, type, direction, number] = NUMBERED_BODY.exec(file) ?? []
    if (type === undefined) continue
    const key = `${number}-${type}`
    const exchange = byNumber.get(key) ?? { type, number: Number(number) }
    const message = { file, bytes: files.read(join(folder, file)), headers: [] }
    byNumber.set(key, { ...exchange, [direction.toLowerCase() === 'req' ? 'request' : 'response']: message })
  }
  demandExchanges(byNumber.size, folder)
  const inOrder = [...byNumber.values()].sort((a, b) => a.number - b.number)
  return {
    ...{ source: folder, facts: [], user: {}, mayDiffer: [] },
    exchanges: inOrder.map(({ type, number, request, response }) =>
      exchangeOf(`${type}_${number}`, requestTypeOf(type) ?? type, request, response)
    )
  }
}

/** One body by itself. Its type and direction stand in its name or in `type`: `Execute`, `Execute:response`. */
export function readSingleBody(path: string, type: string | undefined): RecordedSession {
  const file = basename(path)
  const { known, isResponse } = kindOf(file, type)
  const message = { file, bytes: new BoundedFiles().read(path), headers: [] }
  const [request, response] = isResponse ? [undefined, message] : [message, undefined]
  return {
    ...{ source: path, facts: [], user: {}, mayDiffer: [] },
    exchanges: [exchangeOf(file, known, request, response)]
  }
}

function kindOf(file: string, type: string | undefined): { known: string; isResponse: boolean } {
  const [asked, direction] = (type ?? '').split(':')
  const wanted = asked === '' ? typeInName(file) : requestTypeOf(asked)
  if (wanted === undefined) {
    throw new CaptureError(
      asked === '' ? `The name of ${file} does not say what it is.` : `There is no request type ${asked}.`,
      `Say it with --type, e.g. --type Execute or --type Execute:response. Types: ${Object.keys(bodyForms).join(', ')}.`
    )
  }
  if (direction !== undefined && direction !== 'request' && direction !== 'response')
    throw new CaptureError(`--type ${type}: only :request and :response may follow the type.`)
  return { known: wanted, isResponse: direction === undefined ? /resp/i.test(file) : direction === 'response' }
}

/** The longest request type that is part of a file's name. */
function typeInName(file: string): string | undefined {
  const words = file.toLowerCase().split(/[^a-z]+/)
  const found = Object.keys(bodyForms).filter(type => words.includes(type.toLowerCase()))
  return found.sort((a, b) => b.length - a.length)[0]
}

function exchangeOf(
  name: string,
  type: string,
  request: RecordedMessage | undefined,
  response: RecordedMessage | undefined
): RecordedExchange {
  const sizes = { requestBytes: request?.bytes.byteLength, responseBytes: response?.bytes.byteLength }
  return { name, type, url: undefined, status: undefined, request, response, ...sizes }
}
