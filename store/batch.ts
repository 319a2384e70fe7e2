import { keyText } from './key-range.js'

/** What one commit writes, whole or not at all. Later operations of a key win. */
export class Batch {
  readonly keys: Uint8Array[] = []
  /** Beside `keys`: the value, or undefined where the key is deleted. */
  readonly values: (Uint8Array | undefined)[] = []
  /** Bytes of keys and values so far. */
  sizeBytes = 0
  /** Called, in order, when the batch has been queued by a commit; not when it is dropped. */
  readonly committed: (() => void)[] = []
  /** Set by `flushed`. */
  mustFlush = false
  private index: Map<string, number> | undefined
  private notes: Map<object, unknown> | undefined

  get count(): number {
    return this.keys.length
  }

  get isEmpty(): boolean {
    return this.keys.length === 0
  }

  /** Neither key nor value may be changed before the commit, which copies the value. */
  put(key: Uint8Array, value: Uint8Array): this {
    return this.add(key, value)
  }

  delete(key: Uint8Array): this {
    return this.add(key, undefined)
  }

  /** What this batch says about a key: its value, null when it deletes the key, undefined when it is silent. */
  find(key: Uint8Array): Uint8Array | null | undefined {
    if (this.index === undefined) {
      this.index = new Map()
      for (let i = 0; i < this.keys.length; i++) this.index.set(keyText(this.keys[i]), i)
    }
    const at = this.index.get(keyText(key))
    return at === undefined ? undefined : (this.values[at] ?? null)
  }

  /** Asks for a flush whatever the durability of the store: for what others rely on to be there after a power cut. */
  flushed(): this {
    this.mustFlush = true
    return this
  }

  /** Runs `callback` once the batch has been queued. It must not throw: after a commit nothing may fail. */
  whenCommitted(callback: () => void): this {
    this.committed.push(callback)
    return this
  }

  /** What `owner` keeps about this batch while it fills it, made on first use; it goes with the batch. */
  note<T>(owner: object, make: () => T): T {
    this.notes ??= new Map()
    let note = this.notes.get(owner) as T | undefined
    if (note === undefined) {
      note = make()
      this.notes.set(owner, note)
    }
    return note
  }

  private add(key: Uint8Array, value: Uint8Array | undefined): this {
    this.index?.set(keyText(key), this.keys.length)
    this.keys.push(key)
    this.values.push(value)
    this.sizeBytes += key.length + (value?.length ?? 0)
    return this
  }
}
