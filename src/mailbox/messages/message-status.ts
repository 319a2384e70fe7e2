import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PidTagMessageStatus } from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import { demandRight } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import type { MessageRecord } from '../record-codec.js'
import { int32, readInt32 } from '../stored-values.js'
import { isOwn } from './message-ownership.js'

/** msInConflict ([MS-OXCMSG] 2.2.1.8): the server's bit, which no client changes (R545). */
const IN_CONFLICT = 0x0800

/** PidTagMessageStatus of a message of the folder ([MS-OXCMSG] 3.2.5.9). Throws ecNotFound when there is no such message in it. */
export function messageStatus(folder: StoreFolder, mid: Mid): number {
  return statusOf(demandRecord(folder, mid))
}

/**
 * Puts `flags` in place of those bits of PidTagMessageStatus that `mask` has, at once, and answers what was there before
 * ([MS-OXCMSG] 3.2.5.8). The change key stays; the change takes a number from the line of read states, under which tables
 * and synchronisation learn of it.
 */
export function setMessageStatus(
  folder: StoreFolder,
  mid: Mid,
  { flags, mask }: { flags: number; mask: number },
  actor: Actor
): Maybe<number> {
  const changed = (record: MessageRecord): number => {
    const status = statusOf(record)
    const bits = mask & ~IN_CONFLICT
    return ((status & ~bits) | (flags & bits)) >>> 0
  }
  const before = demandRecord(folder, mid)
  demandEdit(folder, before, actor)
  if (changed(before) === statusOf(before)) return statusOf(before)
  const { core } = folder
  return core.write('set message status', turn => {
    const current = demandRecord(folder, mid)
    const bag = current.properties.toBag().set(PidTagMessageStatus, int32(changed(current)))
    const next = { ...current, readCn: turn.nextCn() }
    const previews = core.messages.previewsOf(current)
    const written = core.messages.put(turn, folder.node, mid, next, bag, current, previews)
    const answer = statusOf(current)
    return written === undefined ? answer : written.then(() => answer)
  })
}

/** EditOwned is the right to change what one has made oneself ([MS-OXCPERM] 2.2.7). */
function demandEdit({ core, node }: StoreFolder, record: MessageRecord, actor: Actor): void {
  demandRight(core, node, actor, isOwn(core, record, actor) ? Right.editAny | Right.editOwned : Right.editAny)
}

function statusOf(record: MessageRecord): number {
  return (readInt32(record.properties.value(PidTagMessageStatus)) ?? 0) >>> 0
}

function demandRecord(folder: StoreFolder, mid: Mid): MessageRecord {
  const record = folder.core.messages.find(mid)
  if (record === undefined || record.fid !== folder.fid || record.softDeleted) throw new MapiError(ErrorCode.ecNotFound)
  return record
}
