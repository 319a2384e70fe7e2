import type { Mid } from '../../oxcdata/ids.js'
import type { Maybe } from '../domain.js'
import type { MailboxCore } from '../mailbox-core.js'
import type { MailboxTurn } from '../mailbox-turn.js'
import { keepPace } from '../pace.js'
import { TimeSlice } from '../time-slice.js'
import type { Watch } from '../watch.js'

/** Messages of one writer turn at most; a turn also ends when it has taken its slice of time. */
const MESSAGES_PER_TURN = 500

/**
 * Does something to many messages, each named once, in writer turns that end when they have taken their slice of time:
 * others get theirs in between. When a step fails, what the turns before did stays. False when it was cancelled before the end.
 */
export async function messageTurns(
  core: MailboxCore,
  why: string,
  mids: Iterable<Mid>,
  step: (turn: MailboxTurn, mid: Mid) => Maybe<void>,
  watch?: Watch
): Promise<boolean> {
  const iterator = new Set(mids).values()
  const slice = new TimeSlice(core.runtime)
  for (;;) {
    if (watch?.isCancelled === true) return false
    const ended = await core.write(why, async turn => {
      for (let count = 0; count < MESSAGES_PER_TURN; count++) {
        const next = iterator.next()
        if (next.done === true) return true
        const waiting = step(turn, next.value)
        if (waiting !== undefined) await waiting
        if (watch !== undefined) watch.completed++
        if (slice.isDue) return false
      }
      return false
    })
    if (ended) return true
    await keepPace(core.objects.store)
    if (slice.isDue) await slice.pause()
  }
}
