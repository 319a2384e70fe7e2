import type { Mid } from '../../oxcdata/ids.js'
import type { PackedProperties } from '../../oxcdata/packed-properties.js'
import type { PropertyTag } from '../../oxcdata/property-tag.js'
import type { Restriction } from '../../oxcdata/restriction.js'
import { type RestrictionTarget, restrictionTags } from '../../oxcdata/restriction-evaluate.js'
import type { Maybe } from '../domain.js'
import type { ReadState } from '../public-store/read-states.js'
import { readStateValue } from './message-row-cells.js'
import { mayBeCut, type SummaryRow } from './summary-row.js'

/** Where the values of a message come from that its summary row does not tell in full. */
export interface RecordSource {
  /** The message with all its properties, recipients and attachments; undefined when it has gone. */
  record(mid: Mid): Maybe<RestrictionTarget | undefined>
  /** Value of a computed column, for restrictions and sorts; undefined when it is not one. */
  computedValue(tag: PropertyTag, mid: Mid, row: SummaryRow): Uint8Array | undefined
}

/**
 * The messages of a folder as restrictions and sorts look at them: by their summary rows, and by the whole message where a summary
 * row does not hold all of what is asked for.
 */
export class RowTargets {
  private readonly source: RecordSource
  private readonly reader: ReadState | undefined
  private readonly neededTags: PropertyTag[]
  private readonly needsSubObjects: boolean

  /** `tags` are those that are looked at beside the restriction's; `reader` is whose read states count, in a public store. */
  constructor(
    source: RecordSource,
    restriction: Restriction | null,
    tags: readonly PropertyTag[],
    reader: ReadState | undefined
  ) {
    this.source = source
    this.reader = reader
    this.neededTags = [...new Set([...(restriction === null ? [] : restrictionTags(restriction)), ...tags])]
    this.needsSubObjects = restriction !== null && hasSubObject(restriction)
  }

  /** Undefined for a message that has gone since its row was read. */
  of(mid: Mid, row: SummaryRow): Maybe<RestrictionTarget | undefined> {
    if (!this.needsRecord(row.packed)) {
      return {
        value: tag => this.seenValue(tag, row) ?? row.packed.value(tag) ?? this.source.computedValue(tag, mid, row)
      }
    }
    const record = this.source.record(mid)
    if (record instanceof Promise) return record.then(found => this.ofRecord(mid, row, found))
    return this.ofRecord(mid, row, record)
  }

  private ofRecord(mid: Mid, row: SummaryRow, record: RestrictionTarget | undefined): RestrictionTarget | undefined {
    if (record === undefined) return undefined
    return {
      value: tag =>
        this.seenValue(tag, row) ??
        record.value(tag) ??
        row.packed.value(tag) ??
        this.source.computedValue(tag, mid, row),
      subObjects: tag => record.subObjects?.(tag) ?? []
    }
  }

  private seenValue(tag: PropertyTag, row: SummaryRow): Uint8Array | undefined {
    return this.reader === undefined ? undefined : readStateValue(this.reader, tag, row)
  }

  private needsRecord(packed: PackedProperties): boolean {
    if (this.needsSubObjects) return true
    for (const tag of this.neededTags) {
      const at = packed.find(tag >>> 16)
      if (at >= 0 && mayBeCut(packed, at)) return true
    }
    return false
  }
}

function hasSubObject(restriction: Restriction): boolean {
  switch (restriction.kind) {
    case 'subObject':
      return true
    case 'and':
    case 'or':
      return restriction.restrictions.some(hasSubObject)
    case 'not':
    case 'count':
      return hasSubObject(restriction.restriction)
    case 'comment':
      return restriction.restriction !== null && hasSubObject(restriction.restriction)
  }
  return false
}
