import type { Infer } from '../../src/bufferstructs/index.js'
import type { Mailbox, Maybe } from '../../src/mailbox/domain.js'
import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import { chain } from '../chain.js'
import type { PublicFolderStore, RopCall } from '../rop.js'
import { actorOf } from './acting-as.js'
import { type LogonRequest, type logonResponse, openFlags, RETURNED_FLAGS } from './logon-forms.js'
import { wrongServer } from './wrong-server.js'

const NO_GUID = '00000000-0000-0000-0000-000000000000'

/**
 * [MS-OXCSTOR] 3.2.5.1.2: opens a logon to the public folders. Who has a mailbox may; what he may do there his rights on the
 * folders say. Ghosted, HOME_LOGON and USE_PER_MDB_REPLID_MAPPING mean nothing here (R2001, R79, R354).
 */
export function logOnToPublicFolders(call: RopCall, request: LogonRequest): Maybe<Infer<typeof logonResponse>> {
  const { session } = call
  if (!isSet(request, 'public')) throw new MapiError(ErrorCode.ecLoginFailure)
  return chain(session.findMailbox(session.actor.legacyDn), own => {
    if (own === undefined) throw new MapiError(ErrorCode.ecLoginFailure)
    const store = chooseStore(call, request)
    return chain(session.findMailbox(store.legacyDn), mailbox => {
      if (mailbox === undefined || mailbox.storeKind !== 'public') throw new MapiError(ErrorCode.ecLoginFailure)
      const serverName = session.redirect?.(mailbox)
      if (serverName !== undefined) return wrongServer(call, request.logonFlags, serverName)
      return open(call, request, mailbox)
    })
  })
}

/** The store that a request means: the one that everybody is to use first, unless it names another and insists. */
function chooseStore(call: RopCall, request: LogonRequest): PublicFolderStore {
  const stores = call.session.publicFolders?.() ?? []
  const [preferred] = stores
  if (preferred === undefined) throw new MapiError(ErrorCode.ecLoginFailure)
  if (isSet(request, 'alternateServer')) {
    const other = stores.find(store => store !== preferred)
    if (other === undefined) throw new MapiError(ErrorCode.ecLoginFailure)
    return wrongServer(call, request.logonFlags, other.serverDn)
  }
  // Older clients name no server ([MS-OXCSTOR] note <7>).
  if (request.essdn === '') return preferred
  const named = stores.find(store => names(store, request.essdn))
  if (named === preferred) return preferred
  if (!isSet(request, 'ignoreHomeMdb')) return wrongServer(call, request.logonFlags, preferred.serverDn)
  if (named === undefined) throw new MapiError(ErrorCode.ecLoginFailure)
  return named
}

/** Clients know the DN of the mailbox from Autodiscover, that of its server from RopGetOwningServers (R107, R3009). */
function names({ legacyDn, serverDn }: PublicFolderStore, essdn: string): boolean {
  const dn = essdn.toLowerCase()
  return dn === legacyDn.toLowerCase() || dn === serverDn.toLowerCase()
}

function isSet({ openFlags: bits }: LogonRequest, name: keyof typeof openFlags.names): boolean {
  return (bits & openFlags.names[name]) !== 0
}

function open(call: RopCall, request: LogonRequest, mailbox: Mailbox): Maybe<Infer<typeof logonResponse>> {
  const actor = actorOf(call, request, mailbox)
  return chain(mailbox.loadReadState(actor), () => {
    call.openLogon({ isPublic: true, mailbox, actor, logonFlags: request.logonFlags, openFlags: request.openFlags })
    return {
      logonFlags: request.logonFlags & RETURNED_FLAGS,
      folderIds: mailbox.publicLogonFolders(call.session.stringLocaleId),
      responseFlags: undefined,
      mailboxGuid: undefined,
      replId: 1,
      replGuid: mailbox.replicaGuid,
      logonTime: undefined,
      gwartTime: undefined,
      storeState: undefined,
      perUserGuid: NO_GUID
    }
  })
}
