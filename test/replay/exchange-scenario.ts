import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ropTable } from '../../rops/index.js'
import type { Rop } from '../../rops/rop.js'
import { codecContext, interpret, Reader } from '../../src/bufferstructs/index.js'
import { unwrapPayloads, wrapPayload } from '../../src/client/extended-buffer.js'
import type { MapiClient } from '../../src/client/mapi-client.js'
import { readEnvelope, writeExecuteRequest } from '../../src/client/mapi-http-body.js'
import { RopBatch, type RopSlots } from '../../src/client/rop-batch.js'

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
  const folder = join(EXCHANGE_FOLDER, scenario)
  const metas = readdirSync(folder).filter(name => name.endsWith('.meta.txt'))
  return metas.sort().map(file => {
    const name = file.slice(0, -'.meta.txt'.length)
    const meta = readFileSync(join(folder, file), 'latin1')
    const field = (key: string): string => new RegExp(`^${key} = (.*)$`, 'm').exec(meta)?.[1].trim() ?? ''
    const body = (kind: string): Buffer | undefined => {
      const path = join(folder, `${name}.${kind}.bin`)
      return existsSync(path) ? readFileSync(path) : undefined
    }
    const response = body('response')
    return {
      ...{ name, type: field('request-type'), request: body('request') },
      requestBytes: Number(field('request-bytes')),
      responseBytes: Number(field('response-bytes')) - PREAMBLE_BYTES,
      response: response === undefined ? undefined : readEnvelope(response).body
    }
  })
}

type Fields = Record<string, unknown>

/** The ROPs of a recorded Execute, written anew with some fields changed; unchanged they are the recorded bytes. */
export function rewrite(
  request: Buffer,
  change: (rop: Rop, fields: Fields) => Fields = (_rop, fields) => fields
): Buffer {
  const size = request.readUInt32LE(4)
  const [payload] = unwrapPayloads(request.subarray(8, 8 + size))
  const reader = new Reader(payload, codecContext())
  reader.position = 2
  reader.end = payload.readUInt16LE(0)
  const handles: number[] = []
  for (let at = reader.end; at + 4 <= payload.length; at += 4) handles.push(payload.readUInt32LE(at))
  const batch = new RopBatch(handles)
  while (reader.remaining > 0) {
    const rop = ropTable[reader.u8()]
    if (rop === undefined) return reader.fail('a reserved RopId')
    const logonId = reader.u8()
    const places = rop.handles === 'none' ? [] : rop.handles.split(' ').map(place => [place, reader.u8()])
    const fields = interpret.read(rop.request, reader) as Fields
    batch.add(rop, Object.fromEntries(places) as RopSlots, change(rop, fields), { logonId })
  }
  return executeBody(batch)
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
