import type { Batch } from '../../../store/index.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import { TimeSlice } from '../time-slice.js'
import type { MessageDraft } from './message-draft.js'
import { type PreparedMessage, prepareMessage } from './prepared-message.js'

/**
 * Messages of one writer turn, and bytes after which a turn takes no more. Both are counted and not timed, so that the same
 * messages make the same records, runs of orders included, on every machine.
 */
const MESSAGES_PER_TURN = 128
const BYTES_PER_TURN = 1 << 20

/** Turns whose commits are not on disk yet: enough that the disk is never idle, few enough that others do not wait for long. */
const TURNS_QUEUED = 4

/** A message to import; null stands for none, so that whoever takes long to find the first one lets others run meanwhile. */
export type ImportedMessage = MessageDraft | PreparedMessage | null

export interface ImportOptions {
  /** Called after each turn with the number of messages so far. */
  onProgress?: (imported: number) => void
  /** FILETIME of the turns, in place of the clock's. */
  time?: bigint
  /** Puts more into the batch of each turn, which holds the messages up to number `imported`: how far an import came. */
  also?: (batch: Batch, imported: number) => void
}

/**
 * Writes whole messages into a folder in large batches, maintaining every index, count and order; returns how many. Their
 * bytes are made outside the writer turns, in slices of time, while the batch before is on its way to the disk; what is
 * queued never grows beyond that. Others get their turn in between; when it fails, the messages of the turns before stay.
 */
export async function importMessages(
  core: MailboxCore,
  fid: Fid,
  drafts: Iterable<ImportedMessage>,
  { onProgress, time, also }: ImportOptions = {}
): Promise<number> {
  const { store } = core.objects
  const slice = new TimeSlice(core.runtime)
  const iterator = drafts[Symbol.iterator]()
  let imported = 0
  const queued: number[] = []
  demandImportable(core, fid)
  for (;;) {
    const messages = await gather(core, fid, iterator, slice)
    if (messages.length === 0) return imported
    try {
      if (queued.length === TURNS_QUEUED) await store.whenDurable(queued.shift()!)
      await slice.pause()
      await core.write('import messages', turn => {
        if (time !== undefined) turn.backdate(time)
        also?.(turn.batch, imported + messages.length)
        return core.messages.putNew(turn, demandImportable(core, fid), messages)
      })
    } catch (error) {
      abandon(messages)
      throw error
    }
    queued.push(store.lastSequence)
    imported += messages.length
    onProgress?.(imported)
  }
}

function demandImportable(core: MailboxCore, fid: Fid): FolderNode {
  const node = core.demandNode(fid, ErrorCode.ecNotFound)
  if (node.type === 'search') throw new MapiError(ErrorCode.ecSearchFolder)
  return node
}

/** The messages of the next turn, prepared; none at the end. */
async function gather(
  core: MailboxCore,
  fid: Fid,
  iterator: Iterator<ImportedMessage>,
  slice: TimeSlice
): Promise<PreparedMessage[]> {
  const messages: PreparedMessage[] = []
  try {
    for (let bytes = 0; messages.length < MESSAGES_PER_TURN && bytes < BYTES_PER_TURN; ) {
      const next = iterator.next()
      if (next.done === true) break
      if (slice.isDue) await slice.pause()
      if (next.value === null) continue
      const prepared = 'record' in next.value ? next.value : prepareMessage(core, fid, next.value)
      const message = prepared instanceof Promise ? await prepared : prepared
      messages.push(message)
      bytes += bytesOf(message)
    }
  } catch (error) {
    abandon(messages)
    throw error
  }
  return messages
}

function bytesOf({ record, row, attachments, blobs }: PreparedMessage): number {
  let bytes = record.byteLength + row.byteLength
  for (const attachment of attachments) bytes += attachment.byteLength
  for (const { sizeBytes } of blobs) bytes += sizeBytes
  return bytes
}

function abandon(messages: readonly PreparedMessage[]): void {
  for (const { blobs } of messages) for (const blob of blobs) blob.abandon()
}
