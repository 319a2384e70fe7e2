/** Things that a world is made of, as a report counts them. */
export const COUNTED = ['addressLists', 'entries', 'mailboxes', 'folders', 'permissions', 'items'] as const
export type Counted = (typeof COUNTED)[number]
type Counts = Record<Counted, number>

/** Something that was left as it is, and why. */
export interface WorldNote {
  /** Address of an entry, with a folder's path behind it where it is about one. */
  readonly where: string
  /** Field, or what was meant. */
  readonly what: string
  readonly why: string
}

/** What applying a world has done. */
export interface WorldReport {
  readonly world: string
  /** The same text of the world was applied before: nothing was looked at. */
  readonly isUnchanged: boolean
  readonly added: Readonly<Counts>
  /** What was as the world had left it, and has changed in the world since. */
  readonly updated: Readonly<Counts>
  /** What differs from the world because somebody else has changed it, or had it before. */
  readonly kept: readonly WorldNote[]
  /** What the world had made and somebody has removed. */
  readonly removed: readonly WorldNote[]
  /** Notes beyond those that are told. */
  readonly more: number
  readonly seconds: number
}

const MOST_NOTES = 1000

const nothing = (): Counts => Object.fromEntries(COUNTED.map(what => [what, 0])) as Counts

/** Gathers a report while a world is being applied. */
export class ReportWriter {
  readonly added = nothing()
  readonly updated = nothing()
  private readonly kept: WorldNote[] = []
  private readonly removed: WorldNote[] = []
  private more = 0

  keep(where: string, what: string, why: string): void {
    this.note(this.kept, { where, what, why })
  }

  wasRemoved(where: string, what: string): void {
    this.note(this.removed, { where, what, why: 'was removed since' })
  }

  finish(world: string, seconds: number, isUnchanged = false): WorldReport {
    const { added, updated, kept, removed, more } = this
    return { world, isUnchanged, added, updated, kept, removed, more, seconds: Number(seconds.toFixed(2)) }
  }

  private note(list: WorldNote[], note: WorldNote): void {
    if (this.kept.length + this.removed.length < MOST_NOTES) list.push(note)
    else this.more++
  }
}
