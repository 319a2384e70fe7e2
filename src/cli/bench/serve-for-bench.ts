/**
 * The process that `ropewalk bench` measures: a server over the bench's world, which answers its parent's questions about
 * what it spent. Started by fork, never by hand.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { startServer } from '../../index.js'
import { benchWorld } from './bench-world.js'

export interface BenchServerInfo {
  host: string
  port: number
  users: { address: string; password: string }[]
}

export interface BenchServerUsage {
  cpuMs: number
  longestDelayMs: number
}

const NANOSECONDS = 1e6

async function main(): Promise<void> {
  const [dataDir, durability] = process.argv.slice(2)
  const server = await startServer({
    dataDir,
    world: benchWorld,
    httpPort: 0,
    httpsPort: null,
    durability: durability as 'power' | 'process',
    logLevel: 'error'
  })
  const url = new URL(server.urls.http)
  const delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let cpu = process.cpuUsage()
  process.on('message', async question => {
    if (question === 'stop') {
      await server.stop()
      process.exit(0)
    }
    const used = process.cpuUsage(cpu)
    process.send!({ cpuMs: (used.user + used.system) / 1000, longestDelayMs: delay.max / NANOSECONDS })
    if (question === 'reset') {
      delay.reset()
      cpu = process.cpuUsage()
    }
  })
  process.on('disconnect', () => process.exit(0))
  process.send!({ host: url.hostname, port: Number(url.port), users: benchWorld.users })
}

void main()
