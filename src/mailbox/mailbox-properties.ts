import { Writer } from '../bufferstructs/index.js'
import { storedString } from '../oxcdata/stored-string.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { entryIdOfFolder } from './entry-ids.js'
import type { FolderCounters } from './folders/folder-node.js'
import { type SpecialFolderName, specialFid } from './folders/special-folders.js'
import type { MailboxCore } from './mailbox-core.js'
import type { StoreKind } from './mailbox-record.js'
import { computedTable } from './stored-object.js'
import { FALSE, int32, int64, size32 } from './stored-values.js'

/** MAPI object type of a store ([MS-OXCPRPT] 2.2.1.7). */
const STORE_OBJECT = 1

/** Provider of a user's own mailbox: what clients compare PidTagStoreProvider with. */
const MDB_PROVIDER = 0x34140102
const PRIMARY_MAILBOX_PROVIDER = Uint8Array.from(Buffer.from('5494a1c0297f101ba58708002b2a2517', 'hex'))

/**
 * PidTagStoreSupportMask: unique entry ids, search, modify, create, attach, OLE, submit, notify, multivalued properties,
 * categorize, RTF, restrict, sort, HTML, Unicode.
 */
const STORE_SUPPORT =
  0x0001 |
  0x0004 |
  0x0008 |
  0x0010 |
  0x0020 |
  0x0040 |
  0x0080 |
  0x0100 |
  0x0200 |
  0x0400 |
  0x0800 |
  0x1000 |
  0x2000 |
  0x10000 |
  0x40000

/** PidTagValidFolderMask: all eight folders that the store names by entry id are there. */
const ALL_FOLDERS = 0xff
/** No name of it is published. */
export const SERVER_TYPE_DISPLAY_NAME = 0x341d001f
/** No limit ([MS-OXCSTOR] 2.2.2.1.1). */
const UNLIMITED = -1
const EXTENDED_RULE_BYTES = 98_304
/** PidTagStoreState while there are search folders ([MS-OXCSTOR] 2.2.2.1.1.5). */
const HAS_SEARCHES = 0x01000000

/** Entry ids of folders on the store, beside those of RopLogon. */
const FOLDER_ENTRY_IDS: readonly (readonly [tag: number, folder: SpecialFolderName])[] = [
  [tags.PidTagIpmSubtreeEntryId, 'ipmSubtree'],
  [0x35e10102, 'inbox'],
  [tags.PidTagIpmOutboxEntryId, 'outbox'],
  [tags.PidTagIpmWastebasketEntryId, 'deletedItems'],
  [tags.PidTagIpmSentMailEntryId, 'sentItems'],
  [tags.PidTagViewsEntryId, 'views'],
  [tags.PidTagCommonViewsEntryId, 'commonViews'],
  [tags.PidTagFinderEntryId, 'finder']
]

/** Over all folders that hold messages; what search folders show lies in others. */
function sum(core: MailboxCore, of: (counters: FolderCounters) => number): number {
  let total = 0
  for (const { counters, type } of core.tree.all()) if (type !== 'search') total += of(counters)
  return total
}

/** A limit as clients read it: in kilobytes, -1 where there is none. */
function kibibytes(bytes: number | null): Uint8Array {
  const kilobytes = bytes === null ? UNLIMITED : Math.floor(bytes / 1024)
  return int32(kilobytes >= 0x7fffffff ? UNLIMITED : kilobytes)
}

function hasSearches(core: MailboxCore): boolean {
  for (const { type } of core.tree.all()) if (type === 'search') return true
  return false
}

/** PidTagSerializedReplidGuidMap: pairs of REPLID and GUID, 18 bytes each ([MS-OXCSTOR] 2.2.2.1.1.13). */
function replidMap(core: MailboxCore): Uint8Array {
  const writer = new Writer(64)
  for (const { replid, guid } of core.replids.entries()) {
    writer.u16(replid)
    writer.guid(guid)
  }
  return writer.written()
}

/** What a private mailbox and the public store have in common. */
export const storeCommon: readonly (readonly [tag: number, of: (core: MailboxCore) => Uint8Array | undefined])[] = [
  [tags.PidTagEntryId, core => core.storeEntryId],
  [tags.PidTagStoreEntryId, core => core.storeEntryId],
  [tags.PidTagRecordKey, core => core.guidBytes],
  [tags.PidTagStoreRecordKey, core => core.guidBytes],
  [tags.PidTagMappingSignature, core => core.mappingSignature],
  [tags.PidTagObjectType, () => int32(STORE_OBJECT)],
  [tags.PidTagContentCount, core => int32(sum(core, counters => counters.contentCount))],
  [tags.PidTagMessageSize, core => size32(core.space.sizeBytes)],
  [tags.PidTagMessageSizeExtended, core => int64(BigInt(core.space.sizeBytes))],
  [tags.PidTagCodePageId, core => int32(core.codePage)]
]

/** What the server computes of a private mailbox logon ([MS-OXCSTOR] 2.2.2.1, and what clients read at their start). */
export const mailboxComputed = computedTable<MailboxCore>([
  ...storeCommon,
  [tags.PidTagMailboxOwnerName, core => storedString(core.owner.displayName)],
  [tags.PidTagMailboxOwnerEntryId, core => core.userEntryId(core.owner.legacyDn), 'unlisted'],
  [tags.PidTagUserEntryId, core => core.userEntryId(core.owner.legacyDn), 'unlisted'],
  [tags.PidTagDisplayName, core => storedString(core.owner.displayName)],
  [tags.PidTagStoreSupportMask, () => int32(STORE_SUPPORT)],
  [tags.PidTagStoreState, core => int32(hasSearches(core) ? HAS_SEARCHES : 0)],
  [MDB_PROVIDER, () => PRIMARY_MAILBOX_PROVIDER],
  [SERVER_TYPE_DISPLAY_NAME, () => storedString('Microsoft Exchange')],
  [tags.PidTagValidFolderMask, () => int32(ALL_FOLDERS)],
  ...FOLDER_ENTRY_IDS.map(
    ([tag, folder]) => [tag, (core: MailboxCore) => entryIdOfFolder(core, specialFid(folder))] as const
  ),
  [tags.PidTagExtendedRuleSizeLimit, () => int32(EXTENDED_RULE_BYTES)],
  [tags.PidTagMaximumSubmitMessageSize, core => kibibytes(core.space.limits.sendMessageBytes)],
  [tags.PR_STORAGE_QUOTA_LIMIT, core => kibibytes(core.space.limits.warningBytes)],
  [tags.PidTagProhibitReceiveQuota, core => kibibytes(core.space.limits.receiveBytes)],
  [tags.PidTagProhibitSendQuota, core => kibibytes(core.space.limits.sendBytes)],
  [tags.PidTagSerializedReplidGuidMap, replidMap, 'unlisted']
])

/**
 * Property ids of the store that a client cannot set. Comment, display name and DeleteAfterSubmit are refused since
 * Exchange 2013 ([MS-OXCSTOR] R6280001, R3128, R306800301).
 */
export const readOnlyMailboxProperties: ReadonlySet<number> = new Set([
  ...mailboxComputed.keys(),
  tags.PidTagComment >>> 16,
  tags.PidTagDeleteAfterSubmit >>> 16
])

/** A client may remove it all the same ([MS-OXCSTOR] R654001). */
export const removableMailboxProperties: ReadonlySet<number> = new Set([tags.PidTagDeleteAfterSubmit >>> 16])

/** Stored properties of a fresh mailbox ([MS-OXCSTOR] 2.2.2.1.2): what a client may change later. */
export function freshMailboxProperties(
  localeId: number,
  storeKind: StoreKind
): readonly { tag: number; bytes: Uint8Array }[] {
  const locale = [
    { tag: tags.PidTagLocaleId, bytes: int32(localeId) },
    { tag: tags.PidTagSortLocaleId, bytes: int32(localeId) }
  ]
  // Nobody who could be out of his office owns the public folders.
  return storeKind === 'public' ? locale : [{ tag: tags.PidTagOutOfOfficeState, bytes: FALSE }, ...locale]
}
