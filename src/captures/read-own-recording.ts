import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BoundedFiles, demandExchanges } from './read-bounded.js'
import { headersOf } from './read-meta-folder.js'
import { CaptureError, type RecordedMessage, type RecordedSession } from './recorded-session.js'
import { type SessionFile, sessionFile } from './session-file.js'

export const SESSION_FILE = 'session.json'
const HINT = 'The form of session.json is described in captures/README.md.'

/** A recording of this project's own form: session.json and `NAME.request.bin`, `NAME.response.bin` for each exchange. */
export function readOwnRecording(folder: string): RecordedSession {
  const files = new BoundedFiles()
  const file = parse(join(folder, SESSION_FILE), files)
  demandExchanges(file.exchanges.length, folder)
  const message = (name: string, kind: string, lines: readonly string[]): RecordedMessage | undefined => {
    const body = `${name}.${kind}.bin`
    const path = join(folder, body)
    return existsSync(path) ? { file: body, bytes: files.read(path), headers: headersOf(lines) } : undefined
  }
  const exchanges = file.exchanges.map(({ name, type, url, status, requestHeaders, responseHeaders }) => {
    const request = message(name, 'request', requestHeaders)
    const response = message(name, 'response', responseHeaders)
    const sizes = { requestBytes: request?.bytes.byteLength, responseBytes: response?.bytes.byteLength }
    return { name, type, url, status, request, response, ...sizes }
  })
  const { name, recorded, client, server, how, masked, user, world, mayDiffer } = file
  const facts = [
    ...([
      ['recording', name],
      ['recorded', recorded],
      ['client', client],
      ['server', server],
      ['how', how]
    ] as const),
    ...(world === undefined ? [] : ([['world', world]] as const)),
    ...masked.map(text => ['masked', text] as const)
  ]
  return { source: folder, exchanges, facts, user, mayDiffer }
}

function parse(path: string, files: BoundedFiles): SessionFile {
  let json: unknown
  try {
    json = JSON.parse(files.read(path).toString('utf8'))
  } catch (error) {
    if (error instanceof CaptureError) throw error
    throw new CaptureError(`${path} is not JSON: ${(error as Error).message}`, HINT)
  }
  const parsed = sessionFile.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.slice(0, 5).map(({ path: at, message }) => `${at.join('.') || 'file'}: ${message}`)
  throw new CaptureError(`${path} is no session file: ${faults.join('; ')}`, HINT)
}
