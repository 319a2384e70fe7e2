/** The longest stretch for which something held the event loop. */
export interface Held {
  /** Milliseconds of CPU that the process spent within one turn of the loop: what a busy machine does not blur. */
  cpuMs: number
  wallMs: number
}

/** Runs `work` and tells how long it held the event loop at most. */
export async function holding(work: () => unknown): Promise<Held> {
  const held: Held = { cpuMs: 0, wallMs: 0 }
  let cpu = process.cpuUsage()
  let wall = performance.now()
  let watching = true
  const look = (): void => {
    const used = process.cpuUsage(cpu)
    const now = performance.now()
    held.cpuMs = Math.max(held.cpuMs, (used.user + used.system) / 1000)
    held.wallMs = Math.max(held.wallMs, now - wall)
    cpu = process.cpuUsage()
    wall = now
    if (watching) setImmediate(look)
  }
  await new Promise(resolve => setImmediate(resolve))
  setImmediate(look)
  await new Promise(resolve => setImmediate(resolve))
  held.cpuMs = 0
  held.wallMs = 0
  try {
    await work()
  } finally {
    await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setImmediate(resolve))
    watching = false
  }
  return held
}
