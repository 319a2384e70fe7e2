import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The calls that change files: one by one, so that a test can end the work at each of them. */
export interface FileSystem {
  mkdir(path: string, mode: number): void
  /** Opens a new file for writing, or what there is for reading. */
  open(path: string, flags: 'wx' | 'r', mode?: number): number
  write(file: number, text: string): void
  fsync(file: number): void
  close(file: number): void
  rename(from: string, to: string): void
  remove(path: string): void
}

export const systemFiles: FileSystem = {
  mkdir: (path, mode) => mkdirSync(path, { recursive: true, mode }),
  open: (path, flags, mode) => openSync(path, flags, mode),
  write: (file, text) => writeFileSync(file, text),
  fsync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  remove: path => rmSync(path, { force: true })
}

/**
 * Puts a file in place whole, on disk when this returns: whatever ends the process or the power in between, there is the
 * old file or the new one.
 */
export function replaceFile(files: FileSystem, path: string, text: string, mode: number): void {
  const temporary = `${path}.new`
  files.remove(temporary)
  const file = files.open(temporary, 'wx', mode)
  try {
    files.write(file, text)
    files.fsync(file)
  } finally {
    files.close(file)
  }
  files.rename(temporary, path)
  flushFolder(files, dirname(path))
}

/** Makes a folder that only its owner may enter, unless it is there; on disk when this returns. */
export function makeFolder(files: FileSystem, path: string): void {
  files.mkdir(path, 0o700)
  flushFolder(files, dirname(path))
}

/** Windows opens no folders, and needs no flush of one. */
function flushFolder(files: FileSystem, path: string): void {
  if (process.platform === 'win32') return
  const folder = files.open(path, 'r')
  try {
    files.fsync(folder)
  } finally {
    files.close(folder)
  }
}
