import { existsSync, openSync, readSync } from 'node:fs'

/** The longest stretch for which something held the event loop. */
export interface Held {
  /** Milliseconds of CPU that this thread spent within one turn of the loop: what a busy machine does not blur. */
  cpuMs: number
  wallMs: number
}

const SCHEDULE = `/proc/self/task/${process.pid}/schedstat`
const bytes = Buffer.alloc(64)

/** CPU of the main thread in milliseconds; of the whole process where the system does not tell them apart. */
function cpuClock(): () => number {
  if (!existsSync(SCHEDULE)) {
    return () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    }
  }
  const file = openSync(SCHEDULE, 'r')
  return () => Number.parseInt(bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, 0)), 10) / 1e6
}

const cpuNow = cpuClock()
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Runs `work` and tells how long it held the event loop at most. */
export async function holding(work: () => unknown): Promise<Held> {
  const held: Held = { cpuMs: 0, wallMs: 0 }
  let cpu = cpuNow()
  let wall = performance.now()
  let watching = true
  const look = (): void => {
    const [nextCpu, nextWall] = [cpuNow(), performance.now()]
    held.cpuMs = Math.max(held.cpuMs, nextCpu - cpu)
    held.wallMs = Math.max(held.wallMs, nextWall - wall)
    cpu = nextCpu
    wall = nextWall
    if (watching) setImmediate(look)
  }
  setImmediate(look)
  await turn()
  held.cpuMs = 0
  held.wallMs = 0
  try {
    await work()
  } finally {
    await turn()
    await turn()
    watching = false
  }
  return held
}
