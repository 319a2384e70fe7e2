import { custom, type Layout, type Reader, utf16Slice, type Writer } from '../bufferstructs/index.js'

/** [MS-OXCDATA] 2.6.1: a named property is a GUID with a number (LID) or with a string, never longer than 254 bytes of UTF-16. */
export type PropertyName = { guid: string; lid: number } | { guid: string; name: string }

/** GUID of the set in which ids below 0x8000 are named ([MS-OXCPRPT] 3.2.5.9). */
export const PS_MAPI = '00020328-0000-0000-c000-000000000046'

const KIND_LID = 0x00
const KIND_NAME = 0x01
const KIND_NONE = 0xff

/** One key per name, for maps and for the store: names are told apart by case ([MS-OXCPRPT] 3.2.5.10). */
export function nameKey(name: PropertyName): string {
  return 'lid' in name ? `${name.guid}/${name.lid}` : `${name.guid}:${name.name}`
}

function readName(reader: Reader): PropertyName | undefined {
  const at = reader.position
  const kind = reader.u8()
  if (kind === KIND_NONE) return undefined
  const guid = reader.guid()
  if (kind === KIND_LID) return { guid, lid: reader.u32() }
  if (kind !== KIND_NAME) reader.fail(`property name kind ${kind} does not exist`, at)
  const size = reader.u8()
  const start = reader.take(size)
  if (size % 2 !== 0) reader.fail('property name of an odd number of bytes', start)
  // NameSize counts the terminator; a client that leaves it out is understood all the same.
  const text = utf16Slice(reader.bytes, start, start + size)
  const zero = text.indexOf('\0')
  return { guid, name: zero < 0 ? text : text.slice(0, zero) }
}

function writeName(writer: Writer, name: PropertyName | undefined): void {
  if (name === undefined) {
    writer.u8(KIND_NONE)
    return
  }
  writer.u8('lid' in name ? KIND_LID : KIND_NAME)
  writer.guid(name.guid)
  if ('lid' in name) {
    writer.u32(name.lid)
    return
  }
  const size = name.name.length * 2 + 2
  if (size > 0xff) throw new RangeError(`property name of ${size} bytes`)
  writer.u8(size)
  for (let i = 0; i < name.name.length; i++) writer.u16(name.name.charCodeAt(i))
  writer.u16(0)
}

function nameSize(name: PropertyName | undefined): number {
  if (name === undefined) return 1
  return 'lid' in name ? 21 : 18 + name.name.length * 2 + 2
}

/** A name, or undefined for a property that has none (Kind 0xFF, which Exchange writes as that single byte). */
export const propertyNameOrNone: Layout<PropertyName | undefined> = custom({
  read: readName,
  write: writeName,
  size: nameSize,
  minSize: 1,
  generate: random => {
    const guid = `0006200${random.below(10)}-0000-0000-c000-000000000046`
    const pick = random.below(3)
    if (pick === 0) return undefined
    return pick === 1 ? { guid, lid: random.u32() } : { guid, name: `name ${random.below(1000)}` }
  },
  why: 'the fields behind Kind depend on it, and Kind 0xFF ends the structure'
})

/** A name that is there: Kind 0xFF is bad input. */
export const propertyName: Layout<PropertyName> = custom<PropertyName>({
  read: reader => {
    const at = reader.position
    return readName(reader) ?? reader.fail('property without a name', at)
  },
  write: writeName,
  size: nameSize,
  minSize: 21,
  generate: random => ({ guid: PS_MAPI, lid: random.u32() }),
  why: 'the fields behind Kind depend on it'
})
