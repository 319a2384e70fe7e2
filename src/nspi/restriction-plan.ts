import type { DirectoryEntry } from '../directory/index.js'
import { type PropertyTag, tagId, tagType } from '../oxcdata/property-tag.js'
import { PtypString, storedType } from '../oxcdata/property-type.js'
import { RelOp, type Restriction } from '../oxcdata/restriction.js'
import { RestrictionEvaluator, type RestrictionTarget } from '../oxcdata/restriction-evaluate.js'
import { stringOf } from '../oxcdata/stored-string.js'
import * as tags from '../oxprops/property-tags.generated.js'
import { entryValue } from './properties/entry-cells.js'
import type { PropertyView } from './properties/property-view.js'
import { fail } from './status.js'

/** Conditions in one restriction; [MS-OXNSPI] 3.1.4.1.10 leaves it to the server what is too complex. */
const CONDITION_LIMIT = 256
/** Stand in a restriction for name resolutions, above all tags that a client can send. */
const FIRST_NAME_TAG = 0x100000000
const TRUE = Uint8Array.of(1)

/** Finds what a name may mean, by PidTagAnr. */
export type FindNamed = (name: string) => Iterable<DirectoryEntry>

/**
 * A restriction made ready for many entries. Conditions on PidTagAnr are name resolutions: each is answered once, by
 * the index of names, and stands in the restriction as the set of its entries.
 */
export class RestrictionPlan {
  private readonly named: ReadonlySet<DirectoryEntry>[] = []
  private readonly evaluator: RestrictionEvaluator
  private readonly target: EntryTarget
  /** Entries outside of which none can match; null when any entry may. */
  readonly candidates: ReadonlySet<DirectoryEntry> | null

  constructor(restriction: Restriction, view: PropertyView, localeId: number, findNamed: FindNamed) {
    demandSupported(restriction)
    const planned = this.withNames(restriction, findNamed)
    this.evaluator = new RestrictionEvaluator(planned, { localeId })
    this.target = new EntryTarget(view, this.named)
    this.candidates = this.candidatesOf(planned)
  }

  matches(entry: DirectoryEntry): boolean {
    this.target.entry = entry
    return this.evaluator.matches(this.target)
  }

  private withNames(restriction: Restriction, findNamed: FindNamed): Restriction {
    switch (restriction.kind) {
      case 'and':
      case 'or': {
        const restrictions = restriction.restrictions.map(inner => this.withNames(inner, findNamed))
        return { ...restriction, restrictions }
      }
      case 'not':
        return { kind: 'not', restriction: this.withNames(restriction.restriction, findNamed) }
      case 'content':
      case 'property': {
        if (tagId(restriction.tag) !== tagId(tags.PidTagAnr)) return restriction
        const { value } = restriction
        const name = storedType(tagType(value.tag)) === PtypString ? stringOf(value.bytes) : ''
        this.named.push(new Set(findNamed(name)))
        return { kind: 'exist', tag: FIRST_NAME_TAG + this.named.length - 1 }
      }
    }
    return restriction
  }

  /** The set that a conjunction cannot leave: that of one of its names. */
  private candidatesOf(planned: Restriction): ReadonlySet<DirectoryEntry> | null {
    if (planned.kind === 'and') {
      for (const inner of planned.restrictions) {
        const candidates = this.candidatesOf(inner)
        if (candidates !== null) return candidates
      }
    }
    return planned.kind === 'exist' ? (this.named[planned.tag - FIRST_NAME_TAG] ?? null) : null
  }
}

/** An entry as conditions see it. */
class EntryTarget implements RestrictionTarget {
  entry: DirectoryEntry | undefined

  constructor(
    private readonly view: PropertyView,
    private readonly named: readonly ReadonlySet<DirectoryEntry>[]
  ) {}

  value(tag: PropertyTag): Uint8Array | undefined {
    if (this.entry === undefined) return undefined
    const names = this.named[tag - FIRST_NAME_TAG]
    if (names !== undefined) return names.has(this.entry) ? TRUE : undefined
    return entryValue(this.entry, tag, this.view)
  }
}

/** The restrictions that the protocol carries ([MS-OXNSPI] 2.2.5.6), within reason; all others are TooComplex. */
function demandSupported(restriction: Restriction): void {
  let count = 0
  const visit = (inner: Restriction): void => {
    if (++count > CONDITION_LIMIT) fail('tooComplex', 'too many conditions')
    switch (inner.kind) {
      case 'and':
      case 'or':
        inner.restrictions.forEach(visit)
        return
      case 'not':
        visit(inner.restriction)
        return
      case 'property':
        if (inner.relop > RelOp.notEqual) fail('tooComplex', `relational operator ${inner.relop}`)
        return
      case 'content':
      case 'exist':
        return
    }
    fail('tooComplex', `a ${inner.kind} restriction`)
  }
  visit(restriction)
}
