import { Batch, keys, SERVER_MAILBOX, type Store } from '../../store/index.js'

/** What a world last said about an entry: digests of its fields, and whose they are. */
export interface EntryMark {
  readonly guid: string
  readonly fields: Readonly<Record<string, string>>
  /** It was there before the world, which therefore changes nothing about it. */
  readonly isForeign?: boolean
}

/** The folder that a path of the world led to, and the rights that the world last gave on it, by who. */
export interface FolderMark {
  readonly fid: number
  readonly rights: Readonly<Record<string, number>>
}

/** What of a folder's content was brought in: digests of what is written out, numbers of what is generated. */
export interface ItemsMark {
  readonly written: readonly string[]
  readonly generated: Readonly<Record<string, number>>
}

/** Whether a world was brought in, and which text of it. */
interface Head {
  readonly state: 'begun' | 'done'
  readonly digest?: string
}

/** Setting that is there once a world has been applied: the store is not a new one. */
const ANY_WORLD = 'worlds'
/** Setting with the personality that the last world with one has asked for. */
const PERSONALITY = 'world-personality'

const setting = (name: string): Uint8Array => keys.setting.of(SERVER_MAILBOX, name)

function readJson<T>(store: Store, name: string): T | undefined {
  const bytes = store.get(setting(name))
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as T)
}

/**
 * What is remembered about a world, so that applying it again adds what is new and leaves alone what somebody has changed or
 * deleted meanwhile. A mark is written in the batch of what it is about, or behind it where doing it again changes nothing.
 */
export class WorldMarks {
  constructor(
    private readonly store: Store,
    private readonly world: string
  ) {}

  head(): Head | undefined {
    return headOf(this.store, this.world)
  }

  putHead(batch: Batch, head: Head): void {
    batch.put(setting(`world:${this.world}`), json(head))
    if (head.state === 'done') batch.put(setting(ANY_WORLD), Buffer.from('done'))
  }

  putPersonality(batch: Batch, personality: string): void {
    batch.put(setting(PERSONALITY), Buffer.from(personality, 'utf8'))
  }

  entry(address: string): EntryMark | undefined {
    return readJson(this.store, this.name('entry', address))
  }

  putEntry(batch: Batch, address: string, mark: EntryMark): void {
    batch.put(setting(this.name('entry', address)), json(mark))
  }

  addressList(name: string): EntryMark['fields'] | undefined {
    return readJson(this.store, this.name('addressList', name))
  }

  putAddressList(batch: Batch, name: string, fields: EntryMark['fields']): void {
    batch.put(setting(this.name('addressList', name)), json(fields))
  }

  folder(address: string, path: string): FolderMark | undefined {
    return readJson(this.store, this.name('folder', address, path))
  }

  putFolder(batch: Batch, address: string, path: string, mark: FolderMark): void {
    batch.put(setting(this.name('folder', address, path)), json(mark))
  }

  items(address: string, path: string): ItemsMark {
    return readJson(this.store, this.name('items', address, path)) ?? { written: [], generated: {} }
  }

  putItems(batch: Batch, address: string, path: string, mark: ItemsMark): void {
    batch.put(setting(this.name('items', address, path)), json(mark))
  }

  /** Commits a batch of marks. Commits become durable in their order: whoever waits for a later one has waited for this. */
  commit(fill: (batch: Batch) => void): number {
    const batch = new Batch()
    fill(batch)
    return this.store.commit(batch)
  }

  private name(kind: string, ...names: string[]): string {
    return `world-${kind}:${JSON.stringify([this.world, ...names.map(name => name.toLowerCase())])}`
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8')
}

function headOf(store: Store, world: string): Head | undefined {
  const bytes = store.get(setting(`world:${world}`))
  if (bytes === undefined) return undefined
  const text = Buffer.from(bytes).toString('utf8')
  // The first form was one word.
  return text.startsWith('{') ? (JSON.parse(text) as Head) : { state: text as Head['state'] }
}

/** Whether a world of this name, or any world, has been applied to the store. */
export function hasWorld(store: Store, name?: string): boolean {
  if (name !== undefined) return headOf(store, name)?.state === 'done'
  return store.get(setting(ANY_WORLD)) !== undefined
}

/** The personality that the worlds of a store ask for; undefined when none does. */
export function personalityOfWorlds(store: Store): string | undefined {
  const bytes = store.get(setting(PERSONALITY))
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}
