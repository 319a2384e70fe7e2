import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Actor } from '../domain.js'
import type { PermissionList } from './permission-list.js'
import { ALL_RIGHTS, OWNER_RIGHTS, Right } from './rights.js'

/** What the decisions need to know of a mailbox, and of a folder in it. */
interface Owned {
  readonly owner: Actor
  readonly storeKind: 'private' | 'public'
  /** GUIDs of the distribution lists that a principal belongs to, through others too. */
  groupsOf(guid: string): Iterable<string>
}

interface Guarded {
  readonly fid: Fid
  readonly isSpecial: boolean
  readonly permissions: PermissionList
}

/**
 * Who may open all of a mailbox: its owner and principals with full access to it. This file is the one place that decides
 * about rights, for all fronts.
 */
export function access(mailbox: Owned, actor: Actor): { owner: boolean; full: boolean } {
  // The owner's own sessions hold the directory's object, which makes the common case a comparison of pointers.
  const owner = actor === mailbox.owner || actor.legacyDn.toLowerCase() === mailbox.owner.legacyDn.toLowerCase()
  return { owner, full: owner || mayOpenFully(mailbox, actor) }
}

/** Whether the actor may put something into the mailbox, or change something in it, anywhere. */
export function mayChange(mailbox: Owned, folders: Iterable<Guarded>, actor: Actor): boolean {
  if (access(mailbox, actor).full) return true
  for (const folder of folders) if ((rightsOn(mailbox, folder, actor) & CHANGING) !== 0) return true
  return false
}

const CHANGING = Right.create | Right.editOwned | Right.editAny | Right.createSubfolder | Right.folderOwner

/** Throws ecAccessDenied unless the actor has full access. */
export function demandAccess(mailbox: Owned, actor: Actor): void {
  if (actor === mailbox.owner || access(mailbox, actor).full) return
  throw new MapiError(ErrorCode.ecAccessDenied)
}

/** What an actor may do with a folder and what lies in it ([MS-OXCPERM] 2.2.7), as bits of `Right`. */
export function rightsOn(mailbox: Owned, folder: Guarded, actor: Actor): number {
  if (actor === mailbox.owner || access(mailbox, actor).full) return ALL_RIGHTS
  const given = folder.permissions.rightsOf(actor.guid.toLowerCase(), guid => mailbox.groupsOf(guid))
  const rights = ownsPublicFolders(mailbox, actor) ? given | OWNER_RIGHTS : given
  // An owner of the folder sees it and may make folders in it whatever else was said ([MS-OXCPERM] 2.2.7, FolderOwner).
  return (rights & Right.folderOwner) === 0 ? rights : rights | Right.folderVisible | Right.createSubfolder
}

/** Throws ecAccessDenied unless the actor has one of these rights on the folder, which it is known to see. */
export function demandRight(mailbox: Owned, folder: Guarded, actor: Actor, oneOf: number): void {
  if (actor === mailbox.owner || (rightsOn(mailbox, folder, actor) & oneOf) !== 0) return
  throw new MapiError(ErrorCode.ecAccessDenied)
}

/** Whether the actor owns a folder and all below it: what goes with it is his to remove. */
export function ownsAll(mailbox: Owned, folders: Iterable<Guarded>, actor: Actor): boolean {
  if (actor === mailbox.owner || access(mailbox, actor).full) return true
  for (const folder of folders) if ((rightsOn(mailbox, folder, actor) & Right.folderOwner) === 0) return false
  return true
}

/** Whether the actor may learn of a folder: he sees it, or every mailbox is known to have it. */
export function mayKnow(mailbox: Owned, folder: Guarded, actor: Actor): boolean {
  return folder.isSpecial || maySee(mailbox, folder, actor)
}

/** Rights by which a folder can be opened: who may read or put something in has to reach it. */
export const SEEING = Right.folderVisible | Right.readAny | Right.create | Right.folderOwner

export function maySee(mailbox: Owned, folder: Guarded, actor: Actor): boolean {
  return actor === mailbox.owner || (rightsOn(mailbox, folder, actor) & SEEING) !== 0
}

/**
 * Throws unless the actor sees the folder: ecNotFound, as if it did not exist; ecAccessDenied for a folder with a fixed
 * id, which every mailbox is known to have.
 */
export function demandVisible(mailbox: Owned, folder: Guarded, actor: Actor): void {
  if (maySee(mailbox, folder, actor)) return
  throw new MapiError(folder.isSpecial ? ErrorCode.ecAccessDenied : ErrorCode.ecNotFound)
}

/** Whoever has the role owns every public folder, as an administrator of public folders does in Exchange. */
function ownsPublicFolders(mailbox: Owned, actor: Actor): boolean {
  if (mailbox.storeKind !== 'public') return false
  const { roles } = actor as { roles?: readonly string[] }
  return roles?.includes('publicFolderOwner') ?? false
}

/** A principal of the directory lists the addresses of the mailboxes that it may open fully. */
function mayOpenFully(mailbox: Owned, actor: Actor): boolean {
  const { fullAccess } = actor as { fullAccess?: readonly string[] }
  const address = mailbox.owner.address.toLowerCase()
  return fullAccess?.some(one => one.toLowerCase() === address) ?? false
}
