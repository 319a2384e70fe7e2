import { type Batch, keys, type Store } from '../../../store/index.js'
import { Reader, Writer } from '../../bufferstructs/index.js'
import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Actor, Maybe, ReceiveFolderRow } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import { mayKnow } from '../permissions/access.js'
import { specialFid } from './special-folders.js'

const VERSION = 1

/** What a fresh mailbox maps ([MS-OXCSTOR] 3.2.5.2; the root of all classes cannot be removed). */
const DEFAULTS: readonly (readonly [messageClass: string, folder: 'inbox' | 'root'])[] = [
  ['', 'inbox'],
  ['IPM', 'inbox'],
  ['REPORT.IPM', 'inbox'],
  ['IPC', 'root']
]

/** Which folder receives messages of which class ([MS-OXCSTOR] 2.2.1.2 to 2.2.1.4). Classes are compared without case. */
export class ReceiveFolders {
  private readonly byClass = new Map<string, ReceiveFolderRow>()

  constructor(
    private readonly store: Store,
    private readonly mailbox: number
  ) {}

  async load(): Promise<void> {
    for (const { value } of await this.store.range(keys.receiveFolder.range(this.mailbox))) {
      const row = readRow(value)
      this.byClass.set(fold(row.messageClass), row)
    }
  }

  /** Writes the rows of a fresh mailbox. */
  putDefaults(batch: Batch, time: bigint): void {
    for (const [messageClass, folder] of DEFAULTS) this.put(batch, messageClass, specialFid(folder), time)
  }

  /** Makes a folder receive a class. */
  put(batch: Batch, messageClass: string, folderId: Fid, time: bigint): void {
    const row: ReceiveFolderRow = { folderId, messageClass, lastModificationTime: time }
    batch.put(keys.receiveFolder.of(this.mailbox, fold(messageClass)), writeRow(row))
    batch.whenCommitted(() => void this.byClass.set(fold(messageClass), row))
  }

  /** Takes a class's own row away: its parent class receives again. */
  remove(batch: Batch, messageClass: string): void {
    batch.delete(keys.receiveFolder.of(this.mailbox, fold(messageClass)))
    batch.whenCommitted(() => void this.byClass.delete(fold(messageClass)))
  }

  /** Takes the rows away that name a folder, which is going. */
  removeFolder(batch: Batch, folderId: Fid): void {
    for (const row of this.byClass.values()) if (row.folderId === folderId) this.remove(batch, row.messageClass)
  }

  get count(): number {
    return this.byClass.size
  }

  has(messageClass: string): boolean {
    return this.byClass.has(fold(messageClass))
  }

  /**
   * The row of the longest prefix of the class, in whole groups, among those whose folder is known to the one who asks; the
   * row of '' is always there.
   */
  find(messageClass: string, isKnown: (fid: Fid) => boolean): { folderId: Fid; explicitClass: string } {
    for (let name = messageClass; ; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
      const row = this.byClass.get(fold(name))
      if (row !== undefined && isKnown(row.folderId)) return { folderId: row.folderId, explicitClass: row.messageClass }
      if (name === '') return { folderId: specialFid('inbox'), explicitClass: '' }
    }
  }

  rows(isKnown: (fid: Fid) => boolean): ReceiveFolderRow[] {
    return [...this.byClass.values()].filter(({ folderId }) => isKnown(folderId))
  }
}

/** Which folders somebody may learn of by asking where messages are received. */
export function knownTo(core: MailboxCore, actor: Actor): (fid: Fid) => boolean {
  return fid => {
    const node = core.tree.find(fid)
    return node !== undefined && mayKnow(core, node, actor)
  }
}

/** Classes that nobody's mail goes past: their folder cannot be changed ([MS-OXCSTOR] 3.2.5.3). */
const FIXED: readonly string[] = ['ipm', 'report.ipm']

/**
 * Makes a folder receive a class, or none of its own when `folderId` is 0: then its parent class's does ([MS-OXCSTOR]
 * 3.2.5.3).
 */
export function setReceiveFolder(core: MailboxCore, messageClass: string, folderId: Fid): Maybe<void> {
  const { receive, tree } = core
  if (FIXED.includes(fold(messageClass))) throw new MapiError(ErrorCode.ecAccessDenied)
  if (folderId === 0 && messageClass === '') throw new MapiError(ErrorCode.ecError)
  return core.write('set receive folder', turn => {
    if (folderId === 0) {
      receive.remove(turn.batch, messageClass)
      return
    }
    const node = tree.find(folderId)
    if (node === undefined || tree.isSoftDeleted(node)) throw new MapiError(ErrorCode.ecNotFound)
    if (!receive.has(messageClass) && receive.count >= limits.receiveFolders) {
      throw new MapiError(ErrorCode.ecQuotaExceeded)
    }
    receive.put(turn.batch, messageClass, folderId, turn.time)
  })
}

function fold(messageClass: string): string {
  return messageClass.toLowerCase()
}

function writeRow({ folderId, messageClass, lastModificationTime }: ReceiveFolderRow): Uint8Array {
  const writer = new Writer(64)
  writer.u8(VERSION)
  writer.f64(folderId)
  writer.u64(lastModificationTime)
  writer.copy(Buffer.from(messageClass, 'utf8'))
  return writer.written()
}

function readRow(bytes: Uint8Array): ReceiveFolderRow {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) return reader.fail('receive folder record of another version', 0)
  const [folderId, lastModificationTime] = [reader.f64(), reader.u64()]
  return { folderId, lastModificationTime, messageClass: Buffer.from(reader.copy(reader.remaining)).toString('utf8') }
}
