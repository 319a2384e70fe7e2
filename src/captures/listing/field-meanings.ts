/** What fields mean whose layout says only that they are numbers or bytes: by name of the remote operation and of the field. */
import { sayDn, sayError, sayFlags, sayNumber, sayOwnGuid, sayPropertyId, sayTag, sayTime } from './value-text.js'
import type { Said, Walk } from './walk.js'

type Meaning = (value: never, walk: Walk) => Said

const flagsOf =
  (names: Readonly<Record<string, number>>): Meaning =>
  (value: never) =>
    sayFlags(value, names)

/** [MS-OXCMSG] 2.2.1.8. */
const messageStatus = flagsOf({
  msRemoteDownload: 0x1000,
  msInConflict: 0x0800,
  msRemoteDelete: 0x2000
})

/** What the client wants of the response ([MS-OXCRPC] 3.1.4.2). */
const executeFlags = flagsOf({ noCompression: 0x1, noXorMagic: 0x2, chain: 0x4 })

/** `Operation.field` before `field`. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  statusCode: sayError,
  errorCode: sayError,
  returnValue: sayError,
  error: sayError,
  resultCode: sayError,
  userDn: sayDn,
  serverDn: sayDn,
  essdn: sayDn,
  templateDn: sayDn,
  dnPrefix: sayDn,
  mailboxGuid: sayOwnGuid,
  replGuid: sayOwnGuid,
  databaseGuid: sayOwnGuid,
  perUserGuid: sayOwnGuid,
  serverGuid: sayOwnGuid,
  gwartTime: sayTime,
  messageStatusFlags: messageStatus,
  messageStatusMask: messageStatus,
  'Execute.flags': executeFlags,
  propertyIds: sayPropertyId,
  propertyTag: sayTag,
  minimalId: sayMinimalId,
  minimalId1: sayMinimalId,
  minimalId2: sayMinimalId,
  minimalIds: sayMinimalId,
  'ResolveNames.minimalIds': sayResolution,
  containerId: sayMinimalId,
  currentRecord: sayMinimalId,
  explicitTable: sayMinimalId
}

/** Numbers that an address book gives to its entries; those below 0x10 are positions in a table ([MS-OXNSPI] 2.2.1.8, 2.2.9.1). */
function sayMinimalId(value: number): Said {
  const position = { 0: 'MID_BEGINNING_OF_TABLE', 1: 'MID_CURRENT', 2: 'MID_END_OF_TABLE' }[value]
  return { text: position === undefined ? sayNumber(value).text : `${value} ${position}`, kind: 'minimalId' }
}

/** What became of a name that was looked up ([MS-OXNSPI] 2.2.1.9). */
function sayResolution(value: number): Said {
  const outcome = { 0: 'MID_UNRESOLVED', 1: 'MID_AMBIGUOUS', 2: 'MID_RESOLVED' }[value]
  return outcome === undefined ? sayNumber(value) : { text: `${value} ${outcome}`, kind: 'minimalId' }
}

/** How the value of a field is said, undefined when its layout knows better. Elements mean what their array does. */
export function fieldMeaning(ropName: string, field: string): Meaning | undefined {
  return MEANINGS[`${ropName}.${field}`] ?? MEANINGS[field]
}

/** The thirteen folders of a private logon ([MS-OXCSTOR] 2.2.1.1.3), in order. */
export const LOGON_FOLDERS: readonly string[] = [
  ...['root', 'deferred action', 'spooler queue', 'IPM subtree', 'Inbox', 'Outbox', 'Sent Items'],
  ...['Deleted Items', 'common views', 'schedule', 'search', 'views', 'shortcuts']
]

/** Folders of a public logon ([MS-OXCSTOR] 2.2.1.1.4); the places behind them are not used. */
export const PUBLIC_LOGON_FOLDERS: readonly string[] = [
  ...['root', 'IPM subtree', 'non-IPM subtree', 'EFORMS registry', 'free/busy data', 'offline address book'],
  ...['EFORMS registry of the locale', 'local free/busy data', 'local offline address book']
]
