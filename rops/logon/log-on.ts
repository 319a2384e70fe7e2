import { type Infer, isKnownCodePage } from '../../src/bufferstructs/index.js'
import type { Actor, Mailbox, Maybe, SpecialFolders } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import type { Fid } from '../../src/oxcdata/ids.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import type { RopCall } from '../rop.js'
import { actorOf } from './acting-as.js'
import { logOnToPublicFolders } from './log-on-to-public-folders.js'
import {
  type LogonRequest,
  logonFlags,
  type logonResponse,
  openFlags,
  RETURNED_FLAGS,
  responseFlags
} from './logon-forms.js'
import { wrongServer } from './wrong-server.js'

const PidTagOutOfOfficeState = 0x661d000b
/** Code pages that sessions name for Unicode strings, of which no 8-bit text is written. */
const UNICODE_CODE_PAGES: readonly number[] = [0, 1200]

const FOLDER_ORDER: readonly (keyof SpecialFolders)[] = [
  'root',
  'deferredAction',
  'spoolerQueue',
  'ipmSubtree',
  'inbox',
  'outbox',
  'sentItems',
  'deletedItems',
  'commonViews',
  'schedule',
  'finder',
  'views',
  'shortcuts'
]

/** [MS-OXCSTOR] 3.2.5.1.1: finds the mailbox that the request names, or the public folders, and opens a logon to it. */
export function logOn(call: RopCall, request: LogonRequest): Maybe<Infer<typeof logonResponse>> {
  const { session } = call
  demandFlags(request)
  if (!isKnownCodePage(session.codePage) && !UNICODE_CODE_PAGES.includes(session.codePage)) {
    throw new MapiError(ErrorCode.ecUnknownCodePage)
  }
  if ((request.logonFlags & logonFlags.names.private) === 0) return logOnToPublicFolders(call, request)
  return chain(session.findMailbox(request.essdn), mailbox => {
    // The mailbox behind the public folders is nobody's: it has none of the folders of a private logon.
    if (mailbox === undefined || mailbox.storeKind === 'public') throw new MapiError(ErrorCode.ecUnknownUser)
    const serverName = session.redirect?.(mailbox)
    if (serverName !== undefined) return wrongServer(call, request.logonFlags, serverName)
    demandReplidMapping(call, request, mailbox)
    return openLogon(call, request, mailbox)
  })
}

/** Undefined bits are ecError (R1202). */
function demandFlags(request: LogonRequest): void {
  const undefinedLogon = request.logonFlags & ~LOGON_MASK
  const undefinedOpen = request.openFlags & ~OPEN_MASK
  if (undefinedLogon !== 0 || undefinedOpen !== 0) throw new MapiError(ErrorCode.ecError)
}

const LOGON_MASK = maskOf(logonFlags.names)
const OPEN_MASK = maskOf(openFlags.names)

function maskOf(names: Readonly<Record<string, number>>): number {
  return Object.values(names).reduce((mask, bit) => mask | bit, 0)
}

/** A further mailbox needs a replica id mapping of its own (R802, R803); of the first one the notes disagree. */
function demandReplidMapping(call: RopCall, request: LogonRequest, mailbox: Mailbox): void {
  if ((request.openFlags & openFlags.names.usePerMdbReplidMapping) !== 0) return
  const { firstMailbox } = call.session
  const isFirst = firstMailbox === undefined || firstMailbox === mailbox
  if (isFirst && call.personality.firstLogonNeedsNoReplidMapping) return
  throw new MapiError(firstMailbox === undefined ? ErrorCode.ecRpcFailed : ErrorCode.ecInvalidParam)
}

function openLogon(call: RopCall, request: LogonRequest, mailbox: Mailbox): Infer<typeof logonResponse> {
  const actor = actorOf(call, request, mailbox)
  call.openLogon({ isPublic: false, mailbox, actor, logonFlags: request.logonFlags, openFlags: request.openFlags })
  return {
    logonFlags: request.logonFlags & RETURNED_FLAGS,
    folderIds: FOLDER_ORDER.map((name): Fid => mailbox.specialFolders[name]),
    responseFlags: responseFlagsOf(mailbox, actor),
    mailboxGuid: mailbox.guid,
    replId: 1,
    replGuid: mailbox.replicaGuid,
    logonTime: timeOf(call.runtime.now()),
    gwartTime: 0n,
    storeState: 0
  }
}

function responseFlagsOf(mailbox: Mailbox, actor: Actor): number {
  const { names } = responseFlags
  const { owner, full } = mailbox.access(actor)
  const oof = mailbox.value(PidTagOutOfOfficeState)
  return (
    names.reserved |
    (owner || full ? names.ownerRight | names.sendAsRight : 0) |
    (typeof oof !== 'number' && oof[0] !== 0 ? names.oof : 0)
  )
}

function timeOf(ms: number) {
  const time = new Date(ms)
  return {
    seconds: time.getUTCSeconds(),
    minutes: time.getUTCMinutes(),
    hour: time.getUTCHours(),
    dayOfWeek: time.getUTCDay(),
    day: time.getUTCDate(),
    month: time.getUTCMonth() + 1,
    year: time.getUTCFullYear()
  }
}
