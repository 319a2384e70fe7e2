import type { PropertyTag } from '../../oxcdata/property-tag.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { wireId } from '../change-key.js'
import type { Actor } from '../domain.js'
import type { StoreFolder } from '../folders/folder.js'
import { demandRight } from '../permissions/access.js'
import { Right } from '../permissions/rights.js'
import { type Rule, ruleColumns } from '../rules/rule.js'
import { int32, readInt32 } from '../stored-values.js'
import { type ListRow, ListTable } from './list-table.js'

/** The standard rules of a folder, in the order in which they are evaluated ([MS-OXORULE] 2.2.2, 3.2.5.3). */
export class RulesTable extends ListTable {
  readonly source = 'rules'

  constructor(
    private readonly folder: StoreFolder,
    private readonly actor: Actor
  ) {
    super(folder.core.localeId)
  }

  allColumns(): PropertyTag[] {
    return [...ruleColumns]
  }

  protected listRows(): ListRow[] {
    const { core, node } = this.folder
    this.folder.demandAlive()
    demandRight(core, node, this.actor, Right.folderOwner)
    const rules = [...node.rules].sort((a, b) => sequenceOf(a) - sequenceOf(b) || a.id - b.id)
    return rules.map(rule => ({ key: rule.id, value: tag => columnOf(rule, tag) }))
  }
}

function sequenceOf({ properties }: Rule): number {
  return readInt32(properties.get(tags.PidTagRuleSequence)) ?? 0
}

function columnOf({ id, properties }: Rule, tag: PropertyTag): Uint8Array | undefined {
  if (tag === tags.PidTagRuleId) return wireId(id)
  return properties.get(tag) ?? (tag === tags.PidTagRuleLevel ? int32(0) : undefined)
}
