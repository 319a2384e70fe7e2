import { custom, type Layout, type Reader, type Writer } from '../bufferstructs/index.js'
import type { PropertyEntry } from './property-tag.js'
import { PtypInteger32 } from './property-type.js'
import { readRowValue, rowValueSize, writeRowValue } from './property-value.js'
import type { CountWidth } from './skip-value.js'

/**
 * [MS-OXCDATA] 2.11.4: a tag and its value. The tag is kept as it came, so that the same width of string is written again;
 * the bytes are in stored form.
 */
export function readTaggedValue(reader: Reader, width: CountWidth = 16): PropertyEntry {
  const tag = reader.u32()
  return { tag, bytes: readRowValue(reader, tag & 0xffff, width) }
}

export function writeTaggedValue(writer: Writer, entry: PropertyEntry, width: CountWidth = 16): void {
  writer.u32(entry.tag)
  writeRowValue(writer, entry.tag & 0xffff, entry.bytes, width)
}

function tagged(width: CountWidth): Layout<PropertyEntry> {
  return custom({
    read: reader => readTaggedValue(reader, width),
    write: (writer, entry) => writeTaggedValue(writer, entry, width),
    size: (entry, context) => 4 + rowValueSize(entry.tag & 0xffff, entry.bytes, context.codePage, width),
    minSize: 4,
    generate: random => ({
      tag: ((random.below(0x10000) << 16) | PtypInteger32) >>> 0,
      bytes: Uint8Array.of(random.below(256), random.below(256), random.below(256), random.below(256))
    }),
    why: 'the length of a value follows from the type in its tag'
  })
}

export const taggedPropertyValue = tagged(16)

/** The form of extended rules and address book bodies, whose counts are 32 bits wide ([MS-OXORULE] 2.2.4, [MS-OXCMAPIHTTP] 2.2.5). */
export const taggedPropertyValueWide = tagged(32)
