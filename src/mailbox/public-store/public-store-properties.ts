import { storedString } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { entryIdOfFolder } from '../entry-ids.js'
import type { MailboxCore } from '../mailbox-core.js'
import { SERVER_TYPE_DISPLAY_NAME, storeCommon } from '../mailbox-properties.js'
import { computedTable } from '../stored-object.js'
import { int32 } from '../stored-values.js'
import { type PublicFolderName, publicFid } from './public-folders.js'

/** Provider of a public folder store: what clients compare PidTagStoreProvider with. */
const MDB_PROVIDER = 0x34140102
const PUBLIC_STORE_PROVIDER = Uint8Array.from(Buffer.from('78b2fa70aff711cd9bc800aa002fc45a', 'hex'))

/**
 * PidTagStoreSupportMask: as that of a mailbox without search and submission, and the bit for public folders, whose
 * messages everybody has a read state of his own for.
 */
const STORE_SUPPORT =
  0x0001 |
  0x0008 |
  0x0010 |
  0x0020 |
  0x0040 |
  0x0100 |
  0x0200 |
  0x0400 |
  0x0800 |
  0x1000 |
  0x2000 |
  0x4000 |
  0x10000 |
  0x40000

/** PidTagValidFolderMask: of the folders that a store can name only the IPM subtree is there. */
const IPM_SUBTREE_VALID = 0x01

/** Entry ids of the folders that the answer of a public logon names, on the store. */
const FOLDER_ENTRY_IDS: readonly (readonly [tag: number, folder: PublicFolderName])[] = [
  [tags.PidTagIpmSubtreeEntryId, 'ipmSubtree'],
  [0x66310102, 'ipmSubtree'],
  [0x66200102, 'nonIpmSubtree'],
  [0x66210102, 'eformsRegistry']
]

/**
 * What the server computes of a public folders logon ([MS-OXCSTOR] 2.2.2.2). PidTagAddressBookMessageId is never there,
 * because there is no public folder with an offline address book. What only a mailbox has is not there either, the map of
 * REPLIDs above all: Outlook was seen to crash over it.
 */
export const publicStoreComputed = computedTable<MailboxCore>([
  ...storeCommon,
  // Each logon puts the one who has logged on in its place.
  [tags.PidTagUserEntryId, core => core.userEntryId(core.owner.legacyDn), 'unlisted'],
  [tags.PidTagAddressBookMessageId, () => undefined],
  [tags.PidTagDisplayName, () => storedString('Public Folders')],
  [tags.PidTagStoreSupportMask, () => int32(STORE_SUPPORT)],
  [MDB_PROVIDER, () => PUBLIC_STORE_PROVIDER],
  [SERVER_TYPE_DISPLAY_NAME, () => storedString('Microsoft Exchange')],
  [tags.PidTagValidFolderMask, () => int32(IPM_SUBTREE_VALID)],
  ...FOLDER_ENTRY_IDS.map(
    ([tag, folder]) => [tag, (core: MailboxCore) => entryIdOfFolder(core, publicFid(folder))] as const
  )
])
