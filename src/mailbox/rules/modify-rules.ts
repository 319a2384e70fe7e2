import { keys } from '../../../store/index.js'
import { limits } from '../../limits.js'
import { ErrorCode } from '../../oxcdata/error-code.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import type { PropertyEntry } from '../../oxcdata/property-tag.js'
import { isString } from '../../oxcdata/property-type.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import type { Maybe } from '../domain.js'
import type { FolderNode } from '../folders/folder-node.js'
import type { MailboxCore } from '../mailbox-core.js'
import { int32, readInt32 } from '../stored-values.js'
import { changedRule, ruleColumns, writeRule } from './rule.js'

/** One change of a folder's rules as a client says it ([MS-OXORULE] 2.2.1.3). */
export interface RuleChange {
  readonly kind: 'add' | 'modify' | 'remove'
  /** PidTagRuleId of the rule to change or to remove. */
  readonly ruleId?: number | undefined
  readonly properties: readonly PropertyEntry[]
}

/** ST_ERROR and ST_RULE_PARSE_ERROR are the server's to set ([MS-OXORULE] R66, R77). */
const OWN_STATE = 0x42

const KNOWN = new Map(ruleColumns.slice(1).map(tag => [tag >>> 16, tag & 0xffff]))

/**
 * Changes the standard rules of a folder, all of it or, for any change that cannot be made, nothing ([MS-OXORULE] 3.2.5.2). `replace`:
 * the rules that there are go first. Errors: ecInvalidParam, ecNotFound, ecOutOfMemory when the rules are then too large; those that
 * are within the folder's bound are kept all the same.
 */
export function modifyRules(
  core: MailboxCore,
  node: FolderNode,
  changes: readonly RuleChange[],
  { replace }: { replace: boolean }
): Maybe<void> {
  const wanted = changes.map(checked)
  if (replace && wanted.some(({ kind }) => kind !== 'add')) throw new MapiError(ErrorCode.ecInvalidParam)
  let sizeBytes = 0
  const done = core.write('modify rules', turn => {
    if (node.isGone) throw new MapiError(ErrorCode.ecObjectDeleted)
    const rules = new Map(replace ? [] : node.rules.map(rule => [rule.id, rule]))
    for (const { kind, ruleId, properties } of wanted) {
      if (kind === 'add') {
        const id = turn.takeFid()
        rules.set(id, { id, properties })
        continue
      }
      const rule = ruleId === undefined ? undefined : rules.get(ruleId)
      if (rule === undefined) throw new MapiError(ErrorCode.ecNotFound)
      if (kind === 'remove') rules.delete(rule.id)
      else rules.set(rule.id, changedRule(rule, properties))
    }
    const next = [...rules.values()]
    for (const { properties } of next) sizeBytes += properties.sizeBytes
    if (sizeBytes > limits.folderRulesMostBytes) throw new MapiError(ErrorCode.ecOutOfMemory)
    const before = new Set(node.rules)
    for (const { id } of node.rules) if (!rules.has(id)) turn.batch.delete(keys.rule.of(core.number, node.fid, id))
    for (const rule of next) {
      if (!before.has(rule)) turn.batch.put(keys.rule.of(core.number, node.fid, rule.id), writeRule(rule))
    }
    const cn = turn.nextCn()
    turn.putFolderLater(node, { cn })
    turn.after(() => {
      node.rules = next
    })
    turn.tell({ kind: 'folderChanged', fid: node.fid, parentFid: node.parentFid, cn })
  })
  // What is too much is told, but what was asked for is there (R815, R911).
  const tell = (): void => {
    if (sizeBytes > limits.folderRulesBytes) throw new MapiError(ErrorCode.ecOutOfMemory)
  }
  return done instanceof Promise ? done.then(tell) : tell()
}

interface CheckedChange {
  readonly kind: RuleChange['kind']
  readonly ruleId: number | undefined
  readonly properties: PropertyBag
}

/** Only the properties of a standard rule, in their types (R39); level 0 whatever is asked for (R93). */
function checked({ kind, ruleId, properties }: RuleChange): CheckedChange {
  const bag = new PropertyBag()
  for (const { tag, bytes } of properties) {
    const type = KNOWN.get(tag >>> 16)
    const isType = type === (tag & 0xffff) || (type !== undefined && isString(type) && isString(tag & 0xffff))
    if (type === undefined || !isType) throw new MapiError(ErrorCode.ecInvalidParam)
    bag.put(tag >>> 16, type, bytes)
  }
  const state = bag.get(tags.PidTagRuleState)
  if (state !== undefined) bag.set(tags.PidTagRuleState, int32((readInt32(state) ?? 0) & ~OWN_STATE))
  if (bag.get(tags.PidTagRuleLevel) !== undefined) bag.set(tags.PidTagRuleLevel, int32(0))
  if (kind !== 'remove' && properties.length === 0) throw new MapiError(ErrorCode.ecInvalidParam)
  if (kind === 'add' && ruleId !== undefined) throw new MapiError(ErrorCode.ecInvalidParam)
  return { kind, ruleId, properties: bag }
}
