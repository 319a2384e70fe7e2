import { MalformedBuffer, parseGuid, Reader, Writer } from '../bufferstructs/index.js'
import { PackedProperties, packProperties } from '../oxcdata/packed-properties.js'
import type { PropertyBag } from '../oxcdata/property-bag.js'

const VERSION = 1

/** What the store keeps of a mailbox itself. Its owner's names are the directory's. */
export interface MailboxRecord {
  guid: string
  replicaGuid: string
  localeId: number
  bag: PropertyBag
}

export function writeMailbox({ guid, replicaGuid, localeId, bag }: MailboxRecord): Uint8Array {
  const writer = new Writer(256)
  writer.u8(VERSION)
  writer.copy(parseGuid(guid))
  writer.copy(parseGuid(replicaGuid))
  writer.u32(localeId)
  writer.copy(packProperties(bag))
  return writer.written()
}

export function readMailbox(bytes: Uint8Array): MailboxRecord {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`mailbox record of version ${version}`, 0)
  const [guid, replicaGuid, localeId] = [reader.guid(), reader.guid(), reader.u32()]
  return { guid, replicaGuid, localeId, bag: new PackedProperties(reader.bytes, reader.position).toBag() }
}
