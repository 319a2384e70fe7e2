import { folderEntryId, messageEntryId, StoreObjectType } from '../oxcdata/entry-id.js'
import { type Fid, globcntOf, type Mid } from '../oxcdata/ids.js'

/** What entry ids of a mailbox's objects are made from: they carry the mailbox's GUID as provider. */
export interface EntryIdSource {
  readonly guid: string
  readonly replicaGuid: string
}

/** Entry id of a folder, 46 bytes ([MS-OXCDATA] 2.2.4.1): the same bytes wherever it is shown. */
export function entryIdOfFolder(mailbox: EntryIdSource, fid: Fid): Uint8Array {
  return folderEntryId({
    provider: mailbox.guid,
    objectType: StoreObjectType.privateFolder,
    databaseGuid: mailbox.replicaGuid,
    globcnt: globcntOf(fid)
  })
}

/** Entry id of a message, 70 bytes ([MS-OXCDATA] 2.2.4.2). */
export function entryIdOfMessage(mailbox: EntryIdSource, fid: Fid, mid: Mid): Uint8Array {
  return messageEntryId({
    provider: mailbox.guid,
    objectType: StoreObjectType.privateMessage,
    folderDatabaseGuid: mailbox.replicaGuid,
    folderGlobcnt: globcntOf(fid),
    messageDatabaseGuid: mailbox.replicaGuid,
    messageGlobcnt: globcntOf(mid)
  })
}
