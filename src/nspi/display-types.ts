import type { DirectoryEntry, EntryKind } from '../directory/index.js'

/** [MS-OXNSPI] 2.2.1.3; DT_ROOM and the others behind it only in PidTagDisplayTypeEx ([MS-OXOABK] 2.2.3.12). */
export const DisplayType = {
  mailUser: 0x000,
  distributionList: 0x001,
  forum: 0x002,
  agent: 0x003,
  remoteMailUser: 0x006,
  room: 0x007,
  equipment: 0x008,
  securityDistributionList: 0x009,
  container: 0x100
} as const

/** [MS-OXOABK] 2.2.3.10. */
export const ObjectType = { folder: 3, addressBookContainer: 4, mailUser: 6, distributionList: 8 } as const

/** In PidTagDisplayTypeEx: folders can be shared with the object. */
const ACL_CAPABLE = 0x40000000

interface Types {
  displayType: number
  displayTypeEx: number
  objectType: number
}

const mailUser = (displayTypeEx: number): Types => ({
  displayType: DisplayType.mailUser,
  displayTypeEx,
  objectType: ObjectType.mailUser
})

/**
 * How clients show each kind of entry ([MS-OXOABK] 2.2.3.10 to 2.2.3.12). A dynamic list is an agent, whose members only the
 * server knows, as Exchange shows its dynamic distribution groups.
 */
const TYPES: Readonly<Record<EntryKind, Types>> = {
  user: mailUser(DisplayType.mailUser | ACL_CAPABLE),
  sharedMailbox: mailUser(DisplayType.mailUser),
  room: mailUser(DisplayType.room),
  equipment: mailUser(DisplayType.equipment),
  publicFolderMailbox: mailUser(DisplayType.mailUser),
  contact: {
    displayType: DisplayType.remoteMailUser,
    displayTypeEx: DisplayType.remoteMailUser,
    objectType: ObjectType.mailUser
  },
  group: {
    displayType: DisplayType.distributionList,
    displayTypeEx: DisplayType.securityDistributionList | ACL_CAPABLE,
    objectType: ObjectType.distributionList
  },
  dynamicGroup: {
    displayType: DisplayType.agent,
    displayTypeEx: DisplayType.agent,
    objectType: ObjectType.mailUser
  },
  publicFolder: {
    displayType: DisplayType.forum,
    displayTypeEx: DisplayType.forum,
    objectType: ObjectType.folder
  }
}

export function displayTypesOf({ kind }: Pick<DirectoryEntry, 'kind'>): Readonly<Types> {
  return TYPES[kind]
}
