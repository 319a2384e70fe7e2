import { createHash } from 'node:crypto'
import type { Category } from './category-tree.js'

/** What one table knows of a category: the id of its header row, and whether its rows are shown. */
export interface CategoryState {
  /** Number for PidTagInstID; no message's, because those begin with a REPLID that is not 0. */
  readonly id: number
  readonly level: number
  readonly key: Uint8Array
  isExpanded: boolean
}

/** Bytes of a category's name in a saved state. */
const NAME_BYTES = 8

/** The states of the categories of one table, by their values: they stay when categories move, and when they go and come back. */
export class CategoryStates {
  private readonly byKey = new Map<string, CategoryState>()
  private readonly byId = new Map<number, CategoryState>()
  /** Categories that a saved state names and whose rows have not been seen yet. */
  private saved = new Map<string, boolean>()
  private lastId = 0
  /** Grows with every change of what is shown. */
  revision = 0

  /** Levels above `expandedLevels` are expanded from the beginning. */
  constructor(private readonly expandedLevels: number) {}

  of({ key, level }: Category): CategoryState {
    const text = textOf(key)
    let state = this.byKey.get(text)
    if (state === undefined) {
      const isSaved = this.saved.size > 0 ? this.saved.get(nameOf(key)) : undefined
      const isExpanded = isSaved ?? level < this.expandedLevels
      state = { id: ++this.lastId, level, key, isExpanded }
      this.byKey.set(text, state)
      this.byId.set(state.id, state)
    }
    return state
  }

  withId(id: number): CategoryState | undefined {
    return this.byId.get(id)
  }

  withName(name: Uint8Array): CategoryState | undefined {
    const text = textOf(name)
    for (const state of this.byKey.values()) if (nameOf(state.key) === text) return state
    return undefined
  }

  setExpanded(state: CategoryState, isExpanded: boolean): void {
    state.isExpanded = isExpanded
    this.revision++
  }

  /** Forgets categories that have gone, unless their state is another than they would begin with. */
  keepOnly(present: ReadonlySet<CategoryState>): void {
    for (const [text, state] of this.byKey) {
      if (present.has(state) || state.isExpanded !== state.level < this.expandedLevels) continue
      this.byKey.delete(text)
      this.byId.delete(state.id)
    }
  }

  get size(): number {
    return this.byKey.size
  }

  /** Names of the categories that are not as they begin, with their state. */
  *changed(): Generator<{ name: Uint8Array; isExpanded: boolean }> {
    for (const { key, level, isExpanded } of this.byKey.values()) {
      if (isExpanded !== level < this.expandedLevels) yield { name: categoryName(key), isExpanded }
    }
  }

  /** All categories are as a saved state says: as they begin where it does not name them. */
  restore(saved: Iterable<{ name: Uint8Array; isExpanded: boolean }>): void {
    this.saved = new Map()
    for (const { name, isExpanded } of saved) this.saved.set(textOf(name), isExpanded)
    for (const state of this.byKey.values()) {
      state.isExpanded = this.saved.get(nameOf(state.key)) ?? state.level < this.expandedLevels
    }
    this.revision++
  }
}

/** A short name for a category, the same in every table with the same sort. */
export function categoryName(key: Uint8Array): Uint8Array {
  return createHash('sha256').update(key).digest().subarray(0, NAME_BYTES)
}

function nameOf(key: Uint8Array): string {
  return textOf(categoryName(key))
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
