import { ErrorCode } from '../../src/oxcdata/error-code.js'
import { MapiError } from '../../src/oxcdata/map-error.js'
import type { RopCall } from '../rop.js'

/** DN of the server that holds the public folders of the call's logon: each has exactly one replica ([MS-OXCSTOR] R39701). */
export function owningServer({ session, mailbox }: RopCall): string {
  const dn = mailbox.owner.legacyDn.toLowerCase()
  const store = session.publicFolders?.().find(({ legacyDn }) => legacyDn.toLowerCase() === dn)
  // Taken out of the organization since the logon.
  if (store === undefined) throw new MapiError(ErrorCode.ecNoReplicaAvailable)
  return store.serverDn
}
