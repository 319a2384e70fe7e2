/**
 * What restrictions mean ([MS-OXCDATA] 2.12). A condition on a property that the object lacks is false, except for RELOP_NE, which is
 * true: the value is not the one named. A multivalue property meets a condition on a single value when one of its values does;
 * RELOP_NE when none is equal.
 */
import { compareBytes, compareText, foldText } from './collation.js'
import type { PropertyEntry, PropertyTag } from './property-tag.js'
import {
  isMultivalue,
  isString,
  PtypBinary,
  PtypBoolean,
  PtypInteger16,
  PtypString,
  singleType,
  storedType
} from './property-type.js'
import { splitElements } from './property-value.js'
import { BitmapRelOp, FuzzyHigh, FuzzyLow, RelOp, type Restriction } from './restriction.js'
import { stringOf } from './stored-string.js'
import { compareValues } from './value-order.js'

/** What a restriction is evaluated on: a row, a message, a recipient, an attachment. */
export interface RestrictionTarget {
  /** Stored bytes of the property that a tag names, undefined when absent or of another type. PtypUnspecified takes any type. */
  value(tag: PropertyTag): Uint8Array | undefined
  /** The recipients (PidTagMessageRecipients) or attachments (PidTagMessageAttachments) of a message. */
  subObjects?(subObject: PropertyTag): Iterable<RestrictionTarget>
}

export interface EvaluationOptions {
  /** LCID of the table or session, for comparisons of text. */
  localeId: number
  /** Whether a value (an entry id) is a member of the distribution list that another names; without it RELOP_MEMBER_OF_DL compares for equality. */
  isMemberOfDl?(member: Uint8Array, list: Uint8Array): boolean
}

/**
 * Evaluates one restriction on one object after the other. It has a memory: a CountRestriction holds for its first Count matches and for
 * none after them ([MS-OXCDATA] 2.12.12).
 */
export class RestrictionEvaluator {
  private readonly restriction: Restriction
  private readonly options: EvaluationOptions
  private readonly matched = new Map<Restriction, number>()
  private readonly patterns = new Map<Restriction, ContentPattern>()

  constructor(restriction: Restriction, options: EvaluationOptions) {
    this.restriction = restriction
    this.options = options
  }

  matches(target: RestrictionTarget): boolean {
    return this.holds(this.restriction, target)
  }

  private holds(restriction: Restriction, target: RestrictionTarget): boolean {
    switch (restriction.kind) {
      case 'and':
        for (const inner of restriction.restrictions) if (!this.holds(inner, target)) return false
        return true
      case 'or':
        for (const inner of restriction.restrictions) if (this.holds(inner, target)) return true
        return false
      case 'not':
        return !this.holds(restriction.restriction, target)
      case 'content':
        return this.contentHolds(restriction, target)
      case 'property':
        return this.propertyHolds(restriction, target)
      case 'compare':
        return this.comparisonHolds(restriction, target)
      case 'bitmask': {
        const value = target.value(restriction.tag)
        if (value === undefined) return false
        const zero = (integerOf(value) & restriction.mask) === 0
        return restriction.relop === BitmapRelOp.equalsZero ? zero : !zero
      }
      case 'size':
        return sizeHolds(restriction, target)
      case 'exist':
        return target.value(restriction.tag) !== undefined
      case 'subObject':
        for (const inner of target.subObjects?.(restriction.subObject) ?? []) {
          if (this.holds(restriction.restriction, inner)) return true
        }
        return false
      case 'comment':
        return restriction.restriction === null || this.holds(restriction.restriction, target)
      case 'count': {
        const matched = this.matched.get(restriction) ?? 0
        if (matched >= restriction.count || !this.holds(restriction.restriction, target)) return false
        this.matched.set(restriction, matched + 1)
        return true
      }
    }
  }

  private propertyHolds(restriction: Of<'property'>, target: RestrictionTarget): boolean {
    const value = target.value(restriction.tag)
    const { relop } = restriction
    if (value === undefined) return relop === RelOp.notEqual
    const type = storedType(restriction.tag & 0xffff & ~0x2000)
    const wantedType = storedType(restriction.value.tag & 0xffff)
    const wanted = restriction.value.bytes
    if (!isMultivalue(type) || isMultivalue(wantedType)) {
      const own = type === 0 ? wantedType : type
      return own === wantedType && this.relopHolds(relop, own, value, wanted)
    }
    if (singleType(type) !== wantedType) return false
    const parts = splitElements(type, value)
    if (relop === RelOp.notEqual) return !parts.some(part => this.relopHolds(RelOp.equal, wantedType, part, wanted))
    return parts.some(part => this.relopHolds(relop, wantedType, part, wanted))
  }

  private comparisonHolds(restriction: Of<'compare'>, target: RestrictionTarget): boolean {
    const { relop, tag1, tag2 } = restriction
    const first = target.value(tag1)
    const second = target.value(tag2)
    if (first === undefined || second === undefined) return relop === RelOp.notEqual && first !== second
    const type = storedType(tag1 & 0xffff)
    return type === storedType(tag2 & 0xffff) && this.relopHolds(relop, type, first, second)
  }

  private relopHolds(relop: number, type: number, value: Uint8Array, wanted: Uint8Array): boolean {
    if (relop === RelOp.like) return type === PtypString && likePattern(stringOf(wanted)).test(stringOf(value))
    if (relop === RelOp.memberOfDl) {
      const { isMemberOfDl } = this.options
      return isMemberOfDl === undefined ? compareBytes(value, wanted) === 0 : isMemberOfDl(value, wanted)
    }
    const order = compareValues(type, value, wanted, this.options.localeId)
    return orderHolds(relop, order)
  }

  private contentHolds(restriction: Of<'content'>, target: RestrictionTarget): boolean {
    const value = target.value(restriction.tag)
    if (value === undefined) return false
    let pattern = this.patterns.get(restriction)
    if (pattern === undefined) {
      pattern = new ContentPattern(restriction, this.options.localeId)
      this.patterns.set(restriction, pattern)
    }
    const type = storedType(restriction.tag & 0xffff & ~0x2000)
    if (singleType(type) !== pattern.type) return false
    if (!isMultivalue(type)) return pattern.matches(value)
    const test = pattern
    return splitElements(type, value).some(part => test.matches(part))
  }
}

type Of<K extends Restriction['kind']> = Extract<Restriction, { kind: K }>

/** One evaluation; for many objects make a RestrictionEvaluator. */
export function evaluateRestriction(
  restriction: Restriction,
  target: RestrictionTarget,
  options: EvaluationOptions
): boolean {
  return new RestrictionEvaluator(restriction, options).matches(target)
}

function orderHolds(relop: number, order: number): boolean {
  switch (relop) {
    case RelOp.lessThan:
      return order < 0
    case RelOp.lessThanOrEqual:
      return order <= 0
    case RelOp.greaterThan:
      return order > 0
    case RelOp.greaterThanOrEqual:
      return order >= 0
    case RelOp.equal:
      return order === 0
    case RelOp.notEqual:
      return order !== 0
  }
  return false
}

/** The low 32 bits of an integer or Boolean value. */
function integerOf(value: Uint8Array): number {
  let result = 0
  for (let i = Math.min(value.byteLength, 4) - 1; i >= 0; i--) result = (result << 8) | value[i]
  return result
}

/** Sizes are those of the stored form: strings with their terminator, of a multivalue any element. */
function sizeHolds(restriction: Of<'size'>, target: RestrictionTarget): boolean {
  const value = target.value(restriction.tag)
  if (value === undefined) return false
  const type = storedType(restriction.tag & 0xffff)
  const sizes = isMultivalue(type) ? splitElements(type, value).map(part => part.byteLength) : [value.byteLength]
  return sizes.some(size => orderHolds(restriction.relop, size - restriction.size))
}

/** The value of a content restriction, folded once for all objects. */
class ContentPattern {
  readonly type: number
  private readonly low: number
  private readonly ignoreCase: boolean
  private readonly ignoreMarks: boolean
  private readonly text: string
  private readonly bytes: Uint8Array
  private readonly localeId: number

  constructor(restriction: Of<'content'>, localeId: number) {
    const { fuzzyHigh, value } = restriction
    const loose = (fuzzyHigh & FuzzyHigh.loose) !== 0
    this.type = singleType(storedType(value.tag & 0xffff))
    // Bits above the two of the documents (FL_PREFIX_ON_ANY_WORD, FL_PHRASE_MATCH) only make full-text search narrower.
    this.low = restriction.fuzzyLow & 0x000f
    this.ignoreCase = loose || (fuzzyHigh & FuzzyHigh.ignoreCase) !== 0
    this.ignoreMarks = loose || (fuzzyHigh & FuzzyHigh.ignoreNonSpace) !== 0
    this.bytes = firstValue(value)
    this.text = isString(this.type) ? foldText(stringOf(this.bytes), this.ignoreCase, this.ignoreMarks) : ''
    this.localeId = localeId
  }

  matches(value: Uint8Array): boolean {
    if (this.type === PtypString) {
      const text = foldText(stringOf(value), this.ignoreCase, this.ignoreMarks)
      if (this.low === FuzzyLow.substring) return text.includes(this.text)
      if (this.low === FuzzyLow.prefix) return text.startsWith(this.text)
      if (this.ignoreCase && !this.ignoreMarks)
        return text === this.text || compareText(value, this.bytes, this.localeId) === 0
      return text === this.text
    }
    if (this.type !== PtypBinary) return compareValues(this.type, value, this.bytes, this.localeId) === 0
    return this.bytesMatch(value)
  }

  private bytesMatch(value: Uint8Array): boolean {
    const wanted = this.bytes
    if (this.low === FuzzyLow.substring) return contains(value, wanted)
    if (this.low === FuzzyLow.prefix) {
      return value.byteLength >= wanted.byteLength && compareBytes(value.subarray(0, wanted.byteLength), wanted) === 0
    }
    return compareBytes(value, wanted) === 0
  }
}

/** Whether `wanted` occurs in `value`. */
function contains(value: Uint8Array, wanted: Uint8Array): boolean {
  const view = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return view.includes(Buffer.from(wanted.buffer, wanted.byteOffset, wanted.byteLength))
}

/** A content restriction names one value; of a multivalue the first counts. */
function firstValue(value: PropertyEntry): Uint8Array {
  const type = storedType(value.tag & 0xffff)
  if (!isMultivalue(type)) return value.bytes
  return splitElements(type, value.bytes)[0] ?? new Uint8Array(0)
}

/** RELOP_RE: `*` stands for any text, `?` for one character; case does not count. */
function likePattern(text: string): RegExp {
  const source = text
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'isu')
}

/** Types on whose bits a BitMaskRestriction can look. */
export function isBitmaskType(type: number): boolean {
  return type === PtypInteger16 || type === 0x0003 || type === 0x0014 || type === PtypBoolean
}

/** Every tag that a restriction looks at on the object itself (not on its sub-objects), in order of appearance, each once. */
export function restrictionTags(restriction: Restriction): PropertyTag[] {
  const tags = new Set<PropertyTag>()
  const visit = (inner: Restriction): void => {
    switch (inner.kind) {
      case 'and':
      case 'or':
        inner.restrictions.forEach(visit)
        break
      case 'not':
      case 'count':
        visit(inner.restriction)
        break
      case 'comment':
        if (inner.restriction !== null) visit(inner.restriction)
        break
      case 'compare':
        tags.add(inner.tag1).add(inner.tag2)
        break
      case 'subObject':
        break
      default:
        tags.add(inner.tag)
    }
  }
  visit(restriction)
  return [...tags]
}
