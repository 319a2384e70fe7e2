import type { Infer } from '../src/bufferstructs/index.js'
import type { Folder } from '../src/mailbox/domain.js'
import { ErrorCode } from '../src/oxcdata/error-code.js'
import { MapiError } from '../src/oxcdata/map-error.js'
import type { RopCall } from './rop.js'
import type { replicaServers } from './wire-forms.js'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * DNs of the servers that have a public folder's content ([MS-OXCSTOR] 3.2.5.6), the one that holds the folders of the call's logon
 * first: it costs nothing to reach, all others cost the same.
 */
export function replicaServersOf({ session, mailbox }: RopCall, folder: Folder): Infer<typeof replicaServers> {
  const dn = mailbox.owner.legacyDn.toLowerCase()
  const store = session.publicFolders?.().find(({ legacyDn }) => legacyDn.toLowerCase() === dn)
  // Taken out of the organization since the logon.
  if (store === undefined) throw new MapiError(ErrorCode.ecNoReplicaAvailable)
  const { serverDn } = store
  const [base, domain] = [serverDn.slice(0, serverDn.lastIndexOf('/cn=')), serverDn.slice(serverDn.indexOf('@') + 1)]
  const servers = folder.replicas.map(name => {
    if (name === mailbox.guid) return serverDn
    return `${base}/cn=${GUID.test(name) ? `${name}@${domain}` : name}`
  })
  const cheapServerCount = servers[0] === serverDn ? 1 : servers.length
  return { serverCount: servers.length, cheapServerCount, servers }
}

/** What is said of a folder when it is opened: where its content is, if that is elsewhere only. */
export function ghostOf(call: RopCall, folder: Folder): Infer<typeof replicaServers> | null {
  return folder.isGhosted ? replicaServersOf(call, folder) : null
}
