import { bool8, empty, id, struct, u8, when } from '../../src/bufferstructs/index.js'
import { rop } from '../rop.js'
import { notificationTypes } from './notification-data.js'

/** [MS-OXCROPS] 2.2.14.1, [MS-OXCNOTIF] 2.2.1.2.1, 3.2.5.1: asks for notifications about a folder, a message or the whole mailbox. */
export const RopRegisterNotification = rop(0x29, 'RopRegisterNotification', {
  input: ['logon'],
  output: 'subscription',
  request: struct({
    notificationTypes: notificationTypes,
    reserved: when(fields => (fields.notificationTypes & notificationTypes.names.extended) !== 0, u8),
    wantWholeStore: bool8,
    folderId: when(fields => !fields.wantWholeStore, id),
    messageId: when(fields => !fields.wantWholeStore, id)
  }),
  response: empty
})
