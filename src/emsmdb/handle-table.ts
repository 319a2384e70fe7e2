import type { Logon, ObjectKind, ServerObjects } from '../../rops/rop.js'
import { limits } from '../limits.js'
import type { Maybe } from '../mailbox/domain.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'

/** What a handle stands for. */
export interface ServerObject {
  readonly kind: ObjectKind
  readonly object: ServerObjects[ObjectKind]
  readonly logon: Logon
}

/** What initialises unused slots of a handle table; never a handle ([MS-OXCROPS] 3.2.5.1). */
export const NO_HANDLE = 0xffffffff

/**
 * The Server Object Map of a session ([MS-OXCROPS] 3.2.1). Handles count up from 0 and are never used twice, so that one
 * below `next` that is not in the map has been released: telling "never issued" from "released" needs no memory.
 */
export class HandleTable {
  readonly #objects = new Map<number, ServerObject>()
  readonly #counts: Partial<Record<ObjectKind, number>> = {}
  readonly #reservedValue: number
  #next = 0

  /** `reservedValue`: a number that stands for something else in handle tables and is never issued. */
  constructor(reservedValue: number) {
    this.#reservedValue = reservedValue
  }

  get size(): number {
    return this.#objects.size
  }

  count(kind: ObjectKind): number {
    return this.#counts[kind] ?? 0
  }

  /** Throws ecTooManyOpenObjects when no further object of the kind may be opened. */
  demandRoom(kind: ObjectKind): void {
    if (kind !== 'logon' && this.count(kind) >= limits.handlesPerKind)
      throw new MapiError(ErrorCode.ecTooManyOpenObjects)
  }

  /** Issues a handle. */
  add(kind: ObjectKind, object: ServerObjects[ObjectKind], logon: Logon): number {
    if (this.#next === this.#reservedValue) this.#next++
    if (this.#next >= NO_HANDLE) throw new MapiError(ErrorCode.ecTooManyOpenObjects)
    const handle = this.#next++
    this.#objects.set(handle, { kind, object, logon })
    this.#counts[kind] = this.count(kind) + 1
    return handle
  }

  /**
   * The object behind a handle, for a ROP on `logon`; or the error of [MS-OXCROPS] 3.2.5.4: ecNullObject for a handle that
   * was never issued, ecInvalidObject for a released one, ecAccessDenied for one of another logon. `logon` is undefined where one of
   * any logon will do.
   */
  resolve(handle: number, logon: Logon | undefined): ServerObject | number {
    const found = this.#objects.get(handle)
    if (found === undefined) {
      return handle < this.#next && handle !== this.#reservedValue ? ErrorCode.ecInvalidObject : ErrorCode.ecNullObject
    }
    return logon === undefined || found.logon === logon ? found : ErrorCode.ecAccessDenied
  }

  /** Forgets a handle and frees what its object holds. Objects opened from it live on; those of a logon go with it. */
  release(handle: number): Maybe<void> {
    const found = this.#objects.get(handle)
    if (found === undefined) return
    if (found.kind === 'logon') return this.releaseLogon(found.logon)
    this.#objects.delete(handle)
    this.#counts[found.kind] = this.count(found.kind) - 1
    return releaseObject(found.object)
  }

  /** Forgets every handle of a logon, its own included. */
  releaseLogon(logon: Logon): Maybe<void> {
    const pending: Promise<void>[] = []
    for (const [handle, found] of this.#objects) {
      if (found.logon !== logon) continue
      this.#objects.delete(handle)
      this.#counts[found.kind] = this.count(found.kind) - 1
      const released = releaseObject(found.object)
      if (released instanceof Promise) pending.push(released)
    }
    if (pending.length > 0) return settle(pending)
  }

  releaseAll(): Maybe<void> {
    const pending: Promise<void>[] = []
    for (const found of this.#objects.values()) {
      const released = releaseObject(found.object)
      if (released instanceof Promise) pending.push(released)
    }
    this.#objects.clear()
    for (const kind of Object.keys(this.#counts) as ObjectKind[]) this.#counts[kind] = 0
    if (pending.length > 0) return settle(pending)
  }
}

/**
 * Frees what a server object holds, where it has anything to free. Errors are dropped: whoever released the object has
 * no use for them, and RopRelease must not report any ([MS-OXCROPS] 3.2.5.3).
 */
export function releaseObject(object: object): Maybe<void> {
  const { release } = object as { release?: unknown }
  if (typeof release !== 'function') return
  try {
    const released: unknown = release.call(object)
    if (released instanceof Promise) return released.then(ignore, ignore)
  } catch {
    return
  }
}

async function settle(pending: Promise<void>[]): Promise<void> {
  await Promise.all(pending)
}

function ignore(): void {}
