/**
 * The folders of a fresh public folder store ([MS-OXCSTOR] 2.2.1.1.4, in the order of the public logon's answer). Root and
 * IPM subtree have the ids that they have in a private mailbox, the others ids that nothing there has.
 */
import { type Fid, makeId } from '../../oxcdata/ids.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import { storedString } from '../../oxcdata/stored-string.js'
import {
  PidTagAttributeHidden,
  PidTagCreationTime,
  PidTagDisplayName,
  PidTagLastModificationTime
} from '../../oxprops/property-tags.generated.js'
import { FolderNode } from '../folders/folder-node.js'
import type { FolderTree } from '../folders/folder-tree.js'
import { PermissionList } from '../permissions/permission-list.js'
import { permissionLevels, Right } from '../permissions/rights.js'
import { FALSE, int64, readInt32 } from '../stored-values.js'

interface PublicFolder {
  readonly globcnt: number
  readonly parent: PublicFolderName | null
  readonly displayName: string
  /** What everybody may do; folders made below have the same. */
  readonly everybody: number
}

const below = (globcnt: number, displayName: string, everybody: number = permissionLevels.reviewer) =>
  ({ globcnt, parent: 'nonIpmSubtree', displayName, everybody }) as const

/** Parents stand before their children. Exchange lets everybody write into public folders unless told otherwise. */
export const publicFolders = {
  root: { globcnt: 0x101, parent: null, displayName: 'Public Root', everybody: Right.folderVisible },
  ipmSubtree: { globcnt: 0x108, parent: 'root', displayName: 'IPM_SUBTREE', everybody: permissionLevels.author },
  nonIpmSubtree: { globcnt: 0x130, parent: 'root', displayName: 'NON_IPM_SUBTREE', everybody: Right.folderVisible },
  eformsRegistry: below(0x131, 'EFORMS REGISTRY'),
  freeBusy: below(0x132, 'SCHEDULE+ FREE BUSY', permissionLevels.editor),
  offlineAddressBook: below(0x133, 'OFFLINE ADDRESS BOOK')
} as const satisfies Record<string, { globcnt: number; parent: string | null; displayName: string; everybody: number }>

export type PublicFolderName = keyof typeof publicFolders

const rows = Object.entries(publicFolders) as unknown as readonly (readonly [PublicFolderName, PublicFolder])[]

/** FID of a folder that every public store has. */
export function publicFid(name: PublicFolderName): number {
  return makeId(1, publicFolders[name].globcnt)
}

/** PidTagEformsLocaleId: language of a folder below the forms registry. */
const EFORMS_LOCALE_ID = 0x3fe90003

/**
 * What the answer of a public logon names ([MS-OXCSTOR] 2.2.1.1.4): root, IPM and non-IPM subtree, forms registry and the one
 * for a language. Exchange 2013 and later leave the folders of free/busy, offline address book and newsgroups out (note <9>).
 */
export function publicLogonFolders(tree: FolderTree, localeId: number): Fid[] {
  const named = [publicFid('root'), publicFid('ipmSubtree'), publicFid('nonIpmSubtree'), publicFid('eformsRegistry')]
  const registry = tree.find(publicFid('eformsRegistry'))
  let forms = 0
  for (const { fid, bag } of registry?.visibleChildren() ?? []) {
    if (readInt32(bag.get(EFORMS_LOCALE_ID)) === localeId) forms = fid
  }
  return [...named, 0, 0, forms, ...Array.from({ length: 6 }, () => 0)]
}

/** The folders of a fresh public store, parents first, each with a change number of `takeCn`. */
export function freshPublicFolders(time: bigint, takeCn: () => number): FolderNode[] {
  return rows.map(([name, { parent, displayName, everybody }]) => {
    const bag = new PropertyBag()
      .set(PidTagDisplayName, storedString(displayName))
      .set(PidTagAttributeHidden, FALSE)
      .set(PidTagCreationTime, int64(time))
      .set(PidTagLastModificationTime, int64(time))
    const parentFid = parent === null ? 0 : publicFid(parent)
    const node = new FolderNode(publicFid(name), parentFid, parent === null ? 'root' : 'generic', false, takeCn(), bag)
    node.loadPermissions(PermissionList.of(everybody).members)
    return node
  })
}
