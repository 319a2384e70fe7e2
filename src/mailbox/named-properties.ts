import { type Batch, keys, type Store } from '../../store/index.js'
import { Reader, Writer } from '../bufferstructs/index.js'
import { limits } from '../limits.js'
import { ErrorCode } from '../oxcdata/error-code.js'
import { MapiError } from '../oxcdata/map-error.js'
import { nameKey, type PropertyName, PS_MAPI } from '../oxcdata/property-name.js'
import { FIRST_NAMED_ID } from '../oxcdata/property-tag.js'
import { PS_INTERNET_HEADERS } from '../oxprops/property-sets.generated.js'

/** Ids are greater than 0x8000 and never 0xFFFF ([MS-OXCPRPT] 3.2.5.10). */
const FIRST_ID = FIRST_NAMED_ID + 1
const LAST_ID = 0xfffe

const VERSION = 1
const BY_LID = 0
const BY_NAME = 1

/**
 * The named properties of one mailbox ([MS-OXCPRPT] 3.2.5.9, 3.2.5.10): which id each name has here. All are resident;
 * an id, once given, is never taken back.
 */
export class NamedProperties {
  private readonly names = new Map<number, PropertyName>()
  private readonly ids = new Map<string, number>()
  private nextId = FIRST_ID
  /** Ids that a batch which is not committed yet has given. */
  private readonly staged = new WeakMap<Batch, Map<string, number>>()

  constructor(
    private readonly store: Store,
    private readonly mailbox: number
  ) {}

  /** Reads the registrations of the mailbox. */
  async load(): Promise<void> {
    for await (const page of this.store.pages(keys.namedProperty.range(this.mailbox))) {
      for (const { key, value } of page) this.remember(keys.namedProperty.parse(key).propertyId, readName(value))
    }
  }

  /** Id of one name, 0 when it has none. */
  idOf(name: PropertyName): number {
    if (name.guid === PS_MAPI) return mapiId(name)
    return this.ids.get(nameKey(coerced(name))) ?? 0
  }

  /**
   * Ids of names, in their order; 0 for an unknown one unless `create` is set, which takes a batch. New ids go into the
   * batch and are known once it is committed. Throws ecOutOfMemory when all ids are given.
   */
  idsFromNames(batch: Batch | null, names: readonly PropertyName[], create: boolean): number[] {
    return names.map(name => {
      const known = this.idOf(name)
      if (known !== 0 || batch === null) return known
      const staged = this.staged.get(batch)?.get(nameKey(coerced(name))) ?? 0
      return staged === 0 && create && isRegistrable(name) ? this.register(batch, coerced(name)) : staged
    })
  }

  /** The name of an id; ids below 0x8000 are named in PS_MAPI, undefined for an id without a name. */
  nameOf(id: number): PropertyName | undefined {
    return id < FIRST_NAMED_ID ? { guid: PS_MAPI, lid: id } : this.names.get(id)
  }

  /** All registrations, ids ascending. */
  *entries(): Generator<{ id: number; name: PropertyName }> {
    for (const id of [...this.names.keys()].sort((a, b) => a - b)) yield { id, name: this.names.get(id)! }
  }

  get count(): number {
    return this.names.size
  }

  private register(batch: Batch, name: PropertyName): number {
    let staged = this.staged.get(batch)
    if (staged === undefined) {
      staged = new Map()
      this.staged.set(batch, staged)
    }
    const id = this.nextId + staged.size
    if (id > LAST_ID || this.names.size + staged.size >= limits.namedProperties) {
      throw new MapiError(ErrorCode.ecOutOfMemory, 'no property id is left')
    }
    staged.set(nameKey(name), id)
    batch.put(keys.namedProperty.of(this.mailbox, id), writeName(name))
    batch.whenCommitted(() => this.remember(id, name))
    return id
  }

  private remember(id: number, name: PropertyName): void {
    this.names.set(id, name)
    this.ids.set(nameKey(name), id)
    if (id >= this.nextId) this.nextId = id + 1
  }
}

/** In PS_MAPI the LID is the id ([MS-OXCPRPT] R642). */
function mapiId(name: PropertyName): number {
  return 'lid' in name && name.lid < FIRST_NAMED_ID ? name.lid : 0
}

function isRegistrable(name: PropertyName): boolean {
  return name.guid !== PS_MAPI
}

/** Names of internet headers are told apart without case ([MS-OXCPRPT] R529). */
function coerced(name: PropertyName): PropertyName {
  if (name.guid !== PS_INTERNET_HEADERS || 'lid' in name) return name
  const lower = name.name.toLowerCase()
  return lower === name.name ? name : { guid: name.guid, name: lower }
}

function writeName(name: PropertyName): Uint8Array {
  const writer = new Writer(64)
  writer.u8(VERSION)
  writer.u8('lid' in name ? BY_LID : BY_NAME)
  writer.guid(name.guid)
  if ('lid' in name) writer.u32(name.lid)
  else writer.copy(Buffer.from(name.name, 'utf16le'))
  return writer.written()
}

function readName(bytes: Uint8Array): PropertyName {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) return reader.fail('named property record of another version', 0)
  const kind = reader.u8()
  const guid = reader.guid()
  if (kind === BY_LID) return { guid, lid: reader.u32() }
  return { guid, name: Buffer.from(reader.copy(reader.remaining)).toString('utf16le') }
}
