import type { Directory } from '../directory/index.js'
import { PropertyBag } from '../oxcdata/property-bag.js'
import type { PropertyValue } from '../oxcdata/property-value.js'
import type { NamedProperty } from '../oxprops/named-properties.generated.js'
import { PidTagSearchKey } from '../oxprops/property-tags.generated.js'
import { toFiletime } from '../runtime.js'
import { type Correspondent, correspondentOf, setValue } from '../transport/correspondent.js'
import type { Threads } from './conversation.js'
import type { NamedTags } from './named-tags.js'
import { SeededRandom } from './seeded-random.js'
import type { WorldFiles } from './world-files.js'

/** What drafts of one folder's items are made with. */
export interface DraftContext {
  readonly directory: Directory
  /** Whose mailbox it is. */
  readonly owner: Correspondent
  /** The moment of the world, in milliseconds since 1970. */
  readonly now: number
  /** Domain of the ids that are made up. */
  readonly domain: string
  readonly files: WorldFiles
  readonly names: NamedTags
  readonly threads: Threads
}

const NAME_AND_ADDRESS = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/

/** `Name <address>` or an address alone. */
export function parsePerson(text: string): { name: string; address: string } {
  const match = NAME_AND_ADDRESS.exec(text)
  if (match === null) return { name: '', address: text.trim() }
  return { name: match[1], address: match[2].trim() }
}

/** Somebody whom a world file names: an entry of the address book, if the address belongs to one. */
export function personOf(text: string, { directory }: Pick<DraftContext, 'directory'>): Correspondent {
  return correspondentOf(directory, parsePerson(text))
}

const SEARCH_KEY_BYTES = 16

/** PidTagSearchKey of an item, made up from its identity. */
export function searchKeyOf(identity: string): Uint8Array {
  return new SeededRandom(`${identity}/search`).fill(new Uint8Array(SEARCH_KEY_BYTES))
}

/** FILETIME of a moment as world files write it. */
export function filetimeOf(moment: string): bigint {
  return toFiletime(Date.parse(moment))
}

/** The properties of an item while they are put together, named ones by their names. */
export class ItemBag {
  readonly properties = new PropertyBag()

  constructor(
    identity: string,
    private readonly names: NamedTags,
    searchKey = searchKeyOf(identity)
  ) {
    this.properties.set(PidTagSearchKey, searchKey)
  }

  set(tag: number, value: PropertyValue): this {
    setValue(this.properties, tag, value)
    return this
  }

  setBytes(tag: number, bytes: Uint8Array): this {
    this.properties.set(tag, bytes)
    return this
  }

  name(property: NamedProperty, value: PropertyValue): this {
    return this.set(this.names.tag(property), value)
  }
}
