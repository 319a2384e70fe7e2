import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Benchmark from 'benchmark'
import type { BenchCase } from './bench-case.js'

export interface Measurement {
  readonly name: string
  readonly nsPerOp: number
  /** Relative margin of error of nsPerOp, in percent. */
  readonly errorPercent: number
  /** Heap bytes allocated by one run. */
  readonly allocatedBytes: number
  readonly mbPerSecond: number | undefined
}

export interface MeasureOptions {
  /** Longest time that one case is sampled for. */
  readonly maxTimeMs: number
}

let collect: (() => void) | undefined

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

/** Samples one case: duration by the benchmark package, allocation by the growth of the heap between two collections. */
export function measure(benchCase: BenchCase, { maxTimeMs }: MeasureOptions): Measurement {
  const bench = new Benchmark(benchCase.name, benchCase.run, {
    maxTime: maxTimeMs / 1000,
    minSamples: maxTimeMs < 100 ? 1 : 5,
    minTime: maxTimeMs < 100 ? maxTimeMs / 1000 : 0
  }).run()
  const error = (bench as unknown as { error?: Error }).error
  if (error !== undefined) throw error
  const nsPerOp = bench.stats.mean * 1e9
  return {
    name: benchCase.name,
    nsPerOp,
    errorPercent: bench.stats.rme,
    allocatedBytes: allocatedPerRun(benchCase.run, maxTimeMs < 100 ? 10 : 2000),
    mbPerSecond: benchCase.bytes === undefined ? undefined : (benchCase.bytes / nsPerOp) * 1000
  }
}

/** A collection within the runs makes the growth too small or negative; fewer runs then fit between two of them. */
function allocatedPerRun(run: () => void, most: number): number {
  for (let runs = most; runs >= 1; runs = Math.floor(runs / 4)) {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < runs; i++) run()
    const grown = process.memoryUsage().heapUsed - before
    // The measuring itself leaves some kilobytes behind.
    if (grown >= 0 && grown < 6 << 20) return Math.max(0, Math.round((grown - 2500) / runs))
  }
  return Number.NaN
}

/** CPU milliseconds of 10^8 rounds (or a part of them) of 32-bit xorshift: the unit by which machines are compared. */
export function calibrationMs(rounds = 1e8): number {
  const before = process.cpuUsage()
  let state = 2463534242
  for (let i = 0; i < rounds; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  const spent = process.cpuUsage(before)
  return ((spent.user + spent.system) / 1000) * (1e8 / rounds) + (state === 0 ? 1 : 0)
}
