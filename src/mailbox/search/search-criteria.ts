import { ErrorCode } from '../../oxcdata/error-code.js'
import type { Fid } from '../../oxcdata/ids.js'
import { MapiError } from '../../oxcdata/map-error.js'
import { type Restriction, restrictionBytes } from '../../oxcdata/restriction.js'

/** SearchFlags of RopSetSearchCriteria ([MS-OXCFOLD] 2.2.1.4.1). */
export const SearchFlag = {
  stop: 0x1,
  restart: 0x2,
  recursive: 0x4,
  shallow: 0x8,
  /** BACKGROUND_SEARCH and FOREGROUND_SEARCH: priorities, of which this server has one. */
  background: 0x10,
  foreground: 0x20,
  contentIndexed: 0x10000,
  nonContentIndexed: 0x20000,
  static: 0x40000
} as const

const KNOWN = Object.values(SearchFlag).reduce((all, flag) => all | flag, 0)

/** Pairs of which a client may set one ([MS-OXCFOLD] R765, R771, R1204). */
const EXCLUSIVE = [
  SearchFlag.stop | SearchFlag.restart,
  SearchFlag.recursive | SearchFlag.shallow,
  SearchFlag.background | SearchFlag.foreground,
  SearchFlag.contentIndexed | SearchFlag.nonContentIndexed
]

/** SearchFlags of RopGetSearchCriteria ([MS-OXCFOLD] 2.2.1.5.2). */
export const SearchState = {
  running: 0x1,
  rebuild: 0x2,
  recursive: 0x4,
  complete: 0x1000,
  static: 0x10000,
  /** TWIR_TOTALLY: done without a content index, of which there is none. */
  withoutIndex: 0x08000000
} as const

/** What a search folder finds, and where. */
export interface SearchCriteria {
  /** Its strings are wide. */
  readonly restriction: Restriction
  readonly scope: readonly Fid[]
  readonly isRecursive: boolean
  readonly isStatic: boolean
}

/** What a client says of its search; null and an empty list stand for what was said before. */
export interface SearchRequest {
  readonly restriction: Restriction | null
  readonly scope: readonly Fid[]
  readonly flags: number
}

/** Throws ecInvalidParam for bits that do not exist (note <19>), and for two that exclude each other. */
export function demandSearchFlags(flags: number): void {
  if ((flags & ~KNOWN) !== 0 || EXCLUSIVE.some(pair => (flags & pair) === pair)) {
    throw new MapiError(ErrorCode.ecInvalidParam)
  }
}

/**
 * Throws ecTooComplex for a restriction that no search can keep to: how many rows a count lets through depends on those before
 * them, so that it can only stand around all of the rest.
 */
export function demandSearchable(restriction: Restriction): void {
  const visit = (inner: Restriction, depth: number): void => {
    if (depth > MOST_DEPTH || (inner.kind === 'count' && depth > 0)) throw new MapiError(ErrorCode.ecTooComplex)
    if (inner.kind === 'and' || inner.kind === 'or') for (const part of inner.restrictions) visit(part, depth + 1)
    else if ('restriction' in inner && inner.restriction !== null) visit(inner.restriction, depth + 1)
  }
  visit(restriction, 0)
}

/** Deeper ones would be walked for every message. */
const MOST_DEPTH = 64

export function sameCriteria(a: SearchCriteria, b: SearchCriteria): boolean {
  return (
    a.isRecursive === b.isRecursive &&
    a.isStatic === b.isStatic &&
    a.scope.length === b.scope.length &&
    a.scope.every(fid => b.scope.includes(fid)) &&
    Buffer.compare(restrictionBytes(a.restriction, 32), restrictionBytes(b.restriction, 32)) === 0
  )
}
