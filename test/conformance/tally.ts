import type { Claims } from './claims.js'
import type { Requirement } from './requirements.js'

/** An open requirement; with why it is open, when there is a reason. */
export interface OpenRequirement {
  id: string
  section: string
  text: string
  reason?: string
}

/** The figures of one document. `open` includes what is explained. */
export interface Tally {
  document: string
  claimed: number
  open: number
  explained: number
  untestable: number
  /** Claimed of testable, in percent with one decimal. */
  percent: number
  list: OpenRequirement[]
}

/** Counts one document's rows. */
export function tally(
  document: string,
  requirements: readonly Requirement[],
  claims: Claims,
  reasons: ReadonlyMap<string, string>
): Tally {
  const testable = requirements.filter(one => one.testable)
  const list = testable
    .filter(({ id }) => !claims.files.has(id))
    .map(({ id, section, text }) => {
      const reason = reasons.get(id)
      return { id, section, text, ...(reason !== undefined && { reason }) }
    })
  const claimed = testable.length - list.length
  return {
    document,
    claimed,
    open: list.length,
    explained: list.filter(({ reason }) => reason !== undefined).length,
    untestable: requirements.length - testable.length,
    percent: testable.length === 0 ? 100 : Math.floor((claimed / testable.length) * 1000) / 10,
    list
  }
}
