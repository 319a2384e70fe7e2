import { MalformedBuffer, Reader, Writer } from '../../bufferstructs/index.js'

const VERSION = 1

/** One row of the per-user data table ([MS-OXCSTOR] 3.2.1): what somebody has read in one public folder. */
export interface PerUserRecord {
  /** FILETIME of the last change, in UTC. */
  readonly time: bigint
  /** Change number of the last change, of the mailbox that keeps the row; no object has it. */
  readonly cn: number
  /** Replica that the numbers were obtained from; in a public store its own. */
  readonly replGuid: string
  /** Change numbers of the messages that were read, as an IDSET with replica GUIDs. */
  readonly data: Uint8Array
}

export function writePerUser({ time, cn, replGuid, data }: PerUserRecord): Uint8Array {
  const writer = new Writer(64 + data.byteLength)
  writer.u8(VERSION)
  writer.u64(time)
  writer.f64(cn)
  writer.guid(replGuid)
  writer.copy(data)
  return writer.written()
}

export function readPerUser(bytes: Uint8Array): PerUserRecord {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`per-user information of version ${version}`, 0)
  const [time, cn, replGuid] = [reader.u64(), reader.f64(), reader.guid()]
  return { time, cn, replGuid, data: bytes.subarray(reader.position) }
}
