/** Requests that make no sense: every one gets a documented answer, and none shows what is hidden. */

import { test } from 'tap'
import { Random } from '../../src/bufferstructs/index.js'
import type { NspiValue, Stat } from '../../src/nspi/index.js'
import { entryProperties } from '../../src/nspi/properties/entry-properties.js'
import { statAtBeginning } from '../../src/nspi/stat.js'
import { withType } from '../../src/oxcdata/property-tag.js'
import { fixedSize, isMultivalue } from '../../src/oxcdata/property-type.js'
import type { Restriction } from '../../src/oxcdata/restriction.js'
import { storedString } from '../../src/oxcdata/stored-string.js'
import { requirement } from '../conformance/ledger.js'
import { byTheText, namesOf, type SampleBook, sampleBook } from './sample-book.js'

const SEED = Number(process.env.FUZZ_SEED ?? 1)
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 1) * 3000
/** [MS-OXNSPI] 2.2.1.2 with the values of [MS-OXCDATA] 2.4. */
const PERMITTED = new Set([
  ...[0, 0x00040380, 0x80004005, 0x80040102, 0x80040108, 0x8004010e, 0x8004010f, 0x80040111, 0x80040117],
  ...[0x8004011e, 0x8004011f, 0x80040403, 0x80040405, 0x80070005, 0x8007000e, 0x80070057]
])
const TYPES = [
  0, 1, 2, 3, 0x0a, 0x0b, 0x0d, 0x1e, 0x1f, 0x40, 0x48, 0x102, 0x1003, 0x101e, 0x101f, 0x1102, 0x3003, 0xffff
]
const NAMES = [
  '',
  '=',
  'alice',
  '=SMTP:x',
  '/o=',
  'dora',
  'a b c',
  '\0',
  '\ud800',
  'ß',
  '%',
  '(anr=*)',
  'x'.repeat(300)
]

class Damage {
  constructor(
    private readonly random: Random,
    private readonly mids: readonly number[]
  ) {}

  one<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)]
  }

  mid(): number {
    return this.one([this.one(this.mids), this.random.u32(), this.random.below(16)])
  }

  stat(): Stat | null {
    const { random } = this
    if (random.below(20) === 0) return null
    return {
      sortType: this.one([0, 0, 0, 3, 0x3e8, 0x3e9, random.u32()]),
      containerId: this.one([0, 0, this.mid(), this.tag()]),
      currentRecord: this.one([0, 1, 2, this.mid()]),
      delta: this.one([0, random.u32() | 0, random.below(20) - 10]),
      position: this.one([0, random.u32(), random.below(20)]),
      totalRecords: this.one([0, random.u32(), random.below(20)]),
      codePage: this.one([1252, 1200, 20261, 0, random.u32()]),
      templateLocale: random.u32(),
      sortLocale: this.one([0x409, random.u32()])
    }
  }

  tag(): number {
    const { random } = this
    const known = this.one(entryProperties).tag
    return (
      withType(this.one([known, random.u32()]), this.one([known & 0xffff, this.one(TYPES), random.below(0x10000)])) >>>
      0
    )
  }

  columns(): number[] | null {
    return this.random.below(4) === 0 ? null : Array.from({ length: this.random.below(6) }, () => this.tag())
  }

  list(): number[] {
    return Array.from({ length: this.random.below(6) }, () => this.mid())
  }

  value(tag = this.tag()): NspiValue {
    const type = tag & 0xffff
    const size = fixedSize(type)
    const text = storedString(this.one(NAMES))
    if ((type & 0x0fff) === 0x1e || (type & 0x0fff) === 0x1f) return { tag, bytes: this.one([text, new Uint8Array(0)]) }
    if (size > 0 && !isMultivalue(type)) return { tag, bytes: this.bytes(size) }
    return { tag, bytes: this.one([this.bytes(this.random.below(40)), new Uint8Array(0)]) }
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.random.below(256))
  }

  restriction(depth = 0): Restriction {
    const { random } = this
    const inner = (): Restriction => this.restriction(depth + 1)
    const kind = random.below(depth > 4 ? 4 : 9)
    const tag = this.one([this.tag(), 0x360c001f, 0x3001001f])
    if (kind === 0) return { kind: 'exist', tag }
    if (kind === 1)
      return {
        kind: 'content',
        fuzzyLow: random.below(4),
        fuzzyHigh: random.below(8),
        tag,
        value: this.value(this.one([tag, this.tag()]))
      }
    if (kind === 2)
      return {
        kind: 'property',
        relop: this.one([0, 1, 2, 3, 4, 5, 6, 100, 255]),
        tag,
        value: this.value(this.one([tag, this.tag()]))
      }
    if (kind === 3) return { kind: 'bitmask', relop: random.below(3), tag, mask: random.u32() }
    if (kind < 6) return { kind: 'and', restrictions: Array.from({ length: random.below(4) }, inner) }
    if (kind < 8) return { kind: 'or', restrictions: Array.from({ length: random.below(4) }, inner) }
    return { kind: 'not', restriction: inner() }
  }
}

async function ask({ book, caller }: SampleBook, damage: Damage, random: Random): Promise<{ errorCode: number }> {
  const alice = caller('alice')
  const stat = damage.stat()
  const columns = damage.columns()
  const rowCount = damage.one([0, 5, 50, random.u32()])
  const flags = damage.one([0, 1, 2, random.u32()])
  switch (random.below(18)) {
    case 0:
      return book.bind(alice, { flags, stat })
    case 1:
      return book.compareMids(alice, { stat, mid1: damage.mid(), mid2: damage.mid() })
    case 2:
      return book.dnToMid(alice, { names: damage.one([null, NAMES]) })
    case 3:
      return book.getPropList(alice, { flags, mid: damage.mid(), codePage: damage.one([1252, random.u32()]) })
    case 4:
      return book.getProps(alice, { flags, stat, tags: columns })
    case 5:
      return book.getSpecialTable(alice, { flags, stat, version: damage.one([null, random.u32()]) })
    case 6:
      return book.getTemplateInfo(alice, {
        flags,
        displayType: random.u32(),
        templateDn: null,
        codePage: 1252,
        localeId: 0
      })
    case 7:
      return book.modLinkAtt(alice, { flags, tag: damage.tag(), mid: damage.mid(), entryIds: [damage.bytes(32)] })
    case 8:
      return book.modProps(alice, { stat, remove: columns, values: damage.one([null, [damage.value()]]) })
    case 9:
    case 10:
      return book.queryRows(alice, { flags, stat, mids: damage.one([[], damage.list()]), rowCount, columns })
    case 11:
      return book.queryColumns(alice, { flags })
    case 12:
      return book.resolveNames(alice, { stat, columns, names: damage.one([null, NAMES]) })
    case 13:
      return book.resortRestriction(alice, { stat, mids: damage.one([null, damage.list()]) })
    case 14:
      return book.seekEntries(alice, {
        stat,
        target: damage.one([null, damage.value(0x3001001f), damage.value()]),
        mids: damage.one([null, damage.list()]),
        columns
      })
    case 15:
      return book.updateStat(alice, { stat, wantsDelta: random.below(2) === 0 })
    default: {
      const propertyName = damage.one([null, { guid: '', id: damage.tag() }])
      const filter = damage.one([null, damage.restriction(), damage.restriction()])
      return book.getMatches(alice, {
        stat,
        mids: null,
        interfaceFlags: flags,
        filter,
        propertyName,
        rowCount,
        columns
      })
    }
  }
}

for (const personality of [undefined, byTheText]) {
  test(`damaged requests (FUZZ_SEED=${SEED})`, async t => {
    const sample = await sampleBook(personality)
    const random = new Random(SEED)
    const shown = sample.directory.entries().map(({ alias }) => sample.mid(alias))
    const damage = new Damage(random, [...shown, sample.list('All Users'), sample.list('All Contacts')])
    const codes = new Map<number, number>()
    for (let i = 0; i < ROUNDS; i++) {
      const answer = await ask(sample, damage, random)
      const { errorCode, ...rest } = answer
      codes.set(errorCode, (codes.get(errorCode) ?? 0) + 1)
      if (!PERMITTED.has(errorCode)) t.fail(`code ${errorCode.toString(16)}`)
      if (errorCode === 0 || errorCode === 0x00040380) continue
      const full = Object.entries(rest).filter(([name, value]) => name !== 'codePage' && !isEmpty(value))
      if (full.length > 0) t.fail(`a failure with ${full.map(([name]) => name)}`)
    }
    t.ok(codes.size >= 10, `codes ${[...codes.keys()].map(code => code.toString(16))}`)
    const ids = ['R1661', 'R676', 'R728', 'R776', 'R810', 'R836', 'R869', 'R931', 'R1012', 'R1097', 'R1177', 'R1219']
    for (const id of [...ids, 'R1251', 'R1276', 'R1317', 'R1406', 'R1458']) requirement(`MS-OXNSPI_${id}`)
    t.notOk(namesOf(sample.book, sample.caller('alice'), statAtBeginning()).includes('Dora Hidden'))
  })
}

/** N7: what stands in an answer that failed. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === 0 || value === '') return true
  return value === '00000000-0000-0000-0000-000000000000' || (Array.isArray(value) && value.length === 0)
}
