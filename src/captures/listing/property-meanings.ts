/** What the values of well-known properties mean beyond their type, by property id ([MS-OXPROPS] 2 and the documents that it names). */
import { sayEnumeration, sayFlags } from './value-text.js'
import type { Said } from './walk.js'

type Names = Readonly<Record<string, number>>
type Meaning = (value: number) => Said

const flags =
  (names: Names): Meaning =>
  value =>
    sayFlags(value, names)
const values =
  (names: Names): Meaning =>
  value =>
    sayEnumeration(value, names)

const access = {
  modify: 0x1,
  read: 0x2,
  delete: 0x4,
  createHierarchy: 0x8,
  createContents: 0x10,
  createAssociated: 0x20
}

/** [MS-OXCPERM] 2.2.7. */
const rights = {
  ...{ readAny: 0x1, create: 0x2, editOwned: 0x8, deleteOwned: 0x10, editAny: 0x20, deleteAny: 0x40 },
  ...{ createSubFolder: 0x80, folderOwner: 0x100, folderContact: 0x200, folderVisible: 0x400 },
  ...{ freeBusySimple: 0x800, freeBusyDetailed: 0x1000 }
}

/** [MS-OXCMSG] 2.2.1.6. */
const messageFlags = {
  ...{ mfRead: 0x1, mfUnmodified: 0x2, mfSubmitted: 0x4, mfUnsent: 0x8, mfHasAttach: 0x10, mfFromMe: 0x20 },
  ...{ mfFAI: 0x40, mfResend: 0x80, mfNotifyRead: 0x100, mfNotifyUnread: 0x200, mfEverRead: 0x400 },
  ...{ mfInternet: 0x2000, mfUntrusted: 0x8000 }
}

const displayTypes = {
  ...{ mailUser: 0, distributionList: 1, forum: 2, agent: 3, organization: 4, privateDistributionList: 5 },
  ...{ remoteMailUser: 6, room: 7, equipment: 8, securityDistributionList: 9 },
  ...{ container: 0x100, template: 0x101, addressTemplate: 0x102, search: 0x200 }
}

const objectTypes = {
  ...{ store: 1, addressBook: 2, folder: 3, addressBookContainer: 4, message: 5, mailUser: 6, attachment: 7 },
  ...{ distributionList: 8, profileSection: 9, status: 10, session: 11, formInfo: 12 }
}

const MEANINGS: Readonly<Record<number, Meaning>> = {
  // PidTagImportance, PidTagPriority, PidTagSensitivity
  23: values({ low: 0, normal: 1, high: 2 }),
  38: values({ normal: 0, urgent: 1, nonUrgent: -1 }),
  54: values({ normal: 0, personal: 1, private: 2, confidential: 3 }),
  // PidTagRecipientType
  3093: values({ originator: 0, to: 1, cc: 2, bcc: 3 }),
  // PidTagMessageFlags, PidTagMessageStatus, PidTagAccess, PidTagRowType, PidTagAccessLevel
  3591: flags(messageFlags),
  3607: flags({ msRemoteDownload: 0x1000, msInConflict: 0x800, msRemoteDelete: 0x2000 }),
  4084: flags(access),
  4085: values({ leafRow: 1, emptyCategory: 2, expandedCategory: 3, collapsedCategory: 4 }),
  4087: values({ readOnly: 0, modify: 1 }),
  // PidTagObjectType, PidTagDisplayType
  4094: values(objectTypes),
  14592: values(displayTypes),
  // PidTagFlagStatus
  4240: values({ unflagged: 0, completed: 1, flagged: 2 }),
  // PidTagContainerFlags
  13824: flags({ recipients: 0x1, subcontainers: 0x2, modifiable: 0x4, unmodifiable: 0x8 }),
  // PidTagFolderType
  13825: values({ root: 0, generic: 1, search: 2 }),
  // PidTagRights, PidTagMemberRights
  26169: flags(rights),
  26227: flags(rights),
  // PidTagRuleState
  26231: flags({
    ...{ enabled: 0x1, error: 0x2, onlyWhenOof: 0x4, keepOofHistory: 0x8, exitLevel: 0x10 },
    ...{ skipIfSclIsSafe: 0x20, parseError: 0x40, clearOofHistory: 0x80000000 }
  }),
  // PidTagAttachMethod, PidTagAttachFlags
  14085: values({
    none: 0,
    byValue: 1,
    byReference: 2,
    byReferenceOnly: 4,
    embeddedMessage: 5,
    storage: 6,
    byWebReference: 7
  }),
  14100: flags({ invisibleInHtml: 0x1, invisibleInRtf: 0x2, mhtmlReference: 0x4 }),
  // PidTagRecipientTrackStatus, PidTagRecipientFlags
  24575: values({ none: 0, organized: 1, tentative: 2, accepted: 3, declined: 4, notResponded: 5 }),
  24573: flags({ sendable: 0x1, organizer: 0x2, exceptionalResponse: 0x10, exceptionalDeleted: 0x20, original: 0x100 }),
  // PidTagNativeBody, PidTagMessageEditorFormat
  4118: values({ undefined: 0, plainText: 1, rtf: 2, html: 3, clearSigned: 4 }),
  22793: values({ unknown: 0, plainText: 1, html: 2, rtf: 3 })
}

/** What a 32-bit number says as the value of a property, undefined when it is a mere number. */
export function propertyMeaning(propertyId: number): Meaning | undefined {
  return MEANINGS[propertyId]
}

/** Properties of type PtypInteger64 whose eight bytes are an id ([MS-OXCDATA] 2.2.1): REPLID, then a big-endian counter. */
export const ID_PROPERTIES: ReadonlySet<number> = new Set([
  // PidTagFolderId, PidTagParentFolderId, PidTagMid, PidTagInstID, PidTagAddressBookMessageId
  ...[0x6748, 0x6749, 0x674a, 0x674d, 0x674f]
])

/** Change numbers ([MS-OXCFXICS] 2.2.1.2.3): ids of changes, of the server's choosing. */
export const CHANGE_NUMBER_PROPERTIES: ReadonlySet<number> = new Set([0x67a4])

/** Long forms of ids without a length of their own: replica GUID and counter ([MS-OXCFXICS] 2.2.2.2), `change` for those of changes. */
export const XID_PROPERTIES: ReadonlyMap<number, 'object' | 'change'> = new Map([
  // PidTagSourceKey, PidTagParentSourceKey, PidTagChangeKey
  [0x65e0, 'object'],
  [0x65e1, 'object'],
  [0x65e2, 'change']
])

/** PidTagPredecessorChangeList: change keys, each behind a byte with its size ([MS-OXCFXICS] 2.2.2.3). */
export const PREDECESSOR_CHANGE_LIST = 0x65e3

/** Properties of type PtypInteger32 that are minimal entry ids: PidTagAddressBookContainerId. */
export const MINIMAL_ID_PROPERTIES: ReadonlySet<number> = new Set([0xfffd])
