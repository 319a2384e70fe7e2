import type { Rop } from '../../../rops/rop.js'
import type { SessionMemory, SessionObject } from './session-memory.js'

/** One remote operation of a request. */
export interface RopRequest {
  readonly rop: Rop
  readonly logonId: number
  /** Handle slots in wire order, as `rop.handles` names them. */
  readonly slots: readonly number[]
  readonly fields: Record<string, unknown>
  /** Answered together with the operation of the first payload that it continues. */
  readonly continues: boolean
}

/** A slot of the server object handle table that holds nothing. */
export const NO_HANDLE = 0xffffffff

/** The operations of one Execute with their handle table, and what their slots stand for while they are answered. */
export class RopBatchMemory {
  readonly requests: RopRequest[] = []
  handles: number[] = []
  private readonly opened = new Map<number, SessionObject>()
  private readonly promised = new Map<number, string>()
  private readonly released = new Set<number>()
  private readonly publicLogons = new Map<number, boolean>()

  constructor(readonly session: SessionMemory) {}

  slot(request: RopRequest, name: 'input' | 'output' | 'source' | 'destination' | 'response'): number | undefined {
    const at = request.rop.handles.split(' ').indexOf(name)
    return at < 0 ? undefined : request.slots[at]
  }

  /** The object in a slot; undefined for one that is empty. */
  object(slot: number | undefined): SessionObject | undefined {
    if (slot === undefined) return undefined
    const opened = this.opened.get(slot)
    if (opened !== undefined) return opened
    const handle = this.handles[slot]
    return handle === undefined || handle === NO_HANDLE ? undefined : this.session.object(handle)
  }

  /** The object that an operation is about. */
  subject(request: RopRequest): SessionObject | undefined {
    return this.object(this.slot(request, 'input') ?? this.slot(request, 'source'))
  }

  open(slot: number | undefined, object: SessionObject): void {
    if (slot !== undefined) this.opened.set(slot, object)
  }

  /** A request that will put an object into a slot. */
  promise(slot: number, ropName: string): void {
    this.promised.set(slot, ropName)
  }

  /** What is known of a slot while requests are listed, for people. */
  label(slot: number): string | undefined {
    const promise = this.promised.get(slot)
    if (promise !== undefined) return `from ${promise}`
    const object = this.object(slot)
    return object === undefined || object.kind === 'object' ? undefined : object.label
  }

  isReleased(slot: number): boolean {
    return this.released.has(slot)
  }

  release(slot: number | undefined): void {
    if (slot === undefined) return
    this.released.add(slot)
    this.opened.delete(slot)
    const handle = this.handles[slot]
    if (handle !== undefined) this.session.release(handle)
  }

  /** Handles of the answer: from now on they stand for what was opened in their slots. */
  bind(handles: readonly number[]): void {
    for (const [slot, object] of this.opened) {
      const handle = handles[slot]
      if (handle !== undefined && handle !== NO_HANDLE) this.session.bind(handle, object)
    }
  }

  announceLogon(logonId: number, isPublic: boolean): void {
    this.publicLogons.set(logonId, isPublic)
  }

  isPublicLogon(logonId: number): boolean {
    return this.publicLogons.get(logonId) ?? this.session.isPublicLogon(logonId)
  }
}
