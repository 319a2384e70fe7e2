/** Clients of a server that runs in the test's process, and their logons. */
import { RopLogon } from '../../rops/logon/rop-logon.js'
import { MapiClient } from '../../src/client/mapi-client.js'
import { RopBatch } from '../../src/client/rop-batch.js'
import type { RopewalkServer } from '../../src/index.js'

const PUBLIC = 0x2
const USE_PER_MDB_REPLID_MAPPING = 0x01000000

/** A client of the mailbox at `address`, the user's own unless another is given; every user's password is `secret`. */
export function openAs(server: RopewalkServer, user: string, address = user): Promise<MapiClient> {
  const { hostname, port } = new URL(server.urls.http)
  return MapiClient.open({ host: hostname, port: Number(port), address, user, password: 'secret' })
}

export async function logOn(client: MapiClient, essdn: string, isPublic = false) {
  const batch = new RopBatch()
  const flags = isPublic
    ? { logonFlags: 0, openFlags: PUBLIC }
    : { logonFlags: 1, openFlags: USE_PER_MDB_REPLID_MAPPING }
  const logon = batch.add(RopLogon, { output: batch.slot() }, { ...flags, storeState: 0, essdn })
  await client.execute(batch)
  return { returnValue: logon.returnValue, value: logon.value, handle: batch.handles[0] }
}
