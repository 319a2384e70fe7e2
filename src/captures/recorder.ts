import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpResponse } from '../client/http-connection.js'
import { SESSION_FILE } from './read-own-recording.js'
import type { SessionFile } from './session-file.js'

/** What a session file says beside the exchanges. */
export type RecordingHead = Omit<SessionFile, 'ropewalk' | 'exchanges' | 'masked' | 'mayDiffer'> & {
  masked?: string[]
  mayDiffer?: SessionFile['mayDiffer']
}

export interface ExchangeToRecord {
  readonly type: string
  readonly url: string
  /** Short and telling: it becomes part of the file names. */
  readonly name: string
  readonly request: Uint8Array
  readonly response: HttpResponse
}

/** Headers of an answer that say nothing but when it was given. */
const LEFT_OUT = new Set(['date'])
const COOKIE_VALUES = 'values of cookies are left out of Set-Cookie'
const REQUEST_HEADERS =
  'of the headers of requests only X-RequestType and Content-Type are kept: no credentials, no cookies'

/** Takes the exchanges of a session in and writes them as a recording, one folder for each session. */
export class SessionRecorder {
  private readonly exchanges: { file: SessionFile['exchanges'][number]; request: Uint8Array; response: Uint8Array }[] =
    []

  constructor(private readonly head: RecordingHead) {}

  add({ type, url, name, request, response }: ExchangeToRecord): void {
    const number = String(this.exchanges.length + 1).padStart(2, '0')
    const headers = [...response.headers].filter(([header]) => !LEFT_OUT.has(header))
    const file = {
      ...{ name: `${number}-${name}`, type, url, status: response.status },
      requestHeaders: [`Content-Type: application/mapi-http`, `X-RequestType: ${type}`],
      responseHeaders: [
        ...headers.map(([header, value]) => `${header}: ${value}`),
        ...response.setCookies.map(line => `set-cookie: ${withoutValue(line)}`)
      ]
    }
    this.exchanges.push({ file, request: Buffer.from(request), response: Buffer.from(response.body) })
  }

  /** Writes session.json and the bodies into a folder, which is made if it does not exist. */
  save(folder: string): void {
    mkdirSync(folder, { recursive: true })
    for (const { file, request, response } of this.exchanges) {
      writeFileSync(join(folder, `${file.name}.request.bin`), request)
      writeFileSync(join(folder, `${file.name}.response.bin`), response)
    }
    const session: SessionFile = {
      ropewalk: 1,
      ...this.head,
      masked: [REQUEST_HEADERS, COOKIE_VALUES, ...(this.head.masked ?? [])],
      mayDiffer: this.head.mayDiffer ?? [],
      exchanges: this.exchanges.map(({ file }) => file)
    }
    writeFileSync(join(folder, SESSION_FILE), `${JSON.stringify(session, null, 2)}\n`)
  }
}

function withoutValue(line: string): string {
  return line.replace(/=[^;]*/, '=')
}
