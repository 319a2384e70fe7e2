import { type Fid, globcntOf, type Mid } from '../../oxcdata/ids.js'
import { PropertyBag } from '../../oxcdata/property-bag.js'
import { storedString } from '../../oxcdata/stored-string.js'
import * as tags from '../../oxprops/property-tags.generated.js'
import { gid, predecessorChangeList, wireCn, wireId } from '../change-key.js'
import type { Actor } from '../domain.js'
import { entryIdOfFolder, entryIdOfMessage } from '../entry-ids.js'
import type { MailboxCore } from '../mailbox-core.js'
import { computedTable } from '../stored-object.js'
import { bool, int32, int64, readInt32, size32 } from '../stored-values.js'
import type { StoreMessage } from './message.js'
import { Access, MessageFlag, seenFlags } from './message-flags.js'

const NORMAL = int32(1)
const NOTE = storedString('IPM.Note')
const ZERO = int32(0)
const FRESH_FLAGS = int32(MessageFlag.read | MessageFlag.unsent | MessageFlag.everRead)
const SEARCH_KEY_BYTES = 16

/** What the identifiers of a stored message are made from; contents tables use the same. */
export interface MessageIdentity {
  readonly core: Pick<MailboxCore, 'guid' | 'replicaGuid' | 'replicaBytes' | 'storeKind'>
  readonly fid: Fid
  /** 0 for a message that has no id yet or is embedded: it has no identifiers. */
  readonly mid: Mid
  readonly cn: number
}

type IdentityRow = readonly [tag: number, of: (message: MessageIdentity) => Uint8Array]

const IDENTITY: readonly IdentityRow[] = [
  [tags.PidTagMid, message => wireId(message.mid)],
  [tags.PidTagInstID, message => wireId(message.mid)],
  [tags.PidTagInstanceNum, () => int32(0)],
  [tags.PidTagInstanceKey, message => wireId(message.mid)],
  [tags.PidTagFolderId, message => wireId(message.fid)],
  [tags.PidTagParentFolderId, message => wireId(message.fid)],
  [tags.PidTagEntryId, ({ core, fid, mid }) => entryIdOfMessage(core, fid, mid)],
  [tags.PidTagParentEntryId, ({ core, fid }) => entryIdOfFolder(core, fid)],
  [tags.PidTagSourceKey, ({ core, mid }) => gid(core.replicaBytes, globcntOf(mid))],
  [tags.PidTagParentSourceKey, ({ core, fid }) => gid(core.replicaBytes, globcntOf(fid))],
  [tags.PidTagChangeKey, ({ core, cn }) => gid(core.replicaBytes, cn)],
  [tags.PidTagPredecessorChangeList, ({ core, cn }) => predecessorChangeList(core.replicaBytes, cn)],
  [tags.PidTagChangeNumber, message => wireCn(message.cn)]
]

const identityById = new Map(IDENTITY.map(row => [row[0] >>> 16, row]))

/** The value of an identifier of a stored message, undefined when the property is none. */
export function identityValue(message: MessageIdentity, propertyId: number): Uint8Array | undefined {
  const row = message.mid === 0 ? undefined : identityById.get(propertyId)
  return row?.[1](message)
}

/** Tags of the identifiers. */
export const identityTags: readonly number[] = IDENTITY.map(([tag]) => tag)

/** Identifiers that a list of all properties leaves out: a client asks for them by name. */
const UNLISTED = new Set<number>([
  tags.PidTagInstID,
  tags.PidTagInstanceNum,
  tags.PidTagParentFolderId,
  tags.PidTagChangeNumber
])

/** The flags as stored; in a public store with the read state of the one who has the message open. */
function storedFlags({ properties, reader, fid, cn }: StoreMessage): number {
  const flags = readInt32(properties.get(tags.PidTagMessageFlags)) ?? 0
  return reader === undefined || cn === 0 ? flags : seenFlags(flags, reader.has(fid, cn))
}

function flagsOf(message: StoreMessage): number {
  const others = storedFlags(message) & ~(MessageFlag.hasAttachments | MessageFlag.associated)
  const attached = message.content.hasVisibleAttachments ? MessageFlag.hasAttachments : 0
  return others | attached | (message.associated ? MessageFlag.associated : 0)
}

/** A new message cannot be deleted yet ([MS-OXCMSG] R353). */
function accessOf(message: StoreMessage): number {
  if (message.cn === 0) return Access.modify | Access.read
  return Access.read | (message.mayEdit ? Access.modify : 0) | (message.mayDelete ? Access.delete : 0)
}

/**
 * What the server computes of an open message ([MS-OXCMSG] 2.2.1). PidTagObjectType and PidTagRecordKey are not among
 * it: Exchange 2010 and later do not have them on messages (R3001, R3003).
 */
export const messageComputed = computedTable<StoreMessage>([
  ...IDENTITY.map(
    ([tag, of]) =>
      [
        tag,
        (message: StoreMessage) => (message.mid === 0 ? undefined : of(message)),
        UNLISTED.has(tag) ? 'unlisted' : 'listed'
      ] as const
  ),
  [tags.PidTagAccess, message => int32(accessOf(message))],
  [tags.PidTagAccessLevel, message => int32(message.writable ? 1 : 0)],
  [tags.PidTagMappingSignature, message => message.core.mappingSignature],
  [tags.PidTagStoreEntryId, message => message.core.storeEntryId],
  [tags.PidTagStoreRecordKey, message => message.core.guidBytes],
  [tags.PidTagMessageFlags, message => int32(flagsOf(message))],
  [tags.PidTagRead, message => bool((storedFlags(message) & MessageFlag.read) !== 0)],
  [tags.PidTagHasAttachments, message => bool(message.content.hasVisibleAttachments)],
  [tags.PidTagHasNamedProperties, message => bool(message.hasNamedProperties)],
  [tags.PidTagMessageSize, message => size32(message.sizeBytes())],
  [tags.PidTagMessageSizeExtended, message => int64(BigInt(message.sizeBytes()))],
  [
    tags.PidTagLocalCommitTime,
    message => (message.cn === 0 ? undefined : message.properties.get(tags.PidTagLastModificationTime))
  ]
])

/**
 * Property ids that a client cannot set on a message: computed ones and those that the server writes ([MS-OXCMSG]
 * 2.2.1.1). PidTagMessageFlags is not among them, because bits of it can be set before the first save.
 */
export const readOnlyMessageProperties: ReadonlySet<number> = new Set(
  [
    ...[...messageComputed.keys()].map(id => id << 16),
    tags.PidTagCreationTime,
    tags.PidTagLastModificationTime,
    tags.PidTagLastModifierName,
    tags.PidTagLastModifierEntryId,
    tags.PidTagCreatorName,
    tags.PidTagCreatorEntryId,
    tags.PidTagSearchKey,
    tags.PidTagObjectType,
    tags.PidTagRecordKey,
    tags.PidTagDisplayTo,
    tags.PidTagDisplayCc,
    tags.PidTagDisplayBcc,
    tags.PidTagInternetArticleNumber
  ].map(tag => tag >>> 16)
)

/**
 * Changes of these are taken without a word, and the save that would bring them in fails ([MS-OXCMSG] R1644, R1867,
 * R1868, note <26>).
 */
export const refusedAtSaveProperties: ReadonlySet<number> = new Set(
  [
    tags.PidTagMessageSize,
    tags.PidTagAccess,
    tags.PidTagAccessLevel,
    tags.PidTagObjectType,
    tags.PidTagRecordKey,
    tags.PidTagHasAttachments,
    tags.PidTagCreationTime,
    tags.PidTagLastModificationTime
  ].map(tag => tag >>> 16)
)

/**
 * What a new message begins with ([MS-OXCMSG] 3.2.5.2). Exchange 2016 leaves the display lists out (R164101), and
 * Exchange 2010 and later do not have PidTagTrustSender (R1635).
 */
export function freshMessageBag(
  core: MailboxCore,
  creator: Actor = core.owner,
  searchKey: Uint8Array = core.runtime.random(new Uint8Array(SEARCH_KEY_BYTES))
): PropertyBag {
  const now = int64(core.filetime())
  const locale = int32(core.localeId)
  const name = storedString(creator.displayName)
  const entryId = core.userEntryId(creator.legacyDn)
  return new PropertyBag()
    .set(tags.PidTagImportance, NORMAL)
    .set(tags.PidTagMessageClass, NOTE)
    .set(tags.PidTagSensitivity, ZERO)
    .set(tags.PidTagMessageFlags, FRESH_FLAGS)
    .set(tags.PidTagMessageStatus, ZERO)
    .set(tags.PidTagCreationTime, now)
    .set(tags.PidTagLastModificationTime, now)
    .set(tags.PidTagSearchKey, searchKey)
    .set(tags.PidTagMessageLocaleId, locale)
    .set(tags.PidTagLocaleId, locale)
    .set(tags.PidTagCreatorName, name)
    .set(tags.PidTagCreatorEntryId, entryId)
    .set(tags.PidTagLastModifierName, name)
    .set(tags.PidTagLastModifierEntryId, entryId)
}

/** As `freshMessageBag`, for a message that a client makes: PidTagMessageCodepage is the code page that it names ([MS-OXCMSG] 2.2.1.4). */
export function newMessageBag(core: MailboxCore, creator: Actor, codePage: number): PropertyBag {
  return freshMessageBag(core, creator).set(tags.PidTagMessageCodepage, int32(codePage))
}
