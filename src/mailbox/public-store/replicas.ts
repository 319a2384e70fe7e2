import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PidTagLastModificationTime, PR_REPLICA_LIST } from '../../oxprops/property-tags.generated.js'
import type { Actor, Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import { maySee } from '../permissions/access.js'
import { int64 } from '../stored-values.js'

/**
 * Which servers have the content of a public folder ([MS-OXCSTOR] 3.2.5.6). PidTagReplicaList names them, each ended by a
 * null character: since Exchange 2013 the GUID of a public folder mailbox, which is a server to clients. Where nothing is said
 * the store has the content itself.
 */
type Store = Pick<MailboxCore, 'guid' | 'storeKind'>

/** Names of the servers: this store's GUID for itself; it comes first, the others in the order in which they were given. */
export function replicasOf(store: Store, node: FolderNode): string[] {
  const stored = node.bag.get(PR_REPLICA_LIST)
  if (stored === undefined) return [store.guid]
  const names = Buffer.from(stored)
    .toString('latin1')
    .split('\0')
    .filter(name => name !== '')
  return names.includes(store.guid) ? [store.guid, ...names.filter(name => name !== store.guid)] : names
}

/** Whether the content of a folder is elsewhere only. */
export function isGhosted(store: Store, node: FolderNode): boolean {
  if (store.storeKind !== 'public' || node.bag.get(PR_REPLICA_LIST) === undefined) return false
  return !replicasOf(store, node).includes(store.guid)
}

/** PidTagReplicaList; undefined for the folders of a private mailbox. */
export function replicaList(store: Store, node: FolderNode): Uint8Array | undefined {
  return store.storeKind === 'public' ? listOf(replicasOf(store, node)) : undefined
}

function listOf(names: readonly string[]): Uint8Array {
  return Buffer.from(names.map(name => `${name}\0`).join(''), 'latin1')
}

/** Throws ecNoReplicaHere where the content of a folder is asked for that is elsewhere ([MS-OXCSTOR] 2.2.1.6). */
export function demandReplica(store: Store, node: FolderNode): void {
  if (isGhosted(store, node)) throw new MapiError(ErrorCode.ecNoReplicaHere)
}

/** The same for a folder by its id; of one that is not there, or that the actor may not know of, nothing is said. */
export function demandReplicaOf(core: MailboxCore, fid: Fid, actor: Actor): void {
  if (core.storeKind !== 'public') return
  const node = core.tree.find(fid)
  if (node !== undefined && maySee(core, node, actor)) demandReplica(core, node)
}

/**
 * Says which servers have a folder's content: `here` for the store itself, GUIDs of public folder mailboxes or names of servers.
 * What lies here stays, but is not shown while the store is not among them.
 */
export function setReplicas(
  core: MailboxCore,
  node: FolderNode,
  names: readonly string[],
  { time }: { time?: bigint } = {}
): Maybe<boolean> {
  const list = listOf(names.map(name => (name.toLowerCase() === 'here' ? core.guid : name)))
  const before = node.bag.get(PR_REPLICA_LIST)
  if (before !== undefined && Buffer.compare(before, list) === 0) return false
  return core.write('set replicas', turn => {
    if (node.isGone) throw new MapiError(ErrorCode.ecObjectDeleted)
    if (time !== undefined) turn.backdate(time)
    const bag = node.bag.clone().set(PR_REPLICA_LIST, list)
    bag.set(PidTagLastModificationTime, int64(turn.time))
    const cn = turn.nextCn()
    turn.putFolderLater(node, { bag, cn })
    if (node.parent !== undefined) turn.counters(node.parent)
    turn.tell({ kind: 'folderChanged', fid: node.fid, parentFid: node.parentFid, cn })
    return true
  })
}
