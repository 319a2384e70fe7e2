import { mailboxOf, rangeOfMailbox, TEMPORARY_MAILBOX } from './keys.js'
import type { StoreReader } from './store.js'

/** The numbers under which the store holds keys, ascending, without the temporary one. Costs one seek per number. */
export async function* mailboxNumbers(store: StoreReader): AsyncGenerator<number, void, void> {
  const { gte: end } = rangeOfMailbox(TEMPORARY_MAILBOX)
  for (let from = 0; ; ) {
    const { gte } = rangeOfMailbox(from)
    const [first] = await store.range({ gte, lt: end, limit: 1, keysOnly: true })
    if (first === undefined) return
    const mailbox = mailboxOf(first.key)
    yield mailbox
    from = mailbox + 1
  }
}
