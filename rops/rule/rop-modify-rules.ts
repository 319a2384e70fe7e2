import {
  array,
  empty,
  enumeration,
  flags,
  type Infer,
  id,
  Reader,
  struct,
  u8,
  u16
} from '../../src/bufferstructs/index.js'
import type { RuleChange } from '../../src/mailbox/rules/modify-rules.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { PidTagRuleId } from '../../src/oxprops/property-tags.generated.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const modifyRulesFlags = flags(u8, { replace: 0x01 })
const ruleDataFlags = enumeration(u8, { rowAdd: 0x01, rowModify: 0x02, rowRemove: 0x04 })
const ruleData = struct({ ruleDataFlags, propertyValues: array(u16, taggedPropertyValue) })

const KINDS: Readonly<Record<number, RuleChange['kind'] | undefined>> = {
  [ruleDataFlags.names.rowAdd]: 'add',
  [ruleDataFlags.names.rowModify]: 'modify',
  [ruleDataFlags.names.rowRemove]: 'remove'
}

/** [MS-OXCROPS] 2.2.11.1, [MS-OXORULE] 2.2.1, 3.2.5.2: changes a folder's rules. */
export const RopModifyRules = rop(0x41, 'RopModifyRules', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ modifyRulesFlags, rulesData: array(u16, ruleData) }),
  response: empty,
  execute(call, { modifyRulesFlags: bits, rulesData }) {
    const { replace } = modifyRulesFlags.names
    if ((bits & ~replace) !== 0) throw new MapiError(ErrorCode.ecInvalidParam)
    const options = { replace: (bits & replace) !== 0 }
    return chain(call.input.modifyRules(rulesData.map(changeOf), options, call.actor), () => ({}))
  }
})

function changeOf({ ruleDataFlags: what, propertyValues }: Infer<typeof ruleData>): RuleChange {
  const kind = KINDS[what]
  // One property at least (R36).
  if (kind === undefined || propertyValues.length === 0) throw new MapiError(ErrorCode.ecInvalidParam)
  const entry = propertyValues.find(({ tag }) => tag === PidTagRuleId)
  const properties = propertyValues.filter(other => other !== entry)
  return { kind, ruleId: entry && id.read(new Reader(entry.bytes)), properties }
}
