import { Reader, Writer } from '../../src/bufferstructs/index.js'
import { PackedProperties, packProperties } from '../../src/oxcdata/packed-properties.js'
import { PropertyBag } from '../../src/oxcdata/property-bag.js'
import { readPropertyRow, writePropertyRow, writeRowFromPacked } from '../../src/oxcdata/property-row.js'
import { type PropertyTag, tagType } from '../../src/oxcdata/property-tag.js'
import { encodeValue, type PropertyValue } from '../../src/oxcdata/property-value.js'
import {
  FuzzyHigh,
  FuzzyLow,
  RelOp,
  type Restriction,
  readRestriction,
  writeRestriction
} from '../../src/oxcdata/restriction.js'
import { RestrictionEvaluator } from '../../src/oxcdata/restriction-evaluate.js'
import * as tags from '../../src/oxprops/property-tags.generated.js'
import type { BenchCase, BenchOptions } from './bench-case.js'

/** What a mail client shows of a message in a list. */
const VALUES: readonly (readonly [PropertyTag, PropertyValue])[] = [
  [tags.PidTagSubject, 'Minutes of the steering meeting'],
  [tags.PidTagSentRepresentingName, 'Clara Fischer'],
  [tags.PidTagMessageDeliveryTime, 133_500_000_000_000_000n],
  [tags.PidTagMessageFlags, 1],
  [tags.PidTagMessageSize, 4711],
  [tags.PidTagMessageClass, 'IPM.Note'],
  [tags.PidTagHasAttachments, false],
  [tags.PidTagImportance, 1],
  [tags.PidTagDisplayTo, 'Alice Archer; Bob Bowman'],
  [tags.PidTagInternetMessageId, '<1@ropewalk.example>']
]

const COLUMNS = VALUES.map(([tag]) => tag)
const MISSING = [...COLUMNS.slice(1), tags.PidTagConversationTopic]

/** Unread mail from a person whose subject speaks of meetings: nested, with text and bits. */
const SEARCH: Restriction = {
  kind: 'and',
  restrictions: [
    {
      kind: 'content',
      fuzzyLow: FuzzyLow.substring,
      fuzzyHigh: FuzzyHigh.ignoreCase,
      tag: tags.PidTagSubject,
      value: { tag: tags.PidTagSubject, bytes: encodeValue(0x1f, 'MEETING') }
    },
    {
      kind: 'property',
      relop: RelOp.greaterThanOrEqual,
      tag: tags.PidTagMessageSize,
      value: { tag: tags.PidTagMessageSize, bytes: encodeValue(3, 1000) }
    },
    { kind: 'exist', tag: tags.PidTagDisplayTo }
  ]
}

/** Property rows and restrictions: what tables spend their time on. */
export function cases(_options: BenchOptions): BenchCase[] {
  const bag = new PropertyBag()
  for (const [tag, value] of VALUES) bag.set(tag, encodeValue(tagType(tag), value))
  const packed = new PackedProperties(packProperties(bag))
  const cells = COLUMNS.map(tag => packed.value(tag)!)
  const writer = new Writer(4096)
  writePropertyRow(writer, COLUMNS, cells)
  const row = writer.written().slice()
  writer.position = 0
  writeRestriction(writer, SEARCH)
  const restriction = writer.written().slice()
  const rowReader = new Reader(row)
  const restrictionReader = new Reader(restriction)
  const target = { value: (tag: PropertyTag) => packed.value(tag), subObjects: () => [] }
  const evaluator = new RestrictionEvaluator(SEARCH, { localeId: 0x0409 })
  const rewound = (work: () => void) => () => {
    writer.position = 0
    work()
  }
  return [
    {
      name: 'row of 10 columns from packed, standard',
      run: rewound(() => writeRowFromPacked(writer, COLUMNS, packed, true))
    },
    {
      name: 'row of 10 columns from packed, one missing',
      run: rewound(() => writeRowFromPacked(writer, MISSING, packed, true))
    },
    { name: 'row of 10 columns from cells', run: rewound(() => writePropertyRow(writer, COLUMNS, cells)) },
    {
      name: 'row of 10 columns, read',
      run: () => {
        rowReader.position = 0
        readPropertyRow(rowReader, COLUMNS)
      }
    },
    {
      name: 'restriction of 4 nodes, read',
      run: () => {
        restrictionReader.position = 0
        readRestriction(restrictionReader)
      }
    },
    { name: 'restriction of 4 nodes, write', run: rewound(() => writeRestriction(writer, SEARCH)) },
    { name: 'restriction of 4 nodes, evaluated on a packed row', run: () => void evaluator.matches(target) }
  ]
}
