import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { BoundedFiles, demandExchanges } from './read-bounded.js'
import type { RecordedExchange, RecordedMessage, RecordedSession } from './recorded-session.js'

const META = '.meta.txt'
const LARGEST_META = 1 << 20

/**
 * A folder with `NN-name.meta.txt` for each exchange and, as far as they are there, `NN-name.request.bin` and
 * `NN-name.response.bin`, whose answers begin with their envelope. A meta file has sections in brackets: `[exchange]` with
 * `key = value` lines, `[request-headers]` and `[response-headers]` with header lines.
 */
export function readMetaFolder(folder: string): RecordedSession {
  const files = new BoundedFiles()
  const metas = new BoundedFiles(LARGEST_META)
  const names = readdirSync(folder)
    .filter(name => name.endsWith(META))
    .sort()
  demandExchanges(names.length, folder)
  const exchanges = names.map(file =>
    readExchange(folder, file.slice(0, -META.length), metas.read(join(folder, file)).toString('utf8'), files)
  )
  return { source: folder, exchanges, facts: [['recording', basename(folder)]], user: {}, mayDiffer: [] }
}

function readExchange(folder: string, name: string, meta: string, files: BoundedFiles): RecordedExchange {
  const sections = sectionsOf(meta)
  const field = (key: string): string | undefined =>
    sections
      .get('exchange')
      ?.find(line => line.startsWith(`${key} = `))
      ?.slice(key.length + 3)
      .trim()
  const number = (key: string): number | undefined => {
    const text = field(key)
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
  }
  const message = (kind: string): RecordedMessage | undefined => {
    const file = `${name}.${kind}.bin`
    const path = join(folder, file)
    const headers = headersOf(sections.get(`${kind}-headers`) ?? [])
    if (existsSync(path)) return { file, bytes: files.read(path), headers }
    return number(`${kind}-bytes`) === 0 ? { file: `${file} (empty)`, bytes: Buffer.alloc(0), headers } : undefined
  }
  return {
    ...{ name, type: field('request-type') ?? 'unknown', url: field('url'), status: number('status') },
    ...{ request: message('request'), response: message('response') },
    ...{ requestBytes: number('request-bytes'), responseBytes: number('response-bytes') }
  }
}

function sectionsOf(meta: string): Map<string, string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of meta.split(/\r?\n/)) {
    const section = /^\[([\w-]+)\]$/.exec(line)?.[1]
    if (section !== undefined) {
      lines = []
      sections.set(section, lines)
    } else if (line !== '' && !line.startsWith('#')) lines.push(line)
  }
  return sections
}

/** `Name: value` lines. */
export function headersOf(lines: readonly string[]): (readonly [string, string])[] {
  return lines.map(line => {
    const colon = line.indexOf(':')
    return colon < 0 ? ([line, ''] as const) : ([line.slice(0, colon), line.slice(colon + 1).trim()] as const)
  })
}
