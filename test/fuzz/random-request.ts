import type { Rop } from '../../rops/rop.js'
import { generate, NotGenerated, type Random } from '../../src/bufferstructs/index.js'
import type { PropertyEntry } from '../../src/oxcdata/property-tag.js'
import * as Ptyp from '../../src/oxcdata/property-type.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import { newRecipientRow } from '../../src/oxcdata/recipient-row.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import type { SortOrder } from '../../src/oxcdata/sort-order.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'

/** What is real in the mailbox that requests are made for, so that most of them get past the first check. */
export interface Facts {
  fids: readonly number[]
  mids: readonly number[]
  essdns: readonly string[]
  replicaGuid: string
}

const KNOWN_TAGS: readonly number[] = [
  ...[tags.PidTagSubject, tags.PidTagSubjectPrefix, tags.PidTagNormalizedSubject, tags.PidTagBody, tags.PidTagHtml],
  ...[tags.PidTagRtfCompressed, tags.PidTagMessageFlags, tags.PidTagMessageClass, tags.PidTagMessageSize],
  ...[tags.PidTagMessageDeliveryTime, tags.PidTagImportance, tags.PidTagDisplayTo, tags.PidTagDisplayName],
  ...[tags.PidTagMid, tags.PidTagFolderId, tags.PidTagInstID, tags.PidTagInstanceNum, tags.PidTagEntryId],
  ...[
    tags.PidTagParentEntryId,
    tags.PidTagSourceKey,
    tags.PidTagChangeKey,
    tags.PidTagAccess,
    tags.PidTagHasAttachments
  ],
  ...[tags.PidTagAttachDataBinary, tags.PidTagAttachMethod, tags.PidTagAttachSize, tags.PidTagAttachNumber],
  ...[tags.PidTagContentCount, tags.PidTagContentUnreadCount, tags.PidTagSubfolders, tags.PidTagContainerClass],
  ...[tags.PidTagRowid, tags.PidTagRecipientType, tags.PidTagEmailAddress, tags.PidTagAddressType, tags.PidTagComment],
  ...[tags.PidTagLastModificationTime, tags.PidTagCreationTime, tags.PidTagRead, tags.PidTagSenderName],
  ...[0x8001001f, 0x80021003, 0x8003101f, 0x80041102, 0x80050102, 0x8006000b, 0x67aa000b, 0x3ff9000a]
]
const TYPES: readonly number[] = Object.values(Ptyp).filter((type): type is number => typeof type === 'number')
const NAMES = [
  'Inbox',
  'one',
  'two',
  'Two',
  'ünï',
  'ß',
  '',
  'x'.repeat(256),
  'y'.repeat(300),
  '\u{1F600}',
  'a/b',
  '\u0000'
]
const CLASSES = ['IPM.Note', 'IPM', '', 'IPM.Appointment', 'REPORT.IPM.Note.NDR', 'x'.repeat(260), 'IPM..Note']
const CODE_PAGES = [0, 1252, 0x0fff, 65001, 932, 1200, 20127, 54321]

/** Makes random requests of any ROP: the layout's own random values, with known ids, tags and names put into most fields. */
export class RandomRequest {
  constructor(
    private readonly random: Random,
    public facts: Facts
  ) {}

  chance(percent: number): boolean {
    return this.random.below(100) < percent
  }

  pick<T>(values: readonly T[]): T {
    return values[this.random.below(values.length)]
  }

  /** A request value of the row's layout, undefined where chance gave one that cannot be written. */
  of(row: Rop): unknown {
    if (row.name === 'RopModifyRecipients') return this.recipients()
    let made: unknown
    try {
      made = generate(row.request, this.random)
    } catch (error) {
      if (error instanceof NotGenerated) return undefined
      throw error
    }
    return typeof made === 'object' && made !== null ? this.salted(made as Record<string, unknown>) : made
  }

  private salted(fields: Record<string, unknown>): Record<string, unknown> {
    for (const name of Object.keys(fields)) if (this.chance(88)) fields[name] = this.field(name, fields[name])
    if ('sortOrders' in fields) fields.sortOrderCount = (fields.sortOrders as unknown[]).length
    if ('categoryCount' in fields && this.chance(70)) fields.categoryCount = fields.expandedCount = 0
    return fields
  }

  private field(name: string, value: unknown): unknown {
    const many = <T>(one: () => T, most = 6): T[] => Array.from({ length: this.random.below(most) }, one)
    switch (name) {
      case 'folderId':
        return typeof value === 'number' ? this.fid() : value
      case 'folderIds':
        return many(() => this.fid())
      case 'messageId':
      case 'objectId':
        return typeof value === 'number' ? this.mid() : value
      case 'messageIds':
        return many(() => this.mid(), 12)
      case 'propertyTag':
        return this.tag()
      case 'propertyTags':
      case 'excludedTags':
        return many(() => this.tag(), 14)
      case 'propertyValues':
      case 'hierarchyValues':
        return many(() => this.entry(), 5)
      case 'restriction':
        return this.chance(70) ? this.restriction(4) : null
      case 'sortOrders':
        return many((): SortOrder => ({ tag: this.tag(), order: this.pick([0, 1, 1, 0, 4]) }), 4)
      case 'essdn':
        return this.pick(this.facts.essdns)
      case 'codePageId':
        return this.pick(CODE_PAGES)
      case 'displayName':
      case 'newFolderName':
      case 'comment':
        return this.pick(NAMES).replaceAll('\0', '0')
      case 'messageClass':
        return this.pick(CLASSES)
      case 'attachmentId':
      case 'rowId':
        return typeof value === 'number' ? this.random.below(5) : value
      case 'propertyIds':
        return many(() => (this.chance(70) ? 0x8000 + this.random.below(16) : this.random.below(0x10000)), 12)
      case 'propertyNames':
        return many(() => this.name(), 5)
      case 'longTermId':
        return { databaseGuid: this.facts.replicaGuid, globcnt: this.random.below(0x400) }
      default:
        return this.amount(name, value)
    }
  }

  /** Sizes, positions, bytes and flags: mostly sensible, sometimes what was generated. */
  private amount(name: string, value: unknown): unknown {
    switch (name) {
      case 'streamSize':
        return BigInt(this.random.below(this.chance(90) ? 70_000 : 0x40000000))
      case 'offset':
        return BigInt(this.random.below(140_000) - (this.chance(50) ? 70_000 : 0))
      case 'data':
        return this.bytes(this.random.below(this.chance(80) ? 200 : 9000))
      case 'byteCount':
        return typeof value === 'bigint' ? BigInt(this.random.below(100_000)) : value
      case 'rowCount':
        return this.chance(60) ? this.random.below(60) : value
      case 'tableFlags':
        return this.pick([0, 2, 4, 0x20, 0x40, 0x60, value])
      case 'origin':
        return this.random.below(3)
      case 'queryRowsFlags':
        return this.random.below(3)
      case 'bookmark':
        return this.bytes(this.pick([0, 2, 4, 4, 4, 8, 16]))
      case 'logonFlags':
        return this.chance(85) ? 1 : value
      case 'openFlags':
        return this.chance(85) ? 0x01000000 : value
      case 'idCount':
        return this.chance(90) ? this.random.below(2000) : value
      case 'readFlags':
        return this.pick([0, 1, 4, 5, 0x10, 0x20, 0x40, value])
      case 'saveFlags':
        return this.pick([0x02, 0x01, 0x04, 0x0a, 0, value])
      case 'openModeFlags':
        return this.pick([0, 1, 2, 3, value])
      default:
        return value
    }
  }

  fid(): number {
    return this.chance(92) ? this.pick(this.facts.fids) : this.mid()
  }

  mid(): number {
    return this.chance(92) && this.facts.mids.length > 0
      ? this.pick(this.facts.mids)
      : 2 ** 48 + this.random.below(5000)
  }

  tag(): number {
    const tag = this.pick(KNOWN_TAGS)
    if (this.chance(75)) return tag
    const type = this.chance(50) ? this.pick(TYPES) & 0xffff : this.random.below(0x10000)
    return ((this.chance(80) ? tag & 0xffff0000 : this.random.below(0x10000) << 16) | type) >>> 0
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) bytes[i] = this.random.u32()
    return bytes
  }

  text(): string {
    const length = this.chance(95) ? this.random.below(40) : this.random.below(12_000)
    let text = ''
    for (let i = 0; i < length; i++) text += String.fromCharCode(1 + this.random.below(this.chance(80) ? 0x7e : 0xfffe))
    return text
  }

  /** A tag and a value of its type, as a property is set. */
  entry(tag = this.tag()): PropertyEntry {
    const type = tag & 0xffff
    try {
      return { tag, bytes: encodeValue(type, this.value(type)) }
    } catch {
      // A type that no value has: the request cannot say it, so another one goes instead.
      return { tag: tags.PidTagImportance, bytes: this.bytes(4) }
    }
  }

  private value(type: number): PropertyValue {
    if (type > 0x1000 && type < 0x2000) {
      return Array.from({ length: this.random.below(6) }, () => this.value(type & 0xfff)) as PropertyValue[]
    }
    switch (type) {
      case Ptyp.PtypString:
      case Ptyp.PtypString8:
        return this.text()
      case Ptyp.PtypBoolean:
        return this.chance(50)
      case Ptyp.PtypTime:
        return BigInt(this.random.u32()) << BigInt(this.random.below(33))
      case Ptyp.PtypInteger64:
      case Ptyp.PtypCurrency:
        return BigInt.asIntN(64, BigInt(this.random.u32()) << BigInt(this.random.below(33)))
      case Ptyp.PtypGuid:
        return this.facts.replicaGuid
      case Ptyp.PtypBinary:
      case Ptyp.PtypObject:
      case Ptyp.PtypServerId:
        return this.bytes(this.random.below(this.chance(95) ? 60 : 12_000))
      case Ptyp.PtypInteger16:
        return this.random.below(0x10000) - 0x8000
      case Ptyp.PtypFloating32:
      case Ptyp.PtypFloating64:
      case Ptyp.PtypFloatingTime:
        return this.pick([0, -1, Number.NaN, Infinity, 1e300, this.random.below(1000)])
      default:
        return this.chance(50) ? this.random.below(10) : this.random.u32() | 0
    }
  }

  restriction(depth: number): Restriction {
    const below = (): Restriction => this.restriction(depth - 1)
    const tag = this.tag()
    const relop = this.random.below(8)
    switch (this.random.below(depth === 0 ? 7 : 12)) {
      case 0:
        return { kind: 'exist', tag }
      case 1:
        return { kind: 'size', relop, tag, size: this.random.below(5000) }
      case 2:
        return { kind: 'bitmask', relop: relop & 1, tag, mask: this.random.u32() }
      case 3:
        return { kind: 'compare', relop, tag1: tag, tag2: this.tag() }
      case 4:
      case 5:
        return { kind: 'property', relop, tag, value: this.entry(this.chance(85) ? tag : this.tag()) }
      case 6: {
        const value = this.entry(this.chance(85) ? tag : this.tag())
        return { kind: 'content', fuzzyLow: this.random.below(4), fuzzyHigh: this.random.below(8), tag, value }
      }
      case 7:
        return { kind: 'not', restriction: below() }
      case 8:
        return { kind: 'count', count: this.random.below(4), restriction: below() }
      case 9: {
        const subObject = this.pick([tags.PidTagMessageRecipients, tags.PidTagMessageAttachments, tag])
        return { kind: 'subObject', subObject, restriction: below() }
      }
      case 10:
        return { kind: 'comment', values: [this.entry()], restriction: this.chance(60) ? below() : null }
      default: {
        const restrictions = Array.from({ length: this.random.below(4) }, below)
        return { kind: this.chance(50) ? 'and' : 'or', restrictions }
      }
    }
  }

  private name(): { guid: string; lid: number } | { guid: string; name: string } {
    const guid = this.pick([
      ...['00062008-0000-0000-c000-000000000046', '00020329-0000-0000-c000-000000000046'],
      ...['00020386-0000-0000-c000-000000000046', '00020328-0000-0000-c000-000000000046']
    ])
    if (this.chance(50)) return { guid, lid: this.chance(90) ? this.random.below(24) : this.random.u32() }
    return { guid, name: this.pick(['a', 'A', 'Subject', 'n'.repeat(100), '']) }
  }

  private recipients(): unknown {
    const recipientColumns = Array.from({ length: this.random.below(5) }, () => this.tag())
    const recipientRows = Array.from({ length: this.random.below(6) }, () => {
      const row = newRecipientRow(this.random.below(8), this.chance(70))
      row.x500Dn = this.pick(this.facts.essdns)
      row.prefixUsed = this.chance(80) ? 0 : this.random.below(256)
      row.displayType = this.random.below(256)
      row.entryId = this.bytes(this.random.below(80))
      row.searchKey = this.bytes(this.random.below(40))
      if (this.chance(70)) row.displayName = this.text().slice(0, 60)
      if (this.chance(70)) row.email = 'someone@example.test'
      if (this.chance(30)) row.addressType = 'SMTP'
      if (this.chance(30)) row.simpleDisplayName = 'simple'
      row.cells = recipientColumns.map(tag => (this.chance(80) ? this.entry(tag) : undefined)?.bytes ?? 0x8004010f)
      if (this.chance(20)) row.cells.length = this.random.below(row.cells.length + 1)
      const recipientType = this.chance(90) ? 1 + this.random.below(3) : this.random.below(256)
      return { rowId: this.random.below(6), recipientType, row: this.chance(85) ? row : null }
    })
    return { recipientColumns, recipientRows }
  }
}
