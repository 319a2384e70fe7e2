/** Static limits of the server, each with its unit and source. Settings that a user may change live in config.ts. */
export const limits = {
  /** One payload of an extended buffer, before RPC_HEADER_EXT ([MS-OXCRPC] 3.1.4.2.1.1.1, R726). */
  payloadBytes: 32767,
  /** Largest MaxRopOut that is honoured ([MS-OXCRPC] R20). */
  maxRopOutBytes: 0x40000,
  /** A property value up to this size lives in its object's record; a larger one is a blob, read as a stream only. */
  inlineValueBytes: 32768,
  /** Piece of a large value, one flushed batch each. */
  blobPieceBytes: 1 << 20,
  /** Strings in table cells are cut to this many characters, the last three being "..." (seen on Exchange SE). */
  tableStringChars: 255,
  /** Every other cell type is cut at this many bytes ([MS-OXCTABL] R121, R122). */
  tableCellBytes: 510,
  /** Characters of a folder's display name. */
  folderNameChars: 256,
  /** Object handles of one session, per kind of object. */
  handlesPerKind: 500,
  /** Columns by which a table is sorted; for more RopSortTable is ecTooComplex ([MS-OXCDATA] 2.4). */
  sortColumns: 32,
  /** Levels of categories of one table, as many as Outlook groups by. */
  categoryLevels: 4,
  /** Bookmarks of one table. */
  bookmarksPerTable: 1000,
  /** Largest MaxRopOut of a server that announces ULTRA_LARGE_PACKED_DOWNLOAD_BUFFERS ([MS-OXCRPC] R666001). */
  ultraLargeRopOutBytes: 0x100000,
  /** Payloads in one response ([MS-OXCRPC] R969). */
  payloadsPerResponse: 96,
  /** An auxiliary buffer, either way ([MS-OXCRPC] 3.1.4.1, cbAuxIn and pcbAuxOut). */
  auxiliaryBytes: 0x1008,
  /** A response payload below this size is not worth compressing ([MS-OXCRPC] R1635). */
  compressFromBytes: 1024,
  /** An asynchronous operation is answered by its progress when it takes longer than this. */
  progressAfterMs: 1000,
  /** Sessions of one user. The 32 of Exchange 2003 to 2010 (KB 842022) bound RPC connections; MAPI/HTTP has no such number. */
  sessionsPerUser: 512,
  /** Sessions of the server. */
  sessions: 10000,
  /** Notifications that wait in one session's queue. */
  queuedNotifications: 1000,
  /** NotificationWait and EcDoAsyncWaitEx end after this time without an event ([MS-OXCMAPIHTTP] R1215, [MS-OXCNOTIF] R307). */
  notificationWaitMs: 300000,
  /** Values and rows that one open object may hold in memory; a record of a message has to be written in one go. */
  objectBytes: 8 << 20,
  /** Above this many bytes in one object, a value goes to a blob when it is larger than `spilledValueBytes`. */
  spillFromBytes: 1 << 20,
  spilledValueBytes: 2048,
  /** Properties of one object. */
  objectProperties: 2048,
  /** Properties of a folder, which is resident as long as its mailbox is open. */
  folderBytes: 256 << 10,
  /** What clients have put into open objects and not saved: of one mailbox, of the server. */
  unsavedBytesPerMailbox: 256 << 20,
  unsavedBytes: 1 << 30,
  /** Rows of an unusual order of a contents table that stay in memory; a longer order lies in the store's temporary space. */
  residentOrderRows: 8192,
  /** Rows that are sorted in memory at a time while such an order is built. */
  sortedOrderRows: 65_536,
  /** Recipients of one message ([MS-OXCMSG] leaves the number to the server). */
  recipients: 5000,
  /** Attachments of one message ([MS-OXCMSG] R1060: server defined). */
  attachments: 1024,
  /** Messages inside messages. */
  embeddedDepth: 60,
  /** An 8-bit string as a stream is converted whole: the text may have this many bytes. */
  convertedStreamBytes: 8 << 20,
  /** Rules of one folder, as Exchange bounds them by default; more than the second are not kept at all ([MS-OXORULE] R815, R911). */
  folderRulesBytes: 256 << 10,
  folderRulesMostBytes: 1 << 20,
  /** Folders of one mailbox: all of them are resident. */
  folders: 32_000,
  /** Block of RopReadPerUserInformation, by default and at most ([MS-OXCSTOR] notes <46> and <47>). */
  perUserBlockBytes: 4096,
  /** What a client may say at a time that somebody has read in one public folder. */
  perUserDataBytes: 256 << 10,
  /** Public folders of which one mailbox keeps what its owner has read. */
  perUserFolders: 1000,
  /** Message classes for which a mailbox names a folder that receives them. */
  receiveFolders: 500,
  /** Searches with criteria of one mailbox: a message that comes in is looked at by each that covers its folder. */
  searches: 500,
  /** Folders that one search names; with their subfolders it may look at all. */
  searchScope: 4096,
  /** Named properties of one mailbox ([MS-OXCPRPT] 3.2.5.10). */
  namedProperties: 32767
} as const
