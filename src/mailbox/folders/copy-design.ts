import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { makeTag, type PropertyEntry } from '../../oxcdata/property-tag.js'
import type { Actor } from '../domain.js'
import { rightsOn } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { modifyRules, type RuleChange } from '../rules/modify-rules.js'
import { SearchFlag } from '../search/search-criteria.js'
import type { StoreFolder } from './folder.js'
import { removeFolder } from './remove-folder.js'

/**
 * Gives the copy of a folder its standard rules, under ids of their own; extended rules are messages and go with the others. Whoever
 * may not see the rules copies none. Named properties and folders in rules are those of one mailbox: into another one they do
 * not go.
 */
export async function copyRules(source: StoreFolder, copy: StoreFolder, actor: Actor): Promise<void> {
  const { core, node } = source
  if (node.rules.length === 0 || core !== copy.core) return
  for (const one of [source, copy]) if ((rightsOn(core, one.node, actor) & Right.folderOwner) === 0) return
  const changes = node.rules.map(({ properties }): RuleChange => {
    const entries: PropertyEntry[] = []
    for (const [id, { type, bytes }] of properties.entries()) entries.push({ tag: makeTag(id, type), bytes })
    return { kind: 'add', properties: entries }
  })
  try {
    await modifyRules(core, copy.node, changes, { replace: false })
  } catch (error) {
    // They are kept although they are too large, as they were in the folder that they come from.
    if (!(error instanceof MapiError) || error.code !== ErrorCode.ecOutOfMemory) throw error
  }
}

/**
 * Makes the copy of a search folder search for the same in the same folders, anew. False when it cannot, because a folder of its scope
 * is gone or not the actor's to read: then there is no copy.
 */
export async function copySearch(source: StoreFolder, copy: StoreFolder, actor: Actor): Promise<boolean> {
  const { core } = source
  const search = core.searches.find(source.fid)
  // One that has never been told what to find does not in the copy either.
  if (search === undefined) return true
  const { criteria, isStopped } = search.record
  const { restriction, scope, isRecursive, isStatic } = criteria
  const flags =
    (isStopped ? SearchFlag.stop : SearchFlag.restart) |
    (isRecursive ? SearchFlag.recursive : SearchFlag.shallow) |
    (isStatic ? SearchFlag.static : 0)
  try {
    await core.searches.set(copy.node, { restriction, scope, flags }, actor)
    return true
  } catch (error) {
    if (!(error instanceof MapiError)) throw error
    const parent = copy.parent()
    if (parent !== undefined)
      await removeFolder(parent, copy.fid, { messages: true, folders: true, hard: true }, core.owner)
    return false
  }
}
