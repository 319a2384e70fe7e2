/** The table of all ROPs ([MS-OXCROPS] 2.2.2), by RopId. */

import { RopFastTransferDestinationConfigure } from './fasttransfer/rop-fast-transfer-destination-configure.js'
import { RopFastTransferDestinationPutBuffer } from './fasttransfer/rop-fast-transfer-destination-put-buffer.js'
import { RopFastTransferDestinationPutBufferExtended } from './fasttransfer/rop-fast-transfer-destination-put-buffer-extended.js'
import { RopFastTransferSourceCopyFolder } from './fasttransfer/rop-fast-transfer-source-copy-folder.js'
import { RopFastTransferSourceCopyMessages } from './fasttransfer/rop-fast-transfer-source-copy-messages.js'
import { RopFastTransferSourceCopyProperties } from './fasttransfer/rop-fast-transfer-source-copy-properties.js'
import { RopFastTransferSourceCopyTo } from './fasttransfer/rop-fast-transfer-source-copy-to.js'
import { RopFastTransferSourceGetBuffer } from './fasttransfer/rop-fast-transfer-source-get-buffer.js'
import { RopTellVersion } from './fasttransfer/rop-tell-version.js'
import { RopCopyFolder } from './folder/rop-copy-folder.js'
import { RopCreateFolder } from './folder/rop-create-folder.js'
import { RopDeleteFolder } from './folder/rop-delete-folder.js'
import { RopDeleteMessages } from './folder/rop-delete-messages.js'
import { RopEmptyFolder } from './folder/rop-empty-folder.js'
import { RopGetContentsTable } from './folder/rop-get-contents-table.js'
import { RopGetHierarchyTable } from './folder/rop-get-hierarchy-table.js'
import { RopGetSearchCriteria } from './folder/rop-get-search-criteria.js'
import { RopHardDeleteMessages } from './folder/rop-hard-delete-messages.js'
import { RopHardDeleteMessagesAndSubfolders } from './folder/rop-hard-delete-messages-and-subfolders.js'
import { RopMoveCopyMessages } from './folder/rop-move-copy-messages.js'
import { RopMoveFolder } from './folder/rop-move-folder.js'
import { RopOpenFolder } from './folder/rop-open-folder.js'
import { RopSetSearchCriteria } from './folder/rop-set-search-criteria.js'
import { RopGetLocalReplicaIds } from './ics/rop-get-local-replica-ids.js'
import { RopSetLocalReplicaMidsetDeleted } from './ics/rop-set-local-replica-midset-deleted.js'
import { RopSynchronizationConfigure } from './ics/rop-synchronization-configure.js'
import { RopSynchronizationGetTransferState } from './ics/rop-synchronization-get-transfer-state.js'
import { RopSynchronizationImportDeletes } from './ics/rop-synchronization-import-deletes.js'
import { RopSynchronizationImportHierarchyChange } from './ics/rop-synchronization-import-hierarchy-change.js'
import { RopSynchronizationImportMessageChange } from './ics/rop-synchronization-import-message-change.js'
import { RopSynchronizationImportMessageMove } from './ics/rop-synchronization-import-message-move.js'
import { RopSynchronizationImportReadStateChanges } from './ics/rop-synchronization-import-read-state-changes.js'
import { RopSynchronizationOpenCollector } from './ics/rop-synchronization-open-collector.js'
import { RopSynchronizationUploadStateStreamBegin } from './ics/rop-synchronization-upload-state-stream-begin.js'
import { RopSynchronizationUploadStateStreamContinue } from './ics/rop-synchronization-upload-state-stream-continue.js'
import { RopSynchronizationUploadStateStreamEnd } from './ics/rop-synchronization-upload-state-stream-end.js'
import { RopGetOwningServers } from './logon/rop-get-owning-servers.js'
import { RopGetPerUserGuid } from './logon/rop-get-per-user-guid.js'
import { RopGetPerUserLongTermIds } from './logon/rop-get-per-user-long-term-ids.js'
import { RopGetReceiveFolder } from './logon/rop-get-receive-folder.js'
import { RopGetReceiveFolderTable } from './logon/rop-get-receive-folder-table.js'
import { RopGetStoreState } from './logon/rop-get-store-state.js'
import { RopIdFromLongTermId } from './logon/rop-id-from-long-term-id.js'
import { RopLogon } from './logon/rop-logon.js'
import { RopLongTermIdFromId } from './logon/rop-long-term-id-from-id.js'
import { RopPublicFolderIsGhosted } from './logon/rop-public-folder-is-ghosted.js'
import { RopReadPerUserInformation } from './logon/rop-read-per-user-information.js'
import { RopSetReceiveFolder } from './logon/rop-set-receive-folder.js'
import { RopWritePerUserInformation } from './logon/rop-write-per-user-information.js'
import { RopCreateAttachment } from './message/rop-create-attachment.js'
import { RopCreateMessage } from './message/rop-create-message.js'
import { RopDeleteAttachment } from './message/rop-delete-attachment.js'
import { RopGetAttachmentTable } from './message/rop-get-attachment-table.js'
import { RopGetMessageStatus } from './message/rop-get-message-status.js'
import { RopGetValidAttachments } from './message/rop-get-valid-attachments.js'
import { RopModifyRecipients } from './message/rop-modify-recipients.js'
import { RopOpenAttachment } from './message/rop-open-attachment.js'
import { RopOpenEmbeddedMessage } from './message/rop-open-embedded-message.js'
import { RopOpenMessage } from './message/rop-open-message.js'
import { RopReadRecipients } from './message/rop-read-recipients.js'
import { RopReloadCachedInformation } from './message/rop-reload-cached-information.js'
import { RopRemoveAllRecipients } from './message/rop-remove-all-recipients.js'
import { RopSaveChangesAttachment } from './message/rop-save-changes-attachment.js'
import { RopSaveChangesMessage } from './message/rop-save-changes-message.js'
import { RopSetMessageReadFlag } from './message/rop-set-message-read-flag.js'
import { RopSetMessageStatus } from './message/rop-set-message-status.js'
import { RopSetReadFlags } from './message/rop-set-read-flags.js'
import { RopNotify } from './notification/rop-notify.js'
import { RopPending } from './notification/rop-pending.js'
import { RopRegisterNotification } from './notification/rop-register-notification.js'
import { RopBackoff } from './other/rop-backoff.js'
import { RopBufferTooSmall } from './other/rop-buffer-too-small.js'
import { RopRelease } from './other/rop-release.js'
import { RopGetPermissionsTable } from './permission/rop-get-permissions-table.js'
import { RopModifyPermissions } from './permission/rop-modify-permissions.js'
import { RopCopyProperties } from './property/rop-copy-properties.js'
import { RopCopyTo } from './property/rop-copy-to.js'
import { RopDeleteProperties } from './property/rop-delete-properties.js'
import { RopDeletePropertiesNoReplicate } from './property/rop-delete-properties-no-replicate.js'
import { RopGetNamesFromPropertyIds } from './property/rop-get-names-from-property-ids.js'
import { RopGetPropertiesAll } from './property/rop-get-properties-all.js'
import { RopGetPropertiesList } from './property/rop-get-properties-list.js'
import { RopGetPropertiesSpecific } from './property/rop-get-properties-specific.js'
import { RopGetPropertyIdsFromNames } from './property/rop-get-property-ids-from-names.js'
import { RopProgress } from './property/rop-progress.js'
import { RopQueryNamedProperties } from './property/rop-query-named-properties.js'
import { RopSetProperties } from './property/rop-set-properties.js'
import { RopSetPropertiesNoReplicate } from './property/rop-set-properties-no-replicate.js'
import type { Rop } from './rop.js'
import { RopGetRulesTable } from './rule/rop-get-rules-table.js'
import { RopModifyRules } from './rule/rop-modify-rules.js'
import { RopUpdateDeferredActionMessages } from './rule/rop-update-deferred-action-messages.js'
import { RopCloneStream } from './stream/rop-clone-stream.js'
import { RopCommitStream } from './stream/rop-commit-stream.js'
import { RopCopyToStream } from './stream/rop-copy-to-stream.js'
import { RopGetStreamSize } from './stream/rop-get-stream-size.js'
import { RopLockRegionStream } from './stream/rop-lock-region-stream.js'
import { RopOpenStream } from './stream/rop-open-stream.js'
import { RopReadStream } from './stream/rop-read-stream.js'
import { RopSeekStream } from './stream/rop-seek-stream.js'
import { RopSetStreamSize } from './stream/rop-set-stream-size.js'
import { RopUnlockRegionStream } from './stream/rop-unlock-region-stream.js'
import { RopWriteAndCommitStream } from './stream/rop-write-and-commit-stream.js'
import { RopWriteStream } from './stream/rop-write-stream.js'
import { RopWriteStreamExtended } from './stream/rop-write-stream-extended.js'
import { RopAbort } from './table/rop-abort.js'
import { RopCollapseRow } from './table/rop-collapse-row.js'
import { RopCreateBookmark } from './table/rop-create-bookmark.js'
import { RopExpandRow } from './table/rop-expand-row.js'
import { RopFindRow } from './table/rop-find-row.js'
import { RopFreeBookmark } from './table/rop-free-bookmark.js'
import { RopGetCollapseState } from './table/rop-get-collapse-state.js'
import { RopGetStatus } from './table/rop-get-status.js'
import { RopQueryColumnsAll } from './table/rop-query-columns-all.js'
import { RopQueryPosition } from './table/rop-query-position.js'
import { RopQueryRows } from './table/rop-query-rows.js'
import { RopResetTable } from './table/rop-reset-table.js'
import { RopRestrict } from './table/rop-restrict.js'
import { RopSeekRow } from './table/rop-seek-row.js'
import { RopSeekRowBookmark } from './table/rop-seek-row-bookmark.js'
import { RopSeekRowFractional } from './table/rop-seek-row-fractional.js'
import { RopSetCollapseState } from './table/rop-set-collapse-state.js'
import { RopSetColumns } from './table/rop-set-columns.js'
import { RopSortTable } from './table/rop-sort-table.js'
import { RopAbortSubmit } from './transport/rop-abort-submit.js'
import { RopGetAddressTypes } from './transport/rop-get-address-types.js'
import { RopGetTransportFolder } from './transport/rop-get-transport-folder.js'
import { RopOptionsData } from './transport/rop-options-data.js'
import { RopSetSpooler } from './transport/rop-set-spooler.js'
import { RopSpoolerLockMessage } from './transport/rop-spooler-lock-message.js'
import { RopSubmitMessage } from './transport/rop-submit-message.js'
import { RopTransportNewMail } from './transport/rop-transport-new-mail.js'
import { RopTransportSend } from './transport/rop-transport-send.js'

/** Every documented ROP in the order of its RopId. */
export const allRops: readonly Rop[] = [
  RopRelease,
  RopOpenFolder,
  RopOpenMessage,
  RopGetHierarchyTable,
  RopGetContentsTable,
  RopCreateMessage,
  RopGetPropertiesSpecific,
  RopGetPropertiesAll,
  RopGetPropertiesList,
  RopSetProperties,
  RopDeleteProperties,
  RopSaveChangesMessage,
  RopRemoveAllRecipients,
  RopModifyRecipients,
  RopReadRecipients,
  RopReloadCachedInformation,
  RopSetMessageReadFlag,
  RopSetColumns,
  RopSortTable,
  RopRestrict,
  RopQueryRows,
  RopGetStatus,
  RopQueryPosition,
  RopSeekRow,
  RopSeekRowBookmark,
  RopSeekRowFractional,
  RopCreateBookmark,
  RopCreateFolder,
  RopDeleteFolder,
  RopDeleteMessages,
  RopGetMessageStatus,
  RopSetMessageStatus,
  RopGetAttachmentTable,
  RopOpenAttachment,
  RopCreateAttachment,
  RopDeleteAttachment,
  RopSaveChangesAttachment,
  RopSetReceiveFolder,
  RopGetReceiveFolder,
  RopRegisterNotification,
  RopNotify,
  RopOpenStream,
  RopReadStream,
  RopWriteStream,
  RopSeekStream,
  RopSetStreamSize,
  RopSetSearchCriteria,
  RopGetSearchCriteria,
  RopSubmitMessage,
  RopMoveCopyMessages,
  RopAbortSubmit,
  RopMoveFolder,
  RopCopyFolder,
  RopQueryColumnsAll,
  RopAbort,
  RopCopyTo,
  RopCopyToStream,
  RopCloneStream,
  RopGetPermissionsTable,
  RopGetRulesTable,
  RopModifyPermissions,
  RopModifyRules,
  RopGetOwningServers,
  RopLongTermIdFromId,
  RopIdFromLongTermId,
  RopPublicFolderIsGhosted,
  RopOpenEmbeddedMessage,
  RopSetSpooler,
  RopSpoolerLockMessage,
  RopGetAddressTypes,
  RopTransportSend,
  RopFastTransferSourceCopyMessages,
  RopFastTransferSourceCopyFolder,
  RopFastTransferSourceCopyTo,
  RopFastTransferSourceGetBuffer,
  RopFindRow,
  RopProgress,
  RopTransportNewMail,
  RopGetValidAttachments,
  RopFastTransferDestinationConfigure,
  RopFastTransferDestinationPutBuffer,
  RopGetNamesFromPropertyIds,
  RopGetPropertyIdsFromNames,
  RopUpdateDeferredActionMessages,
  RopEmptyFolder,
  RopExpandRow,
  RopCollapseRow,
  RopLockRegionStream,
  RopUnlockRegionStream,
  RopCommitStream,
  RopGetStreamSize,
  RopQueryNamedProperties,
  RopGetPerUserLongTermIds,
  RopGetPerUserGuid,
  RopReadPerUserInformation,
  RopWritePerUserInformation,
  RopSetReadFlags,
  RopCopyProperties,
  RopGetReceiveFolderTable,
  RopFastTransferSourceCopyProperties,
  RopGetCollapseState,
  RopSetCollapseState,
  RopGetTransportFolder,
  RopPending,
  RopOptionsData,
  RopSynchronizationConfigure,
  RopSynchronizationImportMessageChange,
  RopSynchronizationImportHierarchyChange,
  RopSynchronizationImportDeletes,
  RopSynchronizationUploadStateStreamBegin,
  RopSynchronizationUploadStateStreamContinue,
  RopSynchronizationUploadStateStreamEnd,
  RopSynchronizationImportMessageMove,
  RopSetPropertiesNoReplicate,
  RopDeletePropertiesNoReplicate,
  RopGetStoreState,
  RopSynchronizationOpenCollector,
  RopGetLocalReplicaIds,
  RopSynchronizationImportReadStateChanges,
  RopResetTable,
  RopSynchronizationGetTransferState,
  RopTellVersion,
  RopFreeBookmark,
  RopWriteAndCommitStream,
  RopHardDeleteMessages,
  RopHardDeleteMessagesAndSubfolders,
  RopSetLocalReplicaMidsetDeleted,
  RopFastTransferDestinationPutBufferExtended,
  RopWriteStreamExtended,
  RopBackoff,
  RopLogon,
  RopBufferTooSmall
]

/** 256 entries; undefined where the documents reserve the RopId (see reserved.ts). */
export const ropTable: readonly (Rop | undefined)[] = byId(allRops)

function byId(rops: readonly Rop[]): (Rop | undefined)[] {
  const table: (Rop | undefined)[] = new Array(256).fill(undefined)
  for (const row of rops) {
    if (table[row.id] !== undefined) throw new TypeError(`two ROPs have the id of ${row.name}`)
    table[row.id] = row
  }
  return table
}
