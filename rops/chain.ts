import type { Maybe } from '../src/mailbox/domain.js'

/** Goes on with a value at once when it is there, and later when it is promised: handlers stay synchronous where they can. */
export function chain<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
