import { readFileSync, statSync } from 'node:fs'
import { CaptureError } from './recorded-session.js'

/** A MAPI/HTTP body of a real client stays far below this: the server's own limit of a request is lower. */
export const MAX_FILE_BYTES = 16 << 20
/** All bodies of one session. */
export const MAX_SESSION_BYTES = 256 << 20
export const MAX_EXCHANGES = 10_000

/** Reads the files of one session within bounds of memory; CaptureError where they are exceeded. */
export class BoundedFiles {
  private left = MAX_SESSION_BYTES

  constructor(private readonly mostBytes = MAX_FILE_BYTES) {}

  read(path: string): Buffer {
    const { size } = statSync(path)
    if (size > this.mostBytes) {
      throw new CaptureError(
        `${path} has ${size.toLocaleString('en')} bytes; a body of more than ${this.mostBytes.toLocaleString('en')} is not read.`,
        'A file this large is probably a packet capture or a memory dump: extract the MAPI/HTTP bodies from it first.'
      )
    }
    this.left -= size
    if (this.left < 0) {
      throw new CaptureError(
        `The files of this recording have more than ${MAX_SESSION_BYTES.toLocaleString('en')} bytes together.`,
        'Put each session into a folder of its own.'
      )
    }
    return readFileSync(path)
  }
}

export function demandExchanges(count: number, folder: string): void {
  if (count > MAX_EXCHANGES) {
    throw new CaptureError(
      `${folder} holds ${count} exchanges; more than ${MAX_EXCHANGES.toLocaleString('en')} are not read at once.`,
      'Put each session into a folder of its own.'
    )
  }
}
