import { keys } from '../../../store/index.js'
import { formatGuid, MalformedBuffer } from '../../bufferstructs/index.js'
import { type Idset, readIdset } from '../../ics/idset.js'
import { NumberSet } from '../../ics/number-set.js'
import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { type LongTermId, makeId } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { gid, guidBytes } from '../change-key.js'
import type { Actor, Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import { demandAccess, maySee } from '../permissions/access.js'
import { readPerUser, writePerUser } from './per-user-record.js'

const FOLDER_GUID_BYTES = 16
const NOTHING = new Uint8Array(0)

/**
 * What somebody has read in a public folder, as an IDSET ([MS-OXCSTOR] 3.2.5.12): in a public store the actor's own state as
 * it is; in a private mailbox what a client has left there. Empty when there is none.
 */
export function perUserInformation(core: MailboxCore, folder: LongTermId, actor: Actor): Uint8Array {
  if (core.readStates !== undefined) {
    const node = publicFolder(core, folder, actor)
    return node === undefined ? NOTHING : core.readStates.of(actor).bytesOf(node.fid)
  }
  demandAccess(core, actor)
  const bytes = core.objects.store.get(rowKey(core, folder))
  return bytes === undefined ? NOTHING : readPerUser(bytes).data
}

/**
 * Replaces it ([MS-OXCSTOR] 3.2.5.13). Throws ecCorruptData for what is no IDSET with replica GUIDs. `replGuid` says, in a
 * private mailbox, where the numbers come from; no numbers at all remove what was there.
 */
export function setPerUserInformation(
  core: MailboxCore,
  folder: LongTermId,
  { replGuid, data }: { replGuid: string; data: Uint8Array },
  actor: Actor
): Maybe<void> {
  if (data.byteLength > limits.perUserDataBytes) throw new MapiError(ErrorCode.ecTooBig)
  if (core.readStates !== undefined) return establish(core, folder, parse(data), actor)
  demandAccess(core, actor)
  if (core.personality.privatePerUserDataIsChecked) parse(data)
  const key = rowKey(core, folder)
  return core.write('keep what was read', turn => {
    const put = (): void => {
      const record = { time: turn.time, cn: turn.nextCn(), replGuid, data }
      turn.batch.put(key, writePerUser(record))
    }
    if (data.byteLength === 0) turn.batch.delete(key)
    else if (core.objects.store.get(key) !== undefined) put()
    else return demandRoom(core).then(put)
    return undefined
  })
}

/** The replica that the numbers kept for a folder come from; undefined when there are none ([MS-OXCSTOR] 3.2.5.11). */
export function perUserReplica(core: MailboxCore, folder: LongTermId, actor: Actor): string | undefined {
  demandAccess(core, actor)
  const bytes = core.objects.store.get(rowKey(core, folder))
  return bytes === undefined ? undefined : readPerUser(bytes).replGuid
}

/** The folders for which numbers of a replica are kept ([MS-OXCSTOR] 3.2.5.10). */
export async function perUserFolders(core: MailboxCore, replGuid: string, actor: Actor): Promise<LongTermId[]> {
  demandAccess(core, actor)
  const folders: LongTermId[] = []
  for await (const page of core.objects.store.pages({ ...keys.perUser.range(core.number), pageEntries: 64 })) {
    for (const { key, value } of page) {
      if (readPerUser(value).replGuid === replGuid) folders.push(folderOf(key))
    }
  }
  return folders
}

/** The folder that a row is about. */
export function folderOf(key: Uint8Array): LongTermId {
  const bytes = Buffer.from(keys.perUser.parse(key).folderGid)
  return { databaseGuid: formatGuid(bytes), globcnt: bytes.readUIntBE(FOLDER_GUID_BYTES, 6) }
}

/** A mailbox keeps one row for each folder: its owner's. */
function rowKey(core: MailboxCore, { databaseGuid, globcnt }: LongTermId): Uint8Array {
  return keys.perUser.of(core.number, gid(guidBytes(databaseGuid), globcnt), core.guidBytes)
}

async function demandRoom(core: MailboxCore): Promise<void> {
  const range = { ...keys.perUser.range(core.number), limit: limits.perUserFolders, keysOnly: true }
  const rows = await core.objects.store.range(range)
  if (rows.length >= limits.perUserFolders) throw new MapiError(ErrorCode.ecQuotaExceeded)
}

function parse(data: Uint8Array): Idset {
  try {
    return readIdset(data)
  } catch (error) {
    if (error instanceof MalformedBuffer) throw new MapiError(ErrorCode.ecCorruptData)
    throw error
  }
}

/** Numbers of other replicas name nothing here. */
function establish(core: MailboxCore, folder: LongTermId, idset: Idset, actor: Actor): Maybe<void> {
  const found = publicFolder(core, folder, actor)
  if (found === undefined) throw new MapiError(ErrorCode.ecNotFound)
  const set = idset.get(core.replicaGuid) ?? new NumberSet()
  return core.write('establish what was read', turn => {
    if (found.isGone) throw new MapiError(ErrorCode.ecNotFound)
    return core.readStates!.of(actor).establish(turn, found, set)
  })
}

/** A folder of the public store that the actor may know of. */
function publicFolder(core: MailboxCore, folder: LongTermId, actor: Actor): FolderNode | undefined {
  if (folder.databaseGuid !== core.replicaGuid) return undefined
  const node = core.tree.find(makeId(1, folder.globcnt))
  return node !== undefined && maySee(core, node, actor) ? node : undefined
}
