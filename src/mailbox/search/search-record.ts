import { MalformedBuffer, Reader, Writer } from '../../bufferstructs/index.js'
import type { Fid, Mid } from '../../oxcdata/ids.js'
import { readRestriction, writeRestriction } from '../../oxcdata/restriction.js'
import type { SearchCriteria } from './search-criteria.js'

const VERSION = 1
const RECURSIVE = 0x01
const STATIC = 0x02
const STOPPED = 0x04

const PHASES = ['done', 'members', 'folders', 'moved'] as const

/**
 * How far a population is: `members` looks at what the folder shows already, `folders` at the folders of the scope in the order
 * of their ids, `moved` at those that came into the scope or left it meanwhile.
 */
export type SearchPhase = (typeof PHASES)[number]

/** What the store keeps of a search. */
export interface SearchRecord {
  readonly criteria: SearchCriteria
  /** GUID of the one who searches, when he may not read everything; empty when he may. */
  readonly searcher: string
  /** A client has stopped it: nothing is added any more. */
  readonly isStopped: boolean
  readonly phase: SearchPhase
  /** Where the phase goes on: a folder, and the message of it (or the member) behind which it does. */
  readonly atFid: Fid
  readonly atMid: Mid
  /** Folders to be looked at when the rest is done. */
  readonly moved: readonly Fid[]
}

export function writeSearch(record: SearchRecord): Uint8Array {
  const { criteria, moved } = record
  const writer = new Writer(256)
  writer.u8(VERSION)
  writer.u8(
    (criteria.isRecursive ? RECURSIVE : 0) | (criteria.isStatic ? STATIC : 0) | (record.isStopped ? STOPPED : 0)
  )
  writer.u8(PHASES.indexOf(record.phase))
  writer.f64(record.atFid)
  writer.f64(record.atMid)
  for (const fids of [criteria.scope, moved]) {
    writer.u32(fids.length)
    for (const fid of fids) writer.f64(fid)
  }
  const searcher = Buffer.from(record.searcher, 'latin1')
  writer.u8(searcher.byteLength)
  writer.copy(searcher)
  writeRestriction(writer, criteria.restriction, 32)
  return writer.written()
}

export function readSearch(bytes: Uint8Array): SearchRecord {
  const reader = new Reader(bytes)
  const version = reader.u8()
  if (version !== VERSION) throw new MalformedBuffer(`search record of version ${version}`, 0)
  const flags = reader.u8()
  const phase = PHASES[reader.u8()]
  if (phase === undefined) return reader.fail('unknown phase of a search')
  const [atFid, atMid] = [reader.f64(), reader.f64()]
  const [scope, moved] = [readFids(reader), readFids(reader)]
  const searcher = Buffer.from(reader.subarray(reader.u8())).toString('latin1')
  const restriction = readRestriction(reader, 32)
  const criteria = {
    ...{ restriction, scope },
    isRecursive: (flags & RECURSIVE) !== 0,
    isStatic: (flags & STATIC) !== 0
  }
  return { criteria, searcher, isStopped: (flags & STOPPED) !== 0, phase, atFid, atMid, moved }
}

function readFids(reader: Reader): Fid[] {
  const count = reader.u32()
  return Array.from({ length: count }, () => reader.f64())
}
