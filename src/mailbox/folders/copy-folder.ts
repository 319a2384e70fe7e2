import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { makeTag, type PropertyEntry, type PropertyTag } from '../../oxcdata/property-tag.js'
import { stringOf } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Actor } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import { translateBag } from '../messages/copy-across.js'
import { copyMessages } from '../messages/copy-messages.js'
import { messagesOf } from '../messages/each-message.js'
import { maySee, rightsOn } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import type { Watch } from '../watch.js'
import { copyRules, copySearch } from './copy-design.js'
import { createFolder } from './create-folder.js'
import { StoreFolder } from './folder.js'
import type { FolderNode } from './folder-node.js'
import { readOnlyFolderProperties } from './folder-properties.js'
import { demandPlace, demandSubfolder } from './folder-target.js'
import { removeFolder } from './remove-folder.js'

/** Properties that a copy has of its own, beside the computed ones. */
const OWN_PROPERTIES: ReadonlySet<number> = new Set(
  [
    ...[tags.PidTagDisplayName, tags.PidTagCreationTime, tags.PidTagLastModificationTime, tags.PidTagDeletedOn],
    ...[tags.PidTagComment, tags.PidTagContainerClass]
  ].map(tag => tag >>> 16)
)

export interface TransferOptions {
  readonly name: string
  /** What has been copied leaves its place. */
  readonly isMove: boolean
  readonly isRecursive: boolean
  readonly watch?: Watch | undefined
}

/** A folder that is to be made, below one that has been. */
interface Step {
  readonly node: FolderNode
  readonly to: StoreFolder
  readonly name: string
}

/**
 * Copies a subfolder below another folder, with all messages and, if so asked, all folders below it ([MS-OXCFOLD] 3.2.5.8). Rules and
 * what search folders find go along; permissions are those of a new folder there, so that nobody is let in by a copy.
 */
export function copyFolder(
  from: StoreFolder,
  fid: Fid,
  to: StoreFolder,
  options: Omit<TransferOptions, 'isMove'>,
  actor: Actor
): Promise<{ partial: boolean }> {
  const node = demandSubfolder(from, fid, actor)
  demandPlace(node, to, options.name, actor)
  return transferFolder(node, from, to, { ...options, isMove: false }, actor)
}

/**
 * Writes a folder anew below another one, message by message in writer turns of their own; what cannot be makes the completion
 * partial. A process that ends meanwhile leaves whole messages in whole folders, in one place or, of a copy, in both.
 */
export async function transferFolder(
  node: FolderNode,
  from: StoreFolder,
  to: StoreFolder,
  { name, isMove, isRecursive, watch }: TransferOptions,
  actor: Actor
): Promise<{ partial: boolean }> {
  // What a search folder shows lies elsewhere; in another mailbox it would find nothing.
  const mayBeSearch = from.core === to.core && !isMove
  if (!isTransferable(node, mayBeSearch)) throw new MapiError(ErrorCode.ecNotSupported)
  if (!mayTransfer(from.core, node, actor, isMove)) throw new MapiError(ErrorCode.ecAccessDenied)
  let partial = false
  if (watch !== undefined) watch.total = messagesBelow(node, isRecursive)
  const steps: Step[] = [{ node, to, name }]
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (watch?.isCancelled === true) return { partial: true }
    const source = new StoreFolder(from.core, step.node, actor)
    const copy = await makeCopy(source, step, actor)
    if (step.node.type === 'search') {
      if (!(await copySearch(source, copy, actor))) partial = true
      continue
    }
    await copyRules(source, copy, actor)
    if (await copyContents(source, copy, isMove, actor, watch)) partial = true
    if (!isRecursive) break
    for (const child of step.node.visibleChildren()) {
      // What the actor does not see is not there for him; what he may not take, or is no folder with messages, is left out.
      if (!maySee(from.core, child, actor)) continue
      const isCopied = isTransferable(child, mayBeSearch) && mayTransfer(from.core, child, actor, isMove)
      if (isCopied) steps.push({ node: child, to: copy, name: child.displayName })
      else partial = true
    }
  }
  // A folder of which something is left stays.
  if (!isMove || partial) return { partial }
  return removeFolder(from, node.fid, { messages: false, folders: true, hard: true }, actor)
}

function isTransferable({ type }: FolderNode, mayBeSearch: boolean): boolean {
  return type === 'generic' || (type === 'search' && mayBeSearch)
}

/** Whether somebody may read what a folder holds and, to move it, take something out. */
function mayTransfer(core: MailboxCore, node: FolderNode, actor: Actor, isMove: boolean): boolean {
  const rights = rightsOn(core, node, actor)
  const mayTake = !isMove || (rights & (Right.deleteAny | Right.deleteOwned)) !== 0
  return (rights & Right.readAny) !== 0 && mayTake
}

function messagesBelow(node: FolderNode, isRecursive: boolean): number {
  if (node.type === 'search') return 0
  let messages = node.counters.contentCount + node.counters.associatedCount
  if (isRecursive) for (const child of node.visibleChildren()) messages += messagesBelow(child, true)
  return messages
}

async function makeCopy(source: StoreFolder, { to, name }: Step, actor: Actor): Promise<StoreFolder> {
  const { bag } = source.node
  const text = (tag: PropertyTag): string | undefined => {
    const stored = bag.get(tag)
    return stored === undefined ? undefined : stringOf(stored)
  }
  const [containerClass, comment] = [tags.PidTagContainerClass, tags.PidTagComment].map(text)
  const type = source.type === 'search' ? ('search' as const) : ('generic' as const)
  const spec = { type, displayName: name, comment: comment ?? '', openExisting: false }
  const { folder } = await createFolder(to, containerClass === undefined ? spec : { ...spec, containerClass }, actor)
  const own = source.core === to.core ? bag : await translateBag(bag, source.core, to.core)
  const entries: PropertyEntry[] = []
  for (const [id, { type, bytes }] of own.entries()) {
    if (!OWN_PROPERTIES.has(id) && !readOnlyFolderProperties.has(id)) entries.push({ tag: makeTag(id, type), bytes })
  }
  if (entries.length > 0) await folder.keepCopied(entries)
  return folder
}

/** True when something was left out. */
async function copyContents(
  source: StoreFolder,
  copy: StoreFolder,
  isMove: boolean,
  actor: Actor,
  watch: Watch | undefined
): Promise<boolean> {
  let partial = false
  const all = { normal: true, associated: true }
  for await (const mids of messagesOf(source.core, source.fid, all)) {
    if ((await copyMessages(source, copy, mids, !isMove, actor, watch)).partial) partial = true
    if (watch?.isCancelled === true) return true
  }
  return partial
}
