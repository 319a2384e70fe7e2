/** Bytes made elsewhere: published examples and recorded traffic, which lie beside the repository and may be absent. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(process.cwd(), '..', 'shared')

/** Why tests on outside bytes are skipped, false when they run: the folder ../shared with vectors and captures may be absent. */
export const outsideMissing: string | false = existsSync(ROOT)
  ? false
  : 'skipped: ../shared with vectors and captures is absent'

export interface Vector {
  id: string
  hex: string
  decoded: { kind?: string; report?: Record<string, unknown> } & Record<string, unknown>
}

export function vectors(file: string): Vector[] {
  return JSON.parse(readFileSync(join(ROOT, 'vectors', `${file}.json`), 'utf8'))
}

export function vectorBytes(file: string, id: string): Uint8Array {
  const found = vectors(file).find(vector => vector.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  return bytesOf(found.hex)
}

/** A value of the folder of recorded property values, which are kept as hexadecimal text. */
export function recordedValue(name: string): Uint8Array {
  return bytesOf(readFileSync(join(ROOT, 'captures', '10-mapi-structures', 'In', `${name}.dat`), 'latin1'))
}

/** The ROP payload of a recorded Execute answer of Exchange SE, behind its preamble and headers. */
export function exchangeResponse(name: string): Uint8Array {
  const bytes = readFileSync(
    join(ROOT, 'captures', '17-exchange-se', 'fixtures', 'exchange-se', `${name}.response.bin`)
  )
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  // StatusCode, ErrorCode, Flags, RopBufferSize, RPC_HEADER_EXT, RopSize.
  return new Uint8Array(body.subarray(4 * 4 + 8 + 2))
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/[^0-9a-fA-F]/g, ''), 'hex'))
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
