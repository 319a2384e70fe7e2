import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How long the fuzzers of this folder run: FUZZ_ROUNDS times the smoke run of the suite, from the seed FUZZ_SEED. */
export const fuzzRounds = Math.max(1, Number(process.env.FUZZ_ROUNDS ?? 1))
export const fuzzSeed = Number(process.env.FUZZ_SEED ?? 20161125)

/** Bytes of the heap that something still refers to. */
export function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Rejects with `what` when the promise has not settled in time: a hang is a finding, not a hanging test. */
export async function within<T>(limitMs: number, what: () => string, promise: Promise<T> | T): Promise<T> {
  if (!(promise instanceof Promise)) return promise
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms: ${what()}`)), limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
