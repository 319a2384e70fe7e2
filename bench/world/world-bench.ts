/**
 * How fast worlds are brought in: the messages of a seed made, packed, indexed and written, in memory and on LevelDB with each
 * durability. Rates are messages per second of wall-clock time and, so that runs on different machines compare, messages
 * in the CPU time of one calibration unit, all threads of the process counted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type StartOptions, startServer } from '../../src/index.js'
import { systemRuntime } from '../../src/runtime.js'
import { type World, worldSchema } from '../../src/world/schema.js'

export interface WorldBenchResult {
  name: string
  messages: number
  perSecond: number
  perUnit: number
  /** Longest time that the event loop was held. */
  longestDelayMs: number
}

export async function benchWorld(messages: number, unitMs: number): Promise<WorldBenchResult[]> {
  const world = worldOf({ messages })
  const results = [await measure('memory', world, { memory: true }, messages, unitMs)]
  results.push(
    await measure('memory, everything', worldOf({ messages, ...EVERYTHING }), { memory: true }, messages, unitMs)
  )
  for (const durability of ['process', 'power'] as const) {
    const dataDir = mkdtempSync(join(tmpdir(), 'ropewalk-world-'))
    try {
      results.push(await measure(`level, ${durability}`, world, { dataDir, durability }, messages, unitMs))
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
  return results
}

/** All that generated mail may have, in a busy company's measure. */
const EVERYTHING = {
  languages: ['en', 'de', 'ja'],
  ...{ html: 0.5, categories: 0.1, flags: 0.05, meetings: 0.05, attachments: 0.2, large: 0.01, largeSize: '100 KB' }
}

function worldOf(generate: object): World {
  const folders = [{ path: 'inbox', generate: { seed: 42, ...generate } }]
  const user = { address: 'alice@bench.example', name: 'Alice Archer', password: 'alice', folders }
  return worldSchema.parse({ ropewalk: 1, name: 'bench', domain: 'bench.example', users: [user] })
}

/** From the first message until the server, which starts when all are on disk, is ready. */
async function measure(
  name: string,
  world: World,
  where: StartOptions,
  messages: number,
  unitMs: number
): Promise<WorldBenchResult> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let startMs = 0
  let cpu = process.cpuUsage()
  const onProgress = ({ done }: { done: number }): void => {
    if (done > 0) return
    delay.enable()
    startMs = systemRuntime.monotonic()
    cpu = process.cpuUsage()
  }
  const server = await startServer({ ...where, world, ports: 0, logLevel: 'silent', onProgress })
  const elapsedMs = systemRuntime.monotonic() - startMs
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  await server.stop()
  return {
    name,
    messages,
    perSecond: Math.round((messages / elapsedMs) * 1000),
    perUnit: Math.round((messages / ((user + system) / 1000)) * unitMs),
    longestDelayMs: Math.round(delay.max / 1e5) / 10
  }
}
