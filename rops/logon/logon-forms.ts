/** Byte forms of the logon family. */

import {
  array,
  ascii16,
  custom,
  flags,
  guid,
  type Infer,
  id,
  type Layout,
  struct,
  u8,
  u16,
  u32,
  u64,
  when
} from '../../src/bufferstructs/index.js'
import { type RowCell, readPropertyRow, writePropertyRow } from '../../src/oxcdata/property-row.js'

/** ReturnValue of a logon that belongs to another server; its response names that server. */
export const WRONG_SERVER = 0x00000478

/** [MS-OXCSTOR] 2.2.1.1.1. */
export const logonFlags = flags(u8, { private: 0x01, undercover: 0x02, ghosted: 0x04, spoolerProcess: 0x08 })

/** Private, Undercover and Ghosted come back unchanged (R118, R1062, R1071, R1061). */
export const RETURNED_FLAGS = logonFlags.names.private | logonFlags.names.undercover | logonFlags.names.ghosted

/** [MS-OXCSTOR] 2.2.1.1.1. */
export const openFlags = flags(u32, {
  useAdminPrivilege: 0x1,
  public: 0x2,
  homeLogon: 0x4,
  takeOwnership: 0x8,
  alternateServer: 0x100,
  ignoreHomeMdb: 0x200,
  noMail: 0x400,
  usePerMdbReplidMapping: 0x01000000,
  supportProgress: 0x20000000
})

/** [MS-OXCSTOR] 2.2.1.1.3. */
export const responseFlags = flags(u8, { reserved: 0x01, ownerRight: 0x02, sendAsRight: 0x04, oof: 0x10 })

/** [MS-OXCROPS] 2.2.3.1.1. EssdnSize counts the terminating zero. */
export const logonRequest = struct({ logonFlags, openFlags, storeState: u32, essdn: ascii16 })
export type LogonRequest = Infer<typeof logonRequest>

/** [MS-OXCROPS] 2.2.3.1.2.1: the server's clock, in UTC. */
const logonTime = struct({ seconds: u8, minutes: u8, hour: u8, dayOfWeek: u8, day: u8, month: u8, year: u16 })

const isPrivate = (fields: { logonFlags: number }): boolean => (fields.logonFlags & logonFlags.names.private) !== 0
const isPublic = (fields: { logonFlags: number }): boolean => !isPrivate(fields)

/** [MS-OXCROPS] 2.2.3.1.2, 2.2.3.1.3: the two success forms, told apart by a bit of their first field. */
export const logonResponse = struct({
  logonFlags,
  folderIds: array(13, id),
  responseFlags: when(isPrivate, responseFlags),
  mailboxGuid: when(isPrivate, guid),
  replId: u16,
  replGuid: guid,
  logonTime: when(isPrivate, logonTime),
  gwartTime: when(isPrivate, u64),
  storeState: when(isPrivate, flags(u32, { hasSearches: 0x01000000 })),
  perUserGuid: when(isPublic, guid)
})

/** [MS-OXCROPS] 2.2.3.1.4: the redirect form. ServerNameSize counts the terminating zero. */
export const logonRedirect: Layout<{ logonFlags: number; serverName: string }> = custom({
  read: reader => {
    const value = { logonFlags: reader.u8(), serverName: '' }
    const size = reader.u8()
    const at = reader.take(size)
    if (size === 0 || reader.bytes[at + size - 1] !== 0) reader.fail('server name without its terminating zero', at)
    for (let i = at; i < at + size - 1; i++) value.serverName += String.fromCharCode(reader.bytes[i])
    return value
  },
  write: (writer, value) => {
    writer.u8(value.logonFlags)
    writer.u8(value.serverName.length + 1)
    for (let i = 0; i < value.serverName.length; i++) writer.u8(value.serverName.charCodeAt(i))
    writer.u8(0)
  },
  size: value => value.serverName.length + 3,
  minSize: 3,
  generate: random => ({ logonFlags: 1, serverName: `/cn=server${random.below(1000)}` }),
  why: 'the size of the server name is one byte and counts its terminating zero'
})

/** PidTagFolderId, PidTagMessageClass as an 8-bit string, PidTagLastModificationTime ([MS-OXCSTOR] 2.2.1.4.2). */
export const receiveFolderColumns: readonly number[] = [0x67480014, 0x001a001e, 0x30080040]

/** One row of the receive folder table, whose columns are fixed. */
export const receiveFolderRow: Layout<RowCell[]> = custom({
  read: reader => readPropertyRow(reader, receiveFolderColumns),
  write: (writer, cells) => writePropertyRow(writer, receiveFolderColumns, cells),
  minSize: 1,
  generate: () => [0x8004010f, 0x8004010f, 0x8004010f],
  why: 'a property row whose columns the documents fix'
})
