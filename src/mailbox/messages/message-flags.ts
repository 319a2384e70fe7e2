/** PidTagMessageFlags ([MS-OXCMSG] 2.2.1.6). */
export const MessageFlag = {
  read: 0x0001,
  unmodified: 0x0002,
  submitted: 0x0004,
  unsent: 0x0008,
  hasAttachments: 0x0010,
  fromMe: 0x0020,
  associated: 0x0040,
  resend: 0x0080,
  notifyRead: 0x0100,
  notifyUnread: 0x0200,
  everRead: 0x0400,
  internet: 0x2000,
  untrusted: 0x8000
} as const

/** Flags as somebody sees them who has, or has not, read the message: in public folders everybody has a state of his own. */
export function seenFlags(flags: number, isRead: boolean): number {
  const state = MessageFlag.read | MessageFlag.everRead
  return isRead ? flags | state : flags & ~state
}

/** Bits that a client may set before the first save ([MS-OXCMSG] 2.2.1.6); the others are always the server's (R516). */
export const CLIENT_FLAGS = MessageFlag.read | MessageFlag.unsent | MessageFlag.resend

/** ReadFlags of RopSetReadFlags and RopSetMessageReadFlag ([MS-OXCMSG] 2.2.3.10.1). */
export const ReadFlag = {
  suppressReceipt: 0x01,
  reserved: 0x0a,
  clearReadFlag: 0x04,
  generateReceiptOnly: 0x10,
  clearNotifyRead: 0x20,
  clearNotifyUnread: 0x40
} as const

/** PidTagAccess ([MS-OXCPRPT] 2.2.1.1). */
export const Access = {
  modify: 0x01,
  read: 0x02,
  delete: 0x04,
  createHierarchy: 0x08,
  createContents: 0x10,
  createAssociated: 0x20
} as const
