/**
 * What the store costs: seals, keys, commits grouped and not, reads and ranges, in memory and on LevelDB. Figures are per second and,
 * so that runs on different machines compare, in operations per calibration unit (10^8 rounds of 32-bit xorshift, CPU time).
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { crc32, crc32ByTable } from '../../src/bufferstructs/crc32.js'
import { systemRuntime } from '../../src/runtime.js'
import { Batch } from '../../store/batch.js'
import type { Engine } from '../../store/engine.js'
import { keys } from '../../store/keys.js'
import { LevelEngine } from '../../store/level-engine.js'
import { MemoryEngine } from '../../store/memory-engine.js'
import { openStore } from '../../store/open-store.js'
import { seal, unseal } from '../../store/records.js'
import type { Store } from '../../store/store.js'

export interface BenchParameters {
  /** Commits of each commit case, gets of each get case. */
  commits: number
  gets: number
  /** Keys that are in the store before reads are measured. */
  loaded: number
  ranges: number
  writers: number
}

export const fullParameters: BenchParameters = {
  commits: 100_000,
  gets: 300_000,
  loaded: 200_000,
  ranges: 10_000,
  writers: 64
}
export const tinyParameters: BenchParameters = { commits: 200, gets: 200, loaded: 500, ranges: 20, writers: 8 }

export interface BenchResult {
  name: string
  operations: number
  perSecond: number
  /** Operations in the CPU time of one calibration loop. */
  perUnit: number
  /** Longest time that the event loop was held, 0 for cases that never give it a turn. */
  longestDelayMs: number
}

const now = (): number => systemRuntime.monotonic()

/** CPU milliseconds of 10^8 rounds of xorshift. */
export function calibrate(rounds = 1e8): number {
  const before = process.cpuUsage()
  let x = 1
  for (let i = 0; i < rounds; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1000 / rounds) * 1e8 + (x === 0 ? 1 : 0)
}

type Case = [name: string, operations: number, run: () => unknown]

async function measure([name, operations, run]: Case, unitMs: number): Promise<BenchResult> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await new Promise(resume => setImmediate(resume))
  const cpu = process.cpuUsage()
  const start = now()
  await run()
  const elapsedMs = now() - start
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  return {
    name,
    operations,
    perSecond: Math.round((operations / elapsedMs) * 1000),
    perUnit: Math.round((operations / ((user + system) / 1000)) * unitMs),
    longestDelayMs: Math.round(delay.max / 1e5) / 10
  }
}

const value = new Uint8Array(200).fill(65)

function primitives({ gets }: BenchParameters): Case[] {
  const large = new Uint8Array(1 << 20).fill(3)
  const key = keys.message.of(1, 5)
  const sealed = seal(key, value)
  const times = (count: number, run: (i: number) => unknown) => (): void => {
    for (let i = 0; i < count; i++) run(i)
  }
  return [
    ['key of four fields', gets, times(gets, i => keys.change.of(1, 2 ** 48 + 7, 0, i))],
    ['crc-32 by table, 200 bytes', gets, times(gets, () => crc32ByTable(value))],
    ['crc-32 as used, 200 bytes', gets, times(gets, () => crc32(value))],
    ['crc-32 by table, MiB', 40, times(40, () => crc32ByTable(large))],
    ['crc-32 as used, MiB', 40, times(40, () => crc32(large))],
    ['seal, 200 bytes', gets, times(gets, () => seal(key, value))],
    ['unseal, 200 bytes', gets, times(gets, () => unseal(key, sealed))]
  ]
}

/** Writers that each wait for their last commit before the next one. */
async function write(
  writers: number,
  commits: number,
  commit: (n: number) => Promise<void> | undefined
): Promise<void> {
  let n = 0
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (n < commits) await commit(n++)
    })
  )
}

async function engineCases(label: string, engine: Engine, parameters: BenchParameters): Promise<Case[]> {
  const { commits, gets, loaded, ranges, writers } = parameters
  const { store } = await openStore(engine)
  const commit = (n: number, to: Store = store): Promise<void> | undefined =>
    to.whenDurable(to.commit(new Batch().put(keys.message.of(2, n), value)))
  const ungrouped = (n: number): Promise<void> => {
    const key = keys.message.of(3, n)
    return engine.write([{ key, value: seal(key, value) }], { flush: true })
  }
  for (let n = 0; n < loaded; n += 1000) {
    const batch = new Batch()
    for (let i = n; i < Math.min(loaded, n + 1000); i++) batch.put(keys.summary.of(1, 9, i), value)
    store.commit(batch)
    await store.whenRoom()
  }
  await store.whenDurable(store.lastSequence)
  const spread = (i: number): number => (i * 7919) % loaded
  const page = (i: number, reverse: boolean): Promise<unknown> =>
    store.range({ gte: keys.summary.of(1, 9, spread(i)), lt: keys.summary.range(1, 9).lt, limit: 50, reverse })
  const slow = Math.ceil(commits / 10)
  const inTurn = async (count: number, run: (i: number) => unknown): Promise<void> => {
    for (let i = 0; i < count; i++) await run(i)
  }
  return [
    [`${label}: commits, ${writers} writers, grouped`, commits, () => write(writers, commits, n => commit(n))],
    [`${label}: commits, ${writers} writers, ungrouped`, slow, () => write(writers, slow, ungrouped)],
    [`${label}: commits, 1 writer`, slow, () => write(1, slow, n => commit(n))],
    [
      `${label}: gets, in slices of 100`,
      gets,
      () =>
        inTurn(gets / 100, async slice => {
          for (let i = 0; i < 100; i++) store.get(keys.summary.of(1, 9, spread(slice * 100 + i)))
          await new Promise(resume => setImmediate(resume))
        })
    ],
    [`${label}: ranges of 50, one at a time`, ranges, () => inTurn(ranges, i => page(i, false))],
    [`${label}: ranges of 50, from the end`, ranges, () => inTurn(ranges, i => page(i, true))],
    [`${label}: ranges of 50, 8 readers`, ranges, () => write(8, ranges, async n => void (await page(n, false)))],
    [
      `${label}: pages over everything, entries`,
      loaded,
      async () => {
        for await (const _ of store.pages(keys.summary.range(1, 9)));
      }
    ],
    [
      `${label}: gets beside ${writers} writers, in slices of 10`,
      Math.ceil(gets / 10),
      () =>
        Promise.all([
          write(writers, slow, n => commit(n + commits)),
          inTurn(gets / 100, async slice => {
            for (let i = 0; i < 10; i++) store.get(keys.summary.of(1, 9, spread(slice * 10 + i)))
            await new Promise(resume => setImmediate(resume))
          })
        ])
    ]
  ]
}

/** Runs all cases; LevelDB in a directory that is deleted afterwards. */
export async function benchStore(parameters: BenchParameters, unitMs: number): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ropewalk-bench-'))
  const results: BenchResult[] = []
  try {
    for (const run of primitives(parameters)) results.push(await measure(run, unitMs))
    const level = await LevelEngine.open(directory)
    const engines: [string, Engine][] = [
      ['memory', new MemoryEngine()],
      ['level', level]
    ]
    for (const [label, engine] of engines) {
      for (const run of await engineCases(label, engine, parameters)) results.push(await measure(run, unitMs))
      await engine.close()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  return results
}
