import { spawn } from 'node:child_process'

export interface TestOutcome {
  passed: boolean
  timedOut: boolean
  durationMs: number
}

/** Process groups of tests that run. A mutant may never end, and must not outlive who made it. */
const running = new Set<number>()

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // Nobody is left in the group.
  }
}

function endWithThisProcess(): void {
  process.once('exit', () => running.forEach(killGroup))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
}

let isGuarded = false

/**
 * Runs one compiled test file in a process of its own, until its first failure. One that takes longer than `timeoutMs` is
 * killed with everything that it started, and has not passed.
 */
export function runTestFile(path: string, env: NodeJS.ProcessEnv, timeoutMs: number): Promise<TestOutcome> {
  // What a test runner around this one told its own test files is not meant for these.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('TAP_') && name !== 'CONFORMANCE_CLAIMS' && name !== 'NODE_V8_COVERAGE'
  )
  if (!isGuarded) endWithThisProcess()
  isGuarded = true
  const startMs = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path], {
      env: { ...Object.fromEntries(inherited), TAP_BAIL: '1', ...env },
      stdio: 'ignore',
      // A group of its own, so that what the test has started can be killed with it.
      detached: true
    })
    child.on('error', reject)
    if (child.pid === undefined) return
    const group = child.pid
    running.add(group)
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      killGroup(group)
    }, timeoutMs)
    child.on('exit', code => {
      clearTimeout(timer)
      killGroup(group)
      running.delete(group)
      resolve({ passed: code === 0 && !timedOut, timedOut, durationMs: performance.now() - startMs })
    })
  })
}
