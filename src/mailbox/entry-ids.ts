import { folderEntryId, messageEntryId, muidPublicFolders, StoreObjectType } from '../oxcdata/entry-id.js'
import { type Fid, globcntOf, type Mid } from '../oxcdata/ids.js'

/** What entry ids of a mailbox's objects are made from. */
export interface EntryIdSource {
  readonly guid: string
  readonly replicaGuid: string
  readonly storeKind: 'private' | 'public'
}

/** Ids of a mailbox carry its GUID as provider, those of public folders one that all of them have ([MS-OXCDATA] 2.2.4.1). */
function providerOf({ guid, storeKind }: EntryIdSource): string {
  return storeKind === 'public' ? muidPublicFolders : guid
}

/** Entry id of a folder, 46 bytes ([MS-OXCDATA] 2.2.4.1): the same bytes wherever it is shown. */
export function entryIdOfFolder(mailbox: EntryIdSource, fid: Fid): Uint8Array {
  return folderEntryId({
    provider: providerOf(mailbox),
    objectType: mailbox.storeKind === 'public' ? StoreObjectType.publicFolder : StoreObjectType.privateFolder,
    databaseGuid: mailbox.replicaGuid,
    globcnt: globcntOf(fid)
  })
}

/** Entry id of a message, 70 bytes ([MS-OXCDATA] 2.2.4.2). */
export function entryIdOfMessage(mailbox: EntryIdSource, fid: Fid, mid: Mid): Uint8Array {
  return messageEntryId({
    provider: providerOf(mailbox),
    objectType: mailbox.storeKind === 'public' ? StoreObjectType.publicMessage : StoreObjectType.privateMessage,
    folderDatabaseGuid: mailbox.replicaGuid,
    folderGlobcnt: globcntOf(fid),
    messageDatabaseGuid: mailbox.replicaGuid,
    messageGlobcnt: globcntOf(mid)
  })
}
