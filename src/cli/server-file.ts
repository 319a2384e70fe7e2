import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What `DATA/server.json` tells scripts about a running server. It holds secrets, so only its owner may read it. */
export interface ServerFile {
  pid: number
  version: string
  httpUrl: string
  httpsUrl?: string
  caFile?: string
  adminToken: string
  /** Passwords of demo users only; others are never written anywhere. */
  users: { address: string; password?: string }[]
}

const NAME = 'server.json'

export function serverFilePath(dataDir: string): string {
  return join(dataDir, NAME)
}

/** Writes the file whole or not at all: a script never reads half of it. */
export function writeServerFile(dataDir: string, content: ServerFile): void {
  const path = serverFilePath(dataDir)
  const temporary = `${path}.${content.pid}.tmp`
  rmSync(temporary, { force: true })
  const file = openSync(temporary, 'wx', 0o600)
  writeSync(file, `${JSON.stringify(content, null, 2)}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(temporary, path)
}

export function readServerFile(dataDir: string): ServerFile | undefined {
  const path = serverFilePath(dataDir)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ServerFile) : undefined
}

export function removeServerFile(dataDir: string): void {
  rmSync(serverFilePath(dataDir), { force: true })
}
