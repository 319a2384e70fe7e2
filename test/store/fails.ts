import type { Test } from 'tap'
import { StoreError, type StoreErrorKind } from '../../store/store-error.js'

/** Expects a StoreError of one kind, thrown by a call or rejected by a promise. */
export async function fails(
  t: Test,
  what: (() => unknown) | Promise<unknown> | undefined,
  kind: StoreErrorKind,
  message = /./
): Promise<void> {
  try {
    await (typeof what === 'function' ? what() : what)
  } catch (error) {
    t.ok(error instanceof StoreError, `a StoreError of kind ${kind}`)
    t.match(error, { kind, message })
    return
  }
  t.fail(`nothing failed where kind ${kind} was expected`)
}
