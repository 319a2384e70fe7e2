import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readMetaFolder } from './read-meta-folder.js'
import { NUMBERED_BODY, readNumberedBodies, readSingleBody } from './read-numbered-bodies.js'
import { readOwnRecording, SESSION_FILE } from './read-own-recording.js'
import { CaptureError, type RecordedSession } from './recorded-session.js'

/** A session with the one message that was asked for by its file; undefined for all of them. */
export interface FoundSession {
  readonly session: RecordedSession
  readonly onlyFile: string | undefined
}

const META = '.meta.txt'
const BODY = /\.(request|response)\.bin$/
const HINT = [
  'What can be read:',
  '  a folder with session.json, as `captures/` of this project holds them',
  '  a folder with NN-name.request.bin, NN-name.response.bin and NN-name.meta.txt',
  '  a folder with TYPE_reqN.bin and TYPE_respN.bin, e.g. execute_req19.bin',
  '  one file of any of these'
].join('\n')

/**
 * Reads a recording from a folder, or from one file of it: the other files of its folder are then read as well, because they say
 * what its handles and columns are. Throws CaptureError for what is no recording. `type` names the request type of a single body
 * whose file name does not.
 */
export function readSession(path: string, type?: string): FoundSession {
  if (!existsSync(path)) throw new CaptureError(`${path} does not exist.`, HINT)
  if (statSync(path).isDirectory()) return { session: readFolder(path), onlyFile: undefined }
  const [folder, name] = [dirname(path), basename(path)]
  if (name === SESSION_FILE) return { session: readOwnRecording(folder), onlyFile: undefined }
  if (type === undefined) {
    const session = findFolder(folder, name)
    if (session !== undefined) return { session, onlyFile: name }
  }
  return { session: readSingleBody(path, type), onlyFile: undefined }
}

/** The whole session of a folder, or of a session.json. */
export function readFolderOrFile(path: string): RecordedSession {
  const { session, onlyFile } = readSession(path)
  if (onlyFile === undefined && statSync(path).isFile() && basename(path) !== SESSION_FILE)
    throw new CaptureError(`${path} is a single message, not a session.`, 'Name the folder of the session.')
  if (onlyFile !== undefined)
    throw new CaptureError(`${path} is one message of a session.`, `Name its folder: ${dirname(path)}`)
  return session
}

/** The recording of a folder. */
export function readFolder(folder: string): RecordedSession {
  const names = readdirSync(folder)
  if (names.includes(SESSION_FILE)) return readOwnRecording(folder)
  if (names.some(name => name.endsWith(META))) return readMetaFolder(folder)
  if (names.some(name => NUMBERED_BODY.test(name))) return readNumberedBodies(folder)
  throw new CaptureError(`${folder} holds no recording.`, foldersHint(folder, names))
}

/** Somebody who names the folder above is told which folders below hold recordings. */
function foldersHint(folder: string, names: readonly string[]): string {
  const below = names.filter(name => isRecording(join(folder, name)))
  if (below.length === 0) return HINT
  const shown = below.slice(0, 10).map(name => `  ${join(folder, name)}`)
  return [`Recordings below it:`, ...shown, ...(below.length > 10 ? [`  and ${below.length - 10} more`] : [])].join(
    '\n'
  )
}

function isRecording(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false
  return readdirSync(folder).some(name => name === SESSION_FILE || name.endsWith(META) || NUMBERED_BODY.test(name))
}

/** The session in whose folder a file is one of the messages. */
function findFolder(folder: string, name: string): RecordedSession | undefined {
  const names = readdirSync(folder)
  if (BODY.test(name) && names.includes(SESSION_FILE)) return readOwnRecording(folder)
  if (BODY.test(name) && names.includes(name.replace(BODY, META))) return readMetaFolder(folder)
  return NUMBERED_BODY.test(name) ? readNumberedBodies(folder) : undefined
}
