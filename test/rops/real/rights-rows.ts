/** Which rights each ROP asks for on a folder of somebody else's ([MS-OXCPERM] 2.2.7), and what it answers without them. */
import * as rops from '../../../rops/index.js'
import type { Rop } from '../../../rops/rop.js'
import { Right } from '../../../src/mailbox/permissions/rights.js'
import type { Mid } from '../../../src/oxcdata/ids.js'
import { encodeValue } from '../../../src/oxcdata/property-value.js'
import * as tags from '../../../src/oxprops/property-tags.generated.js'
import { effective, give, type Scene, type Verdict, verdictOf } from './rights-scene.js'

export interface RightsRow {
  readonly rop: string
  /** On what, where one ROP has several rows. */
  readonly on: string
  /** Both kinds of store, unless the documents refuse the ROP in the other one. */
  readonly only?: 'private' | 'public'
  /** While Bob still has every right. */
  before?(scene: Scene, rights: number): Promise<unknown>
  run(scene: Scene): Promise<Verdict>
  /** What the documents demand for these rights on the folder. */
  verdict(rights: number): Verdict
}

type Expected = RightsRow['verdict']
type Run = RightsRow['run']

const { readAny, create, editOwned, editAny, deleteOwned, deleteAny, createSubfolder, folderOwner } = Right
const SEEING = Right.folderVisible | readAny | create | folderOwner

const has = (rights: number, oneOf: number): boolean => (effective(rights) & oneOf) !== 0
const sees: Expected = rights => (has(rights, SEEING) ? 'ok' : 'hidden')
const needs =
  (oneOf: number): Expected =>
  rights =>
    has(rights, oneOf) ? 'ok' : 'denied'
/** The first that is not ok. */
const all =
  (...each: Expected[]): Expected =>
  rights =>
    each.map(one => one(rights)).find(verdict => verdict !== 'ok') ?? 'ok'

const byName = new Map(rops.allRops.map(rop => [rop.name, rop]))
type AnyRop = Parameters<Scene['bob']['call']>[0]

function call(scene: Scene, name: string, request: object, handle: number, destination?: number) {
  const rop = byName.get(name) as Rop as AnyRop
  return scene.bob.call(rop, request, handle, destination === undefined ? {} : { destination })
}

/** On the handle of the folder. */
const onFolder =
  (name: string, request: (scene: Scene) => object): Run =>
  async scene =>
    verdictOf(await call(scene, name, request(scene), scene.folder))

const folderRow = (
  rop: string,
  verdict: Expected,
  request: (scene: Scene) => object = () => ({}),
  on = ''
): RightsRow => ({
  rop,
  on,
  run: onFolder(rop, request),
  verdict
})

type Whose = 'hers' | 'own'
const WHOSE = ['hers', 'own'] as const
const rightsFor = (any: number, owned: number, whose: Whose): number => (whose === 'own' ? any | owned : any)
const reads = (whose: Whose): Expected => (whose === 'own' ? sees : all(sees, needs(readAny)))
const edits = (whose: Whose): Expected => all(reads(whose), needs(rightsFor(editAny, editOwned, whose)))
/** Of what may be deleted only when it is one's own, the rest is left. */
const deletes =
  (whose: Whose): Expected =>
  rights =>
    has(rights, rightsFor(deleteAny, deleteOwned, whose)) ? 'ok' : has(rights, deleteOwned) ? 'partial' : 'denied'

const onBoth = (row: (whose: Whose) => RightsRow): RightsRow[] => WHOSE.map(row)

const flagged = { wantAsynchronous: false, notifyNonRead: false }
const subject = (text: string) => ({ tag: tags.PidTagSubject, bytes: encodeValue(0x001f, text) })
const comment = { propertyValues: [{ tag: tags.PidTagComment, bytes: encodeValue(0x001f, 'changed') }] }
const reading = { propertySizeLimit: 0, wantUnicode: true }
const newFolder = { folderType: 1, useUnicodeStrings: true, openExisting: false, displayName: 'New', comment: '' }
const place = (folderId: number) => ({ wantAsynchronous: false, useUnicode: true, folderId, newFolderName: 'Moved' })

const folders: RightsRow[] = [
  {
    rop: 'RopOpenFolder',
    on: '',
    run: async scene =>
      verdictOf(await call(scene, 'RopOpenFolder', { folderId: scene.folderId, openModeFlags: 0 }, 0)),
    verdict: sees
  },
  folderRow('RopGetHierarchyTable', sees, () => ({ tableFlags: 0 })),
  folderRow('RopGetContentsTable', needs(readAny), () => ({ tableFlags: 0 })),
  folderRow('RopCreateFolder', needs(createSubfolder), () => ({ ...newFolder, reserved: undefined })),
  folderRow('RopDeleteFolder', all(sees, needs(folderOwner)), scene => ({
    deleteFolderFlags: 5,
    folderId: scene.childId
  })),
  { ...emptying('RopEmptyFolder'), only: 'private' },
  { ...emptying('RopHardDeleteMessagesAndSubfolders'), only: 'private' },
  {
    rop: 'RopMoveFolder',
    on: 'out of it',
    run: async scene => verdictOf(await call(scene, 'RopMoveFolder', place(scene.childId), scene.folder, scene.place)),
    verdict: all(sees, needs(folderOwner))
  },
  into('RopMoveFolder', scene => scene.below(), needs(createSubfolder), place),
  {
    rop: 'RopCopyFolder',
    on: 'out of it',
    only: 'private',
    run: async scene => {
      const request = { ...place(scene.childId), wantRecursive: true }
      return verdictOf(await call(scene, 'RopCopyFolder', request, scene.folder, scene.place))
    },
    verdict: needs(readAny)
  },
  {
    ...into(
      'RopCopyFolder',
      scene => scene.below(),
      needs(createSubfolder),
      id => ({ ...place(id), wantRecursive: true })
    ),
    only: 'private'
  },
  folderRow(
    'RopGetPropertiesSpecific',
    sees,
    () => ({ ...reading, propertyTags: [tags.PidTagDisplayName] }),
    'a folder'
  ),
  folderRow('RopGetPropertiesAll', sees, () => reading, 'a folder'),
  folderRow('RopGetPropertiesList', sees, () => ({}), 'a folder'),
  folderRow('RopSetProperties', needs(folderOwner), () => comment, 'a folder'),
  folderRow('RopSetPropertiesNoReplicate', needs(folderOwner), () => comment, 'a folder'),
  folderRow('RopDeleteProperties', needs(folderOwner), () => ({ propertyTags: [tags.PidTagComment] }), 'a folder'),
  folderRow(
    'RopDeletePropertiesNoReplicate',
    needs(folderOwner),
    () => ({ propertyTags: [tags.PidTagComment] }),
    'a folder'
  ),
  {
    ...folderRow(
      'RopOpenStream',
      needs(folderOwner),
      () => ({ propertyTag: 0x36d90102, openModeFlags: 2 }),
      'a folder'
    ),
    only: 'private'
  },
  folderRow('RopModifyPermissions', needs(folderOwner), () => ({ modifyFlags: 0, permissionsData: [] })),
  {
    rop: 'RopGetPermissionsTable',
    on: 'and its rows',
    run: async scene => {
      const { handle } = await call(scene, 'RopGetPermissionsTable', { tableFlags: 0 }, scene.folder)
      await scene.bob.setColumns(handle, [tags.PidTagMemberId])
      return verdictOf(await scene.bob.rows(handle, [tags.PidTagMemberId]))
    },
    verdict: needs(SEEING)
  },
  folderRow('RopGetRulesTable', needs(folderOwner), () => ({ tableFlags: 0 })),
  folderRow('RopModifyRules', needs(folderOwner), () => ({ modifyRulesFlags: 0, rulesData: [] })),
  searchRow('RopGetSearchCriteria', sees, () => ({ useUnicode: true, includeRestriction: true, includeFolders: true })),
  searchRow('RopSetSearchCriteria', needs(folderOwner), scene => ({
    restriction: null,
    folderIds: [scene.placeNode.fid],
    searchFlags: 2
  }))
]

/** The folder with two messages and a folder in it. */
function emptying(rop: string): RightsRow {
  const request = { wantAsynchronous: false, wantDeleteAssociated: false }
  const verdict: Expected = rights => {
    if (!has(rights, SEEING)) return 'hidden'
    if (!has(rights, deleteAny | deleteOwned)) return 'denied'
    return has(rights, deleteAny) && has(rights, folderOwner) ? 'ok' : 'partial'
  }
  return folderRow(rop, verdict, () => request)
}

/** Something of Bob's own that is put into the folder. */
function into(
  rop: string,
  before: (scene: Scene) => Promise<number>,
  verdict: Expected,
  request: (id: number) => object
): RightsRow {
  return {
    rop,
    on: 'into it',
    before: async scene => {
      scene.earlier = await before(scene)
    },
    run: async scene => verdictOf(await call(scene, rop, request(scene.earlier), scene.place, scene.folder)),
    verdict
  }
}

/** A search folder that the rights are about. */
function searchRow(rop: string, verdict: Expected, request: (scene: Scene) => object): RightsRow {
  return {
    rop,
    on: '',
    only: 'private',
    before: async (scene, rights) => {
      const { node, handle } = await scene.search()
      await give(node, rights)
      scene.earlier = handle
    },
    run: async scene => verdictOf(await call(scene, rop, request(scene), scene.earlier)),
    verdict
  }
}

const copying = (wantCopy: boolean) => (mid: Mid) => ({ messageIds: [mid], wantAsynchronous: false, wantCopy })

const inFolder: RightsRow[] = [
  {
    rop: 'RopCreateMessage',
    on: '',
    run: async scene => verdictOf(await call(scene, 'RopCreateMessage', creation(scene, false), 0)),
    verdict: all(sees, needs(create))
  },
  {
    rop: 'RopCreateMessage',
    on: 'FAI',
    run: async scene => verdictOf(await call(scene, 'RopCreateMessage', creation(scene, true), 0)),
    verdict: all(sees, needs(folderOwner))
  },
  into('RopMoveCopyMessages', scene => scene.message(), needs(create), copying(true)),
  ...onBoth(whose => ({
    rop: 'RopMoveCopyMessages',
    on: `copies ${whose}`,
    run: scene => transfer(scene, copying(true)(scene[whose])),
    verdict: needs(readAny)
  })),
  ...onBoth(whose => ({
    rop: 'RopMoveCopyMessages',
    on: `moves ${whose}`,
    run: scene => transfer(scene, copying(false)(scene[whose])),
    verdict: all(needs(readAny), deletes(whose))
  })),
  ...['RopDeleteMessages', 'RopHardDeleteMessages'].flatMap(rop =>
    onBoth(whose => folderRow(rop, deletes(whose), scene => ({ ...flagged, messageIds: [scene[whose]] }), whose))
  ),
  ...onBoth(whose => folderRow('RopGetMessageStatus', needs(readAny), scene => ({ messageId: scene[whose] }), whose)),
  ...onBoth(whose =>
    folderRow(
      'RopSetMessageStatus',
      needs(rightsFor(editAny, editOwned, whose)),
      scene => ({ messageId: scene[whose], messageStatusFlags: 1, messageStatusMask: 1 }),
      whose
    )
  ),
  // Messages that may not be read are passed over, which Exchange does not call partial.
  ...onBoth(whose =>
    folderRow(
      'RopSetReadFlags',
      sees,
      scene => ({ wantAsynchronous: false, readFlags: 0, messageIds: [scene[whose]] }),
      whose
    )
  )
]

function creation({ folderId }: Scene, associatedFlag: boolean) {
  return { codePageId: 0x0fff, folderId, associatedFlag }
}

async function transfer(scene: Scene, request: object): Promise<Verdict> {
  return verdictOf(await call(scene, 'RopMoveCopyMessages', request, scene.folder, scene.place))
}

const [READ_ONLY, READ_WRITE, BEST_ACCESS] = [0, 1, 3]

/** Opens a message with the rights at hand and, where that does, acts on it. */
const onMessage =
  (whose: Whose, act: (scene: Scene, message: number) => Promise<Verdict>): Run =>
  async scene => {
    const opened = await scene.open(scene[whose], BEST_ACCESS)
    return opened.returnValue === 0 ? act(scene, opened.handle) : verdictOf(opened)
  }

const messageRows = (rop: string, verdict: (whose: Whose) => Expected, request: object = {}): RightsRow[] =>
  onBoth(whose => ({
    rop,
    on: `the message, ${whose}`,
    run: onMessage(whose, async (scene, message) => verdictOf(await call(scene, rop, request, message))),
    verdict: verdict(whose)
  }))

/** On the message's attachment, opened as well as it can be. */
const attachmentRows = (rop: string, verdict: (whose: Whose) => Expected, request: object): RightsRow[] =>
  onBoth(whose => ({
    rop,
    on: `the attachment, ${whose}`,
    run: onMessage(whose, async (scene, message) => {
      const opening = { openAttachmentFlags: BEST_ACCESS, attachmentId: 0 }
      const { handle } = await call(scene, 'RopOpenAttachment', opening, message)
      return verdictOf(await call(scene, rop, request, handle))
    }),
    verdict: verdict(whose)
  }))

const messages: RightsRow[] = [
  ...(
    [
      ['read only', READ_ONLY, reads],
      ['to read and write', READ_WRITE, edits],
      ['with best access', BEST_ACCESS, reads]
    ] as const
  ).flatMap(([how, mode, verdict]) =>
    onBoth(whose => ({
      rop: 'RopOpenMessage',
      on: `${whose} ${how}`,
      run: async scene => verdictOf(await scene.open(scene[whose], mode)),
      verdict: verdict(whose)
    }))
  ),
  ...messageRows('RopReloadCachedInformation', reads, { reserved: undefined }),
  ...messageRows('RopGetAttachmentTable', reads, { tableFlags: 0 }),
  ...messageRows('RopOpenAttachment', reads, { openAttachmentFlags: READ_ONLY, attachmentId: 0 }),
  ...messageRows('RopOpenAttachment', edits, { openAttachmentFlags: READ_WRITE, attachmentId: 0 }),
  ...messageRows('RopSetProperties', edits, { propertyValues: [subject('changed')] }),
  ...messageRows('RopSetPropertiesNoReplicate', edits, { propertyValues: [subject('changed')] }),
  ...messageRows('RopDeleteProperties', edits, { propertyTags: [tags.PidTagSubject] }),
  ...messageRows('RopDeletePropertiesNoReplicate', edits, { propertyTags: [tags.PidTagSubject] }),
  ...messageRows('RopModifyRecipients', edits, { recipientColumns: [], recipientRows: [] }),
  ...messageRows('RopRemoveAllRecipients', edits, { reserved: undefined }),
  ...messageRows('RopCreateAttachment', edits),
  ...messageRows('RopDeleteAttachment', edits, { attachmentId: 0 }),
  // A message that is open for reading only has nothing to save, which is no error.
  ...messageRows('RopSaveChangesMessage', reads, { saveFlags: 0 }),
  ...messageRows('RopOpenStream', edits, { propertyTag: tags.PidTagBody, openModeFlags: 2 }).map(onlyPrivate),
  ...attachmentRows('RopSetProperties', edits, comment),
  ...attachmentRows('RopOpenStream', edits, { propertyTag: tags.PidTagAttachDataBinary, openModeFlags: 2 }).map(
    onlyPrivate
  ),
  ...attachmentRows('RopOpenEmbeddedMessage', edits, { codePageId: 0x0fff, openModeFlags: 2 }),
  ...attachmentRows('RopSaveChangesAttachment', edits, { saveFlags: 0 })
]

function onlyPrivate(row: RightsRow): RightsRow {
  return { ...row, only: 'private' }
}

const logon: RightsRow[] = [
  ...['RopGetOwningServers', 'RopPublicFolderIsGhosted'].map(
    (rop): RightsRow => ({
      rop,
      on: '',
      only: 'public',
      run: async scene => verdictOf(await call(scene, rop, { folderId: scene.folderId }, 0)),
      verdict: sees
    })
  ),
  // These are for the owner of the mailbox, whatever somebody else may do with a folder.
  ...(
    [
      ['RopSetReceiveFolder', (scene: Scene) => ({ folderId: scene.folderId, messageClass: 'IPM.Mine' })],
      ['RopSetProperties', () => ({ propertyValues: [{ tag: 0x661d000b, bytes: Buffer.from([1]) }] })],
      ['RopSetPropertiesNoReplicate', () => ({ propertyValues: [{ tag: 0x661d000b, bytes: Buffer.from([1]) }] })],
      ['RopDeleteProperties', () => ({ propertyTags: [0x661d000b] })],
      ['RopDeletePropertiesNoReplicate', () => ({ propertyTags: [0x661d000b] })]
    ] as const
  ).map(
    ([rop, request]): RightsRow => ({
      rop,
      on: 'the logon',
      only: 'private',
      run: async scene => verdictOf(await call(scene, rop, request(scene), 0)),
      verdict: () => 'denied'
    })
  ),
  {
    rop: 'RopGetReceiveFolder',
    on: 'where the folder receives a class',
    only: 'private',
    before: scene => Promise.resolve(scene.core.setReceiveFolder('IPM.Mine', scene.folderId, scene.core.owner)),
    run: async scene => {
      const { value } = await call(scene, 'RopGetReceiveFolder', { messageClass: 'IPM.Mine' }, 0)
      return (value as { folderId: number }).folderId === scene.folderId ? 'ok' : 'hidden'
    },
    verdict: sees
  },
  {
    rop: 'RopGetReceiveFolderTable',
    on: 'where the folder receives a class',
    only: 'private',
    before: scene => Promise.resolve(scene.core.setReceiveFolder('IPM.Mine', scene.folderId, scene.core.owner)),
    run: async scene => {
      const { value } = await call(scene, 'RopGetReceiveFolderTable', {}, 0)
      const rows = (value as { rows: unknown[][] }).rows
      return rows.length === 5 ? 'ok' : 'hidden'
    },
    verdict: sees
  }
]

export const rightsRows: readonly RightsRow[] = [...folders, ...inFolder, ...messages, ...logon]

const OPEN_OBJECT = 'reads or changes in memory what a ROP of the matrix has opened, which asked for the rights'
const NO_FOLDER = 'touches no folder: ids, names and numbers of a mailbox, the same for everybody who may log on'
const OWN_STATE = 'speaks of the read states of the one who asks; of folders that he does not see as of none'

/** Executed ROPs that ask for no right on a folder, with the reason. */
export const withoutRights: ReadonlyMap<string, string> = new Map([
  ['RopLogon', 'opens a mailbox, in which every folder is then asked for'],
  ['RopRelease', 'gives a handle back'],
  ...(
    [
      [
        'RopReadRecipients',
        'RopSetMessageReadFlag',
        'RopSetColumns',
        'RopSortTable',
        'RopRestrict',
        'RopQueryRows',
        'RopGetStatus'
      ],
      ['RopQueryPosition', 'RopSeekRow', 'RopSeekRowBookmark', 'RopSeekRowFractional', 'RopCreateBookmark'],
      ['RopQueryColumnsAll', 'RopAbort', 'RopFindRow', 'RopExpandRow', 'RopCollapseRow', 'RopGetCollapseState'],
      ['RopSetCollapseState', 'RopResetTable', 'RopFreeBookmark', 'RopReadStream', 'RopWriteStream', 'RopSeekStream'],
      ['RopSetStreamSize', 'RopCopyToStream', 'RopCommitStream', 'RopGetStreamSize', 'RopWriteStreamExtended']
    ] as const
  )
    .flat()
    .map(name => [name, OPEN_OBJECT] as const),
  ...(
    [
      ['RopGetNamesFromPropertyIds', 'RopGetPropertyIdsFromNames', 'RopQueryNamedProperties', 'RopLongTermIdFromId'],
      [
        'RopIdFromLongTermId',
        'RopGetAddressTypes',
        'RopGetTransportFolder',
        'RopGetStoreState',
        'RopGetLocalReplicaIds'
      ]
    ] as const
  )
    .flat()
    .map(name => [name, NO_FOLDER] as const),
  ...['RopGetPerUserLongTermIds', 'RopGetPerUserGuid', 'RopReadPerUserInformation', 'RopWritePerUserInformation'].map(
    name => [name, OWN_STATE] as const
  )
])
