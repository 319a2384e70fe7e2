import { Latencies } from './latencies.js'

/** One connection's worth of work: performs the operation once and resolves when it is answered. */
export interface Worker {
  once(): Promise<void>
  close(): Promise<void>
}

export interface LoadOptions {
  connections: number
  /** Warm-up before anything is counted. */
  warmupMs: number
  durationMs: number
  onProgress?: (done: { operations: number; elapsedMs: number }) => void
}

export interface LoadResult {
  operations: number
  elapsedMs: number
  perSecond: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
}

/** Closed-loop load: every connection starts its next operation when the last one was answered. */
export async function runLoad(
  makeWorker: (index: number) => Promise<Worker>,
  options: LoadOptions,
  hooks: { started(): Promise<void>; finished(): Promise<void> }
): Promise<LoadResult> {
  const workers = await Promise.all(Array.from({ length: options.connections }, (_, index) => makeWorker(index)))
  try {
    await runUntil(workers, performance.now() + options.warmupMs, () => {})
    await hooks.started()
    const latencies = new Latencies()
    const start = performance.now()
    let reported = start
    await runUntil(workers, start + options.durationMs, (began, ended) => {
      latencies.add(ended - began)
      if (ended - reported > 200) {
        reported = ended
        options.onProgress?.({ operations: latencies.count, elapsedMs: ended - start })
      }
    })
    const elapsedMs = performance.now() - start
    await hooks.finished()
    const [p50Ms, p95Ms, p99Ms] = latencies.percentiles([0.5, 0.95, 0.99])
    const operations = latencies.count
    return { operations, elapsedMs, perSecond: (operations * 1000) / elapsedMs, p50Ms, p95Ms, p99Ms }
  } finally {
    await Promise.all(workers.map(worker => worker.close()))
  }
}

async function runUntil(
  workers: readonly Worker[],
  deadline: number,
  record: (began: number, ended: number) => void
): Promise<void> {
  await Promise.all(
    workers.map(async worker => {
      for (let began = performance.now(); began < deadline; ) {
        await worker.once()
        const ended = performance.now()
        record(began, ended)
        began = ended
      }
    })
  )
}
