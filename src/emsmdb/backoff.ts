import type { Writer } from '../bufferstructs/index.js'
import { compareVersions, type NormalizedVersion } from './client-version.js'

/** A ROP that is to be sent again later ([MS-OXCROPS] 2.2.15.2). */
export interface Backoff {
  /** How long the whole logon is asked to wait. */
  readonly durationMs: number
  /** ROPs that are asked to wait for another time than the logon. */
  readonly rops: readonly { readonly ropId: number; readonly durationMs: number }[]
}

const ROP_BACKOFF = 0xf9
/** Clients up to this version do not know RopBackoff ([MS-OXCROPS] R4542). */
const LAST_WITHOUT_BACKOFF: NormalizedVersion = [12, 0, 4228, 0]

/** A client that did not tell its version speaks MAPI over HTTP, which is younger than RopBackoff. */
export function understandsBackoff(version: NormalizedVersion): boolean {
  return version.every(part => part === 0) || compareVersions(version, LAST_WITHOUT_BACKOFF) > 0
}

/** RopId, LogonId, Duration, BackoffRopCount, BackoffRopData, AdditionalDataSize. */
export function writeBackoff(writer: Writer, logonId: number, backoff: Backoff): void {
  writer.u8(ROP_BACKOFF)
  writer.u8(logonId)
  writer.u32(backoff.durationMs)
  writer.u8(backoff.rops.length)
  for (const { ropId, durationMs } of backoff.rops) {
    writer.u8(ropId)
    writer.u32(durationMs)
  }
  writer.u16(0)
}
