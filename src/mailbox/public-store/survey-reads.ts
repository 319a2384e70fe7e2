import { keys, type Store } from '../../../store/index.js'
import type { NumberSet } from '../../ics/number-set.js'
import type { Fid } from '../../oxcdata/ids.js'
import type { Runtime } from '../../runtime.js'
import { TimeSlice } from '../time-slice.js'

/** What is to be seen of a set of read change numbers beside the messages of its folder. */
export interface ReadSurvey {
  /** Normal messages whose number is in the set. */
  readonly read: number
  /**
   * Adds to a set the numbers between its ranges that no message of the folder has: numbers are never given again, so
   * that nobody will miss them, and the set becomes small.
   */
  closeGaps(set: NumberSet): void
}

/** Walks through the messages of a folder in the order of their change numbers. */
export async function surveyReads(
  store: Pick<Store, 'pages'>,
  mailbox: number,
  fid: Fid,
  set: NumberSet,
  runtime: Pick<Runtime, 'monotonic'>
): Promise<ReadSurvey> {
  let read = 0
  const unread = new Set<number>()
  const slice = new TimeSlice(runtime)
  for (const associated of [0, 1] as const) {
    for await (const page of store.pages({ ...keys.change.range(mailbox, fid, associated), keysOnly: true })) {
      for (const { key } of page) {
        const { cn } = keys.change.parse(key)
        const at = set.rangeAt(cn)
        if (at === set.rangeCount || set.firstOf(at) > cn) unread.add(at)
        else if (associated === 0) read++
      }
      if (slice.isDue) await slice.pause()
    }
  }
  const gaps: [number, number][] = []
  for (let at = 1; at < set.rangeCount; at++) {
    if (!unread.has(at)) gaps.push([set.lastOf(at - 1) + 1, set.firstOf(at) - 1])
  }
  return {
    read,
    closeGaps(target) {
      for (const [first, last] of gaps) target.addRange(first, last)
    }
  }
}
