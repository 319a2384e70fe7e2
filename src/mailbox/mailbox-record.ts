import { MalformedBuffer, parseGuid, Reader, Writer } from '../bufferstructs/index.js'
import { PackedProperties, packProperties } from '../oxcdata/packed-properties.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'

/** Version 1 knew private mailboxes only and had no byte for the kind of store. */
const VERSION = 2
const KINDS = ['private', 'public'] as const

/** A user's own mailbox, or the one that holds the public folders ([MS-OXCSTOR] 1.3.2). */
export type StoreKind = (typeof KINDS)[number]

/** What the store keeps of a mailbox itself. Its owner's names are the directory's. */
export interface MailboxRecord {
  guid: string
  replicaGuid: string
  localeId: number
  storeKind: StoreKind
  bag: PropertyBag
}

export function writeMailbox({ guid, replicaGuid, localeId, storeKind, bag }: MailboxRecord): Uint8Array {
  const writer = new Writer(256)
  writer.u8(VERSION)
  writer.copy(parseGuid(guid))
  writer.copy(parseGuid(replicaGuid))
  writer.u32(localeId)
  writer.u8(KINDS.indexOf(storeKind))
  writer.copy(packProperties(bag))
  return writer.written()
}

export function readMailbox(bytes: Uint8Array): MailboxRecord {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION && version !== 1) throw new MalformedBuffer(`mailbox record of version ${version}`, 0)
  const [guid, replicaGuid, localeId] = [reader.guid(), reader.guid(), reader.u32()]
  const storeKind = version === 1 ? 'private' : KINDS[reader.u8()]
  if (storeKind === undefined) return reader.fail('unknown kind of store')
  return { guid, replicaGuid, localeId, storeKind, bag: new PackedProperties(reader.bytes, reader.position).toBag() }
}
