import { join } from 'node:path'
import type { Rop } from '../../rops/rop.js'
import { type Fields, formatExecuteRequest, parseExecuteRequest } from '../../src/captures/execute-request.js'
import { readFolder } from '../../src/captures/read-session.js'
import { wrapPayload } from '../../src/client/extended-buffer.js'
import type { MapiClient } from '../../src/client/mapi-client.js'
import { readEnvelope, writeExecuteRequest } from '../../src/client/mapi-http-body.js'
import type { RopBatch } from '../../src/client/rop-batch.js'

/** Bodies of MAPI/HTTP exchanges with a real Exchange Server SE, as far as they could be had, and the size of every one. */
export const EXCHANGE_FOLDER = join('..', 'shared', 'captures', '17-exchange-se', 'fixtures', 'exchange-se')

/** PROCESSING, DONE and two headers whose values were set to a single zero before publication. */
const PREAMBLE_BYTES = 54
const FLAGS = 0x00000003
const MAX_ROP_OUT = 0x10000

/** One exchange of a recorded scenario. Bodies that are not there are undefined; their sizes are known all the same. */
export interface Exchange {
  /** Number and name, e.g. `09-execute-hierarchy`. */
  name: string
  type: string
  requestBytes: number
  /** Of the body behind the envelope. */
  responseBytes: number
  request: Buffer | undefined
  response: Buffer | undefined
}

export function readScenario(scenario: string): Exchange[] {
  return readFolder(join(EXCHANGE_FOLDER, scenario)).exchanges.map(exchange => ({
    ...{ name: exchange.name, type: exchange.type, requestBytes: exchange.requestBytes ?? 0 },
    request: exchange.type === 'PING' ? undefined : exchange.request?.bytes,
    responseBytes: (exchange.responseBytes ?? 0) - PREAMBLE_BYTES,
    response: exchange.response && readEnvelope(exchange.response.bytes).body
  }))
}

/** The ROPs of a recorded Execute, written anew with some fields changed; unchanged they are the recorded bytes. */
export function rewrite(
  request: Buffer,
  change: (rop: Rop, fields: Fields) => Fields = (_rop, fields) => fields
): Buffer {
  const parsed = parseExecuteRequest(request)
  const payloads = parsed.payloads.map(({ rops, ...payload }) => ({
    ...payload,
    rops: rops.map(one => ({ ...one, fields: change(one.rop, one.fields) }))
  }))
  return formatExecuteRequest({ ...parsed, payloads })
}

/** A batch as the recorded client sends it. */
export function executeBody(batch: RopBatch): Buffer {
  return writeExecuteRequest(wrapPayload(batch.write()), FLAGS, MAX_ROP_OUT)
}

/** Sends a body and returns that of the answer, behind its envelope. */
export async function send(client: MapiClient, type: string, body: Buffer): Promise<Buffer> {
  const { status, body: answer } = await client.post(type, body)
  if (status !== 200) throw new Error(`${type}: HTTP ${status}`)
  return readEnvelope(answer).body
}
