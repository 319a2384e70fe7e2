import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import type { Actor, Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import { access, demandRight } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { searcherOf } from './search.js'

type Completion = { partial: boolean }

/**
 * What is done to messages that a search folder shows is done to the messages themselves, in the folders that hold them and with the
 * rights that the actor has there: the search folder has links only ([MS-OXCFOLD] 3.2.5.4). `work` gets the messages of one home folder
 * at a time. Ids that the search folder does not show make the completion partial.
 */
export async function inHomeFolders(
  core: MailboxCore,
  searchFolder: FolderNode,
  mids: readonly Mid[],
  work: (home: FolderNode, mids: readonly Mid[]) => Maybe<Completion>
): Promise<Completion> {
  const { homes, isCut } = homesOf(core, searchFolder, mids)
  let partial = isCut
  let done = 0
  let refusal: MapiError | undefined
  for (const [fid, own] of homes) {
    const home = core.tree.find(fid)
    try {
      if (home === undefined) throw new MapiError(ErrorCode.ecNotFound)
      const outcome = await work(home, own)
      partial ||= outcome.partial
      done++
    } catch (error) {
      // Where the actor may not, nothing is done, and the rest goes on.
      if (!(error instanceof MapiError)) throw error
      refusal = error
      partial = true
    }
  }
  if (refusal !== undefined && done === 0) throw refusal
  return { partial }
}

function homesOf(
  core: MailboxCore,
  { fid }: FolderNode,
  mids: readonly Mid[]
): { homes: Map<Fid, Mid[]>; isCut: boolean } {
  const homes = new Map<Fid, Mid[]>()
  let isCut = false
  for (const mid of new Set(mids)) {
    const record = core.searches.shows(fid, mid) ? core.messages.find(mid) : undefined
    if (record === undefined || record.softDeleted) isCut = true
    else homes.get(record.fid)?.push(mid) ?? homes.set(record.fid, [mid])
  }
  return { homes, isCut }
}

/** The folder that holds a message which a folder shows: itself, unless it is a search folder. Errors: ecNotFound. */
export function homeOf(core: MailboxCore, node: FolderNode, mid: Mid): FolderNode {
  if (node.type !== 'search') return node
  const record = core.searches.shows(node.fid, mid) ? core.messages.find(mid) : undefined
  return core.demandNode(record?.fid ?? 0, ErrorCode.ecNotFound)
}

/**
 * Throws ecAccessDenied unless somebody may see what a search folder shows: he is the one who searches, or he may read in every
 * folder that is searched. Otherwise rights on the search folder would be rights on whatever it finds.
 */
export function demandFound(core: MailboxCore, node: FolderNode, actor: Actor): void {
  const search = node.type === 'search' ? core.searches.find(node.fid) : undefined
  if (search === undefined || access(core, actor).full) return
  if (search.record.searcher !== '' && search.record.searcher === searcherOf(core, actor)) return
  for (const covered of search.coveredFolders()) demandRight(core, covered, actor, Right.readAny)
}
