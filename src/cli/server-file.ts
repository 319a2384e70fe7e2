import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile, systemFiles } from '../file-system.js'

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
  replaceFile(systemFiles, serverFilePath(dataDir), `${JSON.stringify(content, null, 2)}\n`, 0o600)
}

export function readServerFile(dataDir: string): ServerFile | undefined {
  const path = serverFilePath(dataDir)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ServerFile) : undefined
}

export function removeServerFile(dataDir: string): void {
  rmSync(serverFilePath(dataDir), { force: true })
}
