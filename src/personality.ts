/**
 * What a version of Exchange does differently, as named traits. The law includes the Product Behavior notes of the
 * protocol documents: where a note names the version that the server claims to be, the note wins over the main text.
 * Handlers ask a trait, never a version number. Every trait names the note that it comes from.
 */
export interface Personality {
  /** Name as world files and the command line spell it. */
  readonly name: string
  /** Server version that Connect answers and X-ServerApplication shows, e.g. 15.01.2507.055. */
  readonly version: readonly [number, number, number, number]
  /** Milliseconds between two PENDING keep-alives, X-PendingPeriod ([MS-OXCMAPIHTTP] R158001, R158002). */
  readonly pendingPeriodMs: number
  /**
   * What stands in the answered handle table for a handle that the call released. [MS-OXCROPS] note <25> knows only that it is
   * neither a valid handle nor 0xFFFFFFFF; the value is the one seen in answers of Exchange SE.
   */
  readonly releasedHandleSlot: number
  /** SizeNeeded of RopBufferTooSmall: Exchange SE was seen to answer 32,767 whatever is needed. */
  readonly bufferTooSmallSizeNeeded: number
  /** Bytes of all extended buffers of a request; a larger one is ecRpcFailed ([MS-OXCRPC] R2001). */
  readonly requestBufferBytes: number
  /** ServerCapabilityFlags of AUX_SERVER_CAPABILITIES ([MS-OXCRPC] 2.2.2.2.19), 0 sends no such block. */
  readonly serverCapabilities: number
  /** AUX_ENDPOINT_CAPABILITIES is sent ([MS-OXCRPC] R1739, R1839). */
  readonly sendsEndpointCapabilities: boolean
  /** OrgFlags of AUX_EXORGINFO beside PUBLIC_FOLDERS_ENABLED ([MS-OXCRPC] R1893). */
  readonly organizationFlags: number
  /** Connect with an empty UserDn is ecAccessDenied ([MS-OXCRPC] R4887); else it succeeds as the authenticated user (R1437). */
  readonly emptyUserDnIsDenied: boolean
  /** Milliseconds without a request after which a session ends. */
  readonly sessionIdleMs: number
  /** RopOpenFolder and RopCreateFolder tell of rules; false answers HasRules 0 always ([MS-OXCFOLD] R25001, note <2>). */
  readonly hasRulesIsReported: boolean
  /** RopOpenFolder opens soft-deleted folders; false ignores OpenSoftDeleted ([MS-OXCFOLD] R22001, R22002, note <1>). */
  readonly softDeletedFoldersOpen: boolean
  /**
   * RopCopyFolder, RopEmptyFolder and RopHardDeleteMessagesAndSubfolders work on public folders; false answers ecNotSupported
   * ([MS-OXCFOLD] R19702001, R97501001, R98301001, notes <5>, <7> and <8>).
   */
  readonly publicFoldersAreCopiedAndEmptied: boolean
  /** PartialCompletion of RopCopyFolder stays FALSE when something could not be copied ([MS-OXCFOLD] R271502, note <6>). */
  readonly copyFolderNeverPartial: boolean
  /** RopDeleteFolder with undefined flag bits is ecInvalidParam; false ignores them ([MS-OXCFOLD] R123402, note <15>). */
  readonly deleteFolderFlagsAreChecked: boolean
  /** PropertySizeLimit of RopGetPropertiesSpecific and RopGetPropertiesAll counts; false ignores it ([MS-OXCPRPT] R9070101, R90707, note <4>). */
  readonly propertySizeLimitCounts: boolean
  /** Origin of RopQueryRows that read backwards and found no more rows is BOOKMARK_END ([MS-OXCTABL] R897, note <25>). */
  readonly backwardReadEndsAtEnd: boolean
  /** RopExpandRow returns rows; false answers ecNotSupported to a MaxRowCount above 0 ([MS-OXCTABL] R748, R747, note <16>). */
  readonly expandRowReturnsRows: boolean
  /** RopSaveChangesMessage leaves the access of the open message alone for KeepOpenReadOnly ([MS-OXCMSG] R2192, note <13>). */
  readonly keepOpenReadOnlyIsIgnored: boolean
  /** RopSaveChangesMessage on a message opened read-only succeeds and saves nothing; else it is ecError ([MS-OXCMSG] R3020, note <27>). */
  readonly savingReadOnlySucceeds: boolean
  /** RopSaveChangesMessage succeeds, without saving, where another handle was first; else it is ecObjectModified ([MS-OXCMSG] R1643, note <25>). */
  readonly saveConflictSucceeds: boolean
  /**
   * Changes of read-only properties are taken by RopSetProperties without a problem, and the save that follows is ecError
   * ([MS-OXCMSG] R1644, R1639, notes <26> and <16>); else RopSetProperties answers the problem.
   */
  readonly readOnlyChangesFailSave: boolean
  /** RopOpenEmbeddedMessage with ReadOnly opens the message for writing too ([MS-OXCMSG] R3013, note <17>). */
  readonly embeddedMessagesOpenWritable: boolean
  /** PartialCompletion of RopSetReadFlags is zero whatever happened ([MS-OXCMSG] R3012, note <15>). */
  readonly readFlagsNeverPartial: boolean
  /** RopLongTermIdFromId of id zero succeeds ([MS-OXCSTOR] R1337, note <43>). */
  readonly zeroIdHasLongTermId: boolean
  /** RopIdFromLongTermId of a zero replica GUID succeeds; else it is ecInvalidParam ([MS-OXCSTOR] R94801001, note <44>). */
  readonly zeroGuidHasId: boolean
  /** RopGetStoreState answers NotImplemented ([MS-OXCSTOR] R3125, R884, note <11>). */
  readonly storeStateIsNotImplemented: boolean
  /** Numbers of a public folder that a client leaves in a private mailbox are checked ([MS-OXCSTOR] R1021006, R1021004, note <48>). */
  readonly privatePerUserDataIsChecked: boolean
  /** RopReadPerUserInformation with a DataOffset below zero: ecError; once ecRpcFormat ([MS-OXCSTOR] R1042, R1007, note <45>). */
  readonly negativePerUserOffsetError: number
  /**
   * The first logon of a session, and one to the same mailbox, may lack USE_PER_MDB_REPLID_MAPPING. The notes disagree for
   * Exchange 2016: [MS-OXCSTOR] R3145 says that it may, R1046001 and R1046002 that the call fails.
   */
  readonly firstLogonNeedsNoReplidMapping: boolean
  /**
   * NspiGetSpecialTable answers all rows whatever version of the hierarchy table the client has, and says no version of its own
   * ([MS-OXNSPI] R748001, R750001, notes <3> and <4>); else the version that the server has is said, and a client that has it gets no rows.
   */
  readonly hierarchyVersionIsIgnored: boolean
  /** NspiGetProps with a container that does not exist is ErrorsReturned ([MS-OXNSPI] R2003005, note <5>); else InvalidBookmark. */
  readonly propsOfUnknownContainerSucceed: boolean
  /** NspiResortRestriction takes every sort type ([MS-OXNSPI] R1194002, note <6>); else one that is not SortTypeDisplayName is GeneralFailure. */
  readonly restrictionsResortByAnyType: boolean
  /** NspiModProps removes certificates and adds none ([MS-OXNSPI] R2003007, note <7>). */
  readonly certificatesAreOnlyRemoved: boolean
  /** NspiModLinkAtt changes members and delegates and answers GeneralFailure all the same ([MS-OXNSPI] R2003009, note <8>); else Success. */
  readonly linkChangesAnswerFailure: boolean
}

/** Exchange Server 2016, last cumulative update: the default. */
export const exchange2016: Personality = {
  name: 'exchange2016',
  version: [15, 1, 2507, 55],
  pendingPeriodMs: 30000,
  releasedHandleSlot: 0x01fffffe,
  bufferTooSmallSizeNeeded: 32767,
  requestBufferBytes: 0x8007,
  serverCapabilities: 0x00000008,
  sendsEndpointCapabilities: true,
  organizationFlags: 0x00000002,
  emptyUserDnIsDenied: true,
  sessionIdleMs: 900000,
  hasRulesIsReported: false,
  softDeletedFoldersOpen: false,
  publicFoldersAreCopiedAndEmptied: false,
  copyFolderNeverPartial: true,
  deleteFolderFlagsAreChecked: false,
  propertySizeLimitCounts: false,
  backwardReadEndsAtEnd: true,
  expandRowReturnsRows: false,
  keepOpenReadOnlyIsIgnored: true,
  savingReadOnlySucceeds: true,
  saveConflictSucceeds: true,
  readOnlyChangesFailSave: true,
  embeddedMessagesOpenWritable: true,
  readFlagsNeverPartial: true,
  zeroIdHasLongTermId: true,
  zeroGuidHasId: true,
  storeStateIsNotImplemented: true,
  privatePerUserDataIsChecked: true,
  negativePerUserOffsetError: 0x80004005,
  firstLogonNeedsNoReplidMapping: true,
  hierarchyVersionIsIgnored: true,
  propsOfUnknownContainerSucceed: true,
  restrictionsResortByAnyType: true,
  certificatesAreOnlyRemoved: true,
  linkChangesAnswerFailure: true
}
