/** Rights on a folder ([MS-OXCPERM] 2.2.7 PidTagMemberRights), as bits. */
export const Right = {
  readAny: 0x0001,
  create: 0x0002,
  editOwned: 0x0008,
  deleteOwned: 0x0010,
  editAny: 0x0020,
  deleteAny: 0x0040,
  createSubfolder: 0x0080,
  folderOwner: 0x0100,
  folderContact: 0x0200,
  folderVisible: 0x0400,
  /** Of a calendar: when somebody is busy, and beyond it subjects and places. */
  freeBusySimple: 0x0800,
  freeBusyDetailed: 0x1000
} as const

export type RightName = keyof typeof Right

/** All rights but those that only a calendar's list has: what an owner is told in PidTagRights. */
export const OWNER_RIGHTS = 0x07fb
/** Every bit that a member may be given. */
export const ALL_RIGHTS = 0x1ffb

/** The two that only a calendar's list has, and that clients say apart from the others. */
export const FREE_BUSY_RIGHTS = Right.freeBusySimple | Right.freeBusyDetailed

const READER = Right.readAny | Right.folderVisible
const OWN_ITEMS = Right.create | Right.editOwned | Right.deleteOwned

/** The levels by which clients and administrators name sets of rights. */
export const permissionLevels = {
  none: 0,
  freeBusySimple: Right.freeBusySimple,
  freeBusyDetailed: Right.freeBusySimple | Right.freeBusyDetailed,
  contributor: Right.create | Right.folderVisible,
  reviewer: READER,
  nonEditingAuthor: READER | Right.create | Right.deleteOwned,
  author: READER | OWN_ITEMS,
  publishingAuthor: READER | OWN_ITEMS | Right.createSubfolder,
  editor: READER | OWN_ITEMS | Right.editAny | Right.deleteAny,
  publishingEditor: READER | OWN_ITEMS | Right.editAny | Right.deleteAny | Right.createSubfolder,
  owner: OWNER_RIGHTS
} as const
