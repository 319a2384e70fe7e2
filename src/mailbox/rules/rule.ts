import { PackedProperties, packProperties } from '../../oxcdata/packed-properties.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import * as tags from '../../oxprops/property-tags.generated.js'

/** A standard rule of a folder ([MS-OXORULE] 2.2.1.3.1). */
export interface Rule {
  /** PidTagRuleId as an object id of the mailbox. */
  readonly id: number
  /** Its other properties. */
  readonly properties: PropertyBag
}

/** The properties that a standard rule can have, PidTagRuleId first. */
export const ruleColumns: readonly PropertyTag[] = [
  ...[tags.PidTagRuleId, tags.PidTagRuleSequence, tags.PidTagRuleState, tags.PidTagRuleName, tags.PidTagRuleProvider],
  ...[tags.PidTagRuleLevel, tags.PidTagRuleUserFlags, tags.PidTagRuleProviderData, tags.PidTagRuleCondition],
  tags.PidTagRuleActions
]

/** The value of a rule in the store. */
export function writeRule({ properties }: Rule): Uint8Array {
  return packProperties(properties)
}

export function readRule(id: number, bytes: Uint8Array): Rule {
  return { id, properties: new PackedProperties(bytes).toBag() }
}

/** A rule with some properties set anew; the bag of the old one stays as it is. */
export function changedRule({ id, properties }: Rule, changes: PropertyBag): Rule {
  const bag = new PropertyBag()
  for (const from of [properties, changes]) {
    for (const [propertyId, { type, bytes }] of from.entries()) bag.put(propertyId, type, bytes)
  }
  return { id, properties: bag }
}
