import { array, empty, enumeration, flags, type Infer, struct, u8, u16 } from '../../src/bufferstructs/index.js'
import type { PermissionChange } from '../../src/mailbox/permissions/modify-permissions.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { decodeValue } from '../../src/oxcdata/property-value.js'
import { taggedPropertyValue } from '../../src/oxcdata/tagged-value.js'
import { PidTagEntryId, PidTagMemberId, PidTagMemberRights } from '../../src/oxprops/property-tags.generated.js'
import { chain } from '../chain.js'
import { rop } from '../rop.js'

const modifyFlags = flags(u8, { replaceRows: 0x01, includeFreeBusy: 0x02 })
const permissionDataFlags = enumeration(u8, { addRow: 0x01, modifyRow: 0x02, removeRow: 0x04 })
const permissionData = struct({ permissionDataFlags, propertyValues: array(u16, taggedPropertyValue) })

const KINDS: Readonly<Record<number, PermissionChange['kind'] | undefined>> = {
  [permissionDataFlags.names.addRow]: 'add',
  [permissionDataFlags.names.modifyRow]: 'modify',
  [permissionDataFlags.names.removeRow]: 'remove'
}

/** [MS-OXCROPS] 2.2.10.1, [MS-OXCPERM] 2.2.2, 3.2.5.2: changes a folder's permissions. */
export const RopModifyPermissions = rop(0x40, 'RopModifyPermissions', {
  input: ['folder'],
  writes: ['folder'],
  request: struct({ modifyFlags, permissionsData: array(u16, permissionData) }),
  response: empty,
  execute(call, { modifyFlags: bits, permissionsData }) {
    const { replaceRows, includeFreeBusy } = modifyFlags.names
    if ((bits & ~(replaceRows | includeFreeBusy)) !== 0) throw new MapiError(ErrorCode.ecInvalidParam)
    const options = { replace: (bits & replaceRows) !== 0, includeFreeBusy: (bits & includeFreeBusy) !== 0 }
    return chain(call.input.modifyPermissions(permissionsData.map(changeOf), options, call.actor), () => ({}))
  }
})

/** What a PermissionData structure says ([MS-OXCPERM] 2.2.2.1.1); other properties than the three are passed over. */
function changeOf(data: Infer<typeof permissionData>): PermissionChange {
  const kind = KINDS[data.permissionDataFlags]
  if (kind === undefined) throw new MapiError(ErrorCode.ecInvalidParam)
  const bytesOf = (tag: number) => data.propertyValues.find(entry => entry.tag === tag)?.bytes
  const memberId = bytesOf(PidTagMemberId)
  const rights = bytesOf(PidTagMemberRights)
  return {
    kind,
    entryId: bytesOf(PidTagEntryId),
    memberId: memberId && BigInt.asUintN(64, decodeValue(PidTagMemberId & 0xffff, memberId) as bigint),
    rights: rights && (decodeValue(PidTagMemberRights & 0xffff, rights) as number) >>> 0
  }
}
